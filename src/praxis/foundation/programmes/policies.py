"""Who may do what on an edition."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation.audit.services import System
from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.programmes.models import Edition, EditionRole
from praxis.foundation.statements import Statement

_ROLES: Statement[tuple[int, str]] = Statement(
    lambda user: EditionRole.objects.filter(user_id=user).values_list("edition_id", "role"), user=int
)


def _roles(actor: Any) -> dict[int, set[str]]:
    """The actor's roles by edition, read once for each actor object."""
    kept: dict[int, set[str]] | None = getattr(actor, "_edition_roles", None)
    if kept is None:
        kept = {}
        for edition_id, role in _ROLES.all(user=actor.pk):
            kept.setdefault(edition_id, set()).add(role)
        actor._edition_roles = kept
    return kept


def forget_roles(actor: Any) -> None:
    """Read the actor's roles anew at the next question; called after they change."""
    if hasattr(actor, "_edition_roles"):
        del actor._edition_roles


def is_house(actor: Any) -> bool:
    """Whether the actor is the house itself (jobs)."""
    return isinstance(actor, System)


def roles_of(actor: Any, edition_id: int) -> set[str]:
    """The roles of the actor on the edition; a person who is not signed in has none."""
    if actor is None or actor.pk is None:
        return set()
    return _roles(actor).get(edition_id, set())


def editions_of(actor: Any) -> set[int]:
    """The ids of the editions the actor is named on."""
    return set() if actor is None or actor.pk is None else set(_roles(actor))


def is_named_everywhere(actor: Any) -> bool:
    """Whether the actor is named on every edition under way, so that nothing of the house is to be kept from them."""
    mine = editions_of(actor)
    return bool(mine) and not Edition.objects.exclude(pk__in=mine).exclude(state__in=["draft", "released"]).exists()


def is_named(actor: Any, edition: Edition) -> bool:
    """Whether the actor is one of the people named on the edition: they alone know decisions before the release."""
    return is_house(actor) or bool(roles_of(actor, edition.pk))


def is_secretariat(actor: Any, edition: Edition) -> bool:
    return is_named(actor, edition)


def is_chair(actor: Any, edition: Edition) -> bool:
    return is_house(actor) or EditionRole.Role.CHAIR in roles_of(actor, edition.pk)


def may_run(actor: Any, edition: Edition) -> Verdict:
    """May work at the secretariat's desk of this edition. To others the desk does not exist."""
    return YES if is_secretariat(actor, edition) else no(_("There is no such page."), "missing")


def may_seal(actor: Any, edition: Edition) -> Verdict:
    if not is_named(actor, edition):
        return no(_("There is no such page."), "missing")
    return YES if is_chair(actor, edition) else no(_("Only a chair of the edition may do this."))


def may_administer(actor: Any) -> Verdict:
    """May load presets and name people on editions."""
    if is_house(actor) or (actor is not None and getattr(actor, "is_superuser", False)):
        return YES
    return no(_("There is no such page."), "missing")
