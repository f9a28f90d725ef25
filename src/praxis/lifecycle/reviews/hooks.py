"""What reviews register."""

from praxis.lifecycle.reviews import notices, privacy

notices.register_all()
privacy.register_all()
