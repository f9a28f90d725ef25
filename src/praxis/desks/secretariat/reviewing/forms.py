"""Forms of the review: parsing and messages, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from praxis.desks import kit
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.config import EditionConfig
from praxis.lifecycle.reviews.committee import MOST_CASES
from praxis.lifecycle.reviews.models import Expert
from praxis.ui.parts.entry import LANGUAGE_NAMES


class ReadsForm(forms.Form):
    """What an expert reads: fields, languages, how many cases."""

    categories = forms.MultipleChoiceField(
        label=_("Fields"), widget=forms.CheckboxSelectMultiple(), error_messages={"required": _("Choose a field.")}
    )
    first = forms.ChoiceField(
        label=_("Main field"), required=False, help_text=_("Weighs more in the assignment than the others.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": _("Choose a language.")},
    )  # fmt: skip
    load_min = forms.IntegerField(label=_("At least so many cases"), min_value=0, max_value=MOST_CASES, initial=0)
    load_max = forms.IntegerField(label=_("At most so many cases"), min_value=0, max_value=MOST_CASES, initial=40)

    def __init__(self, *args: Any, config: EditionConfig, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [(item.code, pick(item.label)) for item in config.categories]
        self.fields["categories"].choices = fields  # type: ignore[attr-defined]
        self.fields["first"].choices = [("", "–"), *fields]  # type: ignore[attr-defined]
        self.fields["languages"].choices = [  # type: ignore[attr-defined]
            (code, LANGUAGE_NAMES.get(code, code)) for code in config.edition.languages
        ]

    def reads(self) -> dict[str, Any]:
        """What the services take, the main field first."""
        said = self.cleaned_data
        first, chosen = said["first"], said["categories"]
        ordered = [first, *(code for code in chosen if code != first)] if first in chosen else chosen
        return {
            "categories": ordered, "languages": said["languages"], "load_min": said["load_min"],
            "load_max": said["load_max"],
        }  # fmt: skip


class InviteForm(ReadsForm):
    """A person to be invited."""

    name_zh = kit.LineField(label=pgettext_lazy("person", "Name"), max_length=120, required=False)
    name_en = kit.LineField(label=pgettext_lazy("person", "Name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    affiliation = kit.LineField(
        label=_("Institution"), max_length=300, required=False,
        help_text=_("Whoever is of an institution named as applicant or partner does not read that case."),
    )  # fmt: skip
    place = forms.ChoiceField(label=_("Country or region"), required=False)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=[("en", "English"), ("zh-hans", "中文")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "–"), *places.choices()]  # type: ignore[attr-defined]

    def invitation(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            **self.reads(), "email": said["email"], "affiliation": said["affiliation"], "place": said["place"],
            "names": {"zh-hans": said["name_zh"], "en": said["name_en"]}, "language": said["language"],
        }  # fmt: skip


class ConflictForm(forms.Form):
    """A conflict as the secretariat enters it: with a case, or with the applicant of a case and so all its cases."""

    number = forms.CharField(label=_("Number of the case"), max_length=20)
    whole = forms.BooleanField(label=_("With its applicant: no case of it at all"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea())


class AssignForm(forms.Form):
    """One case to one expert, by hand."""

    number = forms.CharField(label=_("Number of the case"), max_length=20)
    expert = forms.TypedChoiceField(label=_("Expert"), coerce=int, empty_value=None)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea())

    def __init__(self, *args: Any, experts: list[Expert], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].choices = [  # type: ignore[attr-defined]
            ("", "–"), *((str(row.pk), pick(row.names) or f"#{row.pk}") for row in experts)
        ]  # fmt: skip
