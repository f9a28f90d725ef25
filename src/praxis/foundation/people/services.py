"""Changes to people and organisations."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberError

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Forbidden, Invalid, Missing, Text, require
from praxis.foundation.people import policies, selectors
from praxis.foundation.people.models import (
    ColleagueInvitation,
    Membership,
    Organisation,
    SignInLink,
    User,
)
from praxis.foundation.places import selectors as places
from praxis.foundation.randomness import token

INVITATION_DAYS = 14
EMAIL_LONGEST = 254


def cleaned_email(email: str) -> str:
    """The address, trimmed and in lower case; raises Invalid on field `email`."""
    cleaned = email.strip().lower()
    try:
        validate_email(cleaned)
        fits = len(cleaned) <= EMAIL_LONGEST
    except ValidationError:
        fits = False
    if not fits:
        raise Invalid({"email": _("Enter an e-mail address such as name@example.org.")})
    return cleaned


@transaction.atomic
def ensure_user(email: str, *, name: str = "", language: str = "en") -> User:
    """The user of this address, made if there is none yet (without a password: they sign in by code)."""
    cleaned = cleaned_email(email)
    user = User.objects.at_address(cleaned).first()
    return user or User.objects.create_user(cleaned, name=name[:120], language=language)


@transaction.atomic
def make_administrator(email: str) -> User:
    """The first administrator."""
    user = ensure_user(email)
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    audit.append(audit.SYSTEM, edition_id=None, action="people.make_administrator", obj=user)
    return user


@transaction.atomic
def make_sign_in_link(user: User, *, hours: int = 24, reusable: bool = False) -> str:
    """The secret of a link that signs `user` in; only its hash is kept. Reusable ones are for the demo alone."""
    secret = token(24)
    SignInLink.objects.create(
        user=user, digest=hashlib.sha256(secret.encode()).hexdigest(), reusable=reusable,
        expires_at=clock.now() + timedelta(hours=hours),
    )
    return secret


@transaction.atomic
def use_sign_in_link(link: SignInLink) -> User:
    """Use up a sign-in link; raises Missing where it was used meanwhile."""
    taken = SignInLink.objects.select_for_update().get(pk=link.pk)
    if taken.used_at is not None and not (taken.reusable and settings.DEMO):
        raise Missing(_("This link has been used. Ask for a new one."))
    taken.used_at = clock.now()
    taken.save(update_fields=["used_at"])
    return taken.user


@transaction.atomic
def change_profile(actor: User, *, name: str, language: str, zone: str = "") -> User:
    """Change one's own name, language of letters and time zone (IANA, or "" for the edition's); raises Invalid."""
    problems: dict[str, Text] = {}
    if language not in dict(settings.LANGUAGES):
        problems["language"] = _("Choose a language from the list.")
    if zone and zone not in selectors.zones():
        problems["zone"] = _("Choose a time zone from the list.")
    if problems:
        raise Invalid(problems)
    actor.name, actor.language, actor.zone = " ".join(name.split())[:120], language, zone
    actor.save(update_fields=["name", "language", "zone"])
    return actor


def _organisation_values(
    names: dict[str, str], kind: str, place: str, registration: str, website: str, address: str
) -> dict[str, Any]:
    problems: dict[str, Text] = {}
    kept = {language: text.strip()[:200] for language, text in names.items() if text.strip()}
    if not kept:
        problems["names"] = _("Give the organisation's name in at least one language.")
    if place and not places.exists(place):
        problems["place"] = _("Choose a country or region from the list.")
    website = website.strip()
    if website and "://" not in website:
        website = f"https://{website}"
    if website:
        try:
            URLValidator(schemes=["http", "https"])(website)
        except ValidationError:
            problems["website"] = _("Enter an address such as https://example.org.")
    registration = registration.strip()
    if registration and place == "CN":
        try:
            registration = uscc.validate(registration)
        except NumberError:
            problems["registration"] = _("This is not a valid unified social credit code: 18 characters, with check digit.")
    if problems:
        raise Invalid(problems)
    return {
        "names": kept, "kind": kind, "place_id": place or None, "registration": registration[:40],
        "website": website[:200], "address": address.strip()[:300],
    }


@transaction.atomic
def found_organisation(
    actor: User, *, names: dict[str, str], kind: str = "", place: str = "", registration: str = "",
    website: str = "", address: str = "", invented: bool = False, owner: User | None = None,
) -> Organisation:
    """Enter an organisation; `owner` (the actor, if not given) becomes its first owner."""
    organisation = Organisation.objects.create(
        **_organisation_values(names, kind, place, registration, website, address), invented=invented
    )
    holder = owner or (actor if isinstance(actor, User) else None)
    if holder is not None:
        Membership.objects.create(organisation=organisation, user=holder, owner=True)
        policies.forget_memberships(holder)
    audit.append(actor, edition_id=None, action="organisation.found", obj=organisation, after={"names": organisation.names})
    return organisation


@transaction.atomic
def change_organisation(
    actor: User, organisation: Organisation, *, names: dict[str, str], kind: str, place: str,
    registration: str = "", website: str = "", address: str = "",
) -> Organisation:
    """Change an organisation's particulars."""
    require(policies.may_manage(actor, organisation))
    before = {"names": organisation.names, "kind": organisation.kind, "place": organisation.place_id}
    for field, value in _organisation_values(names, kind, place, registration, website, address).items():
        setattr(organisation, field, value)
    organisation.save()
    audit.append(
        actor, edition_id=None, action="organisation.change", obj=organisation, before=before,
        after={"names": organisation.names, "kind": organisation.kind, "place": organisation.place_id},
    )
    return organisation


@transaction.atomic
def invite_colleague(actor: User, organisation: Organisation, email: str) -> ColleagueInvitation:
    """Invite a colleague by e-mail; the caller sends the notice with the token."""
    require(policies.may_manage(actor, organisation))
    cleaned = cleaned_email(email)
    if organisation.memberships.filter(user__email__iexact=cleaned).exists():
        raise Invalid({"email": _("This person is already a colleague.")})
    row = ColleagueInvitation.objects.create(
        organisation=organisation, email=cleaned, token=token(24), invited_by=actor,
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    audit.append(actor, edition_id=None, action="organisation.invite", obj=organisation)
    return row


@transaction.atomic
def accept_invitation(actor: User, invitation: ColleagueInvitation) -> Membership:
    """Join the organisation; only the person the invitation was sent to may."""
    if actor.email.lower() != invitation.email.lower():
        raise Forbidden(_("This invitation was sent to another address. Sign in with that address."))
    row, _made = Membership.objects.get_or_create(organisation=invitation.organisation, user=actor)
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    policies.forget_memberships(actor)
    audit.append(actor, edition_id=None, action="organisation.join", obj=invitation.organisation)
    return row


@transaction.atomic
def remove_colleague(actor: User, organisation: Organisation, membership: Membership) -> None:
    """Remove a colleague; the last owner stays."""
    require(policies.may_manage(actor, organisation))
    if membership.organisation_id != organisation.pk:
        raise Missing()
    if membership.owner and organisation.memberships.filter(owner=True).count() == 1:
        raise Invalid({"": _("The last owner cannot be removed. Make somebody else an owner first.")})
    membership.delete()
    policies.forget_memberships(membership.user)
    audit.append(actor, edition_id=None, action="organisation.remove_colleague", obj=organisation)


@transaction.atomic
def set_owner(actor: User, organisation: Organisation, membership: Membership, owner: bool) -> None:
    """Make a colleague an owner, or an ordinary colleague again."""
    require(policies.may_manage(actor, organisation))
    if membership.organisation_id != organisation.pk:
        raise Missing()
    if not owner and organisation.memberships.filter(owner=True).exclude(pk=membership.pk).count() == 0:
        raise Invalid({"": _("An organisation needs an owner.")})
    membership.owner = owner
    membership.save(update_fields=["owner"])
    policies.forget_memberships(membership.user)
    audit.append(actor, edition_id=None, action="organisation.set_owner", obj=organisation, after={"owner": owner})
