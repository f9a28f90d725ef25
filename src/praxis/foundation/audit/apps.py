from praxis.foundation import room


class AuditConfig(room.Room):
    name = "praxis.foundation.audit"
    label = "audit"
