"""The rules of an edition held against what a case says: yes, no or a warning, and why."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Literal

from django.utils.translation import gettext_noop as _

from praxis.engines.wordcount import count
from praxis.foundation.bilingual import say
from praxis.foundation.locale import Label
from praxis.foundation.programmes.config import ANY_LANGUAGE, EditionConfig, FieldConfig, RuleConfig
from praxis.lifecycle.cases.content import Content

Answer = Literal["yes", "no", "warning"]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule's answer. A "no" is a wall: the case cannot be submitted. `section` is where to mend it."""

    rule: str
    label: Label
    answer: Answer
    reasons: list[Label]
    section: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule needs beyond the case: the instant, its deadline, and folded titles of past Casebook cases."""

    at: datetime
    closes_at: datetime
    past_titles: Collection[str] = ()


Problems = list[Label]
_Holder = Callable[[Content, EditionConfig, RuleConfig, Circumstances], Problems]
_LANGUAGE_NAMES = {
    "zh-hans": {"zh-hans": "中文", "en": "Chinese"},
    "en": {"zh-hans": "英文", "en": "English"},
}


def language_name(code: str) -> Label:
    """What people call a language of the texts."""
    return _LANGUAGE_NAMES.get(code, {"en": code})


def fold(title: str) -> str:
    """A title without case, width, spaces and punctuation, to be compared."""
    return "".join(c for c in unicodedata.normalize("NFKC", title).casefold() if c.isalnum())


def run(content: Content, config: EditionConfig, circumstances: Circumstances) -> list[Check]:
    """Every rule of the edition, in its order, and the limits of its fields."""
    checks = []
    for rule in config.rules:
        holder, section = _HOLDERS[rule.kind]
        problems = holder(content, config, rule, circumstances)
        answer: Answer = "yes" if not problems else "no" if rule.severity == "wall" else "warning"
        if rule.kind == "languages" and not problems and (problems := _advised_languages(content, config)):
            answer = "warning"
        checks.append(Check(rule.code, rule.label, answer, problems or [rule.explanation], section))
    return checks


def walls(checks: list[Check]) -> list[Check]:
    """The checks that stand in the way of submitting."""
    return [check for check in checks if check.answer == "no"]


def _one_category(content: Content, config: EditionConfig, rule: RuleConfig, _now: Circumstances) -> Problems:
    known = {category.code for category in config.categories}
    return [] if content["category"] in known else [say(_("Choose one field."))]


def _uses_internet(content: Content, config: EditionConfig, rule: RuleConfig, _now: Circumstances) -> Problems:
    if content["uses_internet"]:
        return []
    if content["uses_internet"] is None:
        return [say(_("Say whether the case uses the internet and related technology."))]
    return [say(_("A case that does not use the internet and related technology cannot take part."))]


def _started_after(content: Content, config: EditionConfig, rule: RuleConfig, at: Circumstances) -> Problems:
    if not content["started_on"]:
        return [say(_("Give the month in which the case began."))]
    started = date.fromisoformat(content["started_on"])
    first = (rule.year or 0) + (0 if rule.including else 1)
    if started > at.at.date():
        return [say(_("The start lies in the future: %(month)s."), month=f"{started:%Y-%m}")]
    if started.year < first:
        return [say(_("The case began in %(month)s; cases that began after %(year)s are sought."),
                    month=f"{started:%Y-%m}", year=rule.year)]  # fmt: skip
    return []


def _min_places(content: Content, config: EditionConfig, rule: RuleConfig, _now: Circumstances) -> Problems:
    given, needed = len(set(content["places"])), rule.n or 1
    if given >= needed:
        return []
    return [say(_("%(given)s of at least %(needed)s countries or regions given."), given=given, needed=needed)]


def _not_in_casebook(content: Content, config: EditionConfig, rule: RuleConfig, at: Circumstances) -> Problems:
    own = {fold(title) for title in content["titles"].values() if title}
    if own & set(at.past_titles):
        return [say(_("A case of this name is in the Casebook of an earlier year; it cannot apply again."))]
    return []


def _before_deadline(content: Content, config: EditionConfig, rule: RuleConfig, at: Circumstances) -> Problems:
    return [] if at.at < at.closes_at else [say(_("The deadline has passed."))]


def _is_whole(texts: dict[str, str], config: EditionConfig) -> bool:
    return all(
        texts.get(field.code) and (not field.heading or texts.get(f"{field.code}.heading"))
        for field in config.fields
        if field.required
    )


def _languages(content: Content, config: EditionConfig, rule: RuleConfig, _now: Circumstances) -> Problems:
    needed = config.edition.languages_required.submit
    whole = {code for code in config.edition.languages if _is_whole(content["texts"].get(code, {}), config)}
    if ANY_LANGUAGE in needed:
        return [] if whole else [say(_("The text is not yet complete in any language."))]
    return [_incomplete(language) for language in needed if language not in whole]


def _incomplete(language: str) -> Label:
    return say(_("The text in %(language)s is not complete."), language=language_name(language))


def _advised_languages(content: Content, config: EditionConfig) -> Problems:
    """Languages the Casebook will need and the case does not yet have; never in the way of submitting."""
    return [
        _incomplete(language)
        for language in config.edition.languages_required.casebook
        if language != ANY_LANGUAGE and not _is_whole(content["texts"].get(language, {}), config)
    ]


def _consents(content: Content, config: EditionConfig, rule: RuleConfig, _now: Circumstances) -> Problems:
    return [
        say(_("Not yet agreed: %(consent)s."), consent=consent.label)
        for consent in config.consents
        if consent.required and not content["consents"].get(consent.code)
    ]


# A case is looked at many times while one of its texts changes.
_length = lru_cache(maxsize=1024)(count)


def _field_problems(field: FieldConfig, language: str, texts: dict[str, str]) -> Problems:
    body, limit, least = texts.get(field.code, ""), field.limits.get(language), field.minimum.get(language)
    if not body or not (limit or least):
        return []
    length = _length(body)
    names = {"field": field.label, "language": language_name(language), "length": length}
    if limit and length > limit:
        return [say(_("%(field)s (%(language)s): %(length)s of at most %(limit)s."), **names, limit=limit)]
    if least and length < least:
        return [say(_("%(field)s (%(language)s): %(length)s of at least %(limit)s."), **names, limit=least)]
    return []


def _texts_complete(content: Content, config: EditionConfig, rule: RuleConfig, _now: Circumstances) -> Problems:
    needed = config.edition.languages_required.submit
    languages = list(config.edition.languages) if ANY_LANGUAGE in needed else list(needed)
    texts = content["texts"]
    problems: Problems = []
    whole = [language for language in languages if _is_whole(texts.get(language, {}), config)]
    if (ANY_LANGUAGE in needed and not whole) or (ANY_LANGUAGE not in needed and len(whole) < len(languages)):
        problems.extend(_missing_fields(texts, config, languages, any_language=ANY_LANGUAGE in needed))
    for language in config.edition.languages:
        for field in config.fields:
            problems.extend(_field_problems(field, language, texts.get(language, {})))
    return problems


def _missing_fields(
    texts: dict[str, dict[str, str]], config: EditionConfig, languages: list[str], *, any_language: bool
) -> Problems:
    """What is still to be written, in the language that is furthest along where any one will do."""

    def lacking(language: str) -> Problems:
        own, name = texts.get(language, {}), language_name(language)
        found: Problems = []
        for field in config.fields:
            if field.required and not own.get(field.code):
                found.append(say(_("Still to be written (%(language)s): %(field)s."), language=name, field=field.label))
            elif field.required and field.heading and not own.get(f"{field.code}.heading"):
                said = _("Heading still to be written (%(language)s): %(field)s.")
                found.append(say(said, language=name, field=field.label))
        return found

    by_language = [lacking(language) for language in languages]
    return min(by_language, key=len) if any_language else [problem for found in by_language for problem in found]


def _materials_complete(content: Content, config: EditionConfig, rule: RuleConfig, _now: Circumstances) -> Problems:
    limits: dict[str, Any] = {
        "picture": config.materials.pictures, "video": config.materials.videos, "document": config.materials.documents,
    }
    by_kind: dict[str, list[dict[str, Any]]] = {kind: [] for kind in limits}
    for row in content["attachments"]:
        by_kind[row["kind"]].append(row)
    problems: Problems = []
    for kind, rows in by_kind.items():
        least, most = limits[kind].min_count, limits[kind].max_count
        if len(rows) < least:
            problems.append(say(_("%(kind)s: %(given)s there, at least %(needed)s wanted."),
                                kind=_kind(kind), given=len(rows), needed=least))  # fmt: skip
        if len(rows) > most:
            problems.append(say(_("%(kind)s: %(given)s there, at most %(needed)s taken."),
                                kind=_kind(kind), given=len(rows), needed=most))  # fmt: skip
        if any(row["state"] == "rejected" for row in rows):
            problems.append(say(_("%(kind)s: a file could not be used."), kind=_kind(kind)))
    if any(not any(row["alts"].values()) for row in by_kind["picture"]):
        problems.append(say(_("A picture has no description for people who cannot see it.")))
    return problems


_KINDS = {"picture": _("Pictures"), "video": _("Videos"), "document": _("Documents")}


@cache
def _kind(kind: str) -> Label:
    return say(_KINDS[kind])


_HOLDERS: dict[str, tuple[_Holder, str]] = {
    "one_category": (_one_category, "basics"),
    "uses_internet": (_uses_internet, "basics"),
    "started_after": (_started_after, "basics"),
    "min_places": (_min_places, "basics"),
    "not_in_casebook": (_not_in_casebook, "basics"),
    "before_deadline": (_before_deadline, "submit"),
    "languages": (_languages, "texts"),
    "consents": (_consents, "consents"),
    "texts_complete": (_texts_complete, "texts"),
    "materials_complete": (_materials_complete, "materials"),
}

