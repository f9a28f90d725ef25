"""Finding: who finds what, in which order, on both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from praxis.foundation.search import services
from praxis.foundation.search.models import SearchRow
from praxis.foundation.search.selectors import Found, find
from praxis.foundation.search.services import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def ids(query: str, audience: str = "public", kinds: tuple[str, ...] = ("case",)) -> list[str]:
    return [found.object_id for found in find(query, audience=audience, kinds=kinds)]


def put(object_id: int, title: str, text: str = "", *, language: str = "zh-hans", audience: str = "public") -> None:
    services.put("case", object_id, audience, {language: (title, text)})


def test_two_chinese_characters_are_enough() -> None:
    put(1, "网络教育合作")
    put(2, "教师培育计划")
    assert ids("教育") == ["1"]


def test_traditional_characters_find_simplified_ones_and_the_other_way() -> None:
    put(1, "数字图书馆")
    put(2, "數字圖書館")
    assert ids("數字圖書館") == ids("数字图书馆") == ["1", "2"]


def test_a_word_is_found_by_its_beginning_without_accents_or_case() -> None:
    put(1, "Éducation numérique", language="en")
    put(2, "Reeducation", language="en")
    assert ids("educ") == ["1"]


def test_every_word_must_be_there() -> None:
    put(1, "Digital library", "in Dunhuang", language="en")
    put(2, "Digital bridge", language="en")
    assert ids("digital dunhuang") == ["1"]
    assert ids("digital 敦煌") == []


def test_hits_in_the_title_come_first_then_kind_and_id() -> None:
    put(12, "另一个", "讲教育合作")
    put(3, "教育", "合作")
    put(2, "讲合作", "教育 与合作教育")
    put(10, "教育合作")
    put(9, "教育合作")
    assert ids("教育 合作") == ["9", "10", "2", "3", "12"]


def test_the_order_does_not_look_at_other_rows() -> None:
    put(1, "云", "桥梁 港口")
    put(2, "云", "桥梁 桥梁 桥梁")
    before = ids("桥梁")
    services.put_many(Entry("case", n, "sealed", {"zh-hans": ("桥梁", "港口 " * n)}) for n in range(100, 130))
    assert ids("桥梁") == before == ["1", "2"]


def test_another_audience_finds_nothing() -> None:
    put(1, "Open", language="en", audience="edition:1")
    assert ids("open") == []
    assert ids("open", audience="edition:1") == ["1"]
    assert find("open", audience=["public", "edition:1"], kinds=["case"]) == [Found("case", "1", "Open")]
    assert find("open", audience=[], kinds=["case"]) == find("open", audience="public", kinds=[]) == []


def test_only_the_kinds_asked_for_are_found() -> None:
    services.put("past", 7, "public", {"en": ("Ocean", "")})
    assert ids("ocean") == []
    assert ids("ocean", kinds=("case", "past")) == ["7"]


def test_the_title_is_in_the_readers_language_though_the_hit_was_in_another() -> None:
    services.put("case", 1, "public", {"en": ("Dunhuang online", ""), "zh-hans": ("数字敦煌", "莫高窟")})
    assert find("莫高窟", audience="public", kinds=["case"]) == [Found("case", "1", "Dunhuang online")]
    with translation.override("zh-hans"):
        assert find("dunhuang", audience="public", kinds=["case"]) == [Found("case", "1", "数字敦煌")]


def test_putting_again_replaces_every_language() -> None:
    services.put("case", 1, "public", {"en": ("Alpha", "one"), "zh-hans": ("甲方", "")})
    services.put("case", 1, "public", {"en": ("Beta", "two")})
    assert (ids("alpha"), ids("one"), ids("甲方"), ids("beta two")) == ([], [], [], ["1"])


def test_what_changes_or_goes_leaves_the_index() -> None:
    put(1, "海洋观测")
    put(1, "海洋观测", audience="edition:1")
    SearchRow.objects.filter(audience="public").update(title_tokens="wtide", tokens="wtide")
    assert (ids("海洋"), ids("tide")) == ([], ["1"])
    services.remove("case", 1, "public")
    assert (ids("tide"), ids("海洋", "edition:1")) == ([], ["1"])
    services.remove("case", 1)
    assert ids("海洋", "edition:1") == []
    assert not SearchRow.objects.exists()


def test_the_last_of_two_entries_for_one_thing_counts() -> None:
    entries = [Entry("case", 1, "public", {"en": (title, "")}) for title in ("First", "Second")]
    assert services.put_many(entries) == 1
    assert (ids("first"), ids("second")) == ([], ["1"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
@example('"')
@example("a AND (")
@example("title_tokens : x")
@example("NEAR(a b)")
@example("a* ^b -c")
@example("' OR 1=1 --")
@example("a & | ! <-> b:*")
@example("\0\ud800%s %(x)s")
def test_no_query_raises(query: str) -> None:
    assert find(query, audience="public", kinds=["case"]) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=60), text=st.text(max_size=60))
def test_any_text_can_be_put(title: str, text: str) -> None:
    put(1, title, text)
    assert SearchRow.objects.count() == 1


def test_finding_costs_two_statements_however_much_is_found() -> None:
    texts = {"zh-hans": ("教育", "合作"), "en": ("Education", "")}
    services.put_many(Entry("case", n, "public", texts) for n in range(3))
    with CaptureQueriesContext(connection) as few:
        assert len(ids("教育")) == 3
    services.put_many(Entry("case", n, "public", texts) for n in range(80))
    with CaptureQueriesContext(connection) as many:
        assert len(ids("教育")) == 50
    assert len(few) == len(many) == 2


def test_ten_thousand_rows_are_put_and_found_soon() -> None:
    started = time.process_time()
    entries = [
        Entry("case", n, "public", {"zh-hans": (f"教育合作案例 {n}", "互联网互通发展与治理的国际合作实践。" * 5)})
        for n in range(10_000)
    ]
    assert services.put_many(entries) == 10_000
    assert time.process_time() - started < 20
    started = time.process_time()
    assert ids("案例 9999") == ["9999"]
    assert len(ids("合作")) == 50
    assert time.process_time() - started < 2
