"""Beginnings and ends as texts write them."""

from __future__ import annotations

from datetime import date

import pytest

from kb.nlp.validity import find_validity


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("since March 2014", date(2014, 3, 1), None),
        ("since 31 February 2014", date(2014, 2, 1), None),
        ("since the war", None, None),
        ("from 2010 to 2014", date(2010, 1, 1), date(2014, 12, 31)),
        ("between May 2010 and Feb. 2012", date(2010, 5, 1), date(2012, 2, 29)),
        ("from 5 May 2010 until July 3, 2016", date(2010, 5, 5), date(2016, 7, 3)),
        ("from 2014 to 2010", None, None),
        ("until 1 March 2024", None, date(2024, 3, 1)),
        ("since 2010 and until 2009", None, None),
        ("in 2014", None, None),
        ("since 0 May 2014", date(2014, 5, 1), None),
        ("since 99 Nowhere 2014", date(2014, 1, 1), None),
    ],
)
def test_words_are_read_as_far_as_they_go(text: str, start: date | None, end: date | None) -> None:
    assert find_validity(text) == (start, end)


def test_a_year_is_a_beginning_where_something_began() -> None:
    assert find_validity("of Brazil in 2016", begins=True) == (date(2016, 1, 1), None)
