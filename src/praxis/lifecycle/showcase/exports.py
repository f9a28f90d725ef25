"""Everything of an edition in one archive: tables as JSON lines, files as they are, and a list of them with hashes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from praxis.foundation.files import services as files
from praxis.foundation.files.models import StoredFile
from praxis.foundation.people.models import Organisation
from praxis.foundation.programmes.models import Category, Criterion, Edition, Round, Tier
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture, EntryText, Erratum, Proof
from praxis.lifecycle.cases.models import Attachment, Case, CaseText, Message, Partner, Revision
from praxis.lifecycle.recommendations.models import Recommendation, Unit
from praxis.lifecycle.reviews.models import Assignment, Conflict, Expert, Score, ScoreSheet, Standing, StandingRun
from praxis.lifecycle.screening.models import Finding, Match, Screening
from praxis.lifecycle.selection.models import Decision, Proposal, Telling
from praxis.lifecycle.showcase.models import Certificate, Invitation, Presenter, Slot, Story, UnitAward

# A token in a link is a key to a door, not a record.
SECRETS = {"token"}
_TABLES: list[tuple[type[Model], str]] = [
    (Category, "edition"), (Round, "edition"), (Criterion, "round__edition"), (Tier, "edition"), (Case, "edition"),
    (CaseText, "case__edition"), (Partner, "case__edition"), (Attachment, "case__edition"), (Revision, "case__edition"),
    (Message, "case__edition"), (Unit, "edition"), (Recommendation, "unit__edition"), (Screening, "case__edition"),
    (Finding, "screening__case__edition"), (Match, "screening__case__edition"), (Expert, "edition"),
    (Conflict, "expert__edition"), (Assignment, "round__edition"), (ScoreSheet, "assignment__round__edition"),
    (Score, "sheet__assignment__round__edition"), (StandingRun, "round__edition"), (Standing, "run__round__edition"),
    (Proposal, "selection__edition"), (Decision, "selection__edition"), (Telling, "selection__edition"),
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
    pks = set(Attachment.objects.filter(case__edition=edition, removed_at=None).values_list("file_id", flat=True))
    pks |= set(EntryPicture.objects.filter(entry__casebook__edition=edition).values_list("file_id", flat=True))
    pks |= set(Build.objects.filter(casebook__edition=edition, file__isnull=False).values_list("file_id", flat=True))
    pks |= set(Certificate.objects.filter(edition=edition, file__isnull=False).values_list("file_id", flat=True))
    return StoredFile.objects.filter(pk__in=pks, state=StoredFile.State.READY).order_by("pk")


def archive(edition: Edition) -> bytes:
    """The archive as a zip."""
    target = io.BytesIO()
    manifest: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as kept:
        for model, path in _TABLES:
            _write_table(kept, manifest, model, model._default_manager.filter(**{path: edition}))
        owners = Organisation.objects.filter(cases__edition=edition).distinct()
        _write_table(kept, manifest, Organisation, owners)
        for file in _files(edition):
            data = files.read(file)
            name = f"files/{file.pk}-{file.name}"
            kept.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
            manifest[name] = hashlib.sha256(data).hexdigest()
        kept.writestr(zipfile.ZipInfo("manifest.json", (1980, 1, 1, 0, 0, 0)), json.dumps(manifest, indent=1, ensure_ascii=False))
    return target.getvalue()


def _write_table(kept: zipfile.ZipFile, manifest: dict[str, str], model: type[Model], rows: QuerySet[Any]) -> None:
    name, hashed = f"tables/{model._meta.label_lower}.jsonl", hashlib.sha256()
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    with kept.open(info, "w") as sink:
        for line in _lines(rows):
            sink.write(line)
            hashed.update(line)
    manifest[name] = hashed.hexdigest()
