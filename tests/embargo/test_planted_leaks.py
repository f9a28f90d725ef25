"""The comparison finds a leak: each test plants one, and the two worlds must then be told apart.

What is planted reads the decisions, as a careless line in that place would.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from praxis.config import context
from praxis.config.middleware import DomainErrors
from praxis.foundation.errors import Forbidden, Missing
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.tasks import prune_jobs
from praxis.foundation.notices import services as notices
from praxis.foundation.notices.kinds import Kind
from praxis.foundation.notices.tasks import sweep
from praxis.lifecycle.cases import policies as case_policies
from praxis.lifecycle.cases import selectors as cases
from praxis.lifecycle.cases import services as case_services
from praxis.lifecycle.recommendations import selectors as recommendations
from praxis.lifecycle.selection.models import Decision, Selection
from praxis.ui.shell import Banner
from tests.embargo.comparing import differences
from tests.embargo.pair import Pair

WORDS = {"zh-hans": "一封信", "en": "A letter"}


def found_by(pair: Pair, role: str, *routes: str) -> list[str]:
    """What the comparison says of these routes as a role."""
    return differences(pair.survey((role,), frozenset(routes)))


def is_chosen(case: Any) -> bool:
    return Decision.objects.filter(case=case, reserve=None).exists()


def test_without_a_leak_these_routes_are_alike(sealed: Pair) -> None:
    """Else the tests below would prove nothing."""
    for role, routes in {
        "clerk_1": ("unit:table",),
        "applicant_a": ("applicant:material_file", "applicant:case", "applicant:questions"),
        "anonymous": ("public:library",),
        "other_secretary": ("applicant:print",),
    }.items():
        assert not found_by(sealed, role, *routes)


def test_an_order_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = recommendations.table_page

    def chosen_first(unit: Any, cursor: str = "") -> Any:
        chosen = set(Decision.objects.filter(reserve=None).values_list("case_id", flat=True))
        page, before = plain(unit, cursor)
        # As many statements in either world, and the same rows.
        return replace(page, rows=sorted(page.rows, key=lambda row: row.case_id not in chosen)), before

    monkeypatch.setattr(recommendations, "table_page", chosen_first)
    assert any("body: " in line and "SQL: " not in line for line in found_by(sealed, "clerk_1", "unit:table"))


def test_a_count_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def banners(request: HttpRequest) -> list[Banner]:
        return [Banner(f"{Decision.objects.filter(reserve=None).count()} cases have been looked at.")]

    monkeypatch.setattr(context, "banners", banners)
    assert any("have been looked at" in line for line in found_by(sealed, "anonymous", "public:library"))


def test_a_file_that_is_there_only_for_the_chosen_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = cases.attachment

    def only_chosen(case: Any, key: str, **options: Any) -> Any:
        if not is_chosen(case):
            raise Missing()
        return plain(case, key, **options)

    monkeypatch.setattr(cases, "attachment", only_chosen)
    assert any("status: 200 and 404" in line for line in found_by(sealed, "applicant_a", "applicant:material_file"))


def test_a_stored_file_that_is_not_there_for_the_chosen_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = files.open_file

    def gone(file: Any, derived: str | None = None) -> Any:
        if Decision.objects.filter(reserve=None, case__attachments__file=file).exists():
            raise Missing()
        return plain(file, derived)

    monkeypatch.setattr(files, "open_file", gone)
    assert any("status: 404 and 200" in line for line in found_by(sealed, "applicant_a", "applicant:material_file"))


def test_403_for_404_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = cases.case_for_applicant

    def told_by_refusal(actor: Any, key: str) -> Any:
        chosen = Decision.objects.filter(case__key=key, reserve=None).exists()
        try:
            return plain(actor, key)
        except Missing:
            raise (Forbidden("This is confidential.") if chosen else Missing()) from None

    monkeypatch.setattr(cases, "case_for_applicant", told_by_refusal)
    lines = found_by(sealed, "other_secretary", "applicant:print")
    assert any("status: 403 and 404" in line or "status: 404 and 403" in line for line in lines)


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_header_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    plain = DomainErrors.__call__

    def marked(self: DomainErrors, request: HttpRequest) -> HttpResponse:
        response = plain(self, request)
        mark = Selection.objects.get()
        # The instant of sealing is the same in both worlds; what a page built from decisions says of it is not.
        seconds = int(mark.digest[:6], 16)
        response[header] = f'"{mark.digest[:16]}"' if header == "ETag" else http_date(seconds)
        return response

    monkeypatch.setattr(DomainErrors, "__call__", marked)
    lines = found_by(sealed, "anonymous", "public:library")
    assert lines
    assert all("headers" in line and "body: " not in line for line in lines)


def test_one_more_statement_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = case_policies.may_edit

    def curious(actor: Any, case: Any, *more: Any, **options: Any) -> Any:
        # The first question costs the same in either world; the second is asked of chosen cases alone.
        if is_chosen(case):
            Decision.objects.filter(case=case).count()
        return plain(actor, case, *more, **options)

    monkeypatch.setattr(case_policies, "may_edit", curious)
    lines = found_by(sealed, "applicant_a", "applicant:case")
    assert lines
    assert any("statements" in line and "body: " not in line for line in lines)


def test_a_letter_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = case_services.write

    def chatty(actor: Any, case: Any, body: str) -> Any:
        row = plain(actor, case, body)
        to = "desk@example.org" if is_chosen(case) else "archive@example.org"
        notices.send(Kind("planted", WORDS, WORDS, WORDS), to=to, context={}, edition_id=case.edition_id)
        return row

    monkeypatch.setattr(case_services, "write", chatty)
    lines = found_by(sealed, "applicant_a", "applicant:questions")
    assert any("letters" in line and "body: " not in line for line in lines)


def test_a_job_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = case_services.write

    def busy(actor: Any, case: Any, body: str) -> Any:
        row = plain(actor, case, body)
        jobs.enqueue(sweep) if is_chosen(case) else jobs.enqueue(prune_jobs)
        return row

    monkeypatch.setattr(case_services, "write", busy)
    lines = found_by(sealed, "applicant_a", "applicant:questions")
    assert any("jobs" in line and "body: " not in line and "letters" not in line for line in lines)


def test_a_search_result_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def banners(request: HttpRequest) -> list[Banner]:
        chosen = Decision.objects.filter(reserve=None).select_related("case")
        titles = {title for decision in chosen for title in decision.case.titles.values()}
        return [Banner("One case found.")] if request.GET.get("q") in titles else []

    monkeypatch.setattr(context, "banners", banners)
    lines = found_by(sealed, "anonymous", "public:library")
    assert lines
    assert all("?" in line and "One case found" in line for line in lines)


def test_a_read_without_a_trace_in_the_answer_is_found(sealed: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers and their number of statements are equal; what was read is not."""
    monkeypatch.setattr(context, "banners", lambda request: list(Decision.objects.all())[:0])
    compared = sealed.survey(("anonymous",), frozenset({"public:library"}))
    assert not differences(compared)
    assert not {ask for ask in compared.read_alike if ask.method == "GET"}
