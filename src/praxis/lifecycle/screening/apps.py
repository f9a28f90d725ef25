from praxis.foundation import room


class ScreeningConfig(room.Room):
    name = "praxis.lifecycle.screening"
    label = "screening"
