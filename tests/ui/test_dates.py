"""Instants as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from praxis.ui import dates

CLOSES = datetime(2026, 6, 15, 16, tzinfo=UTC)
BEIJING = "Asia/Shanghai"


def test_an_exclusive_midnight_is_24_hours_of_the_day_before():
    with override("zh-hans"):
        assert dates.closing(CLOSES, BEIJING) == "2026 年 6 月 15 日 24:00"
    with override("en"):
        assert dates.closing(CLOSES, BEIJING) == "15 June 2026 24:00"


def test_any_other_end_is_written_as_it_is():
    with override("en"):
        assert dates.closing(CLOSES + timedelta(hours=9), BEIJING) == "16 June 2026 09:00"


def test_the_same_end_is_no_midnight_in_another_zone():
    with override("en"):
        assert dates.closing(CLOSES, "Africa/Nairobi") == "15 June 2026 19:00"


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2026, 6, 15, 15, 59, tzinfo=UTC), 0),
        (datetime(2026, 6, 14, 15, 59, tzinfo=UTC), 1),
        (datetime(2026, 6, 14, 16, 0, tzinfo=UTC), 0),
        (datetime(2026, 6, 1, 0, 0, tzinfo=UTC), 14),
        (datetime(2026, 6, 15, 16, 0, tzinfo=UTC), -1),
    ],
)
def test_days_left_are_days_of_the_edition_s_calendar(now, left):
    assert dates.days_left(CLOSES, now, BEIJING) == left


def test_the_zone_is_named_in_the_reader_s_language():
    with override("zh-hans"):
        assert dates.with_zone("24:00", BEIJING) == "24:00（北京时间）"
    with override("en"):
        assert dates.with_zone("24:00", BEIJING) == "24:00 (Beijing time)"
        assert dates.zone_label("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_no_instant_draws_nothing():
    assert dates.moment(None) == ""


def test_an_end_at_midnight_is_written_as_the_day_that_ends():
    end = datetime(2026, 6, 15, 16, tzinfo=UTC)
    with override("en"):
        assert "15 June 2026 24:00" in dates.moment(end, "Asia/Shanghai", "closing")
        assert "16 June 2026 00:00" in dates.moment(end, "Asia/Shanghai")
