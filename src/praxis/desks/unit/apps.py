from praxis.foundation import room


class UnitConfig(room.Room):
    name = "praxis.desks.unit"
    label = "desk_unit"
