"""What the screening registers: each submission is checked, and all are compared a little later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.cases import after_submission
from praxis.lifecycle.cases.models import Case, Revision
from praxis.lifecycle.screening import tasks

# Comparing is done for all at once: many submissions of one evening make one comparison.
WAIT = timedelta(minutes=2)


def _follow(actor: Any, case: Case, revision: Revision) -> None:
    jobs.enqueue(tasks.check_case, key=f"screening.check:{case.pk}:{revision.pk}", case_id=case.pk)
    jobs.enqueue(
        tasks.match_edition, key=f"screening.match:{case.edition_id}", run_after=clock.now() + WAIT, again=True,
        edition_id=case.edition_id,
    )


after_submission.register("screening", _follow)
