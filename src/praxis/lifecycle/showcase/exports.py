"""Everything of an edition in one archive: tables as JSON lines, files as they are, and a list of them with hashes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet

from praxis.foundation import keyset
from praxis.foundation.files import services as files
from praxis.foundation.files.models import StoredFile
from praxis.foundation.people.models import Organisation
from praxis.foundation.programmes.models import Category, Criterion, Edition, Round, Tier
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture, EntryText, Erratum, Proof
from praxis.lifecycle.cases.models import Attachment, Case, CaseText, Message, Partner, Revision
from praxis.lifecycle.recommendations.models import Recommendation, Unit
from praxis.lifecycle.reviews.models import Assignment, Conflict, Expert, Score, ScoreSheet, Standing, StandingRun
from praxis.lifecycle.screening.models import Finding, Match, Screening
from praxis.lifecycle.selection.models import Decision, Proposal, ReleaseApproval, Selection, Telling
from praxis.lifecycle.showcase.models import Certificate, Invitation, Presenter, Slot, Story, UnitAward

# A token in a link is a key to a door, not a record.
SECRETS = {"token"}
PIECE = 256 * 1024
# A fixed time inside the archive, so that the same edition is the same bytes.
_DAY = (1980, 1, 1, 0, 0, 0)
_TABLES: list[tuple[type[Model], str]] = [
    (Category, "edition"), (Round, "edition"), (Criterion, "round__edition"), (Tier, "edition"), (Case, "edition"),
    (CaseText, "case__edition"), (Partner, "case__edition"), (Attachment, "case__edition"), (Revision, "case__edition"),
    (Message, "case__edition"), (Unit, "edition"), (Recommendation, "unit__edition"), (Screening, "case__edition"),
    (Finding, "screening__case__edition"), (Match, "screening__case__edition"), (Expert, "edition"),
    (Conflict, "expert__edition"), (Assignment, "round__edition"), (ScoreSheet, "assignment__round__edition"),
    (Score, "sheet__assignment__round__edition"), (StandingRun, "round__edition"), (Standing, "run__round__edition"),
    (Selection, "edition"), (ReleaseApproval, "selection__edition"), (Proposal, "selection__edition"), (Decision, "selection__edition"), (Telling, "selection__edition"),
    (Entry, "casebook__edition"), (EntryText, "entry__casebook__edition"), (EntryPicture, "entry__casebook__edition"),
    (Proof, "entry__casebook__edition"), (Build, "casebook__edition"), (Erratum, "entry__casebook__edition"),
    (Slot, "showcase__edition"), (Presenter, "slot__showcase__edition"), (Invitation, "edition"),
    (Certificate, "edition"), (Story, "entry__casebook__edition"), (UnitAward, "edition"),
]  # fmt: skip


def _lines(rows: QuerySet[Any]) -> Iterator[bytes]:
    names = [field.attname for field in rows.model._meta.concrete_fields if field.attname not in SECRETS]
    for row in rows.order_by("pk").values(*names).iterator(chunk_size=500):
        yield json.dumps(row, ensure_ascii=False, cls=DjangoJSONEncoder, sort_keys=True).encode() + b"\n"


def _files(edition: Edition) -> QuerySet[StoredFile]:
    """Every file that goes with the edition: what was handed in, also where it was taken out later, and what was made."""
    held = [
        Attachment.objects.filter(case__edition=edition), EntryPicture.objects.filter(entry__casebook__edition=edition),
        Build.objects.filter(casebook__edition=edition), Certificate.objects.filter(edition=edition),
    ]  # fmt: skip
    wanted = Q()
    for rows in held:
        wanted |= Q(pk__in=rows.filter(file__isnull=False).values("file_id"))
    for name in ("list_docx_id", "list_xlsx_id"):
        lists = Selection.objects.filter(edition=edition, **{f"{name}__isnull": False})
        wanted |= Q(pk__in=lists.values(name))
    return StoredFile.objects.filter(wanted, state=StoredFile.State.READY).order_by("pk")


def write(edition: Edition, target: Path, progress: Callable[[float], None] = lambda _percent: None) -> None:
    """Write the archive as a zip to `target`; what is held in memory does not grow with the edition.

    `progress` is told how far it is (0 to 100).
    """
    manifest: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as kept:
        for number, (model, path) in enumerate(_TABLES):
            _write_table(kept, manifest, model, model._default_manager.filter(**{path: edition}))
            progress(30 * number / len(_TABLES))
        owners = Organisation.objects.filter(pk__in=Case.objects.filter(edition=edition).values("organisation_id"))
        _write_table(kept, manifest, Organisation, owners)
        rows = _files(edition)
        count = rows.count()
        for number, file in enumerate(keyset.in_batches(rows, 200)):
            _write_file(kept, manifest, file)
            progress(30 + 70 * number / count)
        listed = json.dumps(manifest, indent=1, ensure_ascii=False)
        kept.writestr(zipfile.ZipInfo("manifest.json", _DAY), listed)


def _write_file(kept: zipfile.ZipFile, manifest: dict[str, str], file: StoredFile) -> None:
    # Pictures, videos and PDF are compressed already.
    name, hashed = f"files/{file.pk}-{file.name}", hashlib.sha256()
    with files.open_file(file) as source, kept.open(zipfile.ZipInfo(name, _DAY), "w", force_zip64=True) as sink:
        while piece := source.read(PIECE):
            sink.write(piece)
            hashed.update(piece)
    manifest[name] = hashed.hexdigest()


def _write_table(kept: zipfile.ZipFile, manifest: dict[str, str], model: type[Model], rows: QuerySet[Any]) -> None:
    name, hashed = f"tables/{model._meta.label_lower}.jsonl", hashlib.sha256()
    info = zipfile.ZipInfo(name, _DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    with kept.open(info, "w", force_zip64=True) as sink:
        for line in _lines(rows):
            sink.write(line)
            hashed.update(line)
    manifest[name] = hashed.hexdigest()
