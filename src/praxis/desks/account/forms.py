"""What is typed at the account desk."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
    LoginForm,
)
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from praxis.foundation.people import selectors


class PasswordForm(LoginForm):
    """Address and password; allauth's own form leaves the password out where registering asks for none."""

    password = PasswordField(label=_("Password"), autocomplete="current-password")

    def _setup_password_field(self) -> None:
        """Keep the password."""


class _CodeForm:
    """What is called on the page as in the summary of errors above it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].label = _("Code from the letter")  # type: ignore[attr-defined]


class LoginCodeForm(_CodeForm, ConfirmLoginCodeForm):
    """The code that signs in."""


class AddressCodeForm(_CodeForm, ConfirmEmailVerificationCodeForm):
    """The code that confirms an address."""


class PasswordCodeForm(_CodeForm, ConfirmPasswordResetCodeForm):
    """The code with which a new password is set."""


class ProfileForm(forms.Form):
    """Name, language of letters, time zone."""

    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(zone, zone.replace("_", " ")) for zone in selectors.zones()]
        self.fields["zone"].choices = [("", _("As the call has it")), *names]  # type: ignore[attr-defined]


class EraseForm(forms.Form):
    """The tick that confirms."""

    confirmed = forms.BooleanField(error_messages={"required": _("Tick the box to confirm.")})
