"""What the screening registers: each submission is checked, and all are compared a little later."""

from __future__ import annotations

from praxis.lifecycle.cases import after_submission
from praxis.lifecycle.screening import requests

after_submission.register("screening", requests.follow_submission)
