from praxis.foundation import room


class ProgrammesConfig(room.Room):
    name = "praxis.foundation.programmes"
    label = "programmes"
