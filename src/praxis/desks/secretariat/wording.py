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
    "entry.edit": _("Text of an entry changed"),
    "entry.send_proof": _("Proof sent to the applicant"),
    "entry.approve": _("Proof approved"),
    "entry.ask_changes": _("Changes to a proof asked for"),
    "entry.reopen": _("Entry opened again for editing"),
    "entry.drop": _("Entry taken out of the Casebook"),
    "entry.restore": _("Entry put back into the Casebook"),
    "entry.add_material": _("Display material added"),
    "entry.describe_material": _("Display material described"),
    "entry.remove_material": _("Display material removed"),
    "entry.arrange_picture": _("Picture of an entry arranged"),
    "entry.add_erratum": _("Erratum published"),
    "showcase.plan": _("Stage brought up to date with the Casebook"),
    "showcase.set_stage": _("Place, time and live stream set"),
    "showcase.move_slot": _("Order on stage changed"),
    "showcase.set_slot": _("Slot on stage changed"),
    "showcase.name_presenter": _("Presenter or assistant named"),
    "showcase.drop_assistant": _("Assistant taken off"),
    "showcase.schedule_rehearsal": _("Rehearsal scheduled"),
    "showcase.mark_rehearsal": _("Rehearsal marked as held"),
    "showcase.send_invitation": _("Invitation sent"),
    "showcase.write_story": _("Story written"),
    "showcase.publish_story": _("Story published or taken back"),
    "showcase.grant_award": _("Award for units decided"),
    "edition.export": _("Everything exported"),
    "organisation.found": _("Organisation registered"),
    "organisation.change": _("Organisation changed"),
    "organisation.invite": _("Colleague invited"),
    "organisation.join": _("Colleague joined"),
    "organisation.set_owner": _("Responsible person of an organisation changed"),
    "organisation.remove_colleague": _("Colleague removed"),
    "people.make_administrator": _("Administrator made"),
    "people.erase": _("A person's data erased"),
    "archive.load": _("Earlier cases loaded"),
}
# What an event is about, where the log keeps a number alone.
OBJECTS: dict[str, Text] = {
    "cases.case": _("Case"), "casebook.build": _("Book"), "casebook.casebook": _("Casebook"),
    "casebook.entry": _("Entry"), "people.organisation": _("Organisation"), "people.user": _("Person"),
    "programmes.edition": _("Edition"), "programmes.programme": _("Programme"), "programmes.round": _("Round"),
    "recommendations.recommendation": _("Line of a unit's table"), "recommendations.unit": _("Recommending unit"),
    "reviews.assignment": _("Assignment"), "reviews.expert": _("Expert"), "selection.selection": _("Selection"),
    "showcase.invitation": _("Invitation"), "showcase.showcase": _("Showcase"), "showcase.slot": _("Slot"),
    "showcase.story": _("Stories"),
}  # fmt: skip
# The commonest names of what changed; one that is not here reads as it is kept.
DETAILS: dict[str, Text] = {
    "state": _("State"), "role": _("Role"), "kind": _("Kind"), "kinds": _("Kinds of content"), "category": _("Field"),
    "categories": _("Fields"), "places": _("Countries or regions"), "started_on": _("Started"),
    "uses_internet": _("Uses the internet"), "language": _("Language"), "languages": _("Languages"),
    "mode": _("Kind"), "published": _("Published"), "until": _("Deadline"), "confirmed": _("Confirmed"),
    "cases": _("Cases"), "case": _("Case"), "revision": _("Submission"), "proof": _("Proof"),
    "verdict": _("Judgement"), "rule": _("Rule"), "answer": _("Answer"), "match": _("Likeness"), "plan": _("Plan"),
    "tier": _("Tier"), "size": _("Size"), "chosen": _("Chosen"), "reserve": _("Reserve"), "total": _("Total"),
    "assigned": _("Assigned"), "reviews": _("Reviews"), "rows": _("Rows"), "slots": _("Slots"), "entries": _("Entries"),
    "made": _("Made"), "format": _("Format"), "stream": _("Live stream"), "at": _("Day and time"),
    "erratum": _("Erratum number"), "units": _("Units"), "load_min": _("Fewest cases"), "load_max": _("Most cases"),
    "names": _("Names"), "picture": _("Picture"), "attachment": _("File"), "organisation": _("Organisation"),
    "copyright": _("Copyright"), "privacy": _("Personal data"), "truthfulness": _("Truthfulness"),
    "digest": _("Digest (SHA-256)"),
}  # fmt: skip
VALUES: dict[str, Text] = {
    "True": _("Yes"), "False": _("No"), "yes": _("Yes"), "no": _("No"), "zh-hans": "中文", "en": "English",
    "onsite": _("On site"), "online": _("Online"), "presenter": _("Presenter"), "assistant": _("Assistant"),
    "chair": _("Chair"), "secretariat": _("Secretariat"), "picture": _("Picture"), "document": _("Document"),
    "video": _("Video"), "open": _("Open"), "screening": _("Screening"), "review": _("Review"), "closed": _("Closed"),
    "sealed": _("Sealed"), "decided": _("Decided"), "told": _("Told"), "released": _("Released"), "listed": _("In the table"),
    "endorsed": _("Endorsed"), "drafted": _("Being edited"), "proof_sent": _("Proof sent"), "approved": _("Approved"),
    "changes_asked": _("Changes asked"), "dropped": _("Taken out"), "same": _("The same case"),
    "different": _("Another case"), "casebook": _("Casebook"), "outstanding": _("Outstanding Cases"),
}  # fmt: skip
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


def object_name(kind: str, number: object) -> str:
    """What an event is about, where nothing better is known than its kind and number."""
    return f"{OBJECTS.get(kind, kind.rpartition('.')[2])} {number}"


def detail_name(key: str) -> str:
    """The name of something that changed."""
    return str(DETAILS.get(key, key))


def detail_value(value: str) -> str:
    """What it changed to, in the reader's language where it is a word of the house."""
    return str(VALUES.get(value) or STATES.get(value, value))


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
