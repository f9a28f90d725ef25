"""Who may do what around the stage."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.casebook.policies import may_see_entry
from praxis.lifecycle.showcase.models import Slot


def may_stage(actor: Any, edition: Edition) -> Verdict:
    return YES if is_secretariat(actor, edition) else no(_("There is no such page."), "missing")


def may_name(actor: Any, slot: Slot) -> Verdict:
    """May name presenter and assistant: the secretariat, and the told applicant of an Outstanding Case."""
    return may_see_entry(actor, slot.entry)
