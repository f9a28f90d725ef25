"""Changes to the table of countries and regions."""

from __future__ import annotations

from babel import Locale

from praxis.foundation.places import selectors
from praxis.foundation.places.models import Place

_NOT_PLACES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "DG", "EA", "IC", "TA"}
# The programme's own names where the common source differs from them.
_NAMES = {
    "HK": {"zh-hans": "中国香港", "en": "Hong Kong, China"},
    "MO": {"zh-hans": "中国澳门", "en": "Macao, China"},
    "TW": {"zh-hans": "中国台湾", "en": "Taiwan, China"},
    "PS": {"zh-hans": "巴勒斯坦", "en": "Palestine"},
    "CQ": {"zh-hans": "萨克岛", "en": "Sark"},
}


def seed() -> int:
    """Fill the table where it lacks a country or region; what was edited stays. Returns how many were added."""
    zh, en = Locale("zh", "CN", "Hans").territories, Locale("en").territories
    known = set(Place.objects.values_list("code", flat=True))
    rows = [
        Place(code=code, names=_NAMES.get(code) or {"zh-hans": zh.get(code, en[code]), "en": en[code]})
        for code in sorted(en)
        if len(code) == 2 and code.isalpha() and code not in _NOT_PLACES and code not in known
    ]
    Place.objects.bulk_create(rows)
    selectors.forget()
    return len(rows)
