"""Many rows of every kind that pages list, made as copies of what the house has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db import models

from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import ColleagueInvitation, Membership
from praxis.foundation.programmes.models import EditionRole
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture, Erratum, Proof
from praxis.lifecycle.cases.models import Attachment, Message, Partner, Revision
from praxis.lifecycle.recommendations.models import Recommendation
from praxis.lifecycle.reviews.models import Assignment, Conflict, RoundCase, Standing
from praxis.lifecycle.screening.models import Match, Screening
from praxis.lifecycle.selection.models import Decision, Telling
from praxis.lifecycle.showcase.models import Certificate, Invitation, Presenter, Slot, StageRehearsal, Story, UnitAward
from tests.permissions.house import House

_numbers = count(1_000)


def copies(row: Any, total: int, **changes: Any) -> list[Any]:
    """Copies of a row; what must be unique is new, and a change may be a list with one value for each."""
    if row is None:
        return []
    made = []
    for place in range(total):
        values: dict[str, Any] = {}
        for field in row._meta.concrete_fields:
            if field.primary_key:
                continue
            value = getattr(row, field.attname)
            if field.unique and isinstance(field, models.CharField):
                value = f"copy{next(_numbers)}"
            elif field.unique and value is not None:
                value = None if field.null else value
            values[field.attname] = value
        for name, given in changes.items():
            values[name] = given[place] if isinstance(given, list) else given
        made.append(type(row)(**values))
    return list(type(row).objects.bulk_create(made))


def _ids(rows: Sequence[Any]) -> list[int]:
    return [row.pk for row in rows]


def _steps(total: int) -> list[int]:
    return [next(_numbers) for _ in range(total)]


def multiply(house: House, total: int) -> None:
    """`total` more of everything around the case `mine`, its edition, its owner, its unit and its expert."""
    case, edition = house.case("mine"), house.edition("this")
    one = {"case": case}
    steps = _steps(total)
    users = copies(house.people["stranger"], total, email=[f"copy{n}@example.org" for n in steps])
    organisations = copies(case.organisation, total)
    cases = copies(case, total, key=[f"copy{n}" for n in steps], number=[f"C-{n}" for n in steps], updated_at=case.updated_at)
    ids = _ids(cases)
    for model in (Screening, Entry, Recommendation, Decision, Telling, RoundCase):
        copies(model.objects.filter(**one).first(), total, case_id=ids)
    for row in Standing.objects.filter(**one):
        copies(row, total, case_id=ids)
    for assignment in Assignment.objects.filter(**one, expert=house.experts["expert"]):
        copies(assignment, total, case_id=ids)
    _of_entries(Entry.objects.filter(case_id__in=ids).order_by("pk"), house.entry("mine"), total)
    for model in (Attachment, Message, Partner):
        copies(model.objects.filter(**one).first(), total)
    copies(Revision.objects.filter(**one).first(), total, number=steps, submission_key=[f"copy{n}" for n in steps])
    screening = Screening.objects.get(**one)
    copies(Match.objects.filter(screening=screening).first(), total, other_id=ids)
    copies(Membership.objects.filter(organisation=case.organisation).first(), total, user_id=_ids(users))
    copies(EditionRole.objects.filter(edition=edition).first(), total, user_id=_ids(users))
    copies(ColleagueInvitation.objects.filter(organisation=case.organisation).first(), total)
    mine = [Membership(user=house.people["owner"], organisation=row, owner=True) for row in organisations]
    Membership.objects.bulk_create(mine)
    copies(house.experts["expertidle"], total, user_id=_ids(users))
    copies(Conflict.objects.filter(expert__edition=edition).first(), total)
    units = copies(house.units["unit"], total, organisation_id=_ids(organisations), code=[f"copy{n}" for n in steps])
    copies(UnitAward.objects.filter(edition=edition).first(), total, unit_id=_ids(units))
    copies(Notice.objects.filter(user=house.people["clerk"]).first(), total)
    copies(Notice.objects.filter(edition_id=edition.pk).first(), total)
    copies(Job.objects.filter(owner_id=house.people["chair"].pk).first(), total)
    copies(Build.objects.filter(casebook__edition=edition).first(), total)
    copies(Erratum.objects.filter(entry__case=case).first(), total)


def _of_entries(rows: Any, like: Entry, total: int) -> None:
    ids = _ids(list(rows))
    for model in (EntryPicture, Proof, Slot, Invitation, Certificate, Story):
        copies(model.objects.filter(entry=like).first(), total, entry_id=ids)
    slots = _ids(list(Slot.objects.filter(entry_id__in=ids).order_by("pk")))
    for model in (StageRehearsal, Presenter):
        copies(model.objects.filter(slot__entry=like).first(), total, slot_id=slots)
