"""How allauth speaks through the house: its letters are notices, its people are ours."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import get_language

from praxis.foundation import links
from praxis.foundation.notices import services as notices

# The page a letter without a code leads to.
PAGES = {"unknown_account": "register", "account_already_exists": "sign_in"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Letters of the sign-in are rows with a state like every other."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        kind = template_prefix.rsplit("/", 1)[-1]
        language = get_language() or "en"
        values = (
            {"link": links.absolute(PAGES[kind], language)} if kind in PAGES else {"code": str(context["code"])}
        )
        notices.send(f"account.{kind}", to=email, language=language, context=values)

    def new_user(self, request: HttpRequest) -> Any:
        user = super().new_user(request)
        user.language = get_language() or "en"
        return user

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True
