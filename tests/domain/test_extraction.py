from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from tests.storage.synthetic import extraction


def test_claims_are_dated_by_the_day_that_the_publisher_printed() -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine")])
    late = datetime(2022, 2, 22, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    (dated,) = replace(given, article=replace(given.article, published_at=late)).dated_claims()
    assert (dated.claim, dated.article_date) == (given.claims[0], date(2022, 2, 22))
    assert given.dated_claims()[0].article_date is None


def test_copies_of_one_publisher_count_as_one_source_and_articles_without_publisher_for_themselves() -> None:
    statement = [("Russia", "attacked", "Ukraine")]
    paper, again, alone, other = (
        extraction("One", statement, publisher="Paper"),
        extraction("Two", statement, publisher="Paper"),
        extraction("Three", statement),
        extraction("Four", statement),
    )
    keys = [each.dated_claims()[0].source_key for each in (paper, again, alone, other)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
