"""Which statements say the same of the same time, and which stand side by side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import permutations

import pytest

from kb.domain.agreement import Agreement, Statement, list_agreements

LASTING = {"holds_office": 365, "located_in": None}


def stated(
    key: str,
    since: date | None = None,
    until: date | None = None,
    *,
    on: date | None = None,
    text: str | None = "President of France",
    reference: bool = False,
    predicate: str = "holds_office",
) -> Statement:
    return Statement(key, "ent_a", predicate, None if text else "ent_b", text, since, until, on, reference)


def ids(agreements: Iterable[Agreement]) -> list[list[str]]:
    return [[each.fact_id for each in agreement.statements] for agreement in agreements]


HOLLANDE = stated("known", date(2012, 5, 15), date(2017, 5, 14), reference=True)
OPEN = stated("known", date(2017, 5, 14), reference=True)


@pytest.mark.parametrize(
    "said",
    [
        stated("said", on=date(2015, 1, 1)),
        stated("said", until=date(2019, 1, 1), text="Former President of France"),
        stated("said", date(2012, 1, 1), date(2017, 12, 31)),
        stated("said", date(2012, 1, 1), on=date(2016, 1, 1), text="president of  france"),
        stated("said"),
    ],
    ids=["while it held", "former", "years", "since", "undated"],
)
def test_what_fits_what_is_known_is_evidence_of_it(said: Statement) -> None:
    assert ids(list_agreements([said, HOLLANDE], LASTING)) == [["known", "said"]]


@pytest.mark.parametrize(
    "said",
    [
        stated("said", on=date(2019, 1, 1)),
        stated("said", until=date(2015, 1, 1), text="Former President of France"),
        stated("said", date(2010, 1, 1), date(2014, 12, 31)),
        stated("said", date(2007, 1, 1), on=date(2016, 1, 1)),
        stated("said", date(2012, 5, 15), reference=True),
    ],
    ids=["after it ended", "former while it held", "other years", "since another year", "not ended"],
)
def test_what_contradicts_what_is_known_stands_beside_it(said: Statement) -> None:
    assert sorted(ids(list_agreements([said, HOLLANDE], LASTING))) == [["known"], ["said"]]


def test_that_somebody_is_a_former_one_takes_nothing_from_what_is_known_to_go_on() -> None:
    found = list_agreements([OPEN, stated("said", until=date(2020, 1, 1), text="Former President of France")], LASTING)
    assert ids(found) == [["said"], ["known"]]
    assert [each.may_hold(date(2021, 1, 1)) for each in found] == [False, True]


def test_what_is_stated_at_two_times_held_in_between_unless_they_are_too_far_apart() -> None:
    near = [stated("a", on=date(2014, 1, 1)), stated("b", on=date(2015, 12, 1))]
    (one,) = list_agreements(near, LASTING)
    assert (one.earliest, one.latest) == (date(2013, 1, 1), date(2016, 11, 30))
    assert ids(list_agreements([*near, stated("c", on=date(2022, 1, 1))], LASTING)) == [["a", "b"], ["c"]]


def test_what_lasts_held_on_any_day() -> None:
    place = stated("a", on=date(2014, 1, 1), text=None, predicate="located_in")
    (one,) = list_agreements([place], LASTING)
    assert one.may_hold(date(1950, 1, 1))


def test_two_terms_of_one_person_are_two() -> None:
    terms = [
        stated("first", date(2000, 5, 7), date(2008, 5, 7), reference=True),
        stated("second", date(2012, 5, 7), reference=True),
    ]
    said = stated("said", on=date(2022, 2, 21))
    assert ids(list_agreements([said, *terms], LASTING)) == [["first"], ["second", "said"]]
    assert ids(list_agreements([stated("undated"), *terms], LASTING)) == [["first"], ["second", "undated"]]
    assert ids(list_agreements([stated("during", on=date(2007, 1, 1)), *terms], LASTING)) == [["first", "during"], ["second"]]


def test_the_order_of_statements_makes_no_difference() -> None:
    given = [
        HOLLANDE,
        stated("a", on=date(2015, 1, 1)),
        stated("b", on=date(2019, 1, 1)),
        stated("c", until=date(2018, 1, 1), text="Former President of France"),
        stated("d", date(2012, 1, 1)),
    ]
    assert len({tuple(map(tuple, ids(list_agreements(order, LASTING)))) for order in permutations(given)}) == 1


def test_a_day_at_the_end_of_the_calendar_is_a_day_like_others() -> None:
    (one,) = list_agreements([stated("a", on=date.max), stated("b", on=date.max)], LASTING)
    assert one.may_hold(date.max)
