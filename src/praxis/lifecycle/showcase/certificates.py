"""Certificates as PDF: one page each, accessible and byte-reproducible, in the recipient's language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import typst

from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook.typesetting.glyphs import clean, font_set, substituted
from praxis.lifecycle.showcase.models import Certificate

TEMPLATE = Path(__file__).parent / "typst" / "certificate.typ"
WATER, SEAL, JADE = "#0b5394", "#a8281e", "#1b6b52"
HUES = {"casebook": WATER, "outstanding": SEAL, "unit": JADE}
SANS, SERIF = ["Noto Sans SC"], ["Libertinus Serif", "Praxis Song", "Noto Sans SC"]

WORDS: dict[str, dict[str, dict[str, str]]] = {
    "zh-hans": {
        "title": {"casebook": "入选证书", "outstanding": "精品案例证书", "unit": "卓越组织奖"},
        "reason": {
            "casebook": "申报的以下案例收入{year}年案例集，特发此证。",
            "outstanding": "申报的以下案例入选{year}年精品案例，特发此证。",
            "unit": "在{year}年案例申报与征集工作中成绩突出，特授予卓越组织奖。",
        },
        "other": {"check": "证书编号", "specimen": "演练：机构与案例均为虚构"},
    },
    "en": {
        "title": {"casebook": "Certificate of Inclusion", "outstanding": "Outstanding Case", "unit": "Excellent Organisation Award"},
        "reason": {
            "casebook": "entered the following case, which is included in the Casebook of {year}.",
            "outstanding": "entered the following case, which was chosen as an Outstanding Case of {year}.",
            "unit": "is honoured for the many and good cases it entered and helped to collect in {year}.",
        },
        "other": {"check": "Certificate number", "specimen": "Rehearsal: organisation and case are invented"},
    },
}


def language_of(names: dict[str, str], place: str | None) -> str:
    """Chinese for recipients in China that have a Chinese name, English otherwise."""
    return "zh-hans" if place in ("CN", "HK", "MO", "TW") and names.get("zh-hans") else "en"


def _place(row: Certificate) -> str | None:
    organisation = row.unit.organisation if row.unit else row.entry.case.organisation if row.entry else None
    return organisation.place_id if organisation else None


def _data(edition: Edition, row: Certificate) -> dict[str, Any]:
    language = language_of(row.names, _place(row))
    words = WORDS[language]
    day = row.made_at.astimezone(ZoneInfo(edition.zone))
    said = {
        "programme": pick(edition.names, language),
        "title": words["title"][row.kind],
        "recipient": pick(row.names, language),
        "reason": words["reason"][row.kind].format(year=edition.year),
        "case": pick(row.entry.titles, language) if row.entry else "",
        "issuer": pick(edition.settings.programme.organiser, language),
        "date": f"{day.year}年{day.month}月{day.day}日" if language == "zh-hans" else f"{day.day} {day:%B} {day.year}",
        "code": row.code,
        "check": words["other"]["check"],
        "specimen": words["other"]["specimen"] if edition.rehearsal else "",
    }
    return {
        **{name: substituted(clean(text)) for name, text in said.items()},
        "lang": "zh" if language == "zh-hans" else "en", "region": "cn" if language == "zh-hans" else "gb",
        "hue": HUES[row.kind], "year": day.year, "month": day.month, "day": day.day, "fonts": SANS, "titles": SERIF,
    }


def build(edition: Edition, rows: Sequence[Certificate]) -> list[bytes]:
    """One PDF (PDF/A-2a, PDF/UA-1) for each certificate, in order."""
    with TemporaryDirectory(prefix="certificates-") as folder:
        main = Path(folder, "main.typ")
        main.write_bytes(TEMPLATE.read_bytes())
        return [_set(folder, main, _data(edition, row), row.made_at) for row in rows]


def _set(folder: str, main: Path, data: dict[str, Any], at: datetime) -> bytes:
    Path(folder, "certificate.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    compiler = typst.Compiler(main, root=folder, font_paths=font_set(), ignore_system_fonts=True)
    made = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)
    return made
