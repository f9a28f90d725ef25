"""How allauth speaks through the house: its letters are notices, its people are ours."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from praxis.foundation import links
from praxis.foundation.notices import services as notices
from praxis.foundation.people import selectors as people

# The page a letter without a code leads to.
PAGES = {"unknown_account": "register", "account_already_exists": "sign_in"}
# Whoever enters the code of these letters has shown that the address is theirs.
CONFIRMS = ("login_code", "password_reset_code")


class AccountAdapter(DefaultAccountAdapter):
    """Letters of the sign-in are rows with a state like every other."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("Address and password do not fit together. You can also sign in with a code."),
        "email_taken": _("This address cannot be used."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This is not the code we sent. Look at the newest letter."),
        "incorrect_password": _("This is not your password."),
        "invalid_login": _("Enter an e-mail address such as name@example.org."),
        "rate_limited": _("Too many attempts. Wait a few minutes."),
        "same_as_current": _("This is your address already."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then ask for a new code."),
        "unverified_primary_email": _("Confirm your address first."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        kind = template_prefix.rsplit("/", 1)[-1]
        language = get_language() or "en"
        values = (
            {"link": links.absolute(PAGES[kind], language)} if kind in PAGES else {"code": str(context["code"])}
        )
        if kind in CONFIRMS:
            _know_address(email)
        notices.send(f"account.{kind}", to=email, language=language, context=values)

    def new_user(self, request: HttpRequest) -> Any:
        user = super().new_user(request)
        user.language = get_language() or "en"
        return user

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True


def _know_address(email: str) -> None:
    """Give allauth its row of an account that the house made by itself, so that the code can confirm the address."""
    user = people.by_email(email)
    if user is not None:
        EmailAddress.objects.get_or_create(user_id=user.pk, email=user.email, defaults={"primary": True})
