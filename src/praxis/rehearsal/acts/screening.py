"""The secretariat screens: it finds the ineligible and the repeats that were planted."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from praxis.foundation.archive.models import PastCase
from praxis.foundation.bilingual import say
from praxis.foundation.locale import Label
from praxis.foundation.programmes import services as programmes
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import selectors, services
from praxis.lifecycle.screening.models import Finding, Match, Screening
from praxis.rehearsal.report import Act
from praxis.rehearsal.stagecraft import Play

# So many numbers are named in the report; the others are in report.json.
SHOWN = 6
AT_ONCE = 200


def close_call(play: Play) -> None:
    """The call closes once the deadline has passed."""
    with play.report.act(_("closing"), _("edition closed")) as act, play.on(1):
        programmes.advance(play.secretariat[2], play.edition, "close")
        act.count = 1


def screen(play: Play, *, decide: bool = True) -> None:
    """Check and compare everything; then judge and decide case by case."""
    with play.report.act(_("checks and comparison"), _("cases checked")) as act, play.on(2):
        act.count = services.check_all(play.secretariat[2], play.edition)
        play.finish_jobs(act)
    _tell_found(play)
    if not decide:
        return
    with play.report.act(_("screening"), _("cases decided")) as act, play.on(6):
        act.count = services.admit_clear(play.secretariat[2], play.edition)
        rest = list(_open(play).values_list("pk", flat=True))
        for start in range(0, len(rest), AT_ONCE):
            for screening in _open(play).filter(pk__in=rest[start : start + AT_ONCE]):
                _judge(play, screening, act)
                act.count += 1
            play.report.progress(start, len(rest))
        play.finish_jobs(act)


def _open(play: Play) -> QuerySet[Screening]:
    """What a person has to look at, in the order of the numbers."""
    rows = Screening.objects.filter(case__edition=play.edition, case__state="submitted").order_by("case__number")
    return rows.select_related("case__edition__programme", "case__organisation", "case__category", "case__created_by", "revision")


def _tell_found(play: Play) -> None:
    """How many of the planted repeats and faults the house found, and how many it suspected in vain."""
    planted: dict[str, list[str]] = {}
    for key, number in play.numbers.items():
        fault = play.case(key).planted
        if fault:
            planted.setdefault(fault, []).append(number)
    matched = set(Match.objects.filter(screening__case__edition=play.edition).values_list("screening__case__number", flat=True))
    others = set(
        Match.objects.filter(screening__case__edition=play.edition, other__isnull=False).values_list("other__number", flat=True)
    )
    warned = set(
        Finding.objects.filter(screening__case__edition=play.edition, rule__in=_rules(play, "started_after"))
        .exclude(answer="yes").values_list("screening__case__number", flat=True)
    )  # fmt: skip
    act = play.report.acts[-1]
    for fault, said in (("repeat_of_case", _("%(found)s of %(planted)s planted repeats of another case found")), ("repeat_of_past", _("%(found)s of %(planted)s planted repeats of an earlier Casebook found"))):
        wanted = set(planted.get(fault, []))
        if not wanted:
            continue
        found = wanted & (matched | others)
        missed: dict[str, list[str]] = {}
        for number in sorted(wanted - found):
            reason, which = _why_missed(play, number)
            missed.setdefault(reason, []).append(f"{number} ({which})" if which else number)
        act.note(said, found=f"{len(found):,}", planted=f"{len(wanted):,}")
        for reason, numbers in sorted(missed.items()):
            act.note(_("%(count)s not found, %(reason)s: %(which)s"), count=f"{len(numbers):,}", reason=say(reason), which=_some(numbers))
        act.details[fault] = {"planted": len(wanted), "found": len(found), "missed": missed}
    early = set(planted.get("too_early", []))
    if early:
        act.note(_("%(found)s of %(planted)s planted early starts found"), found=f"{len(early & warned):,}", planted=f"{len(early):,}")
    repeats = set(planted.get("repeat_of_case", [])) | set(planted.get("repeat_of_past", []))
    act.note(_("likenesses to look at that were not planted: %(count)s"), count=f"{len(matched - repeats):,}")


def _some(which: list[str]) -> Label:
    """The first few; all are in report.json."""
    if len(which) <= SHOWN:
        return {"en": ", ".join(which), "zh-hans": "、".join(which)}
    first = {"en": ", ".join(which[:SHOWN]), "zh-hans": "、".join(which[:SHOWN])}
    return say(_("%(first)s and %(count)s more"), first=first, count=f"{len(which) - SHOWN:,}")


def _why_missed(play: Play, number: str) -> tuple[str, str]:
    """What kept the comparison from finding a planted repeat, and of what it is one."""
    invented = play.invented(number)
    if invented.planted == "repeat_of_past":
        past = PastCase.objects.filter(programme_id=play.edition.programme_id, key=invented.repeat_of).first()
        language = min(invented.texts, key=lambda code: not (past and past.names.get(code)))
        known = past.names.get(language, "") if past else ""
        return _("its name is too unlike the earlier one, of which the name alone is known"), f"{invented.texts[language]['title']}; {known}"
    original = play.numbers.get(str(invented.repeat_of), "")
    if not original:
        return _("what it repeats was never submitted"), ""
    if Case.objects.filter(edition=play.edition, number=original, state="withdrawn").exists():
        return _("what it repeats was withdrawn before the comparison"), original
    return _("it tells of the same in other words and figures, and other pairs were more alike"), original


def _rules(play: Play, kind: str) -> list[str]:
    return [rule.code for rule in play.config.rules if rule.kind == kind]


def _judge(play: Play, screening: Screening, act: Act) -> None:
    """As the secretariat would: repeats and early starts are out, a second country that is only named is out."""
    desk, case = play.secretariat[3], screening.case
    invented = play.invented(case.number)
    if invented.planted in ("repeat_of_case", "repeat_of_past"):
        for match in selectors.matches(screening):
            match.screening = screening
            services.judge_match(desk, match, verdict="same", note="The texts tell of the same project.")
        services.exclude(desk, case, reason="The same project has been submitted or is in an earlier Casebook. 该项目已申报或已收入往年案例集。")
    elif invented.planted == "too_early":
        services.exclude(desk, case, reason="Implementation began before the period sought. 实施时间早于征集要求。")
    elif invented.planted == "one_country":
        rule = next((row for row in selectors.findings(screening) if row.rule in _rules(play, "min_places")), None)
        if rule is not None:
            rule.screening = screening
            services.judge_finding(desk, rule, answer="no", note="The second country is named but nothing was done there.")
        services.exclude(desk, case, reason="Carried out in one country only. 仅在一个国家实施。")
    else:
        for match in selectors.matches(screening):
            match.screening = screening
            services.judge_match(desk, match, verdict="different", note="A like topic, another project.")
        services.admit(desk, case, reason="Warnings looked at; nothing stands against the case.")
