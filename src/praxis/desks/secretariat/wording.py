"""What things that were done are called, in the timeline of a case and in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from praxis.foundation.audit.models import AuditEvent
from praxis.lifecycle.cases.states import STATES
from praxis.ui.values import Event, Text

# What each action is called; one that later stages add reads as its code until it has a name here.
ACTIONS: dict[str, Text] = {
    "case.start": _("Case begun"),
    "case.save_basics": _("Particulars changed"),
    "case.give_consents": _("Commitments changed"),
    "case.submit": _("Submitted"),
    "case.correct": _("Corrected and submitted again"),
    "case.withdraw": _("Withdrawn"),
    "case.reopen": _("Opened again as a draft"),
    "case.return": _("Returned for correction"),
    "case.admit": _("Admitted"),
    "case.exclude": _("Found not eligible"),
    "case.reinstate": _("Reinstated"),
    "case.extend": _("Deadline of the case extended"),
    "case.write": _("Message written"),
    "case.attach": _("File added"),
    "case.describe": _("File described"),
    "case.remove_attachment": _("File removed"),
    "case.move_attachment": _("Files put in another order"),
    "case.add_partner": _("Partner named"),
    "case.change_partner": _("Partner changed"),
    "case.remove_partner": _("Partner removed"),
    "case.ask_partner": _("Partner asked to confirm"),
    "case.answer_partner": _("Partner answered"),
    "case.export": _("List of cases exported"),
    "screening.judge_finding": _("Finding judged"),
    "screening.judge_match": _("Likeness judged"),
    "screening.check_all": _("All cases checked anew"),
    "edition.load_preset": _("Preset loaded"),
    "edition.name_on": _("Person named on the edition"),
    "edition.take_off": _("Person taken off the edition"),
    "edition.open": _("Call opened"),
    "edition.close": _("Call closed"),
    "edition.reopen": _("Call opened again"),
    "edition.start_review": _("Review started"),
    "edition.move_deadline": _("Deadline moved"),
    "edition.decide": _("Decisions sealed"),
    "edition.undecide": _("Decisions unsealed"),
    "edition.tell": _("Applicants told"),
    "edition.release": _("Released"),
    "round.open": _("Round opened"),
    "round.close": _("Round closed"),
    "round.reopen": _("Round opened again"),
    "notice.resend": _("Notice sent again"),
    "job.retry": _("Job run again"),
    "job.cancel": _("Job cancelled"),
    "audit.body_erased": _("Content of an event erased"),
    "audit.actor_erased": _("Name in an event erased"),
    "unit.appoint": _("Recommending unit appointed"),
    "unit.change_page": _("Page of a unit changed"),
    "unit.set_quota": _("Quota of a unit set"),
    "unit.import_table": _("Table of a unit imported"),
    "unit.list_case": _("Case put into a unit's table"),
    "recommendation.endorse": _("Case endorsed by a unit"),
    "recommendation.take_back": _("Endorsement taken back"),
    "recommendation.drop": _("Recommendation dropped"),
    "expert.invite": _("Expert invited"),
    "expert.accept": _("Invitation accepted"),
    "expert.decline": _("Invitation declined"),
    "expert.sign_undertaking": _("Undertaking signed"),
    "expert.change": _("Expert changed"),
    "expert.withdraw": _("Expert withdrawn"),
    "expert.declare_conflict": _("Conflict declared"),
    "expert.drop_conflict": _("Conflict dropped"),
    "assignment.make": _("Case assigned"),
    "assignment.release": _("Assignment released"),
    "assignment.submit": _("Score sheet submitted"),
    "assignment.reopen": _("Score sheet reopened"),
    "round.set_cases": _("Cases of a round set"),
    "round.set_order": _("Order of pitches set"),
    "round.plan": _("Assignment planned"),
    "round.assign": _("Assignment plan applied"),
    "round.remind": _("Experts reminded"),
    "round.compute_standings": _("Standings computed"),
    "selection.propose": _("Choice proposed"),
    "selection.decide": _("Cases chosen"),
    "selection.seal": _("Decisions sealed"),
    "selection.unseal": _("Decisions unsealed"),
    "selection.tell": _("Applicants told"),
    "selection.accept_confidentiality": _("Confidentiality accepted"),
    "selection.decline": _("Choice declined by the applicant"),
    "selection.replace": _("Chosen case replaced"),
    "selection.approve_release": _("Release approved"),
    "selection.release": _("Released"),
    "casebook.begin": _("Casebook begun"),
    "casebook.build": _("Casebook built"),
    "casebook.set_front": _("Front matter changed"),
    "showcase.compute_unit_award": _("Award for units computed"),
    "showcase.make_certificates": _("Certificates made"),
    "showcase.make_invitations": _("Invitations made"),
    "edition.export": _("Everything exported"),
}
TONES = {
    "case.submit": "water", "case.correct": "water", "case.admit": "jade", "case.exclude": "alarm",
    "case.return": "amber", "case.withdraw": "neutral",
}  # fmt: skip


def subjects() -> list[tuple[str, Text]]:
    """What the audit log can be narrowed to: beginnings of actions with what they are about."""
    return [
        ("case.", _("Cases")), ("screening.", _("Screening")), ("unit.", _("Recommending units")),
        ("recommendation.", _("Recommendations")), ("expert.", _("Experts")), ("assignment.", _("Reviews")),
        ("round.", _("Rounds")), ("selection.", _("Selection")), ("casebook.", _("Casebook")),
        ("entry.", _("Casebook entries")), ("showcase.", _("Showcase")), ("edition.", _("Edition")),
        ("notice.", _("Notices")), ("job.", _("Background jobs")), ("audit.", _("Audit log")),
    ]  # fmt: skip


def action(code: str) -> str:
    """What an action is called."""
    return str(ACTIONS.get(code, code))


def state_name(state: str) -> str:
    """What a case's state is called."""
    return str(STATES.get(state, state))


def timeline(events: list[AuditEvent]) -> list[Event]:
    """Events as a timeline, in the order given."""
    return [
        Event(
            action(event.action), event.at, text=event.reason, actor=_actor(event),
            tone=TONES.get(event.action, "neutral"),
        )
        for event in events
    ]  # fmt: skip


def _actor(event: AuditEvent) -> str:
    return str(_("the system")) if event.actor_label == "system" and event.actor_id is None else event.actor_label


def actor(event: AuditEvent) -> str:
    """Who did something, as a reader understands it; a name that was erased reads so."""
    return _actor(event) or str(_("erased"))
