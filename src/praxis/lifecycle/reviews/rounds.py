"""Services for the rounds: which cases they look at, opening, closing, opening again, reminding."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition, Round
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import letters
from praxis.lifecycle.reviews.assigning import GONE
from praxis.lifecycle.reviews.models import Assignment, RoundCase, ScoreSheet
from praxis.lifecycle.reviews.standings import compute_standings


def _note(actor: Any, round_: Round, action: str, **more: Any) -> None:
    audit.append(
        actor, edition_id=round_.edition_id, action=f"round.{action}", obj=round_, label=round_.code, **more
    )  # fmt: skip


@transaction.atomic
def set_round_cases(actor: Any, round_: Round, cases: Sequence[Case]) -> None:
    """Say which cases a round looks at. Cases that have assignments in it cannot be taken away."""
    require(may_run(actor, round_.edition))
    now = Round.objects.select_for_update().get(pk=round_.pk)
    if now.state == "closed":
        raise Conflict(_("This round is closed."), code="state")
    strange = [
        case.number or case.key for case in cases if case.state != "admitted" or case.edition_id != round_.edition_id
    ]
    if strange:
        raise Invalid({"cases": _("Not admitted: %(numbers)s.") % {"numbers": ", ".join(strange[:20])}})
    wanted = {case.pk: case for case in cases}
    there = dict(RoundCase.objects.filter(round=round_).values_list("case_id", "pk"))
    gone = [pk for case, pk in there.items() if case not in wanted]
    if gone:
        held = Assignment.objects.filter(round=round_, case_id__in=set(there) - set(wanted))
        if held.exclude(state__in=GONE).exists():
            raise Conflict(_("A case that is being read cannot be taken out of the round."), code="state")
        RoundCase.objects.filter(pk__in=gone).delete()
    RoundCase.objects.bulk_create(
        [
            RoundCase(round=round_, case=case, revision_id=case.revision_id)
            for case in wanted.values()
            if case.pk not in there and case.revision_id is not None
        ],
        batch_size=500,
    )
    _note(actor, round_, "set_cases", after={"cases": len(wanted)})


@transaction.atomic
def set_running_order(actor: Any, round_: Round, numbers: Sequence[str]) -> None:
    """Say in which order the pitches of a round are heard; `numbers` are the cases' numbers, each once."""
    require(may_run(actor, round_.edition))
    if round_.kind != "pitch":
        raise Conflict(_("Only a round of live pitches has a running order."), code="state")
    rows = {row.case.number: row for row in RoundCase.objects.filter(round=round_).select_related("case")}
    if sorted(numbers) != sorted(rows):
        raise Invalid({"order": _("Name each case of the round once.")})
    for position, number in enumerate(numbers, start=1):
        rows[number].position = position
    RoundCase.objects.bulk_update(rows.values(), ["position"])
    _note(actor, round_, "set_order", after={"order": list(numbers)})


def _cases(edition: Edition) -> list[Case]:
    rows = Case.objects.filter(edition=edition, state="admitted").order_by("number")
    return list(rows.only("number", "key", "state", "edition_id", "revision_id"))


@transaction.atomic
def take_admitted(actor: Any, round_: Round) -> int:
    """Let a round that takes every admitted case look at them now, so that it can be planned before it opens."""
    require(may_run(actor, round_.edition))
    if round_.edition.settings.round(round_.code).takes_from is not None:
        raise Conflict(_("This round looks only at the cases put forward to it."), code="state")
    cases = _cases(round_.edition)
    set_round_cases(actor, round_, cases)
    return len(cases)


@transaction.atomic
def open_round(actor: Any, round_: Round) -> Round:
    """Open a round. One that takes every admitted case gets them now; another needs its cases put forward first.

    Experts who have been assigned before are told.
    """
    edition = round_.edition
    require(may_run(actor, edition))
    state = Edition.objects.values_list("state", flat=True).get(pk=edition.pk)
    if state not in ("screening", "reviewing"):
        raise Conflict(_("A round can be opened only between the close of the call and the decision."), code="state")
    if edition.rounds.filter(position__lt=round_.position).exclude(state="closed").exists():
        raise Conflict(_("The round before is not closed yet."), code="state")
    if round_.state == "planned" and edition.settings.round(round_.code).takes_from is None:
        take_admitted(actor, round_)
    if not RoundCase.objects.filter(round=round_).exists():
        raise Conflict(_("This round has no cases yet."), code="state")
    if state == "screening":
        programmes.advance(actor, edition, "start_review")
    opened = programmes.step_round(actor, round_, "open")
    rows = Assignment.objects.filter(round=round_).exclude(state__in=GONE)
    letters.tell_assigned(round_, set(rows.values_list("expert_id", flat=True)))
    return opened


@transaction.atomic
def close_round(actor: Any, round_: Round, *, reason: str = "", compute: bool = True) -> Round:
    """Close a round; with sheets still missing a reason is needed.

    Standings are computed at once unless `compute` is False (a desk leaves large rounds to a job) or no sheet is in.
    """
    require(may_run(actor, round_.edition))
    programmes.step_round(actor, round_, "close", reason=reason)
    # Locked, so that a sheet on its way is either in or refused.
    rows = Assignment.objects.select_for_update().filter(round=round_, state__in=["open", "draft"])
    missing = len(rows.values_list("pk", flat=True))
    if missing and not cleaned(reason):
        said = _("%(missing)s score sheets are not in yet. Say why the round closes without them.")
        raise Invalid({"reason": said % {"missing": missing}})
    if compute and ScoreSheet.objects.filter(assignment__round=round_, assignment__state="submitted").exists():
        compute_standings(actor, round_)
    return round_


@transaction.atomic
def reopen_round(actor: Any, round_: Round, *, reason: str) -> Round:
    """Open a closed round again, with a reason, while nothing has been decided on it."""
    edition = round_.edition
    require(may_run(actor, edition))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why the round is opened again.")})
    if Edition.objects.values_list("state", flat=True).get(pk=edition.pk) != "reviewing":
        raise Conflict(_("The decisions are sealed. Open them first."), code="state")
    if edition.rounds.filter(position__gt=round_.position).exclude(state="planned").exists():
        raise Conflict(_("A later round has begun on what this one decided."), code="state")
    return programmes.step_round(actor, round_, "reopen", reason=cleaned(reason))


@transaction.atomic
def remind(actor: Any, round_: Round, experts: Collection[int] | None = None) -> int:
    """Remind experts of an open round who have sheets to hand in, each once a day; returns how many were written to."""
    require(may_run(actor, round_.edition))
    if Round.objects.values_list("state", flat=True).get(pk=round_.pk) != "open":
        raise Conflict(_("Reminders go out only while the round is open."), code="state")
    count = letters.remind(round_, experts)
    _note(actor, round_, "remind", after={"experts": count})
    return count
