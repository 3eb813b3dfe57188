"""Dates that headers, addresses and texts give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from kb.sources import dates, inference
from kb.sources.dates import date_of_url, parse_stated_date, parse_timestamp
from kb.sources.inference import find_dateline_date, infer_published


def day(year: int, month: int, of_month: int) -> datetime:
    return datetime(year, month, of_month, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("20220222", day(2022, 2, 22)),
        ("2022-02-22", day(2022, 2, 22)),
        ("2022/2/22", day(2022, 2, 22)),
        ("February 22, 2022", day(2022, 2, 22)),
        ("22 Feb 2022", day(2022, 2, 22)),
        ("Tuesday, February 22nd, 2022", day(2022, 2, 22)),
        ("Published: 22 February 2022", day(2022, 2, 22)),
        ("Feb. 22, 2022 at 6:30 p.m. GMT", datetime(2022, 2, 22, 18, 30, tzinfo=UTC)),
        ("Feb. 22, 2022 6:30 pm EST", day(2022, 2, 22)),
        ("2022-02-22T18:30:00Z", datetime(2022, 2, 22, 18, 30, tzinfo=UTC)),
        ("2022-02-22T18:30:00+03:00", datetime(2022, 2, 22, 18, 30, tzinfo=timezone(timedelta(hours=3)))),
        ("Tue, 22 Feb 2022 18:30:00 +0000", datetime(2022, 2, 22, 18, 30, tzinfo=UTC)),
    ],
)
def test_a_stated_date_is_read_with_its_zone(value: str, expected: datetime) -> None:
    assert parse_stated_date(value) == expected


@pytest.mark.parametrize(
    "value", ["20221322", "2022-02-30", "yesterday", "22", "In 2022 the war began", "February 22", "99999999", ""]
)
def test_what_is_no_whole_date_is_none(value: str) -> None:
    assert parse_stated_date(value) is None


def test_timestamps_may_be_seconds_milliseconds_or_days() -> None:
    moment = datetime(2022, 2, 22, 12, 0, tzinfo=UTC)
    assert parse_timestamp(int(moment.timestamp())) == moment
    assert parse_timestamp(moment.timestamp() * 1000) == moment
    assert parse_timestamp(20220222) == day(2022, 2, 22)
    assert parse_timestamp(None) is None
    assert parse_timestamp(True) is None
    assert parse_timestamp(float("nan")) is None
    assert parse_timestamp(1e300) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/world/2019/05/01/id/914047/", day(2019, 5, 1)),
        ("https://example.com/2020-02-29-envoys-leave", day(2020, 2, 29)),
        ("https://example.com/news/20220222/a", day(2022, 2, 22)),
        ("https://example.com/news/2014/apr/28/a", day(2014, 4, 28)),
        ("https://example.com/id/1234567890/a", None),
        ("https://example.com/2019/13/45/a", None),
        ("https://example.com/20991231", None),
        (None, None),
    ],
)
def test_an_address_carries_its_day(url: str | None, expected: datetime | None) -> None:
    assert date_of_url(url) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He gave the order on Monday (February 21st). This Tuesday, February 22, talks began.", day(2022, 2, 22)),
        ("He gave the order on Monday, February 21, in 2022. They will meet on February 24.", day(2022, 2, 21)),
        (
            "The decree is dated February 21. They meet on February 24 as planned. The eight-year war began in 2014.",
            day(2022, 2, 21),
        ),
        ("It was signed on March 1, 2019. On March 3 the envoys left.", day(2019, 3, 3)),
        ("The talks of 2019 failed. He gave the order on Monday, February 21.", day(2022, 2, 21)),
        (
            "The aid is to last until 2030. He gave the order on Monday, February 21, a year after the vote of 2021.",
            day(2022, 2, 21),
        ),
    ],
)
def test_the_year_is_concluded_where_something_fixes_it(text: str, expected: datetime) -> None:
    assert infer_published(text) == expected


@pytest.mark.parametrize("year", [1999, 2016, 2022, 2029, 2071])
def test_a_document_is_of_the_same_day_in_whichever_year_it_is_read(monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Moved:
            return cls(year, 7, 1, tzinfo=tz)

        @classmethod
        def today(cls) -> Moved:
            return cls(year, 7, 1)

    for module in (dates, inference):
        monkeypatch.setattr(module, "datetime", Moved)
    assert infer_published("He gave the order on Monday (February 21st). This Tuesday, February 22, talks began.") == day(
        2022, 2, 22
    )
    assert infer_published("The talks of 2019 failed. He gave the order on Monday, February 21.") == day(2022, 2, 21)
    assert infer_published("It was signed on March 1, 2019. On March 3 the envoys left.") == day(2019, 3, 3)
    assert infer_published("It began in 2014, and on February 21 the eight-year war ended.") == day(2022, 2, 21)
    assert infer_published("The war began in 2014. He gave the order on Monday, February 21.") is None
    assert parse_stated_date("February 22, 2022") == day(2022, 2, 22)
    assert date_of_url("https://example.com/news/20220222/a") == day(2022, 2, 22)
    assert date_of_url("https://example.com/20991231") is None


@pytest.mark.parametrize(
    "text",
    [
        "The decree is dated February 21.",
        "The decree is dated February 21. The war began in 2014.",
        "On Monday the envoys left.",
        "The treaty was signed on March 1, 1919.",
        "The war began in 2014. He gave the order on Monday, February 21.",
        "",
    ],
)
def test_a_year_that_nothing_fixes_stays_open(text: str) -> None:
    assert infer_published(text) is None


def test_a_dateline_gives_its_date() -> None:
    assert find_dateline_date(["KYIV, March 3 (AP) - The envoys left."]) == "March 3"
    assert find_dateline_date(["UNITED NATIONS, N.Y., Oct. 26, 1962 — The envoys left."]) == "Oct. 26, 1962"
    assert find_dateline_date(["The envoys left on March 3 - a Monday."]) is None
