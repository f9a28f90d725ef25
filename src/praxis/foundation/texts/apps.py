from praxis.foundation import room


class TextsConfig(room.Room):
    name = "praxis.foundation.texts"
    label = "texts"
