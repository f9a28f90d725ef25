from praxis.foundation import room


class RecommendationsConfig(room.Room):
    name = "praxis.lifecycle.recommendations"
    label = "recommendations"
