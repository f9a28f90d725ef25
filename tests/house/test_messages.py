"""Every message people read is there in Chinese, whole and compiled."""

from __future__ import annotations

from babel.messages.catalog import Message

from praxis.config import messages


def test_every_message_is_translated_and_compiled():
    found = messages.problems()
    assert found == [], "\n".join(found)


def test_messages_are_found_in_code_and_templates():
    files = {use.file.name for use in messages.uses()}
    assert {"middleware.py", "refusal.html", "transitions.py"} <= files


def test_a_lost_placeholder_is_named():
    assert list(messages._faults(Message("%(count)s cases", "案例")))
    assert list(messages._faults(Message("%(count)s cases", "%(number)s 个案例")))
    assert not list(messages._faults(Message("%(count)s cases", "%(count)s 个案例")))
    assert list(messages._faults(Message("at most {limit} words", "最多字数")))
