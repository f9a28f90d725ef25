"""Loading what earlier Casebooks held."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.db import transaction

from praxis.foundation.archive.models import PastCase
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Invalid, require
from praxis.foundation.programmes.models import Programme
from praxis.foundation.programmes.policies import may_administer
from praxis.foundation.search import services as search

COLUMNS = {
    "year", "year_status", "level", "name_zh", "name_en", "field", "field_status", "applicant",
    "applicant_status", "countries", "source",
}


@transaction.atomic
def load_csv(actor: Any, programme: Programme, text: str) -> int:
    """Load past cases from a table with `COLUMNS`; rows are known by their place and replaced. Returns how many.

    An empty cell is unknown. Raises Invalid when a column is missing.
    """
    require(may_administer(actor))
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise Invalid({"file": f"missing columns: {', '.join(sorted(missing))}"})
    count = 0
    for count, row in enumerate(reader, start=1):
        _load_row(programme, f"{programme.code}-{count:03d}", row)
    audit.append(actor, edition_id=None, action="archive.load", obj=programme, after={"rows": count})
    return count


def _load_row(programme: Programme, key: str, row: dict[str, str]) -> None:
    names = {"zh-hans": row["name_zh"].strip(), "en": row["name_en"].strip()}
    names = {language: name for language, name in names.items() if name}
    past, _made = PastCase.objects.update_or_create(
        key=key[:32],
        defaults={
            "programme": programme,
            "year": int(row["year"]) if row["year"].strip() else None,
            "year_note": row["year_status"].strip()[:40],
            "level": row["level"].strip()[:20],
            "names": names,
            "category": row["field"].strip()[:40],
            "category_note": row["field_status"].strip()[:60],
            "applicant": row["applicant"].strip()[:200],
            "applicant_note": row["applicant_status"].strip()[:60],
            "places": [code.strip() for code in row["countries"].split(";") if code.strip()],
            "source": row["source"].strip()[:300],
        },
    )
    search.put("past_case", past.key, "public", {language: (name, past.applicant) for language, name in names.items()})
