"""An expert accepts, gives the undertaking, reads a case in both languages, scores it and hands the sheet in."""

from __future__ import annotations

from playwright.sync_api import expect

from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import services as reviews
from praxis.lifecycle.reviews.models import Assignment, Expert


def test_an_expert_reads_scores_and_hands_in(world, desk, language):
    edition = world.go_to("committee")
    secretary = world.user("desk1@secretariat.example")
    round_ = edition.rounds.select_related("edition__programme").order_by("position")[0]
    case = (
        Case.objects.filter(edition=edition, state="admitted", attachments__kind="picture").order_by("number").first()
    )
    assert case is not None
    with world.now():
        expert = reviews.invite_expert(
            secretary, edition, email="reader@experts.example", names={"en": "Elena Petrova", "zh-hans": "叶琳娜"},
            affiliation="Academy", place="KZ", categories=[case.category.code], languages=["zh-hans", "en"], language=language,
        )  # fmt: skip
        reviews.open_round(secretary, round_)
    reader = desk(language, expert.user).go("expert:expert", expert.pk)
    reader.press("Accept")
    reader.is_at("expert:undertaking")
    if language == "en":
        reader.picture("expert-undertaking", height=700)
    reader.press("I give this undertaking")
    with world.now():
        row = reviews.assign_one(
            secretary, round_, Expert.objects.get(pk=expert.pk), case, reason="She knows the field."
        )
    reader.go("expert:expert", expert.pk)
    reader.page.locator(f'main a[href$="/{row.key}/"]').first.click()
    reader.is_at("expert:case")
    assert {side.get_attribute("lang") for side in reader.page.locator(".reading__language").all()} == {"zh-Hans", "en"}
    _score(reader, edition, round_, language)
    reader.press("Hand in")
    reader.is_at("expert:expert")
    row = Assignment.objects.get(pk=row.pk)
    assert row.state == "submitted"
    reader.go("expert:case", row.key)
    reader.press("Open the sheet again")
    expect(reader.control("comment")).to_have_value("Well told, and worth being known.")


def _score(reader, edition, round_, language):
    """Marks and a comment keep themselves; after a reload they stand there."""
    criteria = edition.settings.criteria_of(round_.code)
    sheet = reader.page.locator("#sheet")
    for place, _criterion in enumerate(criteria):
        sheet.locator("fieldset").nth(place).locator('input[type="radio"][value="8"]').check()
    reader.fill(comment="Well told, and worth being known.")
    expect(sheet.locator('[data-save-state][data-state="saved"]').first).to_be_visible()
    reader.page.reload()
    expect(reader.control("comment")).to_have_value("Well told, and worth being known.")
    expect(sheet.locator('input[type="radio"][value="8"]:checked')).to_have_count(len(criteria))
    reader.picture("expert-case" if language == "en" else "expert-case-zh", narrow=language != "en", height=1000)
