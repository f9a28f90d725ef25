from praxis.foundation import room


class ApplicantConfig(room.Room):
    name = "praxis.desks.applicant"
    label = "desk_applicant"
