from praxis.foundation import room


class AccountConfig(room.Room):
    name = "praxis.desks.account"
    label = "desk_account"
