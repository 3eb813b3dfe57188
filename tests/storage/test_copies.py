"""Groups of copies, and what follows from them for articles that were there before."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine, event

from kb.domain.extraction import Extraction
from kb.resolve.copies import CopyFinder
from kb.storage import changes, events, relations
from kb.storage.copies import group_copies, list_near_duplicates
from kb.storage.event_writer import refresh_source_counts
from kb.storage.session import Database
from tests.storage.synthetic import extraction, ingest

STATEMENT = [("Russia", "attacked", "Ukraine")]
FINDER = CopyFinder()


def any_words(number: int, count: int = 150) -> str:
    chosen = random.Random(number)
    return " ".join("".join(chosen.choices("abcdefghij", k=5)) for _ in range(count))


def written(given: Extraction, text: str) -> Extraction:
    return replace(given, article=replace(given.article, text=text))


def add(database: Database, given: Extraction) -> tuple[str, ...]:
    ingest(database, [given])
    with database.transaction() as session:
        regrouped = group_copies(session, [given.article], FINDER)
        refresh_source_counts(session, regrouped)
    return regrouped


def count_statements(database: Database, given: Extraction) -> int:
    statements = 0

    def note(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        add(database, given)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return statements


def test_a_copy_that_comes_later_makes_one_source_of_two(database: Database) -> None:
    halves = [any_words(1), any_words(2)]
    told = [
        written(extraction("One", STATEMENT, day=date(2022, 2, 24), publisher="Paper"), halves[0]),
        written(extraction("Two", STATEMENT, day=date(2022, 2, 24), publisher="Gazette"), halves[1]),
    ]
    # It tells of nothing itself; that it holds both texts is what counts.
    whole = written(extraction("Three", [], day=date(2022, 2, 25), publisher="Herald"), "\n".join(halves))
    assert [add(database, each) for each in told] == [(), ()]
    with database.reader() as session:
        assert [each.source_count for each in events.iterate_all(session)] == [2]
        assert [each.source_count for each in relations.iterate_all(session)] == [2]
        seen = changes.lookup_last_change(session)
    articles = [each.article for each in (*told, whole)]
    assert set(add(database, whole)) == {article.id for article in articles}
    with database.reader() as session:
        (counted,) = events.iterate_all(session)
        assert counted.source_count == 1
        assert [each.source_count for each in relations.iterate_all(session)] == [1]
        news = [(each.noun, each.noun_id, each.operation) for each in changes.list_changes(session, seen)]
        assert ("event", counted.id, "changed") in news
        others = list_near_duplicates(session, [whole.article.id, "art_00"])
        assert {copy.id for copy in others[whole.article.id]} == {article.id for article in articles[:2]}
        assert others["art_00"] == ()
    assert database.check() == ()


def test_copies_are_listed_by_date(database: Database) -> None:
    days = [date(2022, 2, 26), None, date(2022, 2, 24), date(2022, 2, 25)]
    for number, day in enumerate(days):
        add(database, written(extraction(f"Title {number}", [], day=day), any_words(1)))
    one = extraction("Title 3", [], day=days[3]).article.id
    with database.reader() as session:
        listed = list_near_duplicates(session, [one])[one]
    assert [article.title for article in listed] == ["Title 2", "Title 0", "Title 1"]


def test_what_a_new_article_costs_does_not_grow_with_those_that_are_there(database: Database) -> None:
    add(database, written(extraction("Title 0", []), any_words(0)))
    few = count_statements(database, written(extraction("Title 1", []), any_words(1)))
    for number in range(2, 80):
        add(database, written(extraction(f"Title {number}", []), any_words(number)))
    assert count_statements(database, written(extraction("Title 80", []), any_words(80))) == few


def test_what_a_copy_costs_does_not_grow_with_the_copies_that_are_there(database: Database) -> None:
    add(database, written(extraction("Title 0", []), any_words(1)))
    costs = [count_statements(database, written(extraction(f"Title {number}", []), any_words(1))) for number in range(1, 30)]
    assert max(costs[2:]) <= max(costs[:2]) + 1
