"""Forms of the applicant's desk: parsing and messages, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from praxis.desks import kit
from praxis.foundation.errors import Invalid
from praxis.foundation.locale import pick
from praxis.foundation.people.models import Organisation
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.config import CodedLabel, EditionConfig
from praxis.lifecycle.cases.models import Attachment, Case, Partner
from praxis.lifecycle.cases.services import parse_month

Choices = list[tuple[str, str]]


def _place_choices() -> Choices:
    return [("", "—"), *places.choices()]


def _coded(items: Iterable[CodedLabel]) -> Choices:
    return [(item.code, pick(item.label)) for item in items]


class OrganisationForm(forms.Form):
    """An organisation's particulars."""

    name_zh = kit.LineField(label=_("Name in Chinese"), required=False, max_length=200)
    name_en = kit.LineField(label=_("Name in English"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind of organisation"), required=False)
    place = forms.ChoiceField(label=_("Country or region"), required=False)
    registration = forms.CharField(
        label=_("Unified social credit code"), required=False, max_length=40,
        help_text=_("For organisations registered in mainland China: 18 characters. Leave it empty elsewhere."),
    )  # fmt: skip
    website = forms.CharField(label=_("Website"), required=False, max_length=200)
    address = forms.CharField(label=_("Postal address"), required=False, max_length=300)

    def __init__(self, *args: Any, kinds: Iterable[CodedLabel] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "—"), *_coded(kinds)]  # type: ignore[attr-defined]
        self.fields["place"].choices = _place_choices()  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(organisation: Organisation) -> dict[str, Any]:
        """What the form shows of an organisation."""
        return {
            "name_zh": organisation.names.get("zh-hans", ""), "name_en": organisation.names.get("en", ""),
            "kind": organisation.kind, "place": organisation.place_id or "",
            "registration": organisation.registration, "website": organisation.website,
            "address": organisation.address,
        }  # fmt: skip

    def values(self, kept_names: dict[str, str] | None = None) -> dict[str, Any]:
        """What the service takes; names in other languages than the form's are kept."""
        said = self.cleaned_data
        return {
            "names": {**(kept_names or {}), "zh-hans": said["name_zh"], "en": said["name_en"]},
            **{name: said[name] for name in ("kind", "place", "registration", "website", "address")},
        }


class InviteForm(forms.Form):
    """A colleague's address."""

    email = forms.CharField(
        label=_("Colleague's e-mail address"), max_length=254, widget=forms.EmailInput(),
        help_text=_("They get a link to join. Colleagues can read and change all cases of the organisation."),
    )  # fmt: skip


class StartForm(forms.Form):
    """Which organisation a new case is for, and what it is called."""

    organisation = forms.ChoiceField(label=_("Applicant"), widget=forms.RadioSelect())
    title = kit.LineField(
        label=_("Case name"), required=False, max_length=300, help_text=_("You can change it at any time.")
    )

    def __init__(self, *args: Any, organisations: Iterable[Organisation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(str(row.pk), str(row)) for row in organisations]  # type: ignore[attr-defined]


class MonthField(forms.CharField):
    """A month as people write it; the value is a date or None."""

    def clean(self, value: Any) -> date | None:
        try:
            return parse_month(super().clean(value))
        except Invalid as invalid:
            raise forms.ValidationError(str(invalid)) from None


class BasicsForm(forms.Form):
    """The particulars of a case."""

    category = forms.ChoiceField(label=_("Field"), widget=forms.RadioSelect(), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Kind of content"), widget=forms.CheckboxSelectMultiple(), required=False,
        help_text=_("One or more."),
    )  # fmt: skip
    started_on = MonthField(
        label=_("Month in which it began"), required=False, max_length=20, help_text=_("For example 2019-05")
    )
    places = forms.MultipleChoiceField(
        label=_("Countries or regions involved"), widget=forms.CheckboxSelectMultiple(), required=False
    )
    uses_internet = forms.ChoiceField(
        label=_("Does the case use the internet and related technology?"), widget=forms.RadioSelect(), required=False,
        choices=[("yes", _("Yes")), ("no", _("No"))],
    )  # fmt: skip
    contact_name = forms.CharField(label=_("Contact person"), required=False)
    contact_email = forms.CharField(label=_("E-mail address"), required=False, widget=forms.EmailInput())
    contact_phone = forms.CharField(
        label=_("Telephone"), required=False, help_text=_("With the country code, for example +254 20 1234567")
    )

    def __init__(self, *args: Any, config: EditionConfig, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.choices = [(item.code, pick(item.label)) for item in config.categories]
        category.choice_hints = {item.code: pick(item.description) for item in config.categories}
        self.fields["kinds"].choices = _coded(config.content_kinds)  # type: ignore[attr-defined]
        self.fields["places"].choices = places.choices()  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(case: Case) -> dict[str, Any]:
        """What the form shows of a case."""
        return {
            "category": case.category.code if case.category else "", "kinds": case.kinds,
            "started_on": f"{case.started_on:%Y-%m}" if case.started_on else "", "places": case.places,
            "uses_internet": {True: "yes", False: "no"}.get(case.uses_internet, ""),  # type: ignore[arg-type]
            "contact_name": case.contact_name, "contact_email": case.contact_email,
            "contact_phone": case.contact_phone,
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "category": said["category"] or None, "kinds": said["kinds"], "started_on": said["started_on"],
            "places": said["places"], "uses_internet": {"yes": True, "no": False}.get(said["uses_internet"]),
            "contact_name": said["contact_name"], "contact_email": said["contact_email"],
            "contact_phone": said["contact_phone"],
        }  # fmt: skip


class PartnerForm(forms.Form):
    """Another institution that takes part."""

    name_zh = kit.LineField(label=_("Name in Chinese"), required=False)
    name_en = kit.LineField(label=_("Name in English"), required=False)
    place = forms.ChoiceField(label=_("Country or region"), required=False)
    role_zh = forms.CharField(label=_("What it does, in Chinese"), required=False, widget=forms.Textarea())
    role_en = forms.CharField(label=_("What it does, in English"), required=False, widget=forms.Textarea())
    email = forms.CharField(
        label=_("E-mail address of a contact there"), required=False, widget=forms.EmailInput(),
        help_text=_("Only used to ask the partner to confirm. It is not published."),
    )  # fmt: skip
    # Where the service's refusals belong.
    errors_at = {
        "names": "name_en", "names.zh-hans": "name_zh", "names.en": "name_en", "roles.zh-hans": "role_zh",
        "roles.en": "role_en",
    }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = _place_choices()  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(partner: Partner) -> dict[str, Any]:
        """What the form shows of a partner."""
        return {
            "name_zh": partner.names.get("zh-hans", ""), "name_en": partner.names.get("en", ""),
            "place": partner.place_id or "", "role_zh": partner.roles.get("zh-hans", ""),
            "role_en": partner.roles.get("en", ""), "email": partner.email,
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "names": {"zh-hans": said["name_zh"], "en": said["name_en"]}, "place": said["place"],
            "roles": {"zh-hans": said["role_zh"], "en": said["role_en"]}, "email": said["email"],
        }  # fmt: skip


class DescribeForm(forms.Form):
    """What must be said of a picture, video or document."""

    caption_zh = forms.CharField(required=False, widget=forms.Textarea(), label=_("Caption in Chinese"))
    caption_en = forms.CharField(required=False, widget=forms.Textarea(), label=_("Caption in English"))
    alt_zh = forms.CharField(required=False, widget=forms.Textarea(), label=_("Description in Chinese"))
    alt_en = forms.CharField(required=False, widget=forms.Textarea(), label=_("Description in English"))
    credit = forms.CharField(
        label=_("Credit"), required=False, help_text=_("Who made it or owns it, as it should be printed.")
    )
    licence = forms.CharField(
        label=_("Licence"), required=False, help_text=_("For example: own work, used with permission, CC BY 4.0.")
    )
    consent = forms.BooleanField(
        label=_("The people shown agree to its publication, or nobody can be recognised."), required=False
    )
    errors_at = {
        "captions.zh-hans": "caption_zh", "captions.en": "caption_en", "alts.zh-hans": "alt_zh", "alts.en": "alt_en",
    }  # fmt: skip

    @staticmethod
    def initial_of(row: Attachment) -> dict[str, Any]:
        """What the form shows of an attachment."""
        return {
            "caption_zh": row.captions.get("zh-hans", ""), "caption_en": row.captions.get("en", ""),
            "alt_zh": row.alts.get("zh-hans", ""), "alt_en": row.alts.get("en", ""), "credit": row.credit,
            "licence": row.licence, "consent": row.consent,
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "captions": {"zh-hans": said["caption_zh"], "en": said["caption_en"]},
            "alts": {"zh-hans": said["alt_zh"], "en": said["alt_en"]}, "credit": said["credit"],
            "licence": said["licence"], "consent": said["consent"],
        }  # fmt: skip


class MessageForm(forms.Form):
    """A line to the secretariat."""

    body = forms.CharField(label=_("Your message"), required=False, widget=forms.Textarea())
