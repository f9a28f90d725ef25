"""The experts at the secretariat's desk."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.foundation.people.models import User
from praxis.lifecycle.reviews import services
from praxis.lifecycle.reviews.models import Assignment, Expert
from praxis.lifecycle.reviews.models import Conflict as ConflictRow
from tests.support import committee, world

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(held, tail="", language="en"):
    return f"/{language}/office/{held.edition.pk}/experts/{tail}"


def invitation(held, **more):
    return {
        "name_zh": "李梅", "name_en": "Li Mei", "email": "li.mei@example.org", "affiliation": "", "place": "CN",
        "categories": ["culture", "economy"], "first": "economy", "languages": ["zh-hans", "en"], "load_min": "0",
        "load_max": "30", "language": "zh-hans", **more,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_inviting_changing_and_taking_an_expert_off(language):
    held = committee.committee(1, 0, state="open")
    client = signed_in(held.secretary)
    assert client.get(at(held, "invite/", language)).status_code == 200
    page = client.post(at(held, "invite/", language), invitation(held))
    assert (page.status_code, page["Location"]) == (303, at(held, "", language))
    expert = Expert.objects.get()
    through = Expert.categories.through.objects.order_by("id").values_list("category__code", flat=True)
    assert list(through) == ["economy", "culture"]
    html = client.get(at(held, f"{expert.pk}/", language)).content.decode()
    assert "li.mei@example.org" in html
    page = client.post(
        at(held, f"{expert.pk}/", language),
        {"categories": ["security"], "first": "", "languages": ["en"], "load_min": "2", "load_max": "9"},
    )
    assert page.status_code == 303
    expert.refresh_from_db()
    assert (expert.languages, expert.load_max) == (["en"], 9)
    services.accept(expert.user, expert)
    services.sign_undertaking(expert.user, expert)
    held.experts.append(expert)
    committee.assign(held)
    assert client.post(at(held, f"{expert.pk}/withdraw/", language), {"leave-reason": " "}).status_code == 422
    page = client.post(at(held, f"{expert.pk}/withdraw/", language), {"leave-reason": "Ill"}, follow=True)
    assert page.status_code == 200
    assert Assignment.objects.get().state == "released"
    assert client.post(at(held, f"{expert.pk}/withdraw/", language), {"leave-reason": "Ill"}).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "control"),
    [
        ({"email": "nobody"}, "email"),
        ({"name_zh": "", "name_en": ""}, "name_en"),
        ({"categories": []}, "categories"),
        ({"categories": ["astrology"]}, "categories"),
        ({"languages": []}, "languages"),
        ({"load_min": "9", "load_max": "3"}, "load_max"),
        ({"load_max": "a" * 5000}, "load_max"),
        ({"load_max": "9" * 40}, "load_max"),
        ({"place": "Atlantis"}, "place"),
        ({"language": "tlh"}, "language"),
        ({"name_en": "x" * 5000}, "name_en"),
    ],
)
def test_a_wrong_invitation_is_told_at_the_field_and_keeps_what_was_typed(wrong, control):
    held = committee.committee(0, 0)
    page = signed_in(held.secretary).post(at(held, "invite/"), invitation(held, **wrong))
    html = page.content.decode()
    assert page.status_code == 422
    assert f'href="#id_{control}' in html
    assert "李梅" in html or "name_zh" in wrong
    assert not Expert.objects.exists()


def test_conflicts_are_entered_for_a_case_or_its_applicant_and_taken_out_with_a_reason():
    held = committee.committee(2, 1, state="open")
    committee.assign(held, 0, 0)
    client = signed_in(held.secretary)
    base = f"{held.expert().pk}/"
    number = held.cases[0].number
    assert client.post(at(held, base + "conflicts/"), {"conflict-number": "2026-9999", "conflict-reason": "x"}).status_code == 422
    data = {"conflict-number": number, "conflict-reason": "They work together."}
    assert client.post(at(held, base + "conflicts/"), data).status_code == 303
    assert Assignment.objects.get().state == "conflicted"
    row = ConflictRow.objects.get()
    assert (row.case_id, row.source) == (held.cases[0].pk, "secretariat")
    assert "They work together." in client.get(at(held, base)).content.decode()
    assert client.post(at(held, f"{base}conflicts/{row.pk}/drop/"), {"drop-reason": ""}).status_code == 422
    assert client.post(at(held, f"{base}conflicts/{row.pk}/drop/"), {"drop-reason": "Another Li"}).status_code == 303
    client.post(at(held, base + "conflicts/"), {**data, "conflict-whole": "on"})
    assert ConflictRow.objects.get().organisation_id == held.cases[0].organisation_id
    other = committee.join(held)
    row = ConflictRow.objects.get()
    assert client.post(at(held, f"{other.pk}/conflicts/{row.pk}/drop/"), {"drop-reason": "x"}).status_code == 404


def test_to_others_and_on_another_edition_there_is_no_such_page():
    held = committee.committee(1, 1, state="open")
    expert = held.expert().pk
    other = world.edition(world.PITCH)
    stranger = world.secretary(other)
    tails = ["", "invite/", f"{expert}/"]
    for user in (stranger, held.owner, held.expert().user):
        client = signed_in(user)
        for tail in tails:
            assert client.get(at(held, tail)).status_code == 404
        for tail in (*tails[1:], f"{expert}/withdraw/", f"{expert}/conflicts/", f"{expert}/conflicts/1/drop/"):
            assert client.post(at(held, tail), {"leave-reason": "x", "drop-reason": "x"}).status_code == 404
    assert signed_in(stranger).get(f"/en/office/{other.pk}/experts/{expert}/").status_code == 404
    assert Expert.objects.get().state == "active"


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_list_costs_the_same_statements_whatever_is_in_it(count):
    held = committee.committee(0, 1)
    users = User.objects.bulk_create(User(email=f"many{n}@example.org", password="!") for n in range(count - 1))
    rows = Expert.objects.bulk_create(
        Expert(edition=held.edition, user=user, names={"en": user.email}, languages=["en"], state="active") for user in users
    )
    category = held.edition.categories.first()
    Expert.categories.through.objects.bulk_create(
        Expert.categories.through(expert_id=row.pk, category_id=category.pk) for row in rows
    )
    client = signed_in(held.secretary)
    client.get(at(held))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(at(held))
    assert page.content.decode().count("<tr") - 1 == min(count, 50)
    assert len(asked) <= 9
    for query in ("?state=active&category=culture", "?state=none&category=%00x", "?cursor=broken"):
        assert client.get(at(held) + query).status_code < 500
