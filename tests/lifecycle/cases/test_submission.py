"""Submitting: once however often it is sent, until the deadline to the second, and again after a return."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from praxis.foundation import clock
from praxis.foundation.archive.models import PastCase
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.models import StoredFile
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.search import selectors as search
from praxis.lifecycle.cases import content, policies, selectors, services
from praxis.lifecycle.cases.models import Attachment, Case, Message, Partner, Revision
from tests.support import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return world.edition()


@pytest.fixture
def owner() -> User:
    return world.person("owner@example.org")


@pytest.fixture
def organisation(edition: Edition, owner: User) -> Organisation:
    return world.organisation(owner)


@pytest.fixture
def draft(edition: Edition, owner: User, organisation: Organisation) -> Case:
    return world.case(owner, organisation, edition)


def stored(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_submission_freezes_a_revision_and_gives_number_receipt_and_letter(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        revision = services.submit(owner, draft, submission_key="k")
    case = stored(draft)
    assert (case.state, case.number, case.revision_id) == ("submitted", "2026-0001", revision.pk)
    assert revision.digest == content.digest(revision.content)
    assert revision.receipt.startswith("R")
    letter = Notice.objects.get(kind="case.submitted")
    assert letter.to == "owner@example.org"
    assert revision.receipt in letter.body
    assert case.key in letter.body
    assert AuditEvent.objects.filter(action="case.submit", object_id=str(case.pk)).count() == 1
    found = search.find("Rural schools", audience=f"edition:{case.edition_id}", kinds=["case"])
    assert [hit.object_id for hit in found] == [case.key]


def test_the_same_form_sent_twice_makes_one_submission(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        first = services.submit(owner, draft, submission_key="k")
        assert services.submit(owner, stored(draft), submission_key="k") == first
        # Gone back to after a change: the form's key has been used, nothing new is made of it.
        services.save_texts(owner, stored(draft), {("en", "summary"): "Changed since."})
        assert services.submit(owner, stored(draft), submission_key="k") == first
    assert Revision.objects.count() == 1
    assert Notice.objects.filter(kind="case.submitted").count() == 1


def test_two_tabs_with_the_same_content_make_one_submission(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        other_tab = stored(draft)
        first = services.submit(owner, draft, submission_key="one")
        assert services.submit(owner, other_tab, submission_key="two") == first
    assert Revision.objects.count() == 1


def test_a_tab_that_is_behind_submits_what_the_case_says_now(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        behind = stored(draft)
        services.save_texts(owner, draft, {("en", "title"): "A better name"})
        revision = services.submit(owner, behind, submission_key="k")
    assert revision.content["titles"]["en"] == "A better name"


def test_a_title_and_a_heading_stay_one_line_and_a_text_keeps_its_lines(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        typed = {("en", "title"): "A name\r\n  in two lines", ("en", "background.heading"): "One\nTwo", ("en", "background"): "One\n\nTwo"}
        services.save_texts(owner, draft, typed)
    kept = {(row.language, row.field): row.body for row in draft.texts.all()}
    assert kept["en", "title"] == stored(draft).titles["en"] == "A name in two lines"
    assert kept["en", "background.heading"] == "One Two"
    assert kept["en", "background"] == "One\n\nTwo"


WORDS = {("en", "summary"): "Written and submitted in one go.", ("zh-hans", "summary"): "一次写完并提交。"}


def test_saving_and_submitting_is_one_act(draft: Case, owner: User, django_assert_max_num_queries: Any) -> None:
    with world.during(draft.edition), django_assert_max_num_queries(30):
        revision = services.save_and_submit(owner, draft, submission_key="k", bodies=WORDS)
    case = stored(draft)
    assert revision is not None
    assert (case.state, case.number, case.revision_id) == ("submitted", "2026-0001", revision.pk)
    assert revision.content["texts"]["en"]["summary"] == WORDS["en", "summary"]
    # What is kept in the revision is what the case says: reading it anew gives the same digest.
    assert content.digest(content.of(case)) == revision.digest == content.digest(Revision.objects.get().content)
    assert revision.receipt in Notice.objects.get(kind="case.submitted").body
    assert AuditEvent.objects.filter(action="case.submit", object_id=str(case.pk)).count() == 1


def test_the_same_words_sent_twice_make_one_submission_and_other_words_another(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        first = services.save_and_submit(owner, draft, submission_key="k", bodies=WORDS)
        # A colleague goes on meanwhile: a repeat of the form does not submit what is half done.
        services.save_texts(owner, stored(draft), {("en", "cooperation"): "Half a sen"})
        assert services.save_and_submit(owner, stored(draft), submission_key="k", bodies=WORDS) == first
        assert Revision.objects.count() == 1
        # Gone back to and written on: not one of its words is lost.
        changed = {**WORDS, ("en", "summary"): "Written anew."}
        second = services.save_and_submit(owner, stored(draft), submission_key="k", bodies=changed)
    assert second is not None
    assert (second.number, second.content["texts"]["en"]["summary"]) == (2, "Written anew.")
    assert Notice.objects.filter(kind="case.submitted").count() == 2


def test_two_tabs_that_save_and_submit_the_same_make_one_submission(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        other_tab = stored(draft)
        first = services.save_and_submit(owner, draft, submission_key="one", bodies=WORDS)
        assert services.save_and_submit(owner, other_tab, submission_key="two", bodies=WORDS) == first
        assert services.submit(owner, stored(draft), submission_key="three") == first
    assert Revision.objects.count() == 1


def test_a_wall_keeps_what_was_written_and_submits_nothing(edition: Edition, owner: User, organisation: Organisation) -> None:
    with world.during(edition):
        case = services.start(owner, edition, organisation)
        assert services.save_and_submit(owner, case, submission_key="k", bodies={**WORDS, ("en", "title"): "A name"}) is None
        assert services.save_and_submit(owner, case, submission_key="k", consents={"truthfulness": True, "unknown": True}) is None
    case = stored(case)
    kept = {(row.language, row.field): row.body for row in case.texts.all()}
    assert kept == {**WORDS, ("en", "title"): "A name"}
    assert (case.titles, case.state, case.number, case.consents) == ({"en": "A name"}, "draft", "", {"truthfulness": True})
    assert not Revision.objects.exists()
    assert not Notice.objects.filter(kind="case.submitted").exists()


def consents_of(edition: Edition) -> list[str]:
    return [consent.code for consent in edition.settings.consents]


def test_the_commitments_are_needed_as_ever_and_may_come_with_the_submission(draft: Case, owner: User) -> None:
    codes = consents_of(draft.edition)
    with world.during(draft.edition):
        services.give_consents(owner, draft, {})
        assert services.save_and_submit(owner, draft, submission_key="k", bodies=WORDS) is None
        assert services.save_and_submit(owner, draft, submission_key="k", consents=dict.fromkeys(codes[1:], True)) is None
        revision = services.save_and_submit(owner, draft, submission_key="k", consents=dict.fromkeys(codes, True))
        assert revision is not None
        assert services.save_and_submit(owner, draft, submission_key="k", consents=dict.fromkeys(codes, True)) == revision
    assert set(revision.content["consents"]) == set(codes)
    assert Revision.objects.count() == 1


def test_too_late_or_behind_a_colleague_nothing_is_saved_and_nothing_submitted(draft: Case, owner: User) -> None:
    before = {key: row.version for key, row in selectors.texts_of(draft).items()}
    with world.after(draft.edition), pytest.raises(Conflict):
        services.save_and_submit(owner, draft, submission_key="k", bodies=WORDS, expected=before)
    with world.during(draft.edition):
        services.save_texts(owner, stored(draft), {("en", "summary"): "A colleague's."})
        with pytest.raises(Conflict):
            services.save_and_submit(owner, stored(draft), submission_key="k", bodies=WORDS, expected=before)
    kept = {(row.language, row.field): row.body for row in draft.texts.all()}
    assert kept["en", "summary"] == "A colleague's."
    assert kept["zh-hans", "summary"] != WORDS["zh-hans", "summary"]
    assert not Revision.objects.exists()
    with world.during(draft.edition), pytest.raises(Missing):
        services.save_and_submit(world.person(), stored(draft), submission_key="k", bodies=WORDS)


def test_changed_content_makes_a_second_revision_and_keeps_number_and_first_instant(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        services.submit(owner, draft, submission_key="one")
        begun = stored(draft).submitted_at
        with clock.at(clock.now() + timedelta(hours=1)):
            services.save_texts(owner, draft, {("en", "summary"): "Changed since."})
            second = services.submit(owner, draft, submission_key="two")
    case = stored(draft)
    assert (second.number, case.number, case.submitted_at) == (2, "2026-0001", begun)
    assert Revision.objects.get(number=1).content["texts"]["en"]["summary"] != "Changed since."


def test_the_deadline_is_exclusive_to_the_second_in_beijing(draft: Case, owner: User) -> None:
    with clock.at(world.instant("2026-06-16T00:00:00+08:00")):
        with pytest.raises(Conflict):
            services.submit(owner, draft, submission_key="k")
        with pytest.raises(Conflict):
            services.save_texts(owner, draft, {("en", "title"): "Too late"})
    with clock.at(world.instant("2026-06-15T23:59:59+08:00")):
        assert services.submit(owner, draft, submission_key="k").number == 1


def test_an_extension_opens_one_case_alone_and_needs_a_reason(
    draft: Case, owner: User, organisation: Organisation
) -> None:
    other = world.case(owner, organisation, draft.edition)
    secretary = world.secretary(draft.edition)
    until = draft.edition.closes_at + timedelta(days=2)
    with world.after(draft.edition):
        with pytest.raises(Invalid):
            services.extend(secretary, draft, until=until, reason=" ")
        with pytest.raises(Missing):
            services.extend(owner, draft, until=until, reason="please")
        services.extend(secretary, draft, until=until, reason="Power cut in the whole region")
        services.submit(owner, stored(draft), submission_key="k")
        with pytest.raises(Conflict):
            services.submit(owner, other, submission_key="k")
    with clock.at(until), pytest.raises(Conflict):
        services.save_texts(owner, stored(draft), {("en", "title"): "Too late"})
    assert Notice.objects.filter(kind="case.extended").count() == 1


def test_a_returned_case_is_corrected_until_the_date_of_the_return(draft: Case, owner: User) -> None:
    edition = draft.edition
    with world.during(edition):
        services.submit(owner, draft, submission_key="one")
    secretary = world.secretary(edition)
    until = edition.closes_at + timedelta(days=5)
    with world.after(edition):
        services.return_for_correction(secretary, stored(draft), message="The partner is not named.", until=until)
        case = selectors.case_for_applicant(owner, draft.key)
        assert (case.state, policies.closes_at(case), selectors.has_unread(case)) == ("returned", until, True)
        services.save_texts(owner, case, {("en", "cooperation"): "With the Delta Institute."})
        corrected = services.submit(owner, case, submission_key="two")
    case = stored(draft)
    assert (case.state, corrected.number, case.return_until) == ("submitted", 2, None)
    assert Message.objects.get(case=case).body == "The partner is not named."
    assert "The partner is not named." in Notice.objects.get(kind="case.returned").body
    with world.after(edition), pytest.raises(Conflict):
        services.save_texts(owner, case, {("en", "title"): "Once more"})


def test_a_withdrawn_case_opens_again_before_the_deadline_and_keeps_everything(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        services.submit(owner, draft, submission_key="one")
        services.withdraw(owner, draft)
        with pytest.raises(Conflict):
            services.save_texts(owner, stored(draft), {("en", "title"): "Withdrawn"})
        services.reopen(owner, draft)
        assert stored(draft).state == "draft"
        again = services.submit(owner, draft, submission_key="two")
    assert (again.number, stored(draft).number) == (2, "2026-0001")


def test_a_withdrawn_case_stays_so_after_the_deadline(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        services.withdraw(owner, draft)
    with world.after(draft.edition), pytest.raises(Conflict):
        services.reopen(owner, draft)


def test_walls_refuse_a_submission_and_say_where_to_mend_it(
    edition: Edition, owner: User, organisation: Organisation
) -> None:
    with world.during(edition):
        case = services.start(owner, edition, organisation)
        with pytest.raises(Invalid) as refused:
            services.submit(owner, case, submission_key="k")
    assert set(refused.value.fields) == {"basics", "texts", "consents"}
    assert not Revision.objects.exists()
    assert stored(case).state == "draft"


def test_numbers_are_given_in_the_order_of_submission(edition: Edition, owner: User, organisation: Organisation) -> None:
    made = [world.case(owner, organisation, edition) for _n in range(3)]
    with world.during(edition):
        for case in reversed(made):
            services.submit(owner, case, submission_key="k")
    assert [stored(case).number for case in made] == ["2026-0003", "2026-0002", "2026-0001"]


def test_the_secretariat_submits_on_behalf_after_the_deadline(edition: Edition, owner: User) -> None:
    organisation = world.organisation(owner)
    secretary: Any = world.secretary(edition)
    with world.after(edition):
        case = services.start(secretary, edition, organisation, on_behalf=True)
        world.fill(secretary, case)
        assert services.submit(secretary, case, submission_key="k").number == 1
    assert stored(case).on_behalf


def test_the_house_may_do_what_the_secretariat_may(draft: Case, owner: User) -> None:
    with world.during(draft.edition):
        services.submit(owner, draft, submission_key="k")
        services.admit(SYSTEM, draft)
    assert stored(draft).state == "admitted"


def test_what_stands_around_the_texts_is_read_as_it_is_kept(
    edition: Edition, draft: Case, owner: User, organisation: Organisation, django_assert_num_queries: Any
) -> None:
    def file(**size: Any) -> StoredFile:
        return StoredFile.objects.create(
            key=uuid_hex(), name="a", purpose="picture", state="ready", path=uuid_hex(), size=1, sha256="", **size
        )  # fmt: skip

    other = world.case(owner, organisation, edition)
    Partner.objects.create(case=other, names={"en": "Not of this case"}, token="t")
    for position, (place, state) in enumerate([("CN", "confirmed"), (None, "asked"), ("KE", "declined")]):
        Partner.objects.create(
            case=draft, position=2 - position, names={"en": f"P{position}\"'", "zh-hans": "机构"}, place_id=place,
            roles={"en": "\n"}, state=state, token=f"t{position}",
        )  # fmt: skip
    shown = [
        ("video", 0, file(seconds=12.345678901)), ("picture", 1, file(width=1600, height=900)), ("document", 0, file()),
        ("picture", 0, file(width=3)),
    ]  # fmt: skip
    for number, (kind, position, kept) in enumerate(shown):
        Attachment.objects.create(
            case=draft, key=f"k{number}", kind=kind, position=position, file=kept, captions={"en": "C", "zh-hans": "图"},
            credit="%s", licence="own", consent=bool(number % 2),
        )  # fmt: skip
    Attachment.objects.create(case=draft, key="gone", kind="picture", file=file(), removed_at=clock.now())
    case = stored(draft)
    case.edition, case.organisation, case.category = draft.edition, draft.organisation, draft.category
    content.of(case)
    with django_assert_num_queries(2):
        said = content.of(case)
    assert said["partners"] == [
        {"names": row.names, "place": row.place_id, "roles": row.roles, "confirmed": row.state == "confirmed"}
        for row in draft.partners.all()
    ]
    assert said["attachments"] == [
        {
            "key": row.key, "kind": row.kind, "file": row.file_id, "state": row.file.state, "width": row.file.width,
            "height": row.file.height, "seconds": row.file.seconds, "captions": row.captions, "alts": row.alts,
            "credit": row.credit, "licence": row.licence, "consent": row.consent,
        }
        for row in draft.attachments.filter(removed_at=None)
    ]  # fmt: skip
    assert [row["key"] for row in said["attachments"]] == ["k2", "k3", "k1", "k0"]
    assert type(said["attachments"][0]["consent"]) is bool


def test_a_past_case_that_comes_in_between_is_seen_at_the_next_look(edition: Edition, draft: Case, owner: User) -> None:
    def refused() -> bool:
        return any(check.rule == rule.code and check.answer == "no" for check in services.check(stored(draft)))

    rule = next(rule for rule in edition.settings.rules if rule.kind == "not_in_casebook")
    assert not refused()
    PastCase.objects.create(programme=edition.programme, key="p", names={"en": draft.titles["en"].upper()})
    assert refused()
    PastCase.objects.filter(key="p").update(names={"en": "Another"})
    assert not refused()
