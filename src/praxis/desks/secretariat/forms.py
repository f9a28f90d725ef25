"""Forms of the secretariat's desk: parsing and messages, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from praxis.desks import kit
from praxis.desks.secretariat.frames import InstantField
from praxis.foundation.errors import Invalid
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.config import EditionConfig
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.services import parse_month
from praxis.ui.dates import zone_label

Choices = list[tuple[str, Any]]


class ReasonForm(forms.Form):
    """Why something is done, where one must say."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea())


class OptionalReasonForm(forms.Form):
    """Why something is done, where one may say."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(), required=False)


class UntilForm(forms.Form):
    """An instant in the edition's zone and why; `until` is what the service calls it."""

    until = InstantField(label=_("New deadline"), help_text=_("In the zone of the edition, as 2026-06-15 24:00."))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea())

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].zone = zone  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """What is to be corrected, and until when."""

    message = forms.CharField(
        label=_("What is to be corrected"), max_length=2000, widget=forms.Textarea(),
        help_text=_("The applicant reads this, in the letter and on the page of the case."),
    )  # fmt: skip
    until = InstantField(label=_("Correct by"), help_text=_("In the zone of the edition, as 2026-06-15 24:00."))

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].zone = zone  # type: ignore[attr-defined]


class MessageForm(forms.Form):
    """A line of the thread with an applicant."""

    body = forms.CharField(label=_("Your answer"), max_length=5000, widget=forms.Textarea())


class FilterForm(forms.Form):
    """The filters above a list; what is not among the choices counts as all."""

    def values(self) -> dict[str, str]:
        """What was chosen; "" where nothing or nonsense was."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") or "" for name in self.fields}


class CaseFilterForm(FilterForm):
    """What the list of cases is narrowed by."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), required=False)
    category = forms.ChoiceField(label=_("Field"), required=False)
    place = forms.ChoiceField(label=_("Country or region"), required=False)
    unit = forms.ChoiceField(label=_("Came through"), required=False)
    waiting = forms.ChoiceField(label=_("What waits"), required=False)

    def __init__(self, *args: Any, choices: dict[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in choices.items():
            self.fields[name].choices = [("", _("All")), *offered]  # type: ignore[attr-defined]


class ScreeningFilterForm(FilterForm):
    """What the screening queue is narrowed by."""

    show = forms.ChoiceField(label=_("Part of the queue"), required=False)
    category = forms.ChoiceField(label=_("Field"), required=False)

    def __init__(self, *args: Any, shows: Choices, categories: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["show"].choices = shows  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", _("All")), *categories]  # type: ignore[attr-defined]


class OrganisationForm(forms.Form):
    """An organisation for which the secretariat enters a case, and who at it will have the case in hand."""

    name_zh = kit.LineField(label=_("Name in Chinese"), required=False, max_length=200)
    name_en = kit.LineField(label=_("Name in English"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind of applicant"), required=False)
    place = forms.ChoiceField(label=_("Seat: country or region"), required=False)
    email = forms.CharField(
        label=_("E-mail address of the applicant's contact"), max_length=254, widget=forms.EmailInput(),
        help_text=_("With this address they can sign in, see the case and change it themselves."),
    )  # fmt: skip
    errors_at = {"names": "name_en"}

    def __init__(self, *args: Any, config: EditionConfig, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", "—"), *((item.code, pick(item.label)) for item in config.applicant_kinds)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "—"), *places.choices()]  # type: ignore[attr-defined]


class BasicsForm(forms.Form):
    """The particulars of a case and its commitments, as the secretariat enters them from a paper form."""

    category = forms.ChoiceField(label=_("Field"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Kind of content"), widget=forms.CheckboxSelectMultiple(), required=False
    )
    started_on = forms.CharField(label=_("Began"), required=False, max_length=20, help_text=_("A month, as 2019-05."))
    uses_internet = forms.ChoiceField(
        label=_("Uses the internet and related technology"), required=False,
        choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))],
    )  # fmt: skip
    places = forms.MultipleChoiceField(
        label=_("Countries or regions"), widget=forms.CheckboxSelectMultiple(), required=False
    )
    contact_name = forms.CharField(label=_("Contact"), required=False, max_length=120)
    contact_email = forms.CharField(label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput())
    contact_phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    consents = forms.MultipleChoiceField(
        label=_("Commitments the applicant has signed"), widget=forms.CheckboxSelectMultiple(), required=False
    )

    def __init__(self, *args: Any, config: EditionConfig, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "category": [("", "—"), *((item.code, pick(item.label)) for item in config.categories)],
            "kinds": [(item.code, pick(item.label)) for item in config.content_kinds],
            "places": places.choices(),
            "consents": [(item.code, pick(item.label)) for item in config.consents],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(case: Case) -> dict[str, Any]:
        """What the form shows of a case."""
        return {
            "category": case.category.code if case.category else "",
            "kinds": case.kinds,
            "started_on": f"{case.started_on:%Y-%m}" if case.started_on else "",
            "uses_internet": {True: "yes", False: "no"}.get(bool(case.uses_internet), "")
            if case.uses_internet is not None
            else "",
            "places": case.places,
            "contact_name": case.contact_name,
            "contact_email": case.contact_email,
            "contact_phone": case.contact_phone,
            "consents": [code for code, given in case.consents.items() if given],
        }

    def clean_started_on(self) -> Any:
        try:
            return parse_month(self.cleaned_data["started_on"])
        except Invalid as invalid:
            raise forms.ValidationError(str(invalid)) from None

    def values(self) -> dict[str, Any]:
        """What `save_basics` takes."""
        said = dict(self.cleaned_data)
        said.pop("consents")
        uses: dict[str, bool] = {"yes": True, "no": False}
        return {**said, "category": said["category"] or None, "uses_internet": uses.get(said["uses_internet"])}

    def consented(self) -> dict[str, bool]:
        """What `give_consents` takes."""
        return dict.fromkeys(self.cleaned_data["consents"], True)


class PersonForm(forms.Form):
    """Whom to name on an edition, and as what."""

    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput())
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("secretariat", _("Secretariat: runs the edition")), ("chair", _("Chair: also seals and releases"))],
    )


class PresetForm(forms.Form):
    """A preset file to load."""

    file = forms.FileField(label=_("Preset file"), help_text=_("A TOML file of at most 1 MB."))
    rehearsal = forms.BooleanField(
        label=_("This is a rehearsal: every page says that its organisations and cases are invented"), required=False
    )


class PreviewForm(forms.Form):
    """The instant at which one wants to see the pages."""

    at = InstantField(label=_("Show the pages as of"))

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["at"]
        field.zone = zone  # type: ignore[attr-defined]
        field.help_text = gettext("Day and time (%(zone)s), as 2026-06-15 24:00.") % {"zone": zone_label(zone)}


class NoticeFilterForm(FilterForm):
    """What the list of notices is narrowed by."""

    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, states: Choices, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]


class JobFilterForm(FilterForm):
    """What the list of jobs is narrowed by."""

    state = forms.ChoiceField(label=_("State"), required=False)
    housekeeping = forms.BooleanField(label=_("Housekeeping that went well, too"), required=False)

    def __init__(self, *args: Any, states: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]


class AuditFilterForm(FilterForm):
    """What the audit log is narrowed by."""

    action = forms.ChoiceField(label=_("What was done"), required=False)
    case = forms.CharField(label=_("Case number"), required=False, max_length=20)
    person = forms.CharField(label=_("Person (e-mail)"), required=False, max_length=254)

    def __init__(self, *args: Any, actions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("All")), *actions]  # type: ignore[attr-defined]
