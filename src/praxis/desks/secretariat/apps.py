from praxis.foundation import room


class SecretariatConfig(room.Room):
    name = "praxis.desks.secretariat"
    label = "desk_secretariat"
