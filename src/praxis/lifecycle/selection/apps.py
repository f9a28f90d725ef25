from praxis.foundation import room


class SelectionConfig(room.Room):
    name = "praxis.lifecycle.selection"
    label = "selection"
