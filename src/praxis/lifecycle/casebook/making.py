"""The book itself: front matter, preflight, builds, errata, and its publication at the release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.loading import on_use
from praxis.foundation.locale import Label, pick
from praxis.foundation.programmes.models import Edition
from praxis.foundation.search import services as search
from praxis.foundation.texts import services as texts
from praxis.lifecycle.casebook import assembly, policies, selectors
from praxis.lifecycle.casebook.changing import note, user_of
from praxis.lifecycle.casebook.models import Build, Casebook, Entry, EntryText, Erratum

if TYPE_CHECKING:
    from praxis.lifecycle.casebook.typesetting import preflight as checking
else:
    checking = on_use("praxis.lifecycle.casebook.typesetting.preflight")

# By name: it loads the typesetting, which only the worker needs.
MAKE_BOOK = "praxis.lifecycle.casebook.tasks.make_book"
FORMATS = ("pdf", "epub")
FRONT = ("title", "subtitle", "imprint", "foreword_heading", "foreword", "signature")


@transaction.atomic
def set_front(actor: Any, edition: Edition, language: str, values: Mapping[str, str]) -> Casebook:
    """Set title, subtitle, imprint and foreword in one language."""
    require(policies.may_edit_book(actor, edition))
    if edition.state == "released":
        raise Conflict(_("The Casebook is published."), code="state")
    book, _made = Casebook.objects.select_for_update().get_or_create(edition=edition)
    if language not in edition.settings.edition.languages:
        raise Invalid({"language": _("Choose a language of the edition.")})
    book.front = {**book.front, language: {name: texts.cleaned(values.get(name, "")) for name in FRONT}}
    book.save(update_fields=["front"])
    book.edition = edition
    audit.append(actor, edition_id=edition.pk, action="casebook.set_front", obj=book, after={"language": language})
    return book


def preflight(actor: Any, edition: Edition, language: str) -> list[checking.Finding]:
    """What would spoil the book in a language: missing text or translation, glyphs, small pictures, alt text."""
    book = selectors.casebook_of(actor, edition)
    if book is None:
        raise Conflict(_("There is no Casebook yet."), code="state")
    return checking.preflight(assembly.book_of(book, language, timestamp=clock.now()))


@transaction.atomic
def build(actor: Any, edition: Edition, language: str, format_: str) -> Build:
    """Have a book made by a job."""
    row = _begin(actor, edition, language, format_, clock.now())
    jobs.enqueue(MAKE_BOOK, key=f"casebook.build:{row.pk}", owner_id=actor.pk, build_id=row.pk)
    return row


@transaction.atomic
def build_all(actor: Any, edition: Edition) -> list[Build]:
    """Have every book made by one job, side by side: each language as PDF and EPUB."""
    at = clock.now()
    rows = [
        _begin(actor, edition, language, format_, at)
        for language in edition.settings.edition.languages
        for format_ in FORMATS
    ]
    first, others = rows[0], [row.pk for row in rows[1:]]
    jobs.enqueue(MAKE_BOOK, key=f"casebook.build:{first.pk}", owner_id=actor.pk, build_id=first.pk, others=others)
    return rows


def _begin(actor: Any, edition: Edition, language: str, format_: str, at: datetime) -> Build:
    book = selectors.casebook_of(actor, edition)
    if book is None:
        raise Conflict(_("There is no Casebook yet."), code="state")
    if language not in edition.settings.edition.languages or format_ not in FORMATS:
        raise Invalid({"language": _("Choose a language and PDF or EPUB.")})
    row = Build.objects.create(casebook=book, language=language, format=format_, made_at=at)
    audit.append(actor, edition_id=edition.pk, action="casebook.build", obj=row, after={"language": language, "format": format_})
    return row


@transaction.atomic
def add_erratum(actor: Any, entry: Entry, *, said: Label) -> Erratum:
    """Say after the release what is wrong in an entry and what is right; the published text stays."""
    require(policies.may_edit_book(actor, entry.casebook.edition))
    if entry.casebook.edition.state != "released":
        raise Conflict(_("The Casebook is not published yet: change the entry itself."), code="state")
    kept = {language: texts.cleaned(text)[:2000] for language, text in said.items() if texts.cleaned(text)}
    if set(kept) != set(entry.casebook.edition.settings.edition.languages):
        raise Invalid({"said": _("Write the erratum in every language of the Casebook.")})
    row = Erratum.objects.create(entry=entry, texts=kept, by=user_of(actor), at=clock.now())
    note(actor, entry, "add_erratum", {"erratum": row.pk})
    return row


def publish(actor: Any, edition: Edition) -> None:
    """At the release: the latest book of each language and format is published, entries can be found by search."""
    book = Casebook.objects.filter(edition=edition).first()
    if book is None:
        return
    latest: dict[tuple[str, str], int] = {}
    for pk, language, format_ in Build.objects.filter(casebook=book, state="ready").order_by("id").values_list("id", "language", "format"):
        latest[(language, format_)] = pk
    Build.objects.filter(pk__in=latest.values()).update(published=True)
    summaries: dict[int, dict[str, str]] = {}
    for entry_id, language, body in EntryText.objects.filter(entry__casebook=book, field="summary").values_list("entry_id", "language", "body"):
        summaries.setdefault(entry_id, {})[language] = body
    for entry in selectors.all_entries(edition):
        search.put(
            "entry", entry.key, "public",
            {
                language: (title, " ".join((pick(entry.applicants, language), summaries.get(entry.pk, {}).get(language, ""))))
                for language, title in entry.titles.items()
            },
        )
