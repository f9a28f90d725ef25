"""Who may see and send again what was sent to others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from praxis.foundation.audit.services import Actor
from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.notices.models import Notice
from praxis.foundation.programmes import policies as programmes


def may_see_sent(actor: Actor, edition_id: int | None) -> Verdict:
    """The people named on the edition; administrators for what belongs to no edition."""
    if programmes.is_house(actor) or getattr(actor, "is_superuser", False):
        return YES
    if edition_id is not None and programmes.roles_of(actor, edition_id):
        return YES
    return no(_("There is no such page."), "missing")


def may_resend(actor: Actor, notice: Notice) -> Verdict:
    """Whoever may see it, as long as there is something to send: the text of a secret notice goes once it is sent."""
    allowed = may_see_sent(actor, notice.edition_id)
    if allowed and not notice.body:
        return no(_("The code in this message is no longer valid. Please ask for a new one."), "state")
    return allowed
