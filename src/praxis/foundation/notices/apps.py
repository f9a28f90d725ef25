from praxis.foundation import room


class NoticesConfig(room.Room):
    name = "praxis.foundation.notices"
    label = "notices"
