from praxis.foundation import room


class ArchiveConfig(room.Room):
    name = "praxis.foundation.archive"
    label = "archive"
