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
        ("on 2022-02-21", ("2022-02-21", "day")),
        ("this morning", ("2022-02-24", "day")),
        ("in the early hours of Tuesday", ("2022-02-22", "day")),
        ("two days ago", ("2022-02-22", "day")),
        ("last week", ("2022-02-14", "week")),
        ("earlier this month", ("2022-02-01", "month")),
        ("last month", ("2022-01-01", "month")),
        ("last year", ("2021-01-01", "year")),
        ("in the last week", _NONE),
        ("on the same day", _NONE),
        ("the day before", _NONE),
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


@pytest.mark.parametrize(
    "when", ["since Monday", "before Monday", "until 3 February", "ahead of Monday's election", "by March 2019"]
)
def test_a_bound_of_time_is_no_date(when: str) -> None:
    assert dated(f"Serbia attacked Kosovo {when}.", "attacked") == _NONE


def test_what_a_noun_in_between_is_dated_by_says_nothing_of_the_claim() -> None:
    assert dated("Serbia attacked Kosovo over the treaty of 1999.", "attacked") == _NONE
    assert dated("Serbia condemned the October election in Kosovo.", "condemned") == _NONE


def test_the_day_of_a_reaction_is_not_that_of_what_it_is_about() -> None:
    text = "Albania on Wednesday condemned the attack on Kosovo by Serbia."
    assert dated(text, "condemned") == ("2022-02-23", "day")
    assert dated(text, "attacked") == _NONE


def test_a_dateline_dates_the_report_and_not_the_claim() -> None:
    assert dated("TIRANA, Feb. 23 - Serbia attacked Kosovo, the minister said.", "attacked") == _NONE


def test_two_deeds_of_one_subject_in_one_sentence_share_their_day() -> None:
    text = "Serbia attacked Kosovo on Monday and sanctioned Albania."
    assert dated(text, "sanctioned") == dated(text, "attacked") == ("2022-02-21", "day")
    assert dated("Serbia attacked Kosovo on Monday and will sanction Albania.", "sanctioned") == _NONE
    assert dated("Serbia attacked Kosovo on Monday and Greece sanctioned Albania.", "sanctioned") == _NONE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Serbia's president is to visit Kosovo on Sunday.", "2022-02-27"),
        ("Serbia's president plans to visit Kosovo on Sunday.", "2022-02-27"),
        ("Serbia's president visited Kosovo on Sunday.", "2022-02-20"),
    ],
)
def test_a_visit_to_come_is_on_the_next_day_of_that_name(text: str, expected: str) -> None:
    assert dated(text, "met") == (expected, "day")
