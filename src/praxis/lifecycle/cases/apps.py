from praxis.foundation import room


class CasesConfig(room.Room):
    name = "praxis.lifecycle.cases"
    label = "cases"
