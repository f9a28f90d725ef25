"""Every address of the house, from the URL configuration, and what can stand in each for the small edition.

A route that is added comes in by itself. A parameter nobody has met yet raises `UnknownParameter`: say in `things`
what may stand for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation

from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import Membership
from praxis.foundation.programmes.models import Edition, EditionRole
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture
from praxis.lifecycle.cases.models import Attachment, Case, Partner
from praxis.lifecycle.recommendations.models import Recommendation, Unit
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan, Conflict, Expert
from praxis.lifecycle.screening.models import Finding, Match
from praxis.lifecycle.selection.models import Decision, Proposal
from praxis.lifecycle.showcase.models import Certificate, Invitation, Presenter, Slot, StageRehearsal, Story, UnitAward
from tests.support.small_edition import Facts

Thing = dict[str, Any]
LANGUAGES = ("zh-hans", "en")


# Where a parameter stands for something else than in the rest of its desk.
ALIASES = {
    ("applicant:colleague", "token"): "colleague_token",
}


class UnknownParameter(Exception):
    """A route has a parameter for which no thing of the small edition is known."""


@dataclass(frozen=True)
class Route:
    """A named address: `name` with its namespaces, the names of its parameters, whether it lies under a language."""

    name: str
    parameters: tuple[str, ...]
    under_language: bool
    view: Any

    @property
    def desk(self) -> str:
        """The namespace, or "" for what belongs to no desk."""
        return self.name.partition(":")[0] if ":" in self.name else ""

    def path(self, language: str, thing: Thing) -> str:
        """The address in a language for one thing."""
        with translation.override(language):
            return reverse(self.name, kwargs={name: thing[name] for name in self.parameters})


def routes() -> list[Route]:
    """Every named route, each once."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns, "", (), False):
        kept = found.get(route.name)
        if kept is None or len(route.parameters) > len(kept.parameters):
            found[route.name] = route
    return list(found.values())


def _walk(patterns: Any, space: str, parameters: tuple[str, ...], local: bool) -> Iterator[Route]:
    for item in patterns:
        names = (*parameters, *getattr(item.pattern, "converters", {}))
        if isinstance(item, URLResolver):
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from _walk(item.url_patterns, inner, names, local or isinstance(item.pattern, LocalePrefixPattern))
        elif isinstance(item, URLPattern):
            assert item.name, f"the address {item.pattern} has no name"
            groups = getattr(item.pattern, "regex", None)
            named = tuple(groups.groupindex) if groups is not None and not item.pattern.converters else ()
            yield Route(f"{space}{item.name}", tuple(dict.fromkeys((*names, *named))), local, item.callback)


def things(facts: Facts) -> dict[str, dict[str, Thing]]:
    """For each desk, what can stand in its addresses: by the name of a case, an assignment, a unit, an edition."""
    return {
        "": {"any": {"key": "0-unknown", "uidb36": "1", "user_id": 1}},
        "account": {"any": {"secret": "0" * 48, "notice_id": _first(Notice), "number": 1}},
        "api": {"any": {"key": "0" * 32}, **{role: {"key": key} for role, key in facts.uploads.items()}},
        "ui": {"any": {}},
        "applicant": _cases(facts),
        "unit": _units(facts),
        "expert": _experts(facts),
        "secretariat": _editions(facts),
        "public": _public(facts),
    }


def _first(model: Any, field: str = "pk", default: Any = 1, **wanted: Any) -> Any:
    return model.objects.filter(**wanted).order_by("pk").values_list(field, flat=True).first() or default


def _cases(facts: Facts) -> dict[str, Thing]:
    """A case each, with what belongs to it; where it has none, a number that nothing has."""
    made: dict[str, Thing] = {}
    for name, key in facts.cases.items():
        case = Case.objects.get(key=key)
        slot = Slot.objects.filter(entry__case=case).first()
        made[name] = {
            "key": key, "partner_id": _first(Partner, case=case, default=999_999),
            "attachment_key": _first(Attachment, "key", "0" * 32, case=case), "number": 1, "before": 1, "after": 1,
            "language": "en", "field": "summary", "derived": "thumb", "case_key": key,
            "token": _first(Partner, "token", "0" * 64, case=case), "colleague_token": facts.invitation_token,
            "organisation_id": case.organisation_id,
            "membership_id": _first(Membership, organisation=case.organisation_id),
            "picture_key": _first(EntryPicture, "key", "0" * 32, entry__case=case),
            "role": "presenter", "picture": _first(EntryPicture, "key", "0" * 32, entry__case=case, origin="display"), "slot_id": slot.pk if slot else 999_999,
            "certificate_id": _first(Certificate, entry__case=case, default=999_999),
            "code": _first(Certificate, "code", "AAAA-AAAA", entry__case=case),
            "format": "pdf", "kind": "picture", "invitation_id": _first(Invitation, entry__case=case, default=999_999),
        }  # fmt: skip
    return made


def _units(facts: Facts) -> dict[str, Thing]:
    made: dict[str, Thing] = {}
    for place, unit in enumerate(Unit.objects.order_by("pk"), start=1):
        line = Recommendation.objects.filter(unit=unit, case__isnull=False).first()
        made[f"unit_{place}"] = {
            "unit_id": unit.pk, "line_id": line.pk if line else 999_999, "code": unit.code, "handle": _first(Job, "handle", "0" * 32),
            "key": _first(Case, "key", facts.cases["neither"], came_through=unit.code),
            "certificate_id": _first(Certificate, unit=unit, default=999_999), "file_key": "0" * 32,
        }  # fmt: skip
    return made


def _experts(facts: Facts) -> dict[str, Thing]:
    """An assignment of each expert in each round."""
    made: dict[str, Thing] = {}
    for role in ("expert_1", "expert_2", "other_expert"):
        user_id = facts.people[role][0]
        expert = Expert.objects.get(user_id=user_id)
        for round_ in ("round2", "round1"):
            row = Assignment.objects.filter(expert=expert, round__code=round_).order_by("pk").first()
            if row is None and role != "other_expert":
                continue
            made.setdefault(
                f"{role}_{round_}",
                {
                    "expert_id": expert.pk, "key": row.key if row else "0" * 32, "derived": "thumb",
                    "attachment_key": _first(Attachment, "key", "0" * 32, case=row.case_id if row else None),
                    "case_key": row.case.key if row else "0" * 32, "round_code": round_,
                },
            )  # fmt: skip
    return made


def _editions(facts: Facts) -> dict[str, Thing]:
    """The edition with one of everything it has, for two cases; and the other edition with what it has."""
    made: dict[str, Thing] = {}
    chosen = [("this", facts.edition_id, "a"), ("this_b", facts.edition_id, "b")]
    for name, edition_id, case_name in [*chosen, ("other", facts.other_edition_id, "other_edition")]:
        edition = Edition.objects.get(pk=edition_id)
        case = Case.objects.get(key=facts.cases[case_name])
        in_case, in_edition = {"case": case}, {"edition": edition}
        tier = edition.tiers.order_by("position").first()
        made[name] = {
            "edition_id": edition_id, "key": case.key, "case_key": case.key,
            "attachment_key": _first(Attachment, "key", "0" * 32, **in_case), "number": 1, "derived": "thumb",
            "before": 1, "after": 1, "language": "en", "field": "summary", "format": "pdf",
            "partner_id": _first(Partner, **in_case),
            "finding_id": _first(Finding, screening__case=case), "match_id": _first(Match, screening__case=case),
            "expert_id": _first(Expert, **in_edition), "conflict_id": _first(Conflict, expert__edition=edition),
            "round_code": edition.rounds.order_by("position").values_list("code", flat=True)[0],
            "code": edition.rounds.order_by("position").values_list("code", flat=True)[0],
            "round_id": edition.rounds.order_by("position").values_list("pk", flat=True)[0],
            "assignment_key": _first(Assignment, "key", "0" * 32, **in_case),
            "assignment_id": _first(Assignment, **in_case),
            "plan_id": _first(AssignmentPlan, round__edition=edition),
            "round": edition.rounds.order_by("-position").values_list("code", flat=True)[0],
            "tier_code": tier.code if tier else "casebook", "tier": tier.code if tier else "casebook",
            "proposal_id": _first(Proposal, selection__edition=edition),
            "decision_id": _first(Decision, selection__edition=edition),
            "entry_key": _first(Entry, "key", "0" * 32, case__edition=edition),
            "entry_id": _first(Entry, case__edition=edition),
            "picture_key": _first(EntryPicture, "key", "0" * 32, entry__case__edition=edition),
            "build_id": _first(Build, casebook__edition=edition),
            "picture": _first(EntryPicture, "key", "0" * 32, entry__case__edition=edition), "action": "send_proof",
            "slot_id": _first(Slot, showcase__edition=edition), "role": "presenter",
            "rehearsal_id": _first(StageRehearsal, slot__showcase__edition=edition),
            "award_id": _first(UnitAward, edition=edition),
            "presenter_id": _first(Presenter, slot__showcase__edition=edition),
            "invitation_id": _first(Invitation, **in_edition), "certificate_id": _first(Certificate, **in_edition),
            "story_id": _first(Story, entry__case__edition=edition), "unit_id": _first(Unit, **in_edition),
            "notice_id": _first(Notice, edition_id=edition_id), "handle": _first(Job, "handle", "0" * 32),
            "event_id": 1, "file_key": "0" * 32,
            "user_id": _first(EditionRole, "user_id", **in_edition), "role_id": _first(EditionRole, **in_edition),
        }  # fmt: skip
    return made


def _public(facts: Facts) -> dict[str, Thing]:
    """Entries of the Casebook under embargo, where there are any, and what a visitor may try to guess."""
    edition = Edition.objects.select_related("programme").get(pk=facts.edition_id)
    entries = dict(Entry.objects.filter(case__edition=edition).values_list("case__key", "key"))
    made: dict[str, Thing] = {}
    for name in ("both", "a", "b", "neither"):
        key = facts.cases[name]
        made[name] = {
            "key": entries.get(key, key), "entry_key": entries.get(key, key), "case_key": key,
            "programme": edition.programme.code, "code": edition.code, "edition_id": edition.pk,
            # Who holds the token of an invitation has been told; others can only guess.
            "token": "0" * 48, "invitation_token": _first(Invitation, "token", "0" * 48, entry__case__key=key), "language": "en", "format": "pdf",
            "format_": "pdf", "picture_key": _first(EntryPicture, "key", "0" * 32, entry__case__key=key), "derived": "thumb",
            "build_id": _first(Build), "unit_code": _first(Unit, "code", "unit-1"), "story_id": _first(Story),
            "slug": "x", "number": 1,
        }  # fmt: skip
    return made


def together(one: dict[str, dict[str, Thing]], other: dict[str, dict[str, Thing]]) -> dict[str, dict[str, Thing]]:
    """What there is in either of two worlds; where they differ, the other's has a stroke after its name."""
    made = {desk: dict(named) for desk, named in one.items()}
    for desk, named in other.items():
        for name, thing in named.items():
            if thing != one[desk].get(name):
                made[desk][f"{name}\N{PRIME}"] = thing
    return made


def search_words(facts: Facts) -> list[str]:
    """What a curious visitor would look for: titles of cases, the code of a certificate."""
    titles = [Case.objects.get(key=facts.cases[name]).titles[language] for name, language in (("a", "en"), ("b", "zh-hans"))]
    return [*titles, *Certificate.objects.order_by("id").values_list("code", flat=True)[:1]]


def addresses(route: Route, known: dict[str, dict[str, Thing]]) -> dict[str, Thing]:
    """What stands in a route: a thing by its name ("" where it has no parameter); raises UnknownParameter."""
    if not route.parameters:
        return {"": {}}
    candidates = known.get(route.desk, {})
    sources = {parameter: ALIASES.get((route.name, parameter), parameter) for parameter in route.parameters}
    fitting = {name: thing for name, thing in candidates.items() if set(sources.values()) <= set(thing)}
    if not fitting:
        missing = set(sources.values()) - {name for thing in candidates.values() for name in thing}
        raise UnknownParameter(f"{route.name}: tests/support/addresses.py does not know {sorted(missing)}")
    made: dict[str, Thing] = {}
    for name, thing in fitting.items():
        chosen = {parameter: thing[source] for parameter, source in sources.items()}
        if chosen in made.values():
            continue
        try:
            route.path("en", chosen)
        except NoReverseMatch as problem:
            raise UnknownParameter(f"{route.name} does not take {chosen}") from problem
        made[name] = chosen
    return made
