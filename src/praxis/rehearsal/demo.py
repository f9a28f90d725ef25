"""The demo's sign-in links: one line for each role, kept with its database."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from praxis.foundation.people import services as people
from praxis.foundation.people.models import User
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews.models import Assignment
from praxis.lifecycle.selection.models import Telling
from praxis.rehearsal.stagecraft import Play

HOURS = 24 * 365


def _line(role: str, user: User, then: str) -> str:
    secret = people.make_sign_in_link(user, hours=HOURS, reusable=True)
    with translation.override(user.language):
        path = reverse("account:sign_in_link", args=[secret])
    return f"  {role:<34} {{url}}{path}?next={then}"


def roles(play: Play) -> list[tuple[str, User, str]]:
    """(role, person, where they begin) of everyone one may want to be in the demo."""
    edition = play.edition.pk
    found: list[tuple[str, User, str]] = [
        ("Secretariat 秘书处", play.secretariat[2], f"/zh-hans/office/{edition}/"),
        ("Chair 主席", play.chairs[0], f"/zh-hans/office/{edition}/"),
        ("Second chair (releases too)", play.chairs[1], f"/en/office/{edition}/"),
    ]
    told = Telling.objects.filter(selection__edition=play.edition).select_related("case").order_by("id").first()
    if told is not None:
        chosen = _owner(play, told.case)
        found.append(("Applicant, chosen 入选申报单位", chosen, f"/{chosen.language}/apply/"))
    others = Case.objects.filter(edition=play.edition).exclude(telling__isnull=False).order_by("id")
    other = others.filter(state__in=["admitted", "submitted"]).first() or others.first()
    if other is not None:
        applicant = _owner(play, other)
        found.append(("Applicant 申报单位", applicant, f"/{applicant.language}/apply/"))
    if play.units:
        key = next(iter(play.units))
        found.append(("Recommending unit 推荐单位", play.applicants[key], "/zh-hans/unit/"))
    busy = Assignment.objects.filter(round__edition=play.edition, state__in=["open", "draft"]).select_related("expert__user").order_by("id").first()
    expert = busy.expert.user if busy else next((row.user for row in play.experts.values()), None)
    if expert is not None:
        found.append(("Expert 评审专家", expert, f"/{expert.language}/expert/"))
    administrator = people.make_administrator("admin@secretariat.example")
    found.append(("Administrator 管理员", administrator, "/en/office/"))
    return found


def _owner(play: Play, case: Case) -> User:
    return play.applicants[next(key for key, row in play.organisations.items() if row.pk == case.organisation_id)]


def write_sign_in(play: Play) -> None:
    """Write what the demo prints: the address and a sign-in link for each role."""
    lines = ["", "Praxis is at {url}/", "Sent mail stays on this machine: {url}/en/account/sent-mail/", ""]
    lines += [_line(role, user, then) for role, user, then in roles(play)]
    lines += ["", "Ctrl-C stops everything.", ""]
    (settings.DATA_DIR / "sign-in.txt").write_text("\n".join(lines), encoding="utf-8")
