from praxis.foundation import room


class SearchConfig(room.Room):
    name = "praxis.foundation.search"
    label = "search"
