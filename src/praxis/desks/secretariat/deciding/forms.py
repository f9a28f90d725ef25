"""Forms of choosing and telling: parsing and messages, nothing else."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from praxis.foundation.programmes.models import Category, Tier
from praxis.lifecycle.selection.proposals import Wishes

MOST_NUMBERS = 500
_APART = re.compile(r"[\s,;，；、]+")


class NumbersField(forms.CharField):
    """Case numbers, parted by spaces, commas or lines; the value is a list without repeats, in order."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}), **options)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        numbers = [part.upper()[:40] for part in _APART.split(text) if part]
        return list(dict.fromkeys(numbers))[:MOST_NUMBERS]


class WishesForm(forms.Form):
    """What is asked of a tier."""

    low = forms.IntegerField(label=_("At least"), min_value=1, max_value=100_000)
    high = forms.IntegerField(label=_("At most"), min_value=1, max_value=100_000)
    per_place = forms.IntegerField(
        label=_("At most from one country or region"), min_value=1, max_value=100_000, required=False,
        help_text=_("By the applicant. Leave it empty for no limit."),
    )  # fmt: skip
    per_organisation = forms.IntegerField(
        label=_("At most from one applicant"), min_value=1, max_value=100_000, required=False,
        help_text=_("Leave it empty for no limit."),
    )  # fmt: skip
    force_in = NumbersField(label=_("In any case"), help_text=_("Numbers of cases that must be in."))
    force_out = NumbersField(label=_("In no case"), help_text=_("Numbers of cases that must not be in."))
    seed = forms.IntegerField(
        label=_("Number of the lottery"), min_value=0, max_value=2**31, required=False,
        help_text=_("Where cases are equal, a lottery decides. The same number gives the same draw."),
    )  # fmt: skip

    def __init__(self, *args: Any, tier: Tier, categories: list[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = categories
        for category in categories:
            for bound in ("low", "high"):
                self.fields[f"{bound}_{category.code}"] = forms.IntegerField(
                    label=_("At least") if bound == "low" else _("At most"), min_value=0, max_value=100_000, required=False
                )
        self.tier = tier

    @staticmethod
    def initial_of(wishes: Wishes) -> dict[str, Any]:
        """What the form shows of wishes."""
        shown: dict[str, Any] = {
            "low": wishes.low, "high": wishes.high, "per_place": wishes.per_place,
            "per_organisation": wishes.per_organisation, "force_in": " ".join(wishes.force_in),
            "force_out": " ".join(wishes.force_out),
        }  # fmt: skip
        for code, (low, high) in wishes.categories.items():
            shown[f"low_{code}"], shown[f"high_{code}"] = low, high
        return shown

    @property
    def quota_fields(self) -> list[tuple[Category, Any, Any]]:
        """Each field of the programme with its two bounds."""
        return [(item, self[f"low_{item.code}"], self[f"high_{item.code}"]) for item in self.categories]

    def wishes(self) -> Wishes:
        """What the service takes."""
        said = self.cleaned_data
        quotas = {}
        for category in self.categories:
            low, high = said.get(f"low_{category.code}"), said.get(f"high_{category.code}")
            if low is not None or high is not None:
                quotas[category.code] = (low or 0, said["high"] if high is None else high)
        return Wishes(
            low=said["low"], high=said["high"], categories=quotas, per_place=said["per_place"],
            per_organisation=said["per_organisation"], force_in=tuple(said["force_in"]), force_out=tuple(said["force_out"]),
        )


class DecideForm(forms.Form):
    """The decision on a tier beside the ticks: others, the reserve list, the reason."""

    others = NumbersField(
        label=_("Other cases that are chosen"), help_text=_("Numbers of cases that are not in the list above.")
    )
    reserve = NumbersField(
        label=_("Reserve list"), help_text=_("Numbers in order: the first moves up first."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where the set differs from the proposal."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """A reason, which the service asks for."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
