from praxis.foundation import room


class PeopleConfig(room.Room):
    name = "praxis.foundation.people"
    label = "people"
