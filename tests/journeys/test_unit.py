"""A recommending unit brings its own table in and endorses a case of a member with an opinion."""

from __future__ import annotations

from playwright.sync_api import expect

from praxis.foundation.locale import pick
from praxis.lifecycle.cases.models import Case, CaseText
from praxis.lifecycle.recommendations import tables
from praxis.lifecycle.recommendations.models import Recommendation, Unit

OPINIONS = {"zh-hans": "合作扎实，成效可查，同意推荐。", "en": "Well founded, with results that can be verified."}


def test_a_unit_imports_its_table_and_endorses_a_case(world, desk, language):
    world.go_to("open")
    unit = Unit.objects.order_by("id").first()
    case = Case.objects.filter(state="submitted", recommendations__isnull=True).order_by("id").first()
    assert unit is not None
    assert case is not None
    title = CaseText.objects.filter(case=case, field="title").exclude(body="").order_by("id").first()
    assert title is not None
    lines = [
        tables.Line(title.body, pick(case.organisation.names, title.language), "", "Li Na", "+86 10 0000 0000"),
        tables.Line("=SUM(A1:A9) 尚未申报的项目", "A member that has not applied yet"),
    ]
    clerk = desk(language, world.user("clerk@unit-1.example")).go("unit:unit", unit.pk)
    if language == "en":
        clerk.picture("unit-home")
    clerk.go("unit:table", unit.pk)
    before = Recommendation.objects.filter(unit=unit).count()
    clerk.control("file").set_input_files(
        {"name": "annex-2.xlsx", "mimeType": "application/octet-stream", "buffer": tables.write(lines, language)}
    )
    clerk.press("Import")
    clerk.is_at("unit:table")
    clerk.sees("=SUM(A1:A9) 尚未申报的项目")
    assert Recommendation.objects.filter(unit=unit).count() == before + 2
    if language == "zh-hans":
        clerk.picture("unit-table-zh")
    clerk.page.get_by_role("main").get_by_role("link", name=title.body).first.click()
    clerk.is_at("unit:line")
    clerk.fill(opinion=OPINIONS[language])
    if language == "en":
        clerk.picture("unit-endorse", height=700)
    clerk.press("Endorse this case")
    line = Recommendation.objects.get(unit=unit, case=case)
    assert (line.state, line.opinion) == ("endorsed", OPINIONS[language])
    clerk.go("unit:table", unit.pk)
    with clerk.page.expect_download() as waiting:
        clerk.follow("Download as Annex 2 (xlsx)")
    with waiting.value.path().open("rb") as stream:
        kept = tables.read(stream, size=waiting.value.path().stat().st_size)
    assert title.body in {row.project for row in kept}
    expect(clerk.page.get_by_role("heading", level=1)).to_be_visible()
