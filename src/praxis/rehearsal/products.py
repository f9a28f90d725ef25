"""What a rehearsal leaves in its folder: everything an edition produces, in a fixed order and form."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from praxis.foundation.audit import selectors as audit
from praxis.foundation.files import services as files
from praxis.foundation.files.models import StoredFile
from praxis.foundation.notices.models import Notice
from praxis.lifecycle.casebook.models import Build
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.recommendations import selectors as recommending
from praxis.lifecycle.recommendations import tables
from praxis.lifecycle.reviews.models import StandingRun
from praxis.lifecycle.selection.models import Decision, Selection
from praxis.lifecycle.showcase.models import Certificate, Invitation, UnitAward
from praxis.rehearsal.stagecraft import Play


def write(play: Play, folder: Path) -> int:
    """Write all products; returns how many files."""
    written = [
        _cases(play, folder),
        *_standings(play, folder),
        *_decisions(play, folder),
        *_books(play, folder),
        *_tables(play, folder),
        *_stage(play, folder),
        *_letters(play, folder),
        _heads(play, folder),
    ]
    return len(written)


def _put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _put_json(folder: Path, name: str, data: Any) -> Path:
    return _put(folder, name, (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())


def _put_csv(folder: Path, name: str, heading: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Path:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return _put(folder, name, buffer.getvalue().encode("utf-8-sig"))


def _put_file(folder: Path, name: str, file: StoredFile | None) -> list[Path]:
    return [_put(folder, name, files.read(file))] if file is not None else []


def _cases(play: Play, folder: Path) -> Path:
    rows = Case.objects.filter(edition=play.edition).exclude(number="").select_related("organisation", "category", "revision")
    rows = rows.defer("revision__content").order_by("number")
    languages, first = play.config.edition.languages, play.config.edition.default_language
    return _put_csv(
        folder, "cases.csv",
        ("number", *(f"title_{code}" for code in languages), "applicant", "field", "countries_or_regions", "state", "revision", "sha256"),
        [
            (
                case.number, *(case.titles.get(code, "") for code in languages), case.organisation.name_in(first),
                case.category.code if case.category else "", ";".join(case.places), case.state,
                case.revision.number if case.revision else 0, case.revision.digest if case.revision else "",
            )
            for case in rows
        ],
    )


def _standings(play: Play, folder: Path) -> list[Path]:
    written = []
    for round_ in play.edition.rounds.order_by("position"):
        run = StandingRun.objects.filter(round=round_).order_by("-id").first()
        if run is None:
            continue
        rows = run.standings.select_related("case").order_by("rank")
        heading = ("rank", "number", "reviews", "mean", "quality", "low", "high", "rank_low", "rank_high", "p_top")
        values = [
            (row.rank, row.case.number, row.reviews, row.mean, row.quality, row.low, row.high, row.rank_low, row.rank_high, row.p_top)
            for row in rows
        ]
        written.append(_put_csv(folder, f"standings-{round_.code}.csv", heading, values))
    return written


def _decisions(play: Play, folder: Path) -> list[Path]:
    selection = Selection.objects.filter(edition=play.edition).first()
    if selection is None:
        return []
    rows = Decision.objects.filter(selection=selection).select_related("case", "tier").order_by("tier__position", "reserve", "case__number")
    listed = [{"number": row.case.number, "tier": row.tier.code, "reserve": row.reserve} for row in rows]
    written = [_put_json(folder, "decisions.json", {"digest": selection.digest, "decisions": listed})]
    written += _put_file(folder, "list-for-approval.docx", selection.list_docx)
    return written + _put_file(folder, "list-for-approval.xlsx", selection.list_xlsx)


def _books(play: Play, folder: Path) -> list[Path]:
    written = []
    for build in Build.objects.filter(casebook__edition=play.edition, state="ready").select_related("file").order_by("language", "format", "id"):
        written += _put_file(folder, f"casebook-{build.language}.{build.format}", build.file)
    return written


def _tables(play: Play, folder: Path) -> list[Path]:
    written = []
    for unit in play.units.values():
        lines = [
            tables.Line(row.project, row.applicant, row.summary, row.contact, row.phone)
            for row in recommending.recommendations_of(unit)
        ]
        written.append(_put(folder, f"units/{unit.code}-annex-2.xlsx", tables.write(lines, play.config.edition.default_language)))
    return written


def _stage(play: Play, folder: Path) -> list[Path]:
    written = []
    awards = UnitAward.objects.filter(edition=play.edition).select_related("unit__organisation").order_by("rank", "unit__code")
    data = [{"unit": row.unit.code, "rank": row.rank, "awarded": row.awarded, **row.derivation} for row in awards]
    if data:
        written.append(_put_json(folder, "unit-award.json", data))
    rows = Invitation.objects.filter(edition=play.edition).select_related("entry__case__organisation", "unit__organisation").order_by("id")
    invitations = [(row.mode, row.name, *_invited_for(row), row.language, row.state) for row in rows]
    written.append(_put_csv(folder, "invitations.csv", ("mode", "name", "case_or_unit", "organisation", "language", "state"), invitations))
    for certificate in Certificate.objects.filter(edition=play.edition).select_related("file").order_by("id"):
        written += _put_file(folder, f"certificates/{certificate.code}-{certificate.kind}.pdf", certificate.file)
    return written


def _invited_for(row: Invitation) -> tuple[str, str]:
    """The number and the applicant of the case, or the code and the name of the unit, that somebody is invited for."""
    if row.entry is not None:
        return row.entry.case.number, row.entry.case.organisation.name_in(row.language)
    return (row.unit.code, row.unit.organisation.name_in(row.language)) if row.unit is not None else ("", "")


def _letters(play: Play, folder: Path) -> list[Path]:
    """One letter of each kind and language, as it was sent: what an edition says to people."""
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    rows = Notice.objects.filter(edition_id=play.edition.pk, secret=False).order_by("id")
    for pk, kind, language in rows.values_list("pk", "kind", "language").iterator():
        first, count = counted.get((kind, language), (pk, 0))
        counted[kind, language] = first, count + 1
    parts = []
    for (kind, language), (first, count) in sorted(counted.items()):
        letter = Notice.objects.get(pk=first)
        times = f"sent {count:,} times; the first:" if count > 1 else "sent once:"
        quoted = "\n".join(f"> {line}".rstrip() for line in letter.body.strip().splitlines())
        parts.append(f"## {kind}, {language}\n\n{times}\n\n**{letter.subject}**\n\n{quoted}\n")
    return [_put(folder, "letters.md", ("# Letters of the rehearsal\n\n" + "\n".join(parts)).encode())] if parts else []


def _heads(play: Play, folder: Path) -> Path:
    return _put_json(folder, "audit-heads.json", audit.heads())
