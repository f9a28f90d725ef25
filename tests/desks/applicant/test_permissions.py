"""Whose case it is: to everyone else it does not exist."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from PIL import Image

from praxis.desks.applicant import result
from praxis.desks.applicant.urls import case_patterns
from praxis.foundation.jobs import services as jobs
from praxis.foundation.people import services as people
from praxis.foundation.people.models import Membership, Organisation, User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import colleagues, materials, services
from praxis.lifecycle.cases.models import Case
from tests.support import world


def addresses(case: Case, base: str, attachment: str, partner: int) -> list[str]:
    """Every page of a case, from the URL configuration."""
    values = {
        "partner_id": partner, "attachment_key": attachment, "derived": "thumb", "number": 1, "before": 1, "after": 1,
        "language": "en", "field": "summary",
    }  # fmt: skip
    found = []
    for pattern in case_patterns:
        # What the later stages add has tests of its own: its pages are missing until there is something to tell.
        if isinstance(pattern, URLResolver) or pattern in result.urlpatterns:
            continue
        assert isinstance(pattern, URLPattern)
        path = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            path = path.replace(f"<{type(converter).__name__.removesuffix('Converter').lower()}:{name}>", "{" + name + "}")
        for name in ("int", "slug", "str"):
            path = path.replace(f"<{name}:", "{").replace(">", "}")
        found.append(base + path.format(**{name: values.get(name, "x") for name in pattern.pattern.converters}))
    return found


@pytest.fixture
def whole(case: Case, owner: User, base: str) -> list[str]:
    """The addresses of a submitted case that has a picture and a partner."""
    stream = io.BytesIO()
    Image.new("RGB", (1400, 900)).save(stream, "JPEG")
    data = stream.getvalue()
    row = materials.take_in(owner, case, "picture", io.BytesIO(data), name="a.jpg", size=len(data))
    partner = materials.add_partner(owner, case, names={"en": "Delta"})
    jobs.drain()
    services.submit(owner, case, submission_key="k")
    return addresses(case, base, row.key, partner.pk)


def test_every_page_is_there_for_a_colleague_and_missing_for_everyone_else(
    client: Client, whole: list[str], owner: User, organisation: Organisation, edition: Edition
) -> None:
    colleague, stranger = world.person(), world.person()
    Membership.objects.create(organisation=organisation, user=colleague)
    world.case(stranger, world.organisation(stranger), edition)
    secretary = world.secretary(edition)
    for address in whole:
        client.force_login(colleague)
        assert client.get(address).status_code in (200, 405), address
        for other in (stranger, secretary):
            client.force_login(other)
            assert client.get(address).status_code in (404, 405), address
            assert client.post(address, {"confirmed": "1"}).status_code in (404, 405), address
        client.logout()
        assert client.get(address).status_code in (302, 405), address
        assert client.post(address).status_code in (302, 405), address


def test_a_colleague_who_was_removed_sees_the_case_no_more(
    client: Client, whole: list[str], owner: User, organisation: Organisation
) -> None:
    colleague = world.person()
    membership = Membership.objects.create(organisation=organisation, user=colleague)
    client.force_login(colleague)
    assert client.get(whole[0]).status_code == 200
    people.remove_colleague(owner, organisation, membership)
    assert client.get(whole[0]).status_code == 404


def test_a_part_of_another_case_is_missing_under_ones_own(
    signed_in: Client, case: Case, base: str, owner: User, edition: Edition
) -> None:
    stranger = world.person()
    theirs = world.case(stranger, world.organisation(stranger), edition)
    partner = materials.add_partner(stranger, theirs, names={"en": "Theirs"})
    for page in (f"partners/{partner.pk}/", f"partners/{partner.pk}/remove/", f"partners/{partner.pk}/ask/"):
        assert signed_in.post(base + page).status_code == 404
    assert theirs.partners.count() == 1


def test_an_organisation_is_missing_to_those_outside_and_changed_by_owners_alone(
    client: Client, organisation: Organisation, owner: User
) -> None:
    address = f"/en/apply/organisations/{organisation.pk}/"
    colleague, stranger = world.person(), world.person()
    membership = Membership.objects.create(organisation=organisation, user=colleague)
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}invite/", {"email": "x@example.org"}).status_code == 404
    client.force_login(colleague)
    assert client.get(address).status_code == 200
    assert client.post(address, {"name_en": "Taken over"}).status_code == 403
    assert client.post(f"{address}invite/", {"email": "x@example.org"}).status_code == 403
    action = f"{address}colleagues/{membership.pk}/"
    assert client.post(action, {"action": "owner"}).status_code == 403
    organisation.refresh_from_db()
    assert "Taken over" not in organisation.names.values()


def test_an_invitation_is_accepted_by_the_person_it_was_sent_to_alone(
    client: Client, organisation: Organisation, owner: User
) -> None:
    invited, stranger = world.person("otieno@example.org"), world.person()
    row = colleagues.invite(owner, organisation, "otieno@example.org")
    address = f"/en/apply/colleague/{row.token}/"
    client.force_login(stranger)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 403
    client.force_login(invited)
    assert client.post(address).status_code == 303
    assert organisation.memberships.filter(user=invited, owner=False).exists()
    assert client.get(address).status_code == 404  # used up


def test_the_last_owner_stays(signed_in: Client, organisation: Organisation, owner: User) -> None:
    mine = organisation.memberships.get(user=owner)
    for action in ("remove", "ordinary"):
        page = signed_in.post(
            f"/en/apply/organisations/{organisation.pk}/colleagues/{mine.pk}/", {"action": action}, follow=True
        )
        assert page.status_code == 200
    mine.refresh_from_db()
    assert mine.owner


def test_a_partner_answers_by_its_link_without_an_account(client: Client, case: Case, owner: User) -> None:
    row = materials.add_partner(owner, case, names={"en": "Delta Institute"}, email="office@delta.example.org")
    address = f"/en/apply/partner/{row.token}/"
    page = client.get(address)
    assert "Delta Institute" in page.content.decode()
    assert client.post(address, {"answer": "no"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "declined"
    assert client.post(address, {"answer": "yes"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert client.get("/en/apply/partner/nothing/").status_code == 404


def test_a_token_of_the_form_is_needed(owner: User, base: str, case: Case) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    assert strict.post(f"{base}texts/save/", {"en:summary": "x"}).status_code == 403
