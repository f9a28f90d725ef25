"""Jobs of the Casebook."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from django.utils.translation import gettext_noop
from django_tasks import task

from praxis.foundation.bilingual import say
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.locale import Label
from praxis.lifecycle.casebook import assembly, selectors
from praxis.lifecycle.casebook.models import Build, Casebook
from praxis.lifecycle.casebook.typesetting.book import Book, TypesettingError
from praxis.lifecycle.casebook.typesetting.epub import build_epub
from praxis.lifecycle.casebook.typesetting.pdf import build_pdf

MEDIA_TYPES = {"pdf": "application/pdf", "epub": "application/epub+zip"}
# Typst sets outside of Python's lock, so two books take the time of one; each holds its pictures in memory.
AT_ONCE = 2


@task()
def make_book(*, build_id: int, others: Sequence[int] = ()) -> None:
    """Set one book, or several of one Casebook side by side, and keep the files.

    What would spoil a book is kept with its build in words; the others are made all the same.
    """
    builds = sorted(Build.objects.filter(pk__in=[build_id, *others]), key=lambda build: (build.format != "pdf", build.pk))
    casebook = Casebook.objects.select_related("edition__programme").get(pk=builds[0].casebook_id)
    jobs.progress(5)
    languages = sorted({build.language for build in builds})
    digests = {language: selectors.content_digest(casebook, language) for language in languages}
    made_at = builds[0].made_at.replace(microsecond=0)
    books = {language: assembly.book_of(casebook, language, timestamp=made_at) for language in languages}
    jobs.progress(20)
    try:
        made = _set(builds, books)
    except Exception as problem:
        # Tried again by the queue; after the last attempt the reason stays with the builds.
        job = jobs.current()
        if job is None or job.attempts >= job.max_attempts:
            for build in builds:
                _fail(build, f"{type(problem).__name__}: {problem}"[:2000], say(gettext_noop("The book could not be set.")))
        raise
    with jobs.fence():
        for build in builds:
            result = made[build.pk]
            if isinstance(result, TypesettingError):
                _fail(build, str(result), result.messages)
            else:
                _keep(casebook, build, result, digests[build.language])


def _set(builds: Sequence[Build], books: dict[str, Book]) -> dict[int, bytes | TypesettingError]:
    """The bytes of each build, or what would spoil it."""
    made: dict[int, bytes | TypesettingError] = {}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        waiting = {
            pool.submit(build_pdf if build.format == "pdf" else build_epub, books[build.language]): build.pk
            for build in builds
        }
        for done in as_completed(waiting):
            try:
                made[waiting[done]] = done.result()
            except TypesettingError as problem:
                made[waiting[done]] = problem
            jobs.progress(20 + 75 * len(made) / len(builds))
    return made


def _keep(casebook: Casebook, build: Build, data: bytes, digest: str) -> None:
    edition = casebook.edition
    name = f"{edition.programme.code}-{edition.code}-{build.language}.{build.format}"
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
