"""How allauth speaks through the house: its letters are notices, its people are ours."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import get_language

from praxis.foundation.notices import services as notices


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Letters of the sign-in are rows with a state like every other."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        kind = template_prefix.rsplit("/", 1)[-1]
        notices.send(
            f"account.{kind}", to=email, language=get_language() or "en",
            context={"code": str(context.get("code", "")), "link": str(context.get("password_reset_url", ""))},
        )

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True
