"""What the notices register: a person's part in them, and the sweep for those whose job was lost."""

from __future__ import annotations

from datetime import timedelta

from praxis.foundation.jobs import schedule
from praxis.foundation.notices import privacy
from praxis.foundation.people.privacy import Part, register

register(Part("notices", {"zh-hans": "通知", "en": "Notices"}, privacy.collect, privacy.erase))
schedule.register("notices.sweep", "praxis.foundation.notices.tasks.sweep", every=timedelta(minutes=5))
