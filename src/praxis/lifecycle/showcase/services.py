"""Every change around the stage, one function for each thing a person does. All of it is under embargo until the release."""

from praxis.lifecycle.showcase.honours import (
    compute_unit_award,
    grant_award,
    make_certificates,
)
from praxis.lifecycle.showcase.inviting import (
    answer_invitation,
    letter_of,
    make_invitations,
    send_all_invitations,
    send_invitation,
)
from praxis.lifecycle.showcase.publicity import (
    export_everything,
    publish_story,
    write_story,
)
from praxis.lifecycle.showcase.staging import (
    TROPHIES,
    drop_assistant,
    mark_rehearsal,
    move_slot,
    name_presenter,
    plan,
    schedule_rehearsal,
    set_slot,
    set_stage,
)

__all__ = [
    "TROPHIES",
    "answer_invitation",
    "compute_unit_award",
    "drop_assistant",
    "export_everything",
    "grant_award",
    "letter_of",
    "make_certificates",
    "make_invitations",
    "mark_rehearsal",
    "move_slot",
    "name_presenter",
    "plan",
    "publish_story",
    "schedule_rehearsal",
    "send_all_invitations",
    "send_invitation",
    "set_slot",
    "set_stage",
    "write_story",
]
