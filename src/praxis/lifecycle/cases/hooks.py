"""What cases register."""

from praxis.lifecycle.cases import notices, privacy

notices.register_all()
privacy.register_all()
