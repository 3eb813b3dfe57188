"""When a claim says that it happened."""

from __future__ import annotations

from datetime import date

import pytest

from tests.reading import DAY, claim_of, read, told

_NONE = (None, None)


def dated(text: str, type_: str, published: date | None = DAY) -> tuple[str | None, str | None]:
    """(ISO date, precision) of the one claim of a type; None twice where it has no date."""
    claim = claim_of(type_, told(read(text, published))).claim
    return (claim.date.isoformat(), claim.date_precision.value) if claim.date and claim.date_precision else _NONE


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # The article came out on Thursday, 24 February 2022.
        ("on Monday", ("2022-02-21", "day")),
        ("on Thursday", ("2022-02-24", "day")),
        ("on Friday", ("2022-02-18", "day")),
        ("yesterday", ("2022-02-23", "day")),
        ("on February 3", ("2022-02-03", "day")),
        ("on Feb. 3", ("2022-02-03", "day")),
        ("on 3 February", ("2022-02-03", "day")),
        ("on February 3rd", ("2022-02-03", "day")),
        ("on December 30", ("2021-12-30", "day")),
        ("on February 3, 2019", ("2019-02-03", "day")),
        ("on 3 February 2019", ("2019-02-03", "day")),
        ("in March 1999", ("1999-03-01", "month")),
        ("in 1999", ("1999-01-01", "year")),
        ("", _NONE),
        ("last week", _NONE),
        ("on February 31", _NONE),
        ("in 12 days", _NONE),
    ],
)
def test_what_the_text_fixes(when: str, expected: tuple[str | None, str | None]) -> None:
    assert dated(f"Serbia attacked Kosovo {when}".strip() + ".", "attacked") == expected


def test_a_date_may_stand_anywhere_in_the_clause() -> None:
    assert dated("On Monday, Serbia attacked Kosovo.", "attacked") == ("2022-02-21", "day")
    assert dated("Monday's attack on Kosovo angered Albania.", "attacked") == ("2022-02-21", "day")
    assert dated("In May Serbia attacked Kosovo.", "attacked") == ("2021-05-01", "month")


def test_may_is_a_month_only_where_it_is_one() -> None:
    assert dated("Serbia may recognise Kosovo.", "recognised") == _NONE


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("on Monday", _NONE),
        ("yesterday", _NONE),
        ("on February 3", _NONE),
        ("on 3 February 2019", ("2019-02-03", "day")),
        ("in 1999", ("1999-01-01", "year")),
    ],
)
def test_without_the_articles_day_only_full_dates_are_dates(when: str, expected: tuple[str | None, str | None]) -> None:
    assert dated(f"Serbia attacked Kosovo {when}.", "attacked", None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Serbia will recognise Kosovo tomorrow.", "2022-02-25"),
        ("Serbia will recognise Kosovo on Friday.", "2022-02-25"),
        ("Serbia will recognise Kosovo on March 3.", "2022-03-03"),
    ],
)
def test_what_is_planned_lies_ahead(text: str, expected: str) -> None:
    assert dated(text, "recognised") == (expected, "day")


def test_each_clause_has_its_own_date() -> None:
    text = "Peru recognised Kosovo on Monday, and Chile condemned Peru on Wednesday."
    assert dated(text, "recognised") == ("2022-02-21", "day")
    assert dated(text, "condemned") == ("2022-02-23", "day")


def test_the_day_it_was_said_is_not_the_day_it_happened() -> None:
    assert dated("Serbia attacked Kosovo on Monday, Albania said on Tuesday.", "attacked") == ("2022-02-21", "day")
