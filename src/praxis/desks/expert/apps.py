from praxis.foundation import room


class ExpertConfig(room.Room):
    name = "praxis.desks.expert"
    label = "desk_expert"
