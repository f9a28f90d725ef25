from praxis.foundation import room


class JobsConfig(room.Room):
    name = "praxis.foundation.jobs"
    label = "jobs"
