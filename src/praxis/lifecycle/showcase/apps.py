from praxis.foundation import room


class ShowcaseConfig(room.Room):
    name = "praxis.lifecycle.showcase"
    label = "showcase"
