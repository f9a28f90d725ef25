"""Prepare an installation: database, static files, and a sign-in link for its first administrator, printed once."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from praxis.foundation.people.models import User
from praxis.foundation.people.services import make_administrator, make_sign_in_link


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", help="the first administrator's e-mail address")
    parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
    parser.add_argument("--again", action="store_true", help="another link for an administrator there already is")


def run(options: argparse.Namespace) -> int:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not options.email:
        print("The database and the static files are ready. Name the first administrator with --email.")
        return 0
    administrators = User.objects.filter(is_superuser=True)
    if administrators.exists() and not (
        options.again and administrators.filter(email__iexact=options.email.strip()).exists()
    ):
        raise CommandError("there is an administrator already; --again prints another link for that same address")
    with transaction.atomic():
        secret = make_sign_in_link(make_administrator(options.email))
        address = sign_in_address(secret, options.language)
    print(f"Open this within a day; it works once:\n{address}")
    return 0


def sign_in_address(secret: str, language: str) -> str:
    """The full address of a sign-in link."""
    with translation.override(language):
        return settings.SITE_URL + reverse("account:sign_in_link", args=[secret])
