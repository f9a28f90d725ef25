"""Background jobs of this desk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django_tasks import task

from praxis.foundation.audit import selectors as audit
from praxis.foundation.audit.services import chain_of


@task()
def verify_audit(*, edition_id: int) -> dict[str, Any]:
    """Check the audit chain of an edition; says whether it is whole and what the first problem is."""
    return asdict(audit.verify(chain_of(edition_id)))
