"""Telling the chosen in confidence, what they answer, and who moves up in the place of one that leaves."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.selectors import letters_to
from praxis.lifecycle.selection import after_replacement, policies
from praxis.lifecycle.selection.held import MAKE_LISTS, check_seal, digest_of, inside_of, locked, note, step, user_of
from praxis.lifecycle.selection.models import Decision, ReleaseApproval, Selection, Telling


def _chosen_cases(selection: Selection) -> list[Case]:
    rows = Case.objects.filter(pk__in=Decision.objects.filter(selection=selection, reserve=None).values("case_id"))
    return list(rows.select_related("edition__programme", "organisation", "created_by").order_by("number"))


@transaction.atomic
def tell(actor: Any, edition: Edition) -> list[Telling]:
    """Tell the applicants of the chosen cases, each in confidence and of its own case alone."""
    selection = locked(actor, edition)
    require(may_run(actor, edition))
    check_seal(selection)
    step(actor, selection, "tell", told_at=clock.now())
    programmes.advance(actor, edition, "tell")
    return [_tell_one(selection, case) for case in _chosen_cases(selection)]


def _tell_one(selection: Selection, case: Case) -> Telling:
    telling, _made = Telling.objects.get_or_create(case=case, defaults={"selection": selection, "told_at": clock.now()})
    for address, language in letters_to(case):
        notices.send(
            "selection.told", to=address, language=language, edition_id=case.edition_id,
            key=f"selection.told:{case.pk}:{address}",
            context={
                "title": pick(case.titles, language), "number": case.number,
                "link": absolute("result", language, key=case.key),
            },
        )
    return telling


def _telling(actor: Any, case: Case) -> Telling:
    require(policies.may_hear(actor, case))
    telling = Telling.objects.select_for_update().filter(case=case).first()
    if telling is None or not Decision.objects.filter(selection=telling.selection_id, case=case, reserve=None).exists():
        raise Missing()
    return telling


@transaction.atomic
def accept_confidentiality(actor: Any, case: Case) -> Telling:
    """An applicant promises to keep its result to itself until the release, and learns it."""
    telling = _telling(actor, case)
    if telling.accepted_at is None:
        telling.accepted_at, telling.accepted_by, telling.declined_at = clock.now(), user_of(actor), None
        telling.save(update_fields=["accepted_at", "accepted_by", "declined_at"])
        note(actor, telling.selection, "accept_confidentiality", {"case": case.number})
    return telling


@transaction.atomic
def decline(actor: Any, case: Case, *, reason: str) -> Telling:
    """An applicant does not want to take part any longer; the secretariat decides who moves up."""
    telling = _telling(actor, case)
    if case.edition.state != "told":
        raise Conflict(_("The results have been released."), code="state")
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    telling.declined_at = clock.now()
    telling.save(update_fields=["declined_at"])
    note(actor, telling.selection, "decline", {"case": case.number}, cleaned(reason))
    return telling


@transaction.atomic
def replace(actor: Any, leaving: Decision, *, reason: str) -> Decision:
    """Take a told case out of its tier; the first of the reserve moves up and is told. The list is sealed anew."""
    selection = locked(actor, leaving.selection.edition)
    require(policies.may_seal_selection(actor, selection))
    if selection.state not in ("sealed", "told"):
        raise Conflict(_("Decisions are not sealed, or are already public."), code="state")
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    check_seal(selection)
    if leaving.reserve is not None or not Decision.objects.filter(pk=leaving.pk, reserve=None).exists():
        raise Conflict(_("This case is not among the chosen any more."), code="state")
    movers = _move_up(selection, leaving, cleaned(reason))
    selection.digest = digest_of(selection)
    selection.save(update_fields=["digest"])
    ReleaseApproval.objects.filter(selection=selection).delete()
    if selection.state == "told":
        for mover in movers:
            _tell_one(selection, mover.case)
    note(
        actor, selection, "replace", {"in": [f"{row.tier.code}:{row.case.number}" for row in movers], "digest": selection.digest},
        cleaned(reason), {"out": f"{leaving.tier.code}:{leaving.case.number}"},
    )  # fmt: skip
    jobs.enqueue(MAKE_LISTS, key=f"selection.lists:{selection.pk}:{selection.digest}", selection_id=selection.pk)
    after_replacement.run(actor, selection.edition)
    return movers[0]


def _move_up(selection: Selection, leaving: Decision, reason: str) -> list[Decision]:
    """Take a case out of its tier and the later ones; in each the first of the reserve takes its place.

    A later tier whose reserve is empty goes without, as long as it keeps its least size.
    """
    left = list(
        Decision.objects.filter(selection=selection, case=leaving.case, tier__position__gte=leaving.tier.position)
        .select_related("tier").order_by("tier__position")
    )  # fmt: skip
    Decision.objects.filter(pk__in=[row.pk for row in left]).delete()
    movers = []
    for row in left:
        if row.reserve is not None:
            continue
        waiting = Decision.objects.filter(selection=selection, tier=row.tier, reserve__isnull=False, case__state="admitted")
        inside = inside_of(selection, row.tier)
        if inside is not None:
            waiting = waiting.filter(case_id__in=inside)
        first = waiting.select_related("tier", "case__edition__programme", "case__organisation", "case__created_by").order_by("reserve").first()
        if first is None:
            size = Decision.objects.filter(selection=selection, tier=row.tier, reserve=None).count()
            if row.tier_id == leaving.tier_id or size < row.tier.size_low:
                raise Conflict(_("The reserve list of %(tier)s is empty.") % {"tier": row.tier}, code="state")
            continue
        first.reserve, first.reason = None, reason
        first.save(update_fields=["reserve", "reason"])
        movers.append(first)
    return movers
