from praxis.foundation import room


class ApiConfig(room.Room):
    name = "praxis.api"
    label = "api"
