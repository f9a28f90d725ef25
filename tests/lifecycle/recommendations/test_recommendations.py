"""What recommending units do: their table, their deadline, their endorsements, their quota."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.people import services as people
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.recommendations import selectors, services, tables
from praxis.lifecycle.recommendations.models import Unit
from tests.support import world

pytestmark = pytest.mark.django_db


def workbook(rows: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(line, column, cell)
    book.close()
    return buffer.getvalue()


def read(data: bytes) -> list[tables.Line]:
    return tables.read(io.BytesIO(data), size=len(data))


@pytest.fixture
def edition() -> Edition:
    return world.edition()


@pytest.fixture
def clerk() -> User:
    return world.person("clerk@unit.example")


@pytest.fixture
def unit(edition: Edition, clerk: User) -> Unit:
    desk = world.secretary(edition)
    organisation = people.found_organisation(
        clerk, names={"zh-hans": "通信协会", "en": "Communications Association"}, kind="social", place="CN"
    )
    with world.during(edition):
        return services.appoint(desk, edition, organisation, code="association", quota=1)


def submitted_through(unit: Unit, name: str = "owner") -> Case:
    owner = world.person(f"{name}@example.org")
    organisation: Organisation = world.organisation(owner, f"Institute {name}")
    case = world.case(owner, organisation, unit.edition, submitted=True)
    Case.objects.filter(pk=case.pk).update(came_through=unit.code)
    case.refresh_from_db()
    return case


def test_a_table_written_is_read_again_as_it_was() -> None:
    lines = [tables.Line("山海同频", "晴川研究院", "简介", "林", "010"), tables.Line("=1+1", "@x", "", "", "+86 1")]
    assert read(tables.write(lines, "zh-hans")) == lines
    assert read(tables.write(lines, "en")) == lines


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=30), min_size=1, max_size=5))
def test_whatever_stands_in_a_cell_comes_back_as_text(names: list[str]) -> None:
    lines = [tables.Line(tables.cleaned(name), "Org") for name in ["One", *names] if tables.cleaned(name)]
    assert read(tables.write(lines, "en")) == lines


def test_formulas_are_never_run() -> None:
    data = workbook([["项目名称", "申报单位"], ["=HYPERLINK(\"http://x\",\"y\")", "单位"]])
    assert all("http" not in line.project or line.project.startswith("=") for line in read(data))


@pytest.mark.parametrize("data", [b"", b"not a spreadsheet", b"PK\x03\x04 broken"])
def test_what_is_no_spreadsheet_is_refused_at_the_file(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(data)
    assert set(refused.value.fields) == {"file"}


def test_a_table_without_the_headings_says_which_are_missing() -> None:
    with pytest.raises(Invalid, match="项目名称"):
        read(workbook([["a", "b"], ["c", "d"]]))


def test_a_row_without_a_project_is_named() -> None:
    with pytest.raises(Invalid, match="晴川"):
        read(workbook([["项目名称", "申报单位"], ["", "晴川研究院"]]))


def test_every_row_that_is_wrong_is_named_by_its_number_in_the_sheet() -> None:
    rows = [[], ["附件2"], ["序号", "项目名称", "申报单位", "联系电话"], ["1", "好项目", "单位", "010"]]
    rows += [["2", "", "晴川研究院"], [], ["3", "无主项目", ""], ["4", "某项目", "单位", "1" * 41], ["5", "x" * 301, "单位"]]
    with pytest.raises(Invalid) as refused:
        read(workbook(rows))
    said = [str(text) for text in refused.value.fields["file"]]
    assert [text.split(":")[0] for text in said] == ["Row 5", "Row 7", "Row 8", "Row 9"]
    assert all(word in text for word, text in zip(("晴川研究院", "无主项目", "telephone", "project name"), said, strict=True))


def test_of_many_wrong_rows_the_first_twenty_are_named_and_the_others_counted() -> None:
    with pytest.raises(Invalid) as refused:
        read(workbook([["项目名称", "申报单位"], *([f"项目{n}", ""] for n in range(25))]))
    assert len(refused.value.fields["file"]) == 21
    assert "5" in str(refused.value.fields["file"][-1])


def test_a_table_with_nothing_below_its_headings_is_refused() -> None:
    with pytest.raises(Invalid, match="below the heading"):
        read(workbook([["项目名称", "申报单位"]]))


def test_importing_twice_does_not_double_a_project(unit: Unit, clerk: User) -> None:
    with world.during(unit.edition):
        services.import_table(clerk, unit, [tables.Line("One", "Org", "old")])
        services.import_table(clerk, unit, [tables.Line("ONE ", "Org", "new")])
    rows = selectors.recommendations_of(unit)
    assert [(row.project, row.summary) for row in rows] == [("ONE ", "new")]


def test_a_line_is_tied_to_the_one_submitted_case_of_its_name(unit: Unit, clerk: User) -> None:
    case = submitted_through(unit)
    with world.during(unit.edition):
        rows = services.import_table(clerk, unit, [tables.Line(str(case), str(case.organisation)), tables.Line("Other", "X")])
    assert [(row.case_id, row.state) for row in rows] == [(case.pk, "linked"), (None, "listed")]


def test_endorsing_needs_an_opinion_and_a_submitted_case_and_keeps_the_quota(unit: Unit, clerk: User) -> None:
    first, second = submitted_through(unit, "a"), submitted_through(unit, "b")
    with world.during(unit.edition):
        one = services.list_case(clerk, unit, first)
        two = services.list_case(clerk, unit, second)
        one.unit = two.unit = unit
        with pytest.raises(Invalid):
            services.endorse(clerk, one, opinion="  ")
        services.endorse(clerk, one, opinion="Good.")
        with pytest.raises(Conflict, match="quota"):
            services.endorse(clerk, two, opinion="Good.")
        services.take_back(clerk, one)
        assert services.endorse(clerk, two, opinion="Good.").state == "endorsed"
        listed = services.import_table(clerk, unit, [tables.Line("Nowhere", "Y")])[0]
        listed.unit = unit
        with pytest.raises(Conflict):
            services.endorse(clerk, listed, opinion="Good.")


def test_only_an_endorsement_can_be_taken_back(unit: Unit, clerk: User) -> None:
    """A window opened before sends it for a line that has no case yet, or that has been taken out."""
    case = submitted_through(unit)
    with world.during(unit.edition):
        listed = services.import_table(clerk, unit, [tables.Line("Nowhere", "Y")])[0]
        dropped = services.list_case(clerk, unit, case)
        services.drop(clerk, selectors.recommendation(unit, dropped.pk))
        for row, state in ((listed, "listed"), (dropped, "dropped")):
            with pytest.raises(Conflict):
                services.take_back(clerk, selectors.recommendation(unit, row.pk))
            assert selectors.recommendation(unit, row.pk).state == state


def test_a_withdrawn_case_cannot_be_endorsed(unit: Unit, clerk: User) -> None:
    case = submitted_through(unit)
    with world.during(unit.edition):
        row = services.list_case(clerk, unit, case)
        cases.withdraw(case.created_by, case)
        row = selectors.recommendation(unit, row.pk)
        with pytest.raises(Conflict):
            services.endorse(clerk, row, opinion="Good.")


def test_the_unit_s_deadline_is_not_later_than_that_of_the_call(unit: Unit, clerk: User) -> None:
    with world.during(unit.edition), pytest.raises(Invalid) as refused:
        services.change_page(clerk, unit, welcome={}, mailbox="", closes_at=unit.edition.closes_at + timedelta(seconds=1))
    assert set(refused.value.fields) == {"closes_at"}


def test_to_others_a_unit_does_not_exist(unit: Unit) -> None:
    stranger = world.person("stranger@example.org")
    with pytest.raises(Missing):
        selectors.unit_for(stranger, unit.pk)
    with pytest.raises(Missing):
        services.import_table(stranger, unit, [])
