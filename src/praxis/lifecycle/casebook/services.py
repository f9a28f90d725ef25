"""Every change of the Casebook, one function for each thing a person does."""

from praxis.lifecycle.casebook.display import (
    MAX_PICTURES,
    add_material,
    arrange_picture,
    describe_material,
    remove_material,
    take_material,
    take_upload,
)
from praxis.lifecycle.casebook.entries import (
    begin,
    drop_entry,
    edit_entry,
    follow_replacement,
    reopen_entry,
    restore_entry,
)
from praxis.lifecycle.casebook.making import (
    FORMATS,
    FRONT,
    add_erratum,
    build,
    build_all,
    preflight,
    publish,
    set_front,
)
from praxis.lifecycle.casebook.proofing import (
    approve_proof,
    ask_changes,
    send_all_proofs,
    send_proof,
)

__all__ = [
    "FORMATS",
    "FRONT",
    "MAX_PICTURES",
    "add_erratum",
    "add_material",
    "approve_proof",
    "arrange_picture",
    "ask_changes",
    "begin",
    "build",
    "build_all",
    "describe_material",
    "drop_entry",
    "edit_entry",
    "follow_replacement",
    "preflight",
    "publish",
    "remove_material",
    "reopen_entry",
    "restore_entry",
    "send_all_proofs",
    "send_proof",
    "set_front",
    "take_material",
    "take_upload",
]
