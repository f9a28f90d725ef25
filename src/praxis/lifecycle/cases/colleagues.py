"""Inviting a colleague into an organisation, with the letter."""

from __future__ import annotations

from django.db import transaction

from praxis.foundation.links import absolute
from praxis.foundation.notices import services as notices
from praxis.foundation.people import selectors as people_read
from praxis.foundation.people import services as people
from praxis.foundation.people.models import ColleagueInvitation, Organisation, User


@transaction.atomic
def invite(actor: User, organisation: Organisation, email: str) -> ColleagueInvitation:
    """Invite a colleague and write the letter with the link; raises Invalid on `email`."""
    row = people.invite_colleague(actor, organisation, email)
    known = people_read.by_email(row.email)
    language = known.language if known else actor.language
    notices.send(
        "organisation.invited", to=row.email, language=language,
        context={
            "inviter": str(actor), "organisation": organisation.name_in(language),
            "link": absolute("colleague", language, token=row.token),
        },
    )
    return row
