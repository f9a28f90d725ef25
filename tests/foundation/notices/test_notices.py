"""A notice is a row first; a failing mail server delays it and never loses it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from django.db import connection, transaction

from praxis.foundation import clock, randomness
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.errors import Conflict, Missing
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices import kinds, privacy, selectors, services, tasks
from praxis.foundation.notices.kinds import Kind
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User
from praxis.foundation.programmes.config import NoticeOverride
from praxis.foundation.programmes.models import Edition
from tests.support import smtp

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
HELLO = Kind(
    "test.hello",
    {"zh-hans": "问候", "en": "Greeting"},
    {"zh-hans": "{name}，您好", "en": "Hello {name}"},
    {"zh-hans": "欢迎参加{edition}。\n", "en": "Welcome to {edition}.\n"},
)
CODE = Kind(
    "test.code",
    {"zh-hans": "登录码", "en": "Sign-in code"},
    {"zh-hans": "登录码 {code}", "en": "Your code is {code}"},
    {"zh-hans": "登录码：{code}", "en": "The code: {code}"},
    secret=True,
)
CONTEXT = {"name": "Wang Fang", "edition": {"zh-hans": "2026年征集", "en": "the call of 2026"}}


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(HELLO)
    kinds.register(CODE)


@pytest.fixture
def server(settings: Any) -> Iterator[smtp.Sink]:
    with smtp.running() as sink:
        use_server(settings, sink.port)
        yield sink


def use_server(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5


def hello(**more: Any) -> Notice:
    return services.send("test.hello", **{"to": "wang@example.org", "context": CONTEXT} | more)


def test_every_registered_kind_is_complete_in_both_languages() -> None:
    assert kinds.check() == []
    for kind in kinds.registered():
        values = {name: f"<{name}>" for name in kind.placeholders}
        for language in kinds.LANGUAGES:
            subject, body = kinds.render(kind, language, values)
            assert subject.strip()
            assert body.strip()
            assert all(value in subject + body for value in values.values()), kind.code


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"label": {"en": "Greeting"}}, "no label in zh-hans"),
        ({"body": {"zh-hans": "  ", "en": "x"}}, "no body in zh-hans"),
        ({"subject": {"zh-hans": "{person}，您好", "en": "Hello {name}"}}, "not in every language: name, person"),
        ({"subject": {"zh-hans": "{name}\n", "en": "{name}"}}, "more than one line"),
        ({"body": {"zh-hans": "{edition.pk}", "en": "{edition}"}}, "plain name"),
        ({"body": {"zh-hans": "{edition:>9}", "en": "{edition}"}}, "plain name"),
        ({"body": {"zh-hans": "{}", "en": "{edition}"}}, "plain name"),
        ({"body": {"zh-hans": "{edition", "en": "{edition}"}}, "before end of string"),
    ],
)
def test_an_incomplete_kind_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        kinds.register(replace(HELLO, code="test.other", **change))


def test_two_kinds_of_one_code_are_refused() -> None:
    kinds.register(HELLO)
    with pytest.raises(ValueError, match="another kind"):
        kinds.register(replace(HELLO, secret=True))


def test_a_notice_speaks_the_language_of_its_reader() -> None:
    person = User.objects.create_user("li@example.org", language="zh-hans")
    notice = hello(to=person)
    assert (notice.to, notice.language, notice.user_id) == ("li@example.org", "zh-hans", person.pk)
    assert (notice.subject, notice.body) == ("Wang Fang，您好", "欢迎参加2026年征集。\n")
    assert hello(to="LI@example.org", language="en").subject == "Hello Wang Fang"
    assert hello(to="LI@example.org").user_id == person.pk
    assert hello().language == "en"


def test_a_missing_value_or_kind_is_an_error_and_writes_nothing() -> None:
    with pytest.raises(ValueError, match="edition"):
        hello(context={"name": "x"})
    with pytest.raises(LookupError):
        services.send("test.unknown", to="wang@example.org", context={})
    assert not Notice.objects.exists()


def test_a_value_cannot_put_in_a_header() -> None:
    notice = hello(context={"name": "x\r\nBcc: all@example.org", "edition": "{name}"})
    assert notice.subject == "Hello x Bcc: all@example.org"
    assert notice.body == "Welcome to {name}.\n"


def test_the_same_key_is_never_sent_twice() -> None:
    first = hello(key="hello:1")
    assert hello(key="hello:1").pk == first.pk
    assert hello(key="hello:2").pk != first.pk
    assert hello().pk != hello().pk
    assert Job.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_is_sent_once() -> None:
    barrier, found, failures = threading.Barrier(4), list[int](), list[Exception]()

    def write() -> None:
        try:
            barrier.wait(timeout=10)
            with transaction.atomic():
                found.append(hello(key="hello:1").pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(found)) == 1
    assert Job.objects.count() == 1


def test_an_undone_transaction_sends_nothing() -> None:
    def fail() -> None:
        with transaction.atomic():
            hello()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not Notice.objects.exists()
    assert not Job.objects.exists()


def test_a_notice_reaches_the_server_as_plain_text_from_a_machine(server: smtp.Sink) -> None:
    notice = hello(language="zh-hans")
    assert jobs.drain(strict=True) == 1
    (mail,) = server.taken
    assert mail["Message-ID"] == notice.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "wang@example.org"
    assert mail["Subject"] == "Wang Fang，您好"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().strip() == "欢迎参加2026年征集。"
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.error) == (Notice.State.SENT, 1, "")
    assert notice.body


def test_a_failing_server_delays_and_the_repeat_keeps_its_message_id(server: smtp.Sink) -> None:
    server.failures = 2
    with clock.at(NOON):
        notice = hello()
        assert jobs.drain() == 1
    notice.refresh_from_db()
    assert (notice.state, notice.error) == (Notice.State.DELAYED, "SMTPDataError 451")
    with clock.at(NOON + timedelta(seconds=30)):
        assert jobs.drain() == 1
    with clock.at(NOON + timedelta(seconds=60)):
        assert jobs.drain() == 0
    with clock.at(NOON + timedelta(seconds=120)):
        assert jobs.drain() == 1
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.error) == (Notice.State.SENT, 3, "")
    assert [mail["Message-ID"] for mail in server.seen] == [notice.message_id] * 3
    assert len(server.taken) == 1
    assert Notice.objects.count() == 1
    assert Job.objects.get().state == Job.State.DONE


def test_without_a_server_a_notice_is_tried_for_three_days_and_then_seen_dead(settings: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        use_server(settings, unused.getsockname()[1])
        at = NOON
        with clock.at(at):
            notice = hello()
        tries = 0
        while Job.objects.get().state == Job.State.READY:
            at = Job.objects.get().run_after
            with clock.at(at):
                tries += jobs.drain()
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (Notice.State.DEAD, tries)
    assert "refused" in notice.error
    assert timedelta(days=3) <= at - NOON <= timedelta(days=3, hours=1)
    assert 70 < tries < 100
    assert Job.objects.get().state == Job.State.DEAD


def test_a_dead_notice_can_be_sent_again(server: smtp.Sink) -> None:
    notice = hello()
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.DEAD, retry_until=NOON)
    jobs.drain()
    assert server.seen == []
    services.resend(SYSTEM, notice)
    services.resend(SYSTEM, notice)
    assert jobs.drain(strict=True) == 1
    assert [mail["Message-ID"] for mail in server.taken] == [notice.message_id]
    assert AuditEvent.objects.filter(action="notice.resend", object_label="test.hello").count() == 2


def test_no_address_is_logged_or_kept_as_an_error(server: smtp.Sink) -> None:
    server.refuse_recipients = True
    notice = hello()
    with structlog.testing.capture_logs() as logs:
        jobs.drain()
    notice.refresh_from_db()
    assert (notice.state, notice.error) == (Notice.State.DELAYED, "SMTPRecipientsRefused 550")
    assert {entry["event"] for entry in logs} == {"notice_delayed", "job_postponed"}
    assert "example.org" not in str(logs) + Job.objects.get().error


def test_what_no_server_could_take_is_dead_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    notice = hello()
    Notice.objects.filter(pk=notice.pk).update(subject="a\nb")
    jobs.drain()
    notice.refresh_from_db()
    assert (notice.state, notice.error) == (Notice.State.DEAD, "BadHeaderError")
    assert Job.objects.get().state == Job.State.DEAD


def test_in_a_demo_nothing_leaves_the_machine(server: smtp.Sink, settings: Any) -> None:
    services.send("test.code", to="wang@example.org", context={"code": "123456"})
    with pytest.raises(Missing):
        selectors.sink()
    settings.DEMO = True
    jobs.drain(strict=True)
    assert server.seen == []
    (shown,) = selectors.sink()
    assert (shown.state, shown.body) == ("sent", "The code: 123456")


def test_a_secret_is_shown_to_nobody_and_goes_once_it_is_sent(server: smtp.Sink) -> None:
    person = User.objects.create_user("li@example.org")
    notice = services.send("test.code", to=person, context={"code": "123456"})
    hello(to=person)
    assert Job.objects.order_by("-priority").first().arguments == {"notice_id": notice.pk}

    def shown() -> str:
        return str([selectors.for_user(person), selectors.for_edition(SYSTEM, None), privacy.collect(person)])

    assert "123456" not in shown()
    assert "Sign-in code" in shown()
    jobs.drain(strict=True)
    assert "123456" not in shown()
    assert "123456" in server.taken[0].get_content()
    notice.refresh_from_db()
    assert notice.body == ""
    with pytest.raises(Conflict):
        services.resend(SYSTEM, notice)


def test_one_sees_only_what_was_sent_to_oneself_page_by_page(django_assert_num_queries: Any) -> None:
    person, other = User.objects.create_user("li@example.org"), User.objects.create_user("wu@example.org")
    sent = [hello(to=person) for _ in range(5)]
    hello(to=other)
    with django_assert_num_queries(1):
        first = selectors.for_user(person, limit=3)
    rest = selectors.for_user(person, after=first[-1].id, limit=3)
    assert [row.id for row in first + rest] == [notice.pk for notice in reversed(sent)]
    with pytest.raises(Missing):
        selectors.for_edition(person, None)
    with pytest.raises(Missing):
        selectors.for_edition(person, 7)
    with pytest.raises(Missing):
        services.resend(person, sent[0])
    assert selectors.counts(SYSTEM, None)["waiting"] == 6
    assert len(selectors.for_edition(SYSTEM, None, state="waiting", kind="test.hello")) == 6
    assert selectors.for_edition(SYSTEM, None, state="sent") == []


def test_an_edition_may_use_its_own_words_and_bad_ones_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = Edition(pk=7)
    own = NoticeOverride("test.hello", {"en": "Dear {name}"}, {"en": "Come to {edition}."})

    class Words:
        notices = (own,)

    monkeypatch.setattr(Edition, "settings", Words)
    monkeypatch.setattr(services, "_EDITION", SimpleNamespace(first=lambda **_: edition))
    assert hello(edition_id=7).subject == "Dear Wang Fang"
    Words.notices = (NoticeOverride("test.hello", {"en": "Dear {nobody}"}, {"en": "x"}),)
    assert hello(edition_id=7).subject == "Hello Wang Fang"


def test_the_sweep_finds_what_lost_its_job_and_buries_what_is_too_old() -> None:
    with clock.at(NOON):
        lost, kept, old = hello(), hello(), hello()
        Job.objects.exclude(arguments={"notice_id": kept.pk}).delete()
        Notice.objects.filter(pk=old.pk).update(state=Notice.State.DELAYED, retry_until=NOON)
        assert tasks.sweep.call() == 0
    with clock.at(NOON + timedelta(hours=1)):
        assert tasks.sweep.call() == 2
    assert set(Job.objects.values_list("key", flat=True)) == {f"notice:{lost.pk}", f"notice:{kept.pk}"}
    old.refresh_from_db()
    assert old.state == Notice.State.DEAD


def test_a_persons_notices_can_be_erased() -> None:
    person = User.objects.create_user("li@example.org")
    notice = hello(to=person)
    assert privacy.collect(person)[0]["to"] == "li@example.org"
    assert privacy.erase(person) == []
    notice.refresh_from_db()
    assert (notice.state, notice.body, notice.subject) == (Notice.State.DEAD, "", "")
    assert "li@example.org" not in str(privacy.collect(person))


def test_message_ids_of_a_seeded_rehearsal_repeat() -> None:
    with randomness.seeded(3):
        first = hello().message_id
    Notice.objects.all().delete()
    with randomness.seeded(3):
        assert hello().message_id == first
    assert hello().message_id != first
