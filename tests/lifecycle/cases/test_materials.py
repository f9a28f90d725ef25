"""Files and partners of a case."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User
from praxis.lifecycle.cases import colleagues, content, materials, selectors, services
from praxis.lifecycle.cases.models import Attachment, Case, Partner
from tests.support import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return world.person(language="zh-hans")


@pytest.fixture
def case(owner: User) -> Any:
    edition = world.edition()
    with world.during(edition):
        yield world.case(owner, world.organisation(owner), edition)


def picture(width: int = 1400, height: int = 900) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (40, 90, 150)).save(stream, "JPEG")
    return stream.getvalue()


def add(actor: User, case: Case, data: bytes | None = None) -> Attachment:
    data = picture() if data is None else data
    return materials.take_in(actor, case, "picture", io.BytesIO(data), name="school.jpg", size=len(data))


def test_a_picture_is_taken_processed_and_part_of_what_the_case_says(case: Case, owner: User) -> None:
    row = add(owner, case)
    assert content.of(case)["attachments"][0]["state"] == "processing"
    jobs.drain()
    assert content.of(case)["attachments"][0]["state"] == "ready"
    materials.describe(owner, selectors.attachment(case, row.key), captions={"en": " A lesson\x07 "}, alts={}, credit="W")
    assert content.of(case)["attachments"][0]["captions"] == {"en": "A lesson"}


@pytest.mark.parametrize("data", [b"", b"GIF89a no picture", picture(300, 200)])
def test_what_is_no_picture_of_the_edition_is_refused_at_once(case: Case, owner: User, data: bytes) -> None:
    with pytest.raises(Invalid):
        add(owner, case, data)
    assert not Attachment.objects.exists()


def test_a_picture_that_breaks_off_is_rejected_when_it_is_decoded_and_the_check_names_it(
    case: Case, owner: User
) -> None:
    noise = Image.effect_noise((1400, 900), 80).convert("RGB")
    stream = io.BytesIO()
    noise.save(stream, "JPEG")
    add(owner, case, stream.getvalue()[: len(stream.getvalue()) // 2])
    jobs.drain()
    assert content.of(case)["attachments"][0]["state"] == "rejected"
    assert any("could not be used" in reason["en"] for check in services.check(case) for reason in check.reasons)


def test_no_more_files_are_taken_than_the_edition_allows(case: Case, owner: User) -> None:
    for _n in range(case.edition.settings.materials.pictures.max_count):
        last = add(owner, case)
    with pytest.raises(Invalid):
        add(owner, case)
    materials.remove(owner, selectors.attachment(case, last.key))
    add(owner, case)


def test_files_are_put_in_order_one_step_at_a_time(case: Case, owner: User) -> None:
    first, second, third = (add(owner, case) for _n in range(3))

    def order() -> list[str]:
        return [row.key for row in selectors.attachments_of(case)]

    materials.move(owner, selectors.attachment(case, third.key), -1)
    assert order() == [first.key, third.key, second.key]
    materials.move(owner, selectors.attachment(case, first.key), -1)
    assert order() == [first.key, third.key, second.key]


def test_another_persons_file_cannot_be_attached(case: Case, owner: User) -> None:
    stranger = world.person()
    data = picture()
    limits = materials.limits_for(case.edition.settings, "picture")
    theirs = files.take(stranger.pk, "picture", io.BytesIO(data), name="x.jpg", size=len(data), limits=limits)
    with pytest.raises(Missing):
        materials.attach(owner, case, "picture", theirs)
    with pytest.raises(Missing):
        add(stranger, case)


def test_a_removed_file_stays_in_what_was_submitted(case: Case, owner: User) -> None:
    row = add(owner, case)
    revision = services.submit(owner, case, submission_key="k")
    materials.remove(owner, selectors.attachment(case, row.key))
    assert content.of(case)["attachments"] == []
    assert revision.content["attachments"][0]["key"] == row.key
    with pytest.raises(Missing):
        selectors.attachment(case, row.key)
    assert selectors.attachment(case, row.key, removed=True).file_id == row.file_id


def partner(owner: User, case: Case, **values: Any) -> Partner:
    made = materials.add_partner(owner, case, names={"en": "Delta Institute"}, place="CN", **values)
    return selectors.partner(case, made.pk)


def test_a_partner_confirms_by_its_link_and_the_letter_speaks_its_language(case: Case, owner: User) -> None:
    row = partner(owner, case, email="office@delta.example.org")
    materials.ask_partner(owner, row)
    letter = Notice.objects.get(kind="partner.asked")
    assert letter.language == "zh-hans"
    assert row.token in letter.body
    materials.answer_partner(selectors.partner_by_token(row.token), confirmed=True)
    assert content.of(case)["partners"][0]["confirmed"] is True
    with pytest.raises(Conflict):
        materials.ask_partner(owner, selectors.partner(case, row.pk))


def test_an_answer_after_the_submission_counts_without_another_one(case: Case, owner: User) -> None:
    row = partner(owner, case, email="office@delta.example.org")
    leaving = materials.add_partner(owner, case, names={"en": "Gamma Institute"}, place="KE")
    materials.answer_partner(leaving, confirmed=True)
    revision = services.submit(owner, case, submission_key="k")
    materials.answer_partner(selectors.partner_by_token(row.token), confirmed=True)
    assert content.digest(content.of(case)) == revision.digest
    assert services.submit(owner, case, submission_key="another").pk == revision.pk
    assert [one["confirmed"] for one in revision.content["partners"]] == [False, True]
    assert [one["confirmed"] for one in content.with_answers(revision.content, case.pk)["partners"]] == [True, True]
    # What is changed afterwards is another submission, and leaves what was submitted as it was.
    materials.answer_partner(selectors.partner(case, row.pk), confirmed=False)
    materials.change_partner(owner, selectors.partner(case, leaving.pk), names={"en": "Other"})
    assert content.digest(content.of(case)) != revision.digest
    assert [one["confirmed"] for one in content.with_answers(revision.content, case.pk)["partners"]] == [False, True]


def test_a_partner_is_not_asked_twice_a_day(case: Case, owner: User) -> None:
    row = partner(owner, case, email="office@delta.example.org")
    materials.ask_partner(owner, row)
    with pytest.raises(Conflict):
        materials.ask_partner(owner, row)
    with clock.at(clock.now() + timedelta(days=1)):
        materials.ask_partner(owner, row)
    assert Notice.objects.filter(kind="partner.asked").count() == 2


def test_another_address_must_confirm_anew_with_a_link_of_its_own(case: Case, owner: User) -> None:
    row = partner(owner, case, email="office@delta.example.org")
    before = row.token
    materials.answer_partner(selectors.partner_by_token(before), confirmed=True)
    materials.change_partner(owner, selectors.partner(case, row.pk), names={"en": "Other"}, email="x@other.example.org")
    assert selectors.partner(case, row.pk).state == "named"
    with pytest.raises(Missing):
        selectors.partner_by_token(before)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"names": {"en": " "}}, "names"), ({"names": {"en": "n" * 201}}, "names.en"), ({"place": "XX"}, "place"),
        ({"email": "nobody"}, "email"), ({"roles": {"en": "r" * 501}}, "roles.en"),
    ],
)  # fmt: skip
def test_a_partner_that_cannot_be_is_refused_at_its_field(
    case: Case, owner: User, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        materials.add_partner(owner, case, **{"names": {"en": "Delta"}, **values})
    assert list(refused.value.fields) == [field]


def test_an_invitation_is_a_letter_with_a_link_in_the_colleagues_language(case: Case, owner: User) -> None:
    world.person("otieno@example.org", language="en")
    row = colleagues.invite(owner, case.organisation, " Otieno@Example.org ")
    letter = Notice.objects.get(kind="organisation.invited")
    assert (letter.to, letter.language) == ("otieno@example.org", "en")
    assert row.token in letter.body
