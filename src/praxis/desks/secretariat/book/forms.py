"""Forms of the Casebook: parsing and messages, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from praxis.desks import kit
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook.models import Entry, EntryPicture
from praxis.lifecycle.casebook.states import ENTRY

LANGUAGES = (("zh", "zh-hans"), ("en", "en"))


def codes(edition: Edition) -> list[tuple[str, str]]:
    """The languages of an edition with the ending that its fields have in forms."""
    return [(short, code) for short, code in LANGUAGES if code in edition.settings.edition.languages]


def label_of(said: dict[str, Any], name: str) -> dict[str, str]:
    """A label map from the fields `name_zh` and `name_en`."""
    return {code: said.get(f"{name}_{short}", "") for short, code in LANGUAGES}


def _as_before(before: list[str], chosen: list[str]) -> list[str]:
    """What is chosen, in the order it had; what is new comes after. A list of boxes knows no order of its own."""
    return [code for code in before if code in chosen] + [code for code in chosen if code not in before]


class EntriesForm(forms.Form):
    """What the list of entries is narrowed by."""

    state = forms.ChoiceField(label=_("State"), required=False)
    category = forms.ChoiceField(label=_("Field"), required=False)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *ENTRY.states.items()]  # type: ignore[attr-defined]
        fields = [(row.code, str(row)) for row in edition.categories.all()]
        self.fields["category"].choices = [("", _("All")), *fields]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, str]:
        """State and field, "" where they are not or not properly given."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("state", "category")}


class ParticularsForm(forms.Form):
    """What is printed above the texts of an entry."""

    applicant_zh = kit.LineField(required=False, max_length=200)
    applicant_en = kit.LineField(required=False, max_length=200)
    partners_zh = forms.CharField(required=False, max_length=8000)
    partners_en = forms.CharField(required=False, max_length=8000)
    places = forms.MultipleChoiceField(
        label=_("Countries or regions"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    position = forms.IntegerField(
        label=_("Place within its field"), required=False, min_value=0, max_value=9999,
        help_text=_("Entries stand by this number, those with the same one in the order they came."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = places.choices()  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(entry: Entry) -> dict[str, Any]:
        """What the form shows of an entry; partners are one a line, the same line in each language."""
        return {
            "applicant_zh": entry.applicants.get("zh-hans", ""), "applicant_en": entry.applicants.get("en", ""),
            "partners_zh": "\n".join(row["names"].get("zh-hans", "") for row in entry.partners),
            "partners_en": "\n".join(row["names"].get("en", "") for row in entry.partners),
            "places": entry.places, "position": entry.position,
        }  # fmt: skip

    def values(self, entry: Entry) -> dict[str, Any]:
        """What the service takes. A partner keeps its country or region by its line."""
        said = self.cleaned_data
        lines = {code: said[f"partners_{short}"].replace("\r", "").split("\n") for short, code in LANGUAGES}
        partners = []
        for number in range(max(len(held) for held in lines.values())):
            names = {code: held[number].strip()[:200] for code, held in lines.items() if number < len(held)}
            before: dict[str, Any] = entry.partners[number] if number < len(entry.partners) else {"names": {}, "place": ""}
            names_before: dict[str, str] = before["names"]
            kept = {code: text for code, text in names_before.items() if code not in lines}
            if any(names.values()):
                partners.append({"names": {**kept, **{k: v for k, v in names.items() if v}}, "place": before["place"]})
        return {
            "applicants": {**entry.applicants, **label_of(said, "applicant")}, "partners": partners,
            "places": _as_before(entry.places, said["places"]), "position": said["position"],
        }  # fmt: skip


class PictureForm(forms.Form):
    """Whether and where a picture is printed, and what is said of it."""

    printed = forms.BooleanField(label=_("Printed in the Casebook"), required=False)
    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=99)
    caption_zh = forms.CharField(required=False, max_length=500)
    caption_en = forms.CharField(required=False, max_length=500)
    alt_zh = forms.CharField(required=False, max_length=500)
    alt_en = forms.CharField(required=False, max_length=500)
    credit = forms.CharField(label=_("Credit"), required=False, max_length=200)

    @staticmethod
    def initial_of(row: EntryPicture) -> dict[str, Any]:
        """What the form shows of a picture."""
        return {
            "printed": row.printed, "position": row.position, "credit": row.credit,
            "caption_zh": row.captions.get("zh-hans", ""), "caption_en": row.captions.get("en", ""),
            "alt_zh": row.alts.get("zh-hans", ""), "alt_en": row.alts.get("en", ""),
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "printed": said["printed"], "position": said["position"], "captions": label_of(said, "caption"),
            "alts": label_of(said, "alt"), "credit": said["credit"],
        }  # fmt: skip


class FrontForm(forms.Form):
    """Title pages, imprint and foreword of the book in one language."""

    title = forms.CharField(label=_("Title"), required=False, max_length=200, help_text=_("Empty: the programme's name."))
    subtitle = forms.CharField(label=_("Subtitle"), required=False, max_length=200)
    imprint = forms.CharField(
        label=_("Imprint"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One entry a line."),
    )  # fmt: skip
    foreword_heading = forms.CharField(label=_("Heading of the foreword"), required=False, max_length=200)
    foreword = forms.CharField(
        label=_("Foreword"), required=False, max_length=30_000, widget=forms.Textarea(attrs={"rows": 12})
    )
    signature = forms.CharField(label=_("Signature"), required=False, max_length=200)


class ErratumForm(forms.Form):
    """A correction, in both languages."""

    entry = forms.ChoiceField(label=_("Entry"))
    said_zh = forms.CharField(required=False, max_length=2000)
    said_en = forms.CharField(required=False, max_length=2000)

    def __init__(self, *args: Any, entries: list[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.key, f"{row.case.number} · {row.case}") for row in entries]
        self.fields["entry"].choices = [("", "—"), *rows]  # type: ignore[attr-defined]
