"""What things that were done are called, in the timeline of a case and in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext as _

from praxis.foundation.audit.models import AuditEvent
from praxis.lifecycle.cases.states import STATES
from praxis.ui.values import Event

TONES = {
    "case.submit": "water", "case.correct": "water", "case.admit": "jade", "case.exclude": "alarm",
    "case.return": "amber", "case.withdraw": "neutral",
}  # fmt: skip


def actions() -> dict[str, str]:
    """What each action is called; later stages name theirs in their own words (`stage.what_was_done`)."""
    return {
        "case.start": _("Case begun"), "case.save_basics": _("Particulars changed"),
        "case.give_consents": _("Commitments changed"), "case.submit": _("Submitted"),
        "case.correct": _("Corrected and submitted again"), "case.withdraw": _("Withdrawn"),
        "case.reopen": _("Opened again as a draft"), "case.return": _("Returned for correction"),
        "case.admit": _("Admitted"), "case.exclude": _("Found not eligible"), "case.reinstate": _("Reinstated"),
        "case.extend": _("Deadline of the case extended"), "case.write": _("Message written"),
        "case.attach": _("File added"), "case.describe": _("File described"),
        "case.remove_attachment": _("File removed"), "case.move_attachment": _("Files put in another order"),
        "case.add_partner": _("Partner named"), "case.change_partner": _("Partner changed"),
        "case.remove_partner": _("Partner removed"), "case.ask_partner": _("Partner asked to confirm"),
        "case.answer_partner": _("Partner answered"),
        "case.export": _("List of cases exported"),
        "screening.judge_finding": _("Finding judged"), "screening.judge_match": _("Likeness judged"),
        "screening.check_all": _("All cases checked anew"),
        "edition.load_preset": _("Preset loaded"), "edition.name_on": _("Person named on the edition"),
        "edition.take_off": _("Person taken off the edition"), "edition.open": _("Call opened"),
        "edition.close": _("Call closed"), "edition.reopen": _("Call opened again"),
        "edition.start_review": _("Review started"), "edition.move_deadline": _("Deadline moved"),
        "edition.decide": _("Decisions sealed"), "edition.undecide": _("Decisions unsealed"),
        "edition.tell": _("Applicants told"), "edition.release": _("Released"),
        "round.open": _("Round opened"), "round.close": _("Round closed"), "round.reopen": _("Round opened again"),
        "notice.resend": _("Notice sent again"), "job.retry": _("Job run again"), "job.cancel": _("Job cancelled"),
        "audit.body_erased": _("Content of an event erased"), "audit.actor_erased": _("Name in an event erased"),
    }  # fmt: skip


def subjects() -> list[tuple[str, str]]:
    """What the audit log can be narrowed to: beginnings of actions with what they are about."""
    return [
        ("case.", _("Cases")), ("screening.", _("Screening")), ("unit.", _("Recommending units")),
        ("recommendation.", _("Recommendations")), ("expert.", _("Experts")), ("assignment.", _("Reviews")),
        ("round.", _("Rounds")), ("selection.", _("Selection")), ("casebook.", _("Casebook")),
        ("entry.", _("Casebook entries")), ("showcase.", _("Showcase")), ("edition.", _("Edition")),
        ("notice.", _("Notices")), ("job.", _("Background jobs")), ("audit.", _("Audit log")),
    ]  # fmt: skip


def action(code: str, known: dict[str, str] | None = None) -> str:
    """What an action is called."""
    return (known or actions()).get(code, code)


def state_name(state: str) -> str:
    """What a case's state is called."""
    return str(STATES.get(state, state))


def timeline(events: list[AuditEvent]) -> list[Event]:
    """Events as a timeline, in the order given."""
    known = actions()
    return [
        Event(
            action(event.action, known), event.at, text=event.reason, actor=_actor(event),
            tone=TONES.get(event.action, "neutral"),
        )
        for event in events
    ]  # fmt: skip


def _actor(event: AuditEvent) -> str:
    return _("the system") if event.actor_label == "system" and event.actor_id is None else event.actor_label


def actor(event: AuditEvent) -> str:
    """Who did something, as a reader understands it; a name that was erased reads so."""
    return _actor(event) or _("erased")
