from praxis.foundation import room


class PublicConfig(room.Room):
    name = "praxis.desks.public"
    label = "desk_public"
