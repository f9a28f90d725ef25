"""Forms of the unit's desk: parsing and messages, nothing else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from praxis.desks.kit import end_of_day
from praxis.lifecycle.recommendations.models import Unit

LANGUAGES = ("zh-hans", "en")


class PageForm(forms.Form):
    """The unit's page for its members. The last day is a day of the edition's zone, inclusive."""

    welcome_zh = forms.CharField(required=False, max_length=2000, widget=forms.Textarea)
    welcome_en = forms.CharField(required=False, max_length=2000, widget=forms.Textarea)
    mailbox = forms.EmailField(required=False, label=_("Mailbox for your members' questions"))
    last_day = forms.DateField(
        required=False,
        label=_("Last day for your members"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_(
            "A day before the deadline of the call, so that you have time to look at what comes in. It is included."
        ),
    )

    @staticmethod
    def initial_of(unit: Unit) -> dict[str, object]:
        """What the page says now."""
        last = None
        if unit.closes_at is not None:
            last = datetime.fromtimestamp(unit.closes_at.timestamp() - 1, ZoneInfo(unit.edition.zone)).date()
        return {
            "welcome_zh": unit.welcome.get("zh-hans", ""), "welcome_en": unit.welcome.get("en", ""),
            "mailbox": unit.mailbox, "last_day": last,
        }  # fmt: skip

    def values(self, unit: Unit) -> dict[str, object]:
        """What the service takes."""
        day, zone = self.cleaned_data["last_day"], unit.edition.zone
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) if day else None
        return {
            "welcome": {"zh-hans": self.cleaned_data["welcome_zh"], "en": self.cleaned_data["welcome_en"]},
            "mailbox": self.cleaned_data["mailbox"], "closes_at": end_of_day(midnight, zone),
        }  # fmt: skip


class ImportForm(forms.Form):
    """A table of Annex 2."""

    file = forms.FileField(label=_("Your table (xlsx)"))


class OpinionForm(forms.Form):
    """The unit's opinion of a case."""

    opinion = forms.CharField(
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        label=_("Opinion of the recommending unit"),
        help_text=_("Why you recommend this case, in either language. The secretariat reads it."),
    )
