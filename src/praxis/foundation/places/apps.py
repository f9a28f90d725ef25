from praxis.foundation import room


class PlacesConfig(room.Room):
    name = "praxis.foundation.places"
    label = "places"
