from praxis.foundation import room


class ReviewsConfig(room.Room):
    name = "praxis.lifecycle.reviews"
    label = "reviews"
