"""Forms of the result: parsing and messages, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from praxis.lifecycle.casebook.models import EntryPicture
from praxis.lifecycle.showcase.models import Presenter


class ReasonForm(forms.Form):
    """Why a place is declined."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ChangesForm(forms.Form):
    """What should be changed in a proof."""

    message = forms.CharField(
        label=_("What should be changed"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Name the language and the passage."),
    )  # fmt: skip


class PersonForm(forms.Form):
    """Who speaks for the case, or comes along."""

    name = forms.CharField(label=_("Full name"), required=False, max_length=120)
    position = forms.CharField(label=_("Position"), required=False, max_length=200)
    email = forms.CharField(label=_("E-mail address"), required=False, max_length=254)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    @staticmethod
    def initial_of(row: Presenter | None, language: str) -> dict[str, Any]:
        """What the form shows."""
        if row is None:
            return {"language": language}
        return {name: getattr(row, name) for name in ("name", "position", "email", "phone", "language")}


class DisplayForm(forms.Form):
    """What a file of the display material shows and whose it is."""

    caption_zh = forms.CharField(required=False, max_length=500)
    caption_en = forms.CharField(required=False, max_length=500)
    alt_zh = forms.CharField(required=False, max_length=500)
    alt_en = forms.CharField(required=False, max_length=500)
    credit = forms.CharField(
        label=_("Credit"), required=False, max_length=200, help_text=_("Who made it or owns it, as it should be printed.")
    )

    @staticmethod
    def initial_of(row: EntryPicture) -> dict[str, Any]:
        """What the form shows of a picture or video."""
        return {
            "caption_zh": row.captions.get("zh-hans", ""), "caption_en": row.captions.get("en", ""),
            "alt_zh": row.alts.get("zh-hans", ""), "alt_en": row.alts.get("en", ""), "credit": row.credit,
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "captions": {"zh-hans": said["caption_zh"], "en": said["caption_en"]},
            "alts": {"zh-hans": said["alt_zh"], "en": said["alt_en"]}, "credit": said["credit"],
        }  # fmt: skip
