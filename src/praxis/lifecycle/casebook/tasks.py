"""Jobs of the Casebook."""

from __future__ import annotations

from django.utils.translation import gettext_noop
from django_tasks import task

from praxis.foundation.bilingual import say
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.locale import Label
from praxis.lifecycle.casebook import assembly, selectors
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
    jobs.progress(5)
    digest = selectors.content_digest(casebook, build.language)
    book = assembly.book_of(casebook, build.language, timestamp=build.made_at.replace(microsecond=0))
    jobs.progress(30)
    try:
        data = build_pdf(book) if build.format == "pdf" else build_epub(book)
    except TypesettingError as problem:
        with jobs.fence():
            _fail(build, str(problem), problem.messages)
        return
    except Exception as problem:
        # Tried again by the queue; after the last attempt the reason stays with the build.
        job = jobs.current()
        if job is None or job.attempts >= job.max_attempts:
            _fail(build, f"{type(problem).__name__}: {problem}"[:2000], say(gettext_noop("The book could not be set.")))
        raise
    edition = casebook.edition
    name = f"{edition.programme.code}-{edition.code}-{build.language}.{build.format}"
    with jobs.fence():
        build.file = files.store_product(name, MEDIA_TYPES[build.format], data)
        build.state, build.digest = Build.State.READY, digest
        build.published = edition.state == "released" and not _is_published(build)
        build.save(update_fields=["file", "state", "digest", "published"])


def _fail(build: Build, problem: str, words: Label) -> None:
    build.state, build.problem, build.findings = Build.State.FAILED, problem, [words]
    build.save(update_fields=["state", "problem", "findings"])


def _is_published(build: Build) -> bool:
    rows = Build.objects.filter(casebook=build.casebook_id, language=build.language, format=build.format)
    return rows.filter(published=True).exists()
