"""What the house itself finds when cases are compared with each other and with earlier ones. For the worker alone."""

from __future__ import annotations

from django.db import transaction

from praxis.engines.similarity import Hit
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import matching
from praxis.lifecycle.screening.checking import BATCH, recount
from praxis.lifecycle.screening.contacts import contacts
from praxis.lifecycle.screening.models import Match, Screening


def match_all(edition: Edition) -> int:
    """Compare every submitted case with the others and with earlier ones; returns how many likenesses stand.

    The comparison is done outside of any transaction; a likeness a person has judged is left as judged.
    """
    found = sorted(matching.hits(edition).items())
    standing = 0
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        with transaction.atomic():
            rows = Screening.objects.filter(case_id__in=[case_id for case_id, _hits in batch])
            screenings = {row.case_id: row for row in rows.select_related("case").prefetch_related("matches")}
            for case_id, hits in batch:
                if case_id in screenings:
                    standing += _note_hits(screenings[case_id], hits)
        jobs.progress(80 + 20 * (start + BATCH) / (len(found) + BATCH))
    return standing


def _target(hit: Hit) -> tuple[int | None, int | None]:
    """The other case of the edition, or the past case, that was found."""
    if hit.id.startswith(matching.PAST):
        return None, int(hit.id.removeprefix(matching.PAST))
    return int(hit.id.removeprefix(matching.CASE)), None


def _passages(case: Case, hit: Hit) -> list[str]:
    """What both share. Phone and address of a person are not kept: they are compared when they are shown."""
    own = set(contacts(case))
    return [passage for passage in hit.passages if passage not in own][:5]


def _note_hits(screening: Screening, hits: list[Hit]) -> int:
    there = list(screening.matches.all())
    judged = {(row.other_id, row.past_id) for row in there if row.verdict != Match.Verdict.OPEN}
    open_ids = [row.pk for row in there if row.verdict == Match.Verdict.OPEN]
    if not hits and not open_ids:
        return 0
    screening.matches.filter(pk__in=open_ids).delete()
    Match.objects.bulk_create(
        Match(
            screening=screening, score=round(float(hit.score), 6), channel=hit.channel,
            passages=_passages(screening.case, hit), other_id=other_id, past_id=past_id,
        )
        for hit in hits
        for other_id, past_id in [_target(hit)]
        if (other_id, past_id) not in judged
    )
    recount(screening)
    return len(hits)
