"""Which expressions of time fix a date, and which one. The articles of these tests come out on Thursday, 24 February 2022."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.claim import DatePrecision
from kb.nlp.time_expressions import Fixed, Look, find_time_expressions

DAY = date(2022, 2, 24)
days = st.dates(date(1900, 1, 8), date(2090, 12, 20))
looks = st.sampled_from(Look)
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
SHORT = "Jan. Feb. Mar. Apr. May Jun. Jul. Aug. Sept. Oct. Nov. Dec.".split()  # noqa: SIM905
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905


def fixed(text: str, published: date | None = DAY, look: Look = Look.BACK) -> list[Fixed | None]:
    return [each.fix(published, look) for each in find_time_expressions(text)]


def iso(text: str, look: Look = Look.BACK) -> list[str]:
    """Dates as short as their precision; a week as its Monday and "w"."""
    length = {DatePrecision.DAY: 10, DatePrecision.WEEK: 10, DatePrecision.MONTH: 7, DatePrecision.YEAR: 4}
    found = [each for each in fixed(text, look=look) if each is not None]
    return [day.isoformat()[: length[precision]] + "w" * (precision is DatePrecision.WEEK) for day, precision in found]


def ordinal(number: int) -> str:
    return f"{number}" + ("th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 2022-02-21", "2022-02-21"),
        ("this morning", "2022-02-24"),
        ("This afternoon", "2022-02-24"),
        ("this evening", "2022-02-24"),
        ("tonight", "2022-02-24"),
        ("overnight", "2022-02-24"),
        ("last night", "2022-02-23"),
        ("the day before yesterday", "2022-02-22"),
        ("the day after tomorrow", "2022-02-26"),
        ("two days ago", "2022-02-22"),
        ("10 days ago", "2022-02-14"),
        ("a week ago", "2022-02-14w"),
        ("last week", "2022-02-14w"),
        ("earlier this week", "2022-02-21w"),
        ("next week", "2022-02-28w"),
        ("last month", "2022-01"),
        ("earlier this month", "2022-02"),
        ("next month", "2022-03"),
        ("last year", "2021"),
        ("this year", "2022"),
        ("on 21 February", "2022-02-21"),
        ("on February 21st", "2022-02-21"),
        ("on the 21st of February 2014", "2014-02-21"),
        ("on February 21, 2014", "2014-02-21"),
        ("on Monday, February 21", "2022-02-21"),
        ("on Monday (February 21st)", "2022-02-21"),
        ("on February 29, 2020", "2020-02-29"),
        ("in February", "2022-02"),
        ("in early March", "2021-03"),
        ("since mid-December", "2021-12"),
        ("last February", "2021-02"),
        ("in February of 2014", "2014-02"),
        ("in 2014", "2014"),
        ("in late 2014", "2014"),
        ("last Thursday", "2022-02-17"),
        ("next Thursday", "2022-03-03"),
        ("on February 21-23", "2022-02"),
        ("on 21 and 22 February", "2022-02"),
    ],
)
def test_what_fixes_a_date(text: str, expected: str) -> None:
    assert iso(f"Serbia attacked Kosovo {text}.") == [expected]
    assert iso(f"{text[0].upper()}{text[1:]}, Serbia attacked Kosovo.") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "on the same day",
        "that day",
        "the day before",
        "the next morning",
        "a day earlier",
        "four days later",
        "a few days ago",
        "about two days ago",
        "two or three days ago",
        "three weeks ago",
        "years ago",
        "hours ago",
        "in the last week",
        "over the last year",
        "in recent weeks",
        "in 12 days",
        "on Monday or Tuesday",
        "in May or June",
        "in 2014 and 2015",
        "on 31 February",
        "on February 29",
        "on 2022-02-30",
        "in 2014-15",
        "since 2014",
        "to kill 2014 people",
        "with 1,221 May supporters",
        "may",
        "as May said",
        "by which May had demanded it",
        "after criticism of May",
        "for the march",
        "at 3:15",
    ],
)
def test_what_fixes_none(text: str) -> None:
    assert iso(f"Serbia attacked Kosovo {text}.") == []


@pytest.mark.parametrize(
    ("text", "look", "expected"),
    [
        ("on Thursday", Look.BACK, "2022-02-24"),
        ("on Friday", Look.BACK, "2022-02-18"),
        ("on Friday", Look.AHEAD, "2022-02-25"),
        ("on Tuesday", Look.AHEAD, "2022-03-01"),
        ("on Tuesday", Look.EITHER, "2022-02-22"),
        ("on Saturday", Look.EITHER, "2022-02-26"),
        ("on January 10", Look.BACK, "2022-01-10"),
        ("on January 10", Look.AHEAD, "2023-01-10"),
        ("on January 10", Look.EITHER, "2022-01-10"),
        ("on December 30", Look.BACK, "2021-12-30"),
        ("on December 30", Look.AHEAD, "2022-12-30"),
        ("on March 1", Look.BACK, "2022-03-01"),
        ("in January", Look.AHEAD, "2023-01"),
        ("in January", Look.EITHER, "2022-01"),
        ("in December", Look.EITHER, "2021-12"),
    ],
)
def test_where_the_claim_lies_decides_which_day_of_that_name_is_meant(text: str, look: Look, expected: str) -> None:
    assert iso(text, look) == [expected]


@given(day=days, published=st.none() | days, look=looks)
def test_a_whole_date_is_that_day_however_it_is_written_and_whenever_it_is_read(
    day: date, published: date | None, look: Look
) -> None:
    month, short = MONTHS[day.month - 1], SHORT[day.month - 1]
    for written in (
        day.isoformat(),
        f"{month} {day.day}, {day.year}",
        f"{short} {day.day}, {day.year}",
        f"{month} {ordinal(day.day)} {day.year}",
        f"{day.day} {month} {day.year}",
        f"the {ordinal(day.day)} of {month} {day.year}",
        f"{WEEKDAYS[day.weekday()]}, {month} {day.day}, {day.year}",
    ):
        assert fixed(f"It was attacked on {written}, they said.", published, look) == [(day, DatePrecision.DAY)], written


@given(published=days, number=st.integers(1, 6))
def test_a_weekday_is_of_the_week_up_to_the_articles_day_or_of_that_after_it(published: date, number: int) -> None:
    before, after = published - timedelta(days=number), published + timedelta(days=number)
    assert fixed(f"on {WEEKDAYS[before.weekday()]}", published) == [(before, DatePrecision.DAY)]
    assert fixed(f"on {WEEKDAYS[after.weekday()]}", published, Look.AHEAD) == [(after, DatePrecision.DAY)]
    assert fixed(f"{number} days ago" if number > 1 else "a day ago", published) == [(before, DatePrecision.DAY)]


@given(published=days, distance=st.integers(0, 300))
def test_a_day_without_a_year_is_of_the_past_year_or_of_the_coming_one(published: date, distance: int) -> None:
    for day, look in ((published - timedelta(days=distance), Look.BACK), (published + timedelta(days=distance), Look.AHEAD)):
        if (day.month, day.day) != (2, 29):
            assert fixed(f"on {MONTHS[day.month - 1]} {day.day}", published, look) == [(day, DatePrecision.DAY)]
            assert fixed(f"in {MONTHS[day.month - 1]}", published, look) == [(day.replace(day=1), DatePrecision.MONTH)]


@given(published=days, relation=st.sampled_from(["last", "this", "next"]), unit=st.sampled_from(["week", "month", "year"]))
def test_a_stretch_of_time_begins_with_its_first_day(published: date, relation: str, unit: str) -> None:
    ((first, precision),) = filter(None, fixed(f"{relation} {unit}", published))
    assert precision.value == unit
    assert {"week": first.weekday() == 0, "month": first.day == 1, "year": (first.month, first.day) == (1, 1)}[unit]
    length = {"week": 7, "month": 31, "year": 366}[unit]
    step = {"last": -1, "this": 0, "next": 1}[relation]
    assert abs((published - first).days + step * length) <= length + 3
    assert (first <= published) == (relation != "next")


@given(text=st.text("0123456789 -/.,:ainyMThs", max_size=40), published=st.none() | days, look=looks)
def test_no_text_is_too_odd(text: str, published: date | None, look: Look) -> None:
    ends = [0]
    for each in find_time_expressions(text):
        assert ends[-1] <= each.start < each.end <= len(text)
        ends.append(each.end)
        each.fix(published, look)


@pytest.mark.parametrize("text", ["on Monday", "yesterday", "last month", "in February", "on February 3", "two days ago"])
def test_without_the_articles_day_relative_expressions_fix_nothing(text: str) -> None:
    assert fixed(text, None) == [None]
