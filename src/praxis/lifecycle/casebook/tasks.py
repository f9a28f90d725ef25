"""Jobs of the Casebook."""

from __future__ import annotations

import hashlib

from django_tasks import task

from praxis.foundation.bilingual import say
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.casebook import assembly
from praxis.lifecycle.casebook.models import Build, Casebook
from praxis.lifecycle.casebook.typesetting.book import TypesettingError
from praxis.lifecycle.casebook.typesetting.epub import build_epub
from praxis.lifecycle.casebook.typesetting.pdf import build_pdf

MEDIA_TYPES = {"pdf": "application/pdf", "epub": "application/epub+zip"}


@task()
def make_book(*, build_id: int) -> None:
    """Set one book and keep the file. What would spoil it is kept with the build in words."""
    build = Build.objects.get(pk=build_id)
    casebook = Casebook.objects.select_related("edition__programme").get(pk=build.casebook_id)
    book = assembly.book_of(casebook, build.language, timestamp=build.made_at.replace(microsecond=0))
    try:
        data = build_pdf(book) if build.format == "pdf" else build_epub(book)
    except TypesettingError as problem:
        with jobs.fence():
            build.state, build.problem = Build.State.FAILED, str(problem)
            build.findings = [problem.messages or say("The book could not be set.")]
            build.save(update_fields=["state", "problem", "findings"])
        return
    edition = casebook.edition
    name = f"{edition.programme.code}-{edition.code}-{build.language}.{build.format}"
    with jobs.fence():
        build.file = files.store_product(name, MEDIA_TYPES[build.format], data)
        build.state, build.digest = Build.State.READY, hashlib.sha256(data).hexdigest()
        build.save(update_fields=["file", "state", "digest"])
