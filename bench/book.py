"""The Casebook of sixty cases in two languages: seconds from the database to the four finished files."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

from PIL import Image

from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.services import store_product
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Category, Edition
from praxis.foundation.randomness import uuid_hex
from praxis.lifecycle.casebook import services
from praxis.lifecycle.casebook.models import Build, Casebook, Entry, EntryPicture, EntryText
from praxis.lifecycle.cases.models import Case
from praxis.rehearsal.invention import picture

CASES, OUTSTANDING, PICTURES = 60, 12, 2


@dataclass
class Books:
    """Seconds by the clock and of CPU from the database to all finished files; bytes by "language format"."""

    cases: int
    seconds: float
    cpu: float
    bytes: dict[str, int]


def build(edition: Edition) -> Books:
    """Make entries of the first sixty cases of the seeded edition and set the books."""
    casebook = Casebook.objects.create(
        edition=edition,
        front={code: {"foreword_heading": "Foreword", "foreword": "One.\nTwo.", "imprint": "Bench"} for code in ("en", "zh-hans")},
    )
    cases = list(
        Case.objects.filter(edition=edition, revision__isnull=False)
        .select_related("organisation", "revision", "category").order_by("pk")[:CASES]
    )  # fmt: skip
    files = [_picture(n) for n in range(len(cases) * PICTURES)]
    for position, case in enumerate(cases):
        _entry(casebook, case, position, files[position * PICTURES : (position + 1) * PICTURES])
    # The job that the desk's button starts: every language as PDF and EPUB.
    rows = services.build_all(SYSTEM, edition)
    begun, before = time.perf_counter(), time.process_time()
    jobs.drain(strict=True)
    seconds, spent = time.perf_counter() - begun, time.process_time() - before
    made = Build.objects.filter(pk__in=[row.pk for row in rows]).select_related("file")
    return Books(len(cases), seconds, spent, {f"{row.language} {row.format}": row.file.size if row.file else 0 for row in made})


def _picture(number: int) -> StoredFile:
    data = picture(number, 0, width=1200, height=800, category=("infrastructure", "culture", "economy")[number % 3])
    with Image.open(io.BytesIO(data)) as opened:
        width, height, media_type = opened.width, opened.height, Image.MIME[opened.format or "PNG"]
    file = store_product(f"picture-{number}", media_type, data)
    file.purpose, file.width, file.height = "picture", width, height
    file.save()
    return file


def _entry(casebook: Casebook, case: Case, position: int, files: list[StoredFile]) -> None:
    assert case.revision is not None
    said = case.revision.content
    category = case.category or Category.objects.filter(edition=casebook.edition_id)[0]
    entry = Entry.objects.create(
        casebook=casebook, case=case, revision=case.revision, category=category, key=uuid_hex(),
        outstanding=position < OUTSTANDING, position=position, titles=said["titles"],
        applicants=case.organisation.names, places=said["places"], kinds=said["kinds"], state="approved",
        partners=[{"names": row["names"], "place": row["place"]} for row in said["partners"]], approved_at=clock.now(),
    )  # fmt: skip
    EntryText.objects.bulk_create(
        EntryText(entry=entry, language=language, field=field, body=body, state="human", version=1)
        for language, fields in said["texts"].items()
        for field, body in fields.items()
    )
    EntryPicture.objects.bulk_create(
        EntryPicture(
            entry=entry, key=uuid_hex(), position=number, file=file, origin=EntryPicture.Origin.REVISION, credit="Applicant",
            captions={"en": "A school at work", "zh-hans": "课堂一景"}, alts={"en": "Pupils at a table", "zh-hans": "课桌旁的学生"},
        )
        for number, file in enumerate(files)
    )  # fmt: skip
