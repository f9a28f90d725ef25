"""What the account desk registers: the letters of signing in, where its pages are, what allauth keeps of a person."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress

from praxis.desks.account import letters
from praxis.foundation.links import register
from praxis.foundation.people import privacy
from praxis.foundation.people.models import User


def _collect(user: User) -> list[dict[str, Any]]:
    return list(EmailAddress.objects.filter(user_id=user.pk).order_by("id").values("email", "verified", "primary"))


def _erase(user: User) -> list[str]:
    EmailAddress.objects.filter(user_id=user.pk).delete()
    return []


letters.register_all()
register("sign_in", "account_login")
register("register", "account_signup")
privacy.register(privacy.Part("addresses", {"zh-hans": "登录邮箱", "en": "Addresses to sign in with"}, _collect, _erase))
