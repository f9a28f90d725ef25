"""Applicants fill in, submit, correct and withdraw; partners confirm; units recommend."""

from __future__ import annotations

import io
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext_noop as _

from praxis.engines.wordcount import count
from praxis.foundation.bilingual import say
from praxis.foundation.errors import DomainError, Invalid
from praxis.foundation.files.models import StoredFile
from praxis.foundation.locale import Label
from praxis.foundation.people.models import User
from praxis.lifecycle.cases import materials
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Attachment, Case, Partner
from praxis.lifecycle.recommendations import selectors as recommending
from praxis.lifecycle.recommendations import services as recommendations
from praxis.lifecycle.recommendations import tables
from praxis.rehearsal.invention import InventedCase, document, picture_words, video
from praxis.rehearsal.report import Act
from praxis.rehearsal.stagecraft import Play, must_have

# Of more cases than this, where each must have a film, the same few come again.
MANY, FILMS_OF_MANY = 1000, 20
AT_ONCE = 500
LEADING = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "their", "to", "who", "whose", "with", "without"])
ELEMENTS = ("background", "cooperation", "implementation", "inclusiveness")
SECTIONS = {
    "basics": _("Particulars"), "texts": _("Texts"), "partners": _("Partners"), "materials": _("Pictures, videos, documents"),
    "consents": _("Commitments"), "submit": _("Check and submit"),
}  # fmt: skip
OPINIONS = {
    "zh-hans": "该案例合作基础扎实，成效可查，同意推荐。",
    "en": "The cooperation is well founded and its results can be verified. We recommend this case.",
}


def apply(play: Play) -> None:
    """Every invented case is written and, but for some that stay drafts or are late, submitted."""
    random = play.random("applying")
    with play.report.act(_("applications"), _("cases submitted")) as act:
        total = len(play.world.cases)
        drafts = {case.key for case in random.sample(list(play.world.cases), max(1, total // 30))}
        for index, invented in enumerate(play.world.cases):
            days = -60 + 59.5 * (index / max(1, total - 1)) ** 0.6
            with play.on(days):
                case = _write(play, invented, act)
            if invented.planted == "late":
                _come_late(play, case, invented, act)
            elif invented.key not in drafts:
                with play.on(days + 0.2):
                    _submit(play, case, invented, act)
            play.report.progress(index + 1, total)
        act.count = len(play.numbers)
        act.note(_("%(drafts)s of the %(cases)s cases stay drafts"), drafts=f"{len(drafts):,}", cases=f"{total:,}")
        with play.on(-0.45):
            play.finish_jobs(act)
        _look_at_files(act)


def _write(play: Play, invented: InventedCase, act: Act) -> Case:
    actor, organisation = play.applicants[invented.organisation], play.organisations[invented.organisation]
    contact = play.organisation(invented.organisation)
    case = cases.start(actor, play.edition, organisation, came_through=play.unit_of(invented.organisation))
    play.keys[invented.key] = case.key
    cases.save_basics(
        actor, case, category=invented.category, kinds=list(invented.kinds), started_on=_started(play, invented),
        places=list(invented.places), uses_internet=True, contact_name=contact.contact_name,
        contact_email=contact.contact_email, contact_phone=contact.contact_phone,
    )
    bodies = _bodies(play, invented)
    cases.save_texts(actor, case, bodies)
    for partner in invented.partners:
        materials.add_partner(
            actor, case, names=dict(partner.names), place=partner.place, roles=dict(partner.role), email=partner.email
        )
    _attach(play, actor, case, invented)
    cases.give_consents(actor, case, {consent.code: True for consent in play.config.consents})
    return case


def _bodies(play: Play, invented: InventedCase) -> dict[tuple[str, str], str]:
    """The invented texts in the fields of this edition: its elements take the invented ones in their order."""
    bodies: dict[tuple[str, str], str] = {}
    for language, said in invented.texts.items():
        if language not in play.config.edition.languages:
            continue
        for field in play.config.fields:
            source = field.code
            if source not in said:
                source = ELEMENTS[play.config.elements.index(field) % len(ELEMENTS)]
            bodies[(language, field.code)] = _within(said[source], field.limits.get(language))
            if field.heading:
                bodies[(language, f"{field.code}.heading")] = said[f"{source}.heading"]
    return bodies


def _within(text: str, limit: int | None) -> str:
    """The text, by whole sentences, within a limit."""
    while limit is not None and count(text) > limit:
        shorter = text.rstrip("。. \n")
        cut = max(shorter.rfind("。"), shorter.rfind(". "))
        if cut < 0:
            words = text.split()[:limit]
            # A title does not end in the middle of a phrase.
            while len(words) > 1 and words[-1].strip(",:;(“\"").lower() in LEADING:
                words.pop()
            return " ".join(words).rstrip(",:;(“")
        text = text[: cut + 1]
    return text


def _started(play: Play, invented: InventedCase) -> date:
    """The month a case began: as invented, but within what this edition seeks where it is not planted as too early."""
    rule = play.config.rule("started_after")
    first = (rule.year or 0) + (0 if rule.including else 1) if rule else 0
    started = invented.started.replace(day=1)
    if invented.planted == "too_early" or started.year >= first:
        return started
    return started.replace(year=first + started.year % max(1, play.config.edition.year - first))


def _attach(play: Play, actor: User, case: Case, invented: InventedCase) -> None:
    most = play.config.materials
    for place in range(min(len(invented.picture_seeds), most.pictures.max_count)):
        data = play.painter.take((invented.key, place)) if play.painter else None
        if data is None:
            continue
        words = picture_words(invented, place)
        row = _take(actor, case, "picture", data, f"{invented.key}-{place + 1}.jpg")
        materials.describe(
            actor, row, captions=dict(words.caption), alts=dict(words.alt), credit=words.credit["en"], licence="CC BY 4.0",
            consent=True,
        )
    film = _film(play, invented)
    if film is not None and most.videos.max_count and play.painter:
        row = _take(actor, case, "video", _encoded(film, invented.category), f"{invented.key}.mp4")
        materials.describe(actor, row, captions=dict(case.titles), alts={}, credit=picture_words(invented, 0).credit["en"], consent=True)
    if invented.document_seed is not None and most.documents.max_count:
        _take(actor, case, "document", document(invented.document_seed, str(case)), f"{invented.key}.pdf")


def _film(play: Play, invented: InventedCase) -> int | None:
    """The seed of a case's video: a few have one, all where the edition does not take a case without."""
    if not must_have(play.config, "videos"):
        return invented.video_seed
    film = invented.picture_seeds[0] if invented.video_seed is None else invented.video_seed
    # Of very many the same films come again.
    return film if len(play.world.cases) <= MANY else film % FILMS_OF_MANY


@lru_cache(FILMS_OF_MANY * 8)
def _encoded(film: int, category: str) -> bytes:
    return video(film, category=category)


def _take(actor: User, case: Case, kind: str, data: bytes, name: str) -> Attachment:
    return materials.take_in(actor, case, kind, io.BytesIO(data), name=name, size=len(data))


def _submit(play: Play, case: Case, invented: InventedCase, act: Act) -> None:
    actor = play.applicants[invented.organisation]
    try:
        cases.submit(actor, case, submission_key=f"first-{case.key}")
    except Invalid as walls:
        act.refuse(_("a submission that the check stopped in the section %(sections)s"), sections=_sections(walls))
        if not _mend(play, actor, case, invented):
            return
        try:
            cases.submit(actor, case, submission_key=f"mended-{case.key}")
        except Invalid as still:
            act.refuse(_("a submission that the check stopped again, in the section %(sections)s"), sections=_sections(still))
            return
    play.numbered(invented.key, case.number)


def _sections(walls: Invalid) -> Label:
    """The names of the sections, as the applicant reads them."""
    names = [say(SECTIONS.get(section, section)) for section in sorted(walls.fields)]
    return {language: ("、" if language == "zh-hans" else ", ").join(name[language] for name in names) for language in ("en", "zh-hans")}


def _mend(play: Play, actor: User, case: Case, invented: InventedCase) -> bool:
    """What an applicant does whom the check has stopped: name one more country, or drop the name of an earlier case."""
    if invented.planted == "one_country":
        others = [code for code in ("SG", "KE", "BR", "DE", "CN") if code not in invented.places]
        cases.save_basics(
            actor, case, category=invented.category, kinds=list(invented.kinds), started_on=_started(play, invented),
            places=[*invented.places, others[0]], uses_internet=True, contact_name=case.contact_name,
            contact_email=case.contact_email, contact_phone=case.contact_phone,
        )
        return True
    if invented.planted == "repeat_of_past":
        suffix = {"zh-hans": "（新一期）", "en": " (new phase)"}
        cases.save_texts(
            actor, case, {(language, "title"): title + suffix.get(language, "") for language, title in case.titles.items()}
        )
        return True
    return False


def _come_late(play: Play, case: Case, invented: InventedCase, act: Act) -> None:
    """At the very instant of the deadline nothing more is taken; half of them get an extension with a reason."""
    actor = play.applicants[invented.organisation]
    with play.on(0):
        try:
            cases.submit(actor, case, submission_key=f"late-{case.key}")
            act.wrong.append(f"{case.key} was taken at the deadline")
        except DomainError:
            act.refuse(_("a submission at the instant of the deadline"))
    if sum(case.key.encode()) % 2 == 0:
        with play.on(0.3):
            cases.extend(
                play.secretariat[2], case, until=play.instant(2), reason="A power cut at the applicant's site on the last day."
            )
        with play.on(0.6):
            case.refresh_from_db()
            cases.submit(actor, case, submission_key=f"extended-{case.key}")
            play.numbered(invented.key, case.number)


def _look_at_files(act: Act) -> None:
    rejected = StoredFile.objects.filter(state=StoredFile.State.REJECTED).count()
    if rejected:
        act.wrong.append(f"{rejected} files could not be used")


def confirm_partners(play: Play) -> None:
    """Partners are asked; most confirm, some do not answer, a few decline."""
    random = play.random("partners")
    with play.report.act(_("partners"), _("partners who confirmed")) as act:
        ids = list(
            Partner.objects.filter(case__edition=play.edition, case__state="submitted")
            .exclude(email="").order_by("case__number", "position").values_list("pk", flat=True)
        )  # fmt: skip
        owners = {play.keys[case.key]: play.applicants[case.organisation] for case in play.world.cases if case.key in play.keys}
        with play.on(-0.4):
            for start in range(0, len(ids), AT_ONCE):
                rows = Partner.objects.select_related("case__edition", "case__organisation").in_bulk(ids[start : start + AT_ONCE])
                for partner in (rows[pk] for pk in ids[start : start + AT_ONCE]):
                    chance = random.random()
                    materials.ask_partner(owners[partner.case.key], partner)
                    if chance < 0.8:
                        materials.answer_partner(partner, confirmed=chance < 0.77)
                        act.count += chance < 0.77
                play.report.progress(start, len(ids))


def change_minds(play: Play) -> None:
    """Some correct and submit again before the deadline, a few withdraw, some ask the secretariat."""
    random = play.random("minds")
    with play.report.act(_("second thoughts"), _("corrected, withdrawn, asked")) as act, play.on(-0.2):
        keys = sorted(play.numbers)
        for key in random.sample(keys, _some(keys, 12)):
            case, invented = _case(play, key), play.case(key)
            actor = play.applicants[invented.organisation]
            language = min(set(invented.texts) & set(play.config.edition.languages))
            cases.save_texts(actor, case, {(language, "summary"): _shorter(play, invented, language).rstrip("。.") + ("（更正）。" if language == "zh-hans" else ", as corrected.")})
            cases.submit(actor, case, submission_key=f"again-{case.key}")
            act.count += 1
        for key in random.sample(keys, _some(keys, 80)):
            cases.withdraw(play.applicants[play.case(key).organisation], _case(play, key), reason="The project has been paused.")
            act.count += 1
        for key in random.sample(keys, _some(keys, 20)):
            cases.write(play.applicants[play.case(key).organisation], _case(play, key), "May we add a video after the deadline? 截止后可以补充视频吗？")
            act.count += 1


def _some(keys: list[str], part: int) -> int:
    """One in `part` of them, and one at least where there is any."""
    return min(len(keys), max(1, len(keys) // part))


def _shorter(play: Play, invented: InventedCase, language: str) -> str:
    """The summary with room for the words of a correction."""
    limit = play.config.field("summary").limits.get(language)
    return _within(_bodies(play, invented)[(language, "summary")], limit - 8 if limit else None)


def _case(play: Play, key: str) -> Case:
    return Case.objects.select_related("edition__programme", "organisation", "category", "revision", "created_by").get(key=play.keys[key])


def recommend(play: Play) -> None:
    """Units import their table and endorse what has been submitted."""
    if not play.units:
        return
    with play.report.act(_("recommendations"), _("cases endorsed")) as act, play.on(-0.1):
        for number, invented in enumerate(play.world.units):
            play.report.progress(number, len(play.world.units))
            unit, clerk = play.units[invented.key], play.applicants[invented.key]
            _import_table(play, invented.members, unit, clerk, act)
            for case in recommending.cases_through(unit):
                if case.number:
                    recommendations.list_case(clerk, unit, case)
            for row in recommending.recommendations_of(unit):
                if row.case is None or row.case.state != "submitted":
                    continue
                row.unit = unit
                try:
                    recommendations.endorse(clerk, row, opinion=OPINIONS.get(clerk.language, OPINIONS["en"]))
                    act.count += 1
                except DomainError:
                    act.refuse(_("an endorsement beyond the quota"))


def _import_table(play: Play, members: tuple[str, ...], unit: object, clerk: User, act: Act) -> None:
    lines, own = [], set(members)
    for case in play.world.cases:
        if case.organisation in own and case.key in play.numbers:
            language = "zh-hans" if "zh-hans" in case.texts else min(case.texts)
            contact = play.organisation(case.organisation)
            lines.append(
                tables.Line(
                    project=case.texts[language]["title"], applicant=contact.names.get(language) or next(iter(contact.names.values())),
                    summary=case.texts[language]["summary"], contact=contact.contact_name, phone=contact.contact_phone,
                )
            )
    if not lines:
        # None of its members has applied: the house refuses a table without a line.
        return
    data = tables.write(lines, clerk.language)
    read = tables.read(io.BytesIO(data), size=len(data))
    if len(read) != len(lines):
        act.wrong.append(f"{len(lines)} lines written, {len(read)} read")
    recommendations.import_table(clerk, unit, read)  # type: ignore[arg-type]
