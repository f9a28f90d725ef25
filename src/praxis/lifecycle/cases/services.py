"""Everything that is done to a case until it is admitted, ineligible or withdrawn."""

from praxis.lifecycle.cases.proceedings import (
    admit,
    exclude,
    extend,
    mark_read,
    reinstate,
    reopen,
    return_for_correction,
    withdraw,
    write,
)
from praxis.lifecycle.cases.submission import check, save_and_submit, submit
from praxis.lifecycle.cases.writing import give_consents, parse_month, save_basics, save_texts, start, text_keys

__all__ = [
    "admit",
    "check",
    "exclude",
    "extend",
    "give_consents",
    "mark_read",
    "parse_month",
    "reinstate",
    "reopen",
    "return_for_correction",
    "save_and_submit",
    "save_basics",
    "save_texts",
    "start",
    "submit",
    "text_keys",
    "withdraw",
    "write",
]
