"""People and organisations: accounts, links that sign in, colleagues, what is refused and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from praxis.foundation import clock
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.errors import Forbidden, Invalid, Missing
from praxis.foundation.people import policies, privacy, selectors, services
from praxis.foundation.people.models import Membership, User
from praxis.foundation.places import services as places
from tests.support import world

pytestmark = pytest.mark.django_db


def refused(call: Callable[[], object]) -> set[str]:
    """The fields at which a call is refused."""
    with pytest.raises(Invalid) as caught:
        call()
    return set(caught.value.fields)


def test_an_address_is_one_account_whatever_its_case() -> None:
    first = services.ensure_user(" Amina@Example.ORG ")
    assert services.ensure_user("amina@example.org").pk == first.pk
    assert first.email == "amina@example.org"
    assert not first.has_usable_password()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="AMINA@example.org")


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.org", "x" * 300 + "@example.org", "a\x00@example.org"])
def test_what_is_no_address_is_refused_at_its_field(email: str) -> None:
    assert refused(lambda: services.ensure_user(email)) == {"email"}


def test_a_link_signs_in_once_and_for_its_time() -> None:
    user = services.ensure_user("amina@example.org")
    secret = services.make_sign_in_link(user, hours=2)
    link = selectors.user_of_link(secret)
    assert link is not None
    assert secret not in link.digest
    with clock.at(clock.now() + timedelta(hours=3)):
        assert selectors.user_of_link(secret) is None
    assert services.use_sign_in_link(link) == user
    assert selectors.user_of_link(secret) is None
    with pytest.raises(Missing):
        services.use_sign_in_link(link)
    assert selectors.user_of_link("") is None


def test_a_link_of_a_closed_account_is_worth_nothing() -> None:
    user = services.ensure_user("amina@example.org")
    secret = services.make_sign_in_link(user)
    user.is_active = False
    user.save()
    assert selectors.user_of_link(secret) is None


def test_an_organisation_needs_a_name_in_one_language_at_least() -> None:
    places.seed()
    user = services.ensure_user("amina@example.org")
    assert refused(lambda: services.found_organisation(user, names={"en": " ", "zh-hans": ""})) == {"names"}
    made = services.found_organisation(user, names={"zh-hans": " 苍鹭研究所 ", "en": ""}, place="KE", website="herons.example")
    assert made.names == {"zh-hans": "苍鹭研究所"}
    assert made.website == "https://herons.example"
    assert policies.memberships(user) == {made.pk: True}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"place": "XX"}, "place"),
        ({"website": "not a site"}, "website"),
        ({"website": "javascript://alert(1)"}, "website"),
        ({"place": "CN", "registration": "123"}, "registration"),
        ({"place": "CN", "registration": "91110000600037341M"}, "registration"),
    ],
)
def test_particulars_that_cannot_be_are_refused_at_their_field(values: dict[str, str], field: str) -> None:
    places.seed()
    user = services.ensure_user("amina@example.org")
    assert refused(lambda: services.found_organisation(user, names={"en": "Herons"}, **values)) == {field}


def test_only_an_owner_invites_and_only_the_invited_joins() -> None:
    owner, colleague, stranger = (services.ensure_user(f"{name}@example.org") for name in ("owner", "new", "stranger"))
    organisation = services.found_organisation(owner, names={"en": "Herons"})
    with pytest.raises(Missing):
        services.invite_colleague(stranger, organisation, "x@example.org")
    invitation = services.invite_colleague(owner, organisation, "New@example.org")
    with pytest.raises(Forbidden):
        services.accept_invitation(stranger, invitation)
    services.accept_invitation(colleague, invitation)
    assert policies.is_member(colleague, organisation.pk)
    with pytest.raises(Missing):
        selectors.invitation(invitation.token)
    with pytest.raises(Forbidden):
        services.invite_colleague(colleague, organisation, "y@example.org")
    assert refused(lambda: services.invite_colleague(owner, organisation, "new@example.org")) == {"email"}


def test_an_invitation_expires() -> None:
    owner = services.ensure_user("owner@example.org")
    invitation = services.invite_colleague(owner, services.found_organisation(owner, names={"en": "Herons"}), "new@example.org")
    with clock.at(clock.now() + timedelta(days=services.INVITATION_DAYS, seconds=1)), pytest.raises(Missing):
        selectors.invitation(invitation.token)


def test_an_organisation_keeps_an_owner() -> None:
    owner, colleague = services.ensure_user("owner@example.org"), services.ensure_user("new@example.org")
    organisation = services.found_organisation(owner, names={"en": "Herons"})
    services.accept_invitation(colleague, services.invite_colleague(owner, organisation, "new@example.org"))
    mine, theirs = (Membership.objects.get(organisation=organisation, user=user) for user in (owner, colleague))
    assert refused(lambda: services.remove_colleague(owner, organisation, mine)) == {""}
    assert refused(lambda: services.set_owner(owner, organisation, mine, False)) == {""}
    services.set_owner(owner, organisation, theirs, True)
    services.remove_colleague(owner, organisation, mine)
    assert [row.user for row in selectors.colleagues(organisation)] == [colleague]


def test_another_organisations_membership_cannot_be_removed_through_ones_own() -> None:
    owner, other = services.ensure_user("owner@example.org"), services.ensure_user("other@example.org")
    mine = services.found_organisation(owner, names={"en": "Herons"})
    services.found_organisation(other, names={"en": "Storks"})
    theirs = Membership.objects.get(user=other)
    with pytest.raises(Missing):
        services.remove_colleague(owner, mine, theirs)
    assert Membership.objects.filter(pk=theirs.pk).exists()


def test_each_change_to_an_organisation_is_in_the_log() -> None:
    owner = services.ensure_user("owner@example.org")
    organisation = services.found_organisation(owner, names={"en": "Herons"})
    services.change_organisation(owner, organisation, names={"en": "Grey herons"}, kind="", place="")
    services.invite_colleague(owner, organisation, "new@example.org")
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["organisation.found", "organisation.change", "organisation.invite"]


def test_a_profile_takes_only_languages_and_zones_there_are() -> None:
    user = services.ensure_user("amina@example.org")
    assert refused(lambda: services.change_profile(user, name="A", language="xx")) == {"language"}
    assert refused(lambda: services.change_profile(user, name="A", language="en", zone="../etc")) == {"zone"}
    services.change_profile(user, name="A", language="zh-hans", zone="Asia/Shanghai")
    assert User.objects.get(pk=user.pk).zone == "Asia/Shanghai"


def test_erasing_one_person_leaves_the_data_of_others() -> None:
    user, other = world.person("amina@example.org", name="Amina"), world.person("other@example.org", name="Other")
    before = privacy.collect(other)
    privacy.erase(user, user)
    assert privacy.collect(User.objects.get(pk=other.pk)) == before
    assert privacy.collect(User.objects.get(pk=user.pk))["account"]["name"] == ""
