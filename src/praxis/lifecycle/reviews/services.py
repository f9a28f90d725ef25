"""Every change of the review, one function for each thing a person does."""

from praxis.lifecycle.reviews.assigning import (
    apply_plan,
    assign_one,
    begin_plan,
    complete_plan,
    may_take_long,
    plan_assignments,
    release,
)
from praxis.lifecycle.reviews.committee import (
    accept,
    change_expert,
    decline,
    invite_expert,
    sign_undertaking,
    withdraw_expert,
)
from praxis.lifecycle.reviews.later import (
    finish_round,
    remind_all,
    request_export,
    request_plan,
    request_standings,
)
from praxis.lifecycle.reviews.rounds import (
    close_round,
    open_round,
    remind,
    reopen_round,
    set_round_cases,
    set_running_order,
    take_admitted,
)
from praxis.lifecycle.reviews.sheets import (
    declare_conflict,
    drop_conflict,
    hand_in,
    reopen_sheet,
    save_sheet,
    submit_sheet,
)
from praxis.lifecycle.reviews.standings import compute_standings

__all__ = [
    "accept",
    "apply_plan",
    "assign_one",
    "begin_plan",
    "change_expert",
    "close_round",
    "complete_plan",
    "compute_standings",
    "declare_conflict",
    "decline",
    "drop_conflict",
    "finish_round",
    "hand_in",
    "invite_expert",
    "may_take_long",
    "open_round",
    "plan_assignments",
    "release",
    "remind",
    "remind_all",
    "reopen_round",
    "reopen_sheet",
    "request_export",
    "request_plan",
    "request_standings",
    "save_sheet",
    "set_round_cases",
    "set_running_order",
    "sign_undertaking",
    "submit_sheet",
    "take_admitted",
    "withdraw_expert",
]
