from praxis.foundation import room


class RehearsalConfig(room.Room):
    name = "praxis.rehearsal"
    label = "rehearsal"
