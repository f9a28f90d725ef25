"""Forms of the showcase: parsing and messages, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from praxis.desks import kit
from praxis.desks.secretariat.frames import InstantField, written
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.showcase.models import Invitation, Presenter, Showcase, Slot

TROPHIES = {
    "to_order": _("To be ordered"), "ordered": _("Ordered"), "engraved": _("Engraved"), "delivered": _("Delivered"), "handed_over": _("Handed over"),
}  # fmt: skip
INVITATION_STATES = {
    "draft": _("Draft"), "sent": _("Sent"), "accepted": _("Comes"), "declined": _("Does not come"),
}  # fmt: skip
INVITATION_TONES = {"draft": "neutral", "sent": "water", "accepted": "jade", "declined": "alarm"}
MODES = {Invitation.Mode.ONSITE.value: _("On site"), Invitation.Mode.ONLINE.value: _("Online")}
ROLES = {Presenter.Role.PRESENTER.value: _("Presenter"), Presenter.Role.ASSISTANT.value: _("Assistant")}
KINDS = {"casebook": _("Casebook"), "outstanding": _("Outstanding Case"), "unit": _("Award for units")}


class StageForm(forms.Form):
    """Where and when the release on stage is."""

    venue_zh = kit.LineField(required=False, max_length=200)
    venue_en = kit.LineField(required=False, max_length=200)
    starts_at = InstantField(
        label=_("Begins"), required=False, help_text=_("In the edition's time zone, such as 2026-11-20 14:30.")
    )
    stream = forms.CharField(
        label=_("Live stream"), required=False, max_length=200, help_text=_("An address such as https://example.org/live.")
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].zone = edition.zone  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(showcase: Showcase, edition: Edition) -> dict[str, Any]:
        """What the form shows."""
        return {
            "venue_zh": showcase.venue.get("zh-hans", ""), "venue_en": showcase.venue.get("en", ""),
            "starts_at": written(showcase.starts_at, edition.zone, ends=False), "stream": showcase.stream,
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "venue": {"zh-hans": said["venue_zh"], "en": said["venue_en"]}, "starts_at": said["starts_at"],
            "stream": said["stream"],
        }  # fmt: skip


class SlotForm(forms.Form):
    """A slot of the running order."""

    position = forms.IntegerField(label=_("Place in the running order"), min_value=1, max_value=999)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=60)
    trophy = forms.ChoiceField(label=_("Trophy"), choices=list(TROPHIES.items()))
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    @staticmethod
    def initial_of(slot: Slot) -> dict[str, Any]:
        """What the form shows of a slot."""
        return {"position": slot.position, "minutes": slot.minutes, "trophy": slot.trophy, "note": slot.note}


class PresenterForm(forms.Form):
    """Who comes for a slot."""

    name = forms.CharField(label=_("Full name"), required=False, max_length=120)
    position = forms.CharField(label=_("Position"), required=False, max_length=200)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    @staticmethod
    def initial_of(row: Presenter | None) -> dict[str, Any]:
        """What the form shows of a presenter or assistant."""
        if row is None:
            return {}
        return {name: getattr(row, name) for name in ("name", "position", "email", "phone", "language")}


class RehearsalForm(forms.Form):
    """A rehearsal of a slot."""

    at = InstantField(label=_("Day and time"), help_text=_("In the edition's time zone, such as 2026-11-19 09:30."))
    place = forms.CharField(label=_("Place"), required=False, max_length=200)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].zone = edition.zone  # type: ignore[attr-defined]


class InvitationsForm(forms.Form):
    """What the list of invitations is narrowed by."""

    mode = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *MODES.items()])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *INVITATION_STATES.items()])

    def wanted(self) -> dict[str, str]:
        """Kind and state, "" where they are not or not properly given."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("mode", "state")}


class StoryForm(forms.Form):
    """A story in one language."""

    title = kit.LineField(label=_("Title"), required=False, max_length=300)
    body = forms.CharField(
        label=_("Text"), required=False, max_length=60_000, widget=forms.Textarea(attrs={"rows": 16})
    )


class AwardForm(forms.Form):
    """Giving or taking the award against the computed order."""

    awarded = forms.ChoiceField(label=_("Award"), choices=[("yes", _("Give")), ("no", _("Do not give"))])
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
