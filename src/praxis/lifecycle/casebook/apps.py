from praxis.foundation import room


class CasebookConfig(room.Room):
    name = "praxis.lifecycle.casebook"
    label = "casebook"
