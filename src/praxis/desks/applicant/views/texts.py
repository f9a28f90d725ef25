"""The texts of a case, in its languages side by side; their history.

No Django form stands behind this page: it holds twenty controls, and their only rule is that what is typed is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing, reading, submitting
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.locale import pick
from praxis.foundation.programmes.config import TITLE, FieldConfig
from praxis.foundation.texts.services import Key, cleaned, is_stale
from praxis.lifecycle.cases import selectors, services
from praxis.lifecycle.cases.models import Case, CaseText
from praxis.ui.html import fill
from praxis.ui.parts.entry import KeptBilingual
from praxis.ui.values import Link, Side

Rows = Mapping[Key, CaseText]


@dataclass(frozen=True, slots=True)
class Box:
    """One text of the form in each language of the edition, as it is drawn at every look."""

    name: str
    kept: KeptBilingual

    def drawn(self, rows: Rows, typed: Mapping[Key, str], at_fields: Mapping[str, list[str]]) -> str:
        """The box with the texts there are, or what was typed in their place."""
        found = [(side, rows.get((side.lang, self.name))) for side in self.kept.sides]
        values = [typed.get((side.lang, self.name), row.body if row else "") for side, row in found]
        if not at_fields and not any(row and (row.state in TOLD or row.source_digest) for _side, row in found):
            return self.kept.draw(values)
        return self.kept.with_states(
            [
                replace(
                    side, value=value, errors=at_fields.get(side.name, ()),
                    state=row.state if row and row.state in TOLD else "",
                    stale=row is not None and is_stale(row, rows.get((row.source_language, self.name))),
                )
                for (side, row), value in zip(found, values, strict=True)
            ]
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """One field of the form: what stands above its boxes, and its boxes (a heading where it has one, and the text)."""

    code: str
    head: str
    boxes: tuple[Box, ...]


# The states of a text that are told beside it.
TOLD = ("machine", "reviewed")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def texts(request: HttpRequest, key: str) -> HttpResponse:
    """Show and save the texts."""
    case = selectors.case_for_applicant(request.user, key)
    status, typed, problems, at_fields = 200, {}, [], {}
    if request.method == "POST":
        typed, expected = _typed(request, case), _versions(request)
        try:
            if submitting.is_asked(request):
                return submitting.answer(request, case, bodies=typed, expected=expected)
            services.save_texts(request.user, case, typed, expected=expected)
        except Invalid as invalid:
            status, at_fields = 422, parsing.as_errors(invalid)
        except Conflict as conflict:
            status, problems = 409, [("", str(conflict))]
            at_fields = _meanwhile(selectors.texts_of(case), typed, expected)
        else:
            messages.success(request, _("Saved."))
            return kit.see_other(submitting.onward(request, case, "texts"))
    return _page(request, case, status, typed, problems, at_fields)


def _page(
    request: HttpRequest, case: Case, status: int, typed: Mapping[Key, str], problems: list[tuple[str, str]],
    at_fields: Mapping[str, list[str]],
) -> HttpResponse:  # fmt: skip
    rows = selectors.texts_of(case)
    bodies = [(language, name, row.body) for (language, name), row in rows.items()]
    framed = frames.frame(request.user, case, bodies=bodies)
    config = case.edition.settings
    content = None if framed.may_edit else reading.readable(framed.said, config, key=case.key)
    sections = _sections(case, rows, typed, at_fields) if framed.may_edit else ""
    summary = problems + [(_id(*name.split(":", 1)), text) for name, said in at_fields.items() for text in said]
    return render(
        request,
        "applicant/texts.html",
        frames.context(
            request, framed, "texts", sections=sections, content=content, problems=summary,
            **submitting.offered(framed, "texts"),
            lacking=[pick(reason) for check in framed.checks
                     if check.section == "texts" and check.answer != "yes" for reason in check.reasons],
        ),
        status=status,
    )  # fmt: skip


def _name(language: str, name: str) -> str:
    return f"{language}:{name}"


def _id(language: str, name: str) -> str:
    return f"id_{language}_{name}".replace(".", "-")


def _sections(
    case: Case, rows: Rows, typed: Mapping[Key, str], at_fields: Mapping[str, list[str]]
) -> SafeString:
    """The fields of the form, each a section that saves itself."""
    save_url = f"{frames.section_url(case, 'texts')}save/"
    drawn = [
        f'<section class="stack" id="{group.code}" data-autosave="{save_url}">'
        f'<input type="hidden" name="version" value="{_version_line(group, rows)}">\n{group.head}'
        f"{''.join([box.drawn(rows, typed, at_fields) for box in group.boxes])}{_history(case, group, rows)}</section>\n"
        for group in _groups(case.edition.config_digest, get_language() or "", case)
    ]
    return SafeString("".join(drawn))


_kept_groups: dict[tuple[str, str], tuple[Group, ...]] = {}


def _groups(digest: str, language: str, case: Case) -> tuple[Group, ...]:
    """The groups of the form, kept by what they are drawn from: the configuration, by its digest, and the language."""
    kept = _kept_groups.get((digest, language))
    if kept is None:
        config = case.edition.settings
        kept = tuple(_group(field, config.edition.languages) for field in config.fields)
        if len(_kept_groups) >= 64:
            _kept_groups.clear()
        if digest:
            _kept_groups[digest, language] = kept
    return kept


def _group(field: FieldConfig, languages: Sequence[str]) -> Group:
    def box(name: str, lines: int, label: str, hint: str, *, required: bool, limits: Mapping[str, int]) -> Box:
        sides = [
            Side(lang=language, name=_name(language, name), id=_id(language, name), limit=limits.get(language), rows=lines)
            for language in languages
        ]
        return Box(name, KeptBilingual(sides, label=label, hint=hint, required=required))

    label, guidance, hint = pick(field.label), pick(field.guidance), pick(field.hint)
    if not field.heading:
        lines = 1 if field.code == TITLE else 6
        return Group(
            field.code, "", (box(field.code, lines, label, guidance, required=field.required, limits=field.limits),)
        )
    said = fill('<p class="quiet">{}</p>', guidance) if guidance else ""
    heading_hint = _("One line that sums the passage up.")
    return Group(
        field.code, fill("<h2>{}</h2>{}", label, said),
        (
            box(f"{field.code}.heading", 1, _("Heading"), heading_hint, required=True, limits={}),
            box(field.code, 11, _("Text"), hint, required=True, limits=field.limits),
        ),
    )  # fmt: skip


def _version_line(group: Group, rows: Rows) -> str:
    """The versions the page is drawn from, of the text first."""
    languages = [side.lang for side in group.boxes[0].kept.sides]
    names = [box.name for box in reversed(group.boxes)]
    return " ".join([f"{language}:{name}={_version(rows, language, name)}" for language in languages for name in names])


def _history(case: Case, group: Group, rows: Rows) -> str:
    """Links to what the text read before, where there is anything."""
    languages = [side.lang for side in group.boxes[0].kept.sides]
    links = [
        fill(
            '<a href="{}">{}</a> ', f"{frames.section_url(case, 'texts')}{language}/{group.code}/",
            _("Earlier versions (%(language)s)") % {"language": _language(language)},
        )
        for language in languages
        if _version(rows, language, group.code) > 1
    ]  # fmt: skip
    return f'<p class="quiet">{"".join(links)}</p>' if links else ""


def _language(code: str) -> str:
    return {"zh-hans": _("Chinese"), "en": _("English")}.get(code, code)


def _version(rows: Rows, language: str, name: str) -> int:
    row = rows.get((language, name))
    return row.version if row else 0


def _typed(request: HttpRequest, case: Case) -> dict[Key, str]:
    """The texts that were sent; what was not sent is left as it is."""
    keys = services.text_keys(case)
    return {key: request.POST[name] for key in keys if (name := _name(*key)) in request.POST}


def _versions(request: HttpRequest) -> dict[Key, int]:
    """The versions the page was drawn from, of all its groups; what cannot be read is left out."""
    found: dict[Key, int] = {}
    for line in request.POST.getlist("version"):
        for part in line.split():
            name, _equals, number = part.partition("=")
            language, colon, field = name.partition(":")
            if colon and number.isascii() and number.isdigit():
                found[language, field] = int(number[:9])
    return found


def _meanwhile(rows: Rows, typed: Mapping[Key, str], expected: Mapping[Key, int]) -> dict[str, list[str]]:
    """At each text that somebody else has changed meanwhile: how it reads now."""
    return {
        _name(*key): [_("It now reads: “%(text)s” Save again to put your text in its place.") % {"text": row.body}]
        for key, body in typed.items()
        if (row := rows.get(key)) and expected.get(key, row.version) != row.version and cleaned(body) != row.body
    }


@require_POST
@login_required
def save(request: HttpRequest, key: str) -> JsonResponse:
    """Autosave of the texts that were sent."""
    case = selectors.case_for_applicant(request.user, key)
    try:
        versions = services.save_texts(request.user, case, _typed(request, case), expected=_versions(request))
    except Invalid as invalid:
        return parsing.not_saved(parsing.as_errors(invalid))
    seen = {**dict.fromkeys(_versions(request), 0), **versions}
    return parsing.saved(version=" ".join(f"{_name(*key)}={version}" for key, version in seen.items()))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def text_history(request: HttpRequest, key: str, language: str, field: str) -> HttpResponse:
    """What a text read before, and putting one of those back."""
    case = selectors.case_for_applicant(request.user, key)
    if (language, field) not in services.text_keys(case):
        raise Missing()
    earlier = selectors.history_of(case, language, field)
    if request.method == "POST":
        chosen = next((row for row in earlier if str(row.version) == request.POST.get("version")), None)
        if chosen is None:
            raise Missing()
        services.save_texts(request.user, case, {(language, field): chosen.body})
        messages.success(request, _("The earlier version is back in its place."))
        return kit.see_other(frames.section_url(case, "texts"))
    rows = selectors.texts_of(case)
    framed = frames.frame(
        request.user, case, bodies=[(language_, name, row.body) for (language_, name), row in rows.items()]
    )  # fmt: skip
    current: Any = rows.get((language, field))
    label = reading.field_label(case.edition.settings, field)
    return render(
        request,
        "applicant/text_history.html",
        frames.context(
            request, framed, "texts", field_label=label, language=language, language_name=_language(language),
            now_body=current.body if current else "", earlier=earlier,
            crumbs=frames.crumbs(case, Link(_("Texts"), frames.section_url(case, "texts")), Link(label)),
        ),
    )  # fmt: skip
