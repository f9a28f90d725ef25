"""Sealing, telling, material, proofs, the Casebook, the stage and the release."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from praxis.foundation.errors import DomainError
from praxis.foundation.files import services as files
from praxis.foundation.people.models import User
from praxis.lifecycle.casebook import selectors as casebook_selectors
from praxis.lifecycle.casebook import services as casebook
from praxis.lifecycle.casebook.models import Build, Entry
from praxis.lifecycle.cases import materials
from praxis.lifecycle.cases.models import Attachment, Case
from praxis.lifecycle.selection import services as selection
from praxis.lifecycle.showcase import selectors as stage
from praxis.lifecycle.showcase import services as showcase
from praxis.rehearsal.invention import picture_words, video
from praxis.rehearsal.invention.naming import person
from praxis.rehearsal.report import Act
from praxis.rehearsal.stagecraft import Play

# So many kinds of finding are told in the report; all are in report.json.
SHOWN = 4
FRONT = {
    "zh-hans": {
        "foreword_heading": "前言",
        "foreword": "本书由一次演练生成，所有机构与案例均为虚构。\n从征集到成书，每一步都由与正式年度相同的流程完成。书中案例按领域编排，便于读者了解各方如何借助互联网开展合作。\n愿这些虚构的故事，能让真实的合作更早被看见。",
        "imprint": "演练版，所有机构与案例均为虚构\n不作任何商业用途",
        "signature": "秘书处",
    },
    "en": {
        "foreword_heading": "Foreword",
        "foreword": "This book was made by a rehearsal; every organisation and case in it is invented.\nFrom the call to the printed page, each step was taken by the same house that serves the real edition. The cases stand by field, so that a reader can see how people work together through the internet.\nMay these invented stories help real cooperation to be seen a little sooner.",
        "imprint": "Rehearsal edition. Every organisation and case is invented.\nNot for sale.",
        "signature": "The secretariat",
    },
}



def _applicant(play: Play, case: Case) -> User:
    return play.applicants[play.invented(case.number).organisation]


def seal(play: Play) -> None:
    """A chair seals the decisions; the list for approval is made."""
    with play.report.act(_("sealing"), _("decisions sealed")) as act, play.on(60):
        selection.seal(play.chairs[0], play.edition)
        play.finish_jobs(act)
        act.count = play.edition.selection.decisions.filter(reserve=None).count()


def tell(play: Play) -> None:
    """The chosen are told; all but one accept confidentiality at once."""
    with play.report.act(_("telling"), _("applicants told")) as act, play.on(65):
        tellings = selection.tell(play.secretariat[2], play.edition)
        for telling in tellings:
            selection.accept_confidentiality(_applicant(play, telling.case), telling.case)
        act.count = len(tellings)
        play.finish_jobs(act)


def hand_in(play: Play) -> None:
    """Entries are made; Outstanding Cases, and cases that came without a picture, hand one in; the former name who speaks."""
    with play.report.act(_("display material"), _("pictures handed in")) as act, play.on(75):
        desk = play.secretariat[2]
        casebook.begin(desk, play.edition)
        for language in play.config.edition.languages:
            casebook.set_front(desk, play.edition, language, FRONT.get(language, FRONT["en"]))
        showcase.plan(desk, play.edition)
        pictured = set(
            Attachment.objects.filter(case__edition=play.edition, kind="picture", removed_at=None).values_list("case_id", flat=True)
        )
        entries = [
            entry for entry in casebook_selectors.all_entries(play.edition) if entry.outstanding or entry.case_id not in pictured
        ]
        if play.painter is not None:
            for entry in entries:
                play.painter.order(entry.key, play.seed + entry.pk, 7, width=1600, height=1067, category=entry.category.code)
        for entry in entries:
            _hand_in_one(play, entry, act)
        first = next((entry for entry in entries if entry.outstanding), None)
        if first is not None and play.painter is not None and play.config.materials.videos.max_count:
            _hand_in_film(play, first)
        play.finish_jobs(act)


def _hand_in_one(play: Play, entry: Entry, act: Act) -> None:
    actor, invented = _applicant(play, entry.case), play.invented(entry.case.number)
    data = play.painter.take(entry.key) if play.painter else None
    if data is not None:
        limits = materials.limits_for(play.config, "picture")
        file = files.take(actor.pk, "picture", io.BytesIO(data), name="display.jpg", size=len(data), limits=limits)
        words = picture_words(invented, 7, play.seed + entry.pk)
        casebook.add_material(actor, entry, file, captions=dict(words.caption), alts=dict(words.alt), credit=words.credit["en"])
        act.count += 1
    slot = stage.slot_for_applicant(actor, entry)
    if slot is not None:
        contact = play.organisation(invented.organisation)
        language = actor.language
        showcase.name_presenter(actor, slot, "presenter", name=contact.contact_name, position="Director", email=contact.contact_email, language=language)
        companion = person(contact.place, play.random(f"assistant/{entry.case.number}"))[0 if language.startswith("zh") else 1]
        showcase.name_presenter(actor, slot, "assistant", name=companion, email=contact.contact_email, language=language)


def _hand_in_film(play: Play, entry: Entry) -> None:
    """A film of two seconds, so that whoever looks at the library finds one with the first Outstanding Case."""
    actor, invented = _applicant(play, entry.case), play.invented(entry.case.number)
    data = video(play.seed, category=entry.category.code)
    limits = materials.limits_for(play.config, "video")
    file = files.take(actor.pk, "video", io.BytesIO(data), name="display.mp4", size=len(data), limits=limits)
    credit = picture_words(invented, 0).credit["en"]
    casebook.add_material(actor, entry, file, captions=dict(entry.titles), alts={}, credit=credit, kind="video")


def proofs(play: Play) -> None:
    """Proofs go out; some ask for a change, get it, and approve."""
    random = play.random("proofs")
    with play.report.act(_("proofs"), _("proofs approved")) as act, play.on(100):
        desk = play.secretariat[3]
        casebook.send_all_proofs(desk, play.edition)
        for entry in casebook_selectors.all_entries(play.edition):
            actor = _applicant(play, entry.case)
            if random.random() < 0.1:
                _change(play, entry, actor)
            casebook.approve_proof(actor, entry)
            act.count += 1
        play.finish_jobs(act)


def _change(play: Play, entry: Entry, actor: User) -> None:
    casebook.ask_changes(actor, entry, message="Please shorten the summary's last sentence. 请修改简介最后一句。")
    texts = casebook_selectors.texts_of(entry)
    bodies = {
        key: row.body.rstrip("。.") + ("，成效持续显现。" if key[0] == "zh-hans" else ", and it goes on.")
        for key, row in texts.items()
        if key[1] == "summary"
    }
    casebook.edit_entry(play.secretariat[3], entry, bodies=bodies)
    casebook.send_proof(play.secretariat[3], entry)


def build(play: Play) -> None:
    """The Casebook is set in every language as PDF and EPUB."""
    with play.report.act(_("casebook"), _("books built")) as act, play.on(120):
        desk = play.secretariat[2]
        for language in play.config.edition.languages:
            findings = casebook.preflight(desk, play.edition, language)
            kinds = Counter(finding.message["en"] for finding in findings)
            words = {finding.message["en"]: finding.message for finding in findings}
            if not findings:
                act.note(_("nothing stands against the book (%(language)s)"), language=language)
            for message, count in kinds.most_common(SHOWN):
                act.note(
                    _("the book (%(language)s), %(count)s times: %(finding)s"), language=language, count=count, finding=words[message]
                )
            act.details[f"preflight_{language}"] = kinds.most_common()
        casebook.build_all(desk, play.edition)
        play.finish_jobs(act)
        for row in Build.objects.filter(casebook__edition=play.edition):
            if row.state == Build.State.READY:
                act.count += 1
            else:
                act.wrong.append(f"{row.language} {row.format}: {row.problem[:200]}")


def prepare_stage(play: Play) -> None:
    """The running order, the unit award, invitations and certificates."""
    with play.report.act(_("showcase"), _("invitations and certificates")) as act, play.on(125):
        desk = play.secretariat[3]
        if play.config.unit_award is not None:
            awards = showcase.compute_unit_award(desk, play.edition)
            act.note(_("the award goes to %(awarded)s of %(units)s units"), awarded=sum(row.awarded for row in awards), units=len(awards))
        showcase.set_stage(
            desk, play.edition, venue=dict(play.config.showcase.venue) if play.config.showcase else {},
            starts_at=play.instant(140) + timedelta(hours=10), stream="https://live.example.org/release",
        )
        for place, slot in enumerate(stage.slots(desk, play.edition)):
            showcase.schedule_rehearsal(desk, slot, at=play.instant(138) + timedelta(hours=9, minutes=20 * place), place="Hall 1")
        act.count += showcase.make_invitations(desk, play.edition)
        showcase.send_all_invitations(desk, play.edition)
        act.count += showcase.make_certificates(desk, play.edition)
        play.finish_jobs(act)


def release(play: Play) -> None:
    """One person alone cannot release; two can."""
    with play.report.act(_("release"), _("entries public")) as act, play.on(140):
        if selection.approve_release(play.chairs[0], play.edition):
            act.wrong.append("one person alone released")
        if selection.approve_release(play.chairs[0], play.edition):
            act.wrong.append("the same person twice released")
        else:
            act.refuse(_("a release by one person alone"))
        if not selection.approve_release(play.chairs[1], play.edition):
            act.wrong.append("two people could not release")
        play.edition.refresh_from_db(fields=["state"])
        act.count = len(casebook_selectors.public_entries(casebook_selectors.Filters(), limit=10000).rows)
        play.finish_jobs(act)
    with play.report.act(_("after the release"), _("stories and errata")) as act, play.on(145):
        desk = play.secretariat[3]
        outstanding = [entry for entry in casebook_selectors.all_entries(play.edition) if entry.outstanding]
        for entry in outstanding[:4]:
            for language in play.config.edition.languages:
                summary = casebook_selectors.texts_of(entry).get((language, "background"))
                story = showcase.write_story(desk, entry, language, title=entry.titles.get(language, ""), body=summary.body if summary else entry.titles.get(language, ""))
                showcase.publish_story(desk, story)
                act.count += 1
        if outstanding:
            casebook.add_erratum(
                desk, outstanding[0],
                said={"zh-hans": "“实施方式”一节中的年份应为次年。", "en": "The year given under Implementation should be the following one."}
                if set(play.config.edition.languages) == {"zh-hans", "en"}
                else dict.fromkeys(play.config.edition.languages, "A year given in the text should be the following one."),
            )
            act.count += 1
        try:
            casebook.edit_entry(desk, outstanding[0], bodies={})
            act.wrong.append("a published entry could be edited")
        except DomainError:
            act.refuse(_("a change of an entry that is published"))
        play.finish_jobs(act)


