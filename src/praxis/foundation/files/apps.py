from praxis.foundation import room


class FilesConfig(room.Room):
    name = "praxis.foundation.files"
    label = "files"
