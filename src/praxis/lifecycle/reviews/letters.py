"""What experts are written about their cases."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django_tasks import task

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.programmes.models import Round
from praxis.lifecycle.reviews.models import Expert

# More letters than these are written by a job, so that nobody waits for them.
MOST_AT_ONCE = 8


def tell_assigned(round_: Round, experts: Collection[int]) -> None:
    """Tell experts that cases of an open round wait for them: at once where they are few, else by a job."""
    if len(experts) > MOST_AT_ONCE:
        jobs.enqueue(tell, round_id=round_.pk, experts=sorted(experts))
    else:
        _tell(round_, experts)


@task()
def tell(*, round_id: int, experts: list[int]) -> None:
    """Write to these experts that cases wait for them."""
    round_ = Round.objects.select_related("edition").get(pk=round_id)
    with jobs.fence():
        _tell(round_, experts)


def _tell(round_: Round, experts: Collection[int]) -> None:
    for expert in Expert.objects.filter(pk__in=experts).select_related("user").order_by("pk"):
        language = expert.user.language
        notices.send(
            "expert.assigned", to=expert.user, language=language, edition_id=round_.edition_id,
            context={
                "name": pick(expert.names, language), "round": pick(round_.labels, language),
                "link": absolute("expert", language, expert_id=expert.pk),
            },
        )  # fmt: skip


def remind(round_: Round, experts: Collection[int] | None = None) -> int:
    """Remind those of the experts (all, if none are named) who have sheets to hand in, once a day; returns how many."""
    waiting = Q(assignments__round=round_, assignments__state__in=["open", "draft"])
    rows = Expert.objects.filter(edition_id=round_.edition_id, state=Expert.State.ACTIVE)
    if experts is not None:
        rows = rows.filter(pk__in=experts)
    rows = rows.annotate(missing=Count("assignments", filter=waiting)).filter(missing__gt=0).select_related("user")
    day = clock.now().date().isoformat()
    count = 0
    for expert in rows.order_by("pk"):
        language = expert.user.language
        notices.send(
            "expert.reminder", to=expert.user, language=language, edition_id=round_.edition_id,
            key=f"expert.reminder:{round_.pk}:{expert.pk}:{day}",
            context={
                "name": pick(expert.names, language), "round": pick(round_.labels, language),
                "missing": expert.missing, "due": _due(round_.due_at, round_.edition.zone),
                "link": absolute("expert", language, expert_id=expert.pk),
            },
        )  # fmt: skip
        count += 1
    return count


def _due(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})" if at else "–"
