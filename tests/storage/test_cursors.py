from __future__ import annotations

import base64
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kb.domain.ids import content_id
from kb.domain.order import ArticleOrder, ClaimOrder, EntityOrder, EventOrder, RelationOrder
from kb.domain.query import Page, Slice
from kb.errors import UsageError
from kb.storage import articles, claims, entities, events, mentions, relations, search
from kb.storage.session import Database
from tests.storage.synthetic import COUNTRIES, ingest, sample

# What every article of the sample says: Russia attacked Ukraine.
BUSIEST = content_id("rel", "ent_Q159", "attacked", "ent_Q212", "actual")

Lister = Callable[[Session, Page], Slice[Any]]


def _ordered(function: Callable[..., Slice[Any]], order: StrEnum) -> Lister:
    return lambda session, page: function(session, None, page, order)


LISTS: dict[str, Lister] = {
    f"{function.__name__} {order}": _ordered(function, order)
    for function, orders in (
        (events.list_events, EventOrder),
        (claims.list_claims, ClaimOrder),
        (entities.list_entities, EntityOrder),
        (relations.list_relations, RelationOrder),
        (articles.list_articles, ArticleOrder),
    )
    for order in orders
}
LISTS["list_mentions"] = mentions.list_mentions
LISTS["search"] = lambda session, page: search.search(session, "attacks", page)
LISTS["events of an entity"] = lambda session, page: events.list_events_of_entities(session, ["ent_Q159", "ent_Q36"], None, page)[
    "ent_Q159"
]
LISTS["mentions of an entity"] = lambda session, page: mentions.list_mentions_of_entities(session, ["ent_Q159", "ent_Q36"], page)[
    "ent_Q159"
]
LISTS["relations of an entity"] = lambda session, page: relations.list_relations_of_entities(
    session, ["ent_Q159", "ent_Q36"], None, page
)["ent_Q159"]
LISTS["claims of a relation"] = lambda session, page: claims.list_claims_of_relations(session, [BUSIEST], page)[BUSIEST]


@pytest.fixture
def filled(database: Database) -> Database:
    ingest(database, sample(15))
    return database


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_any_size_give_every_row_once_and_in_order_both_ways(filled: Database, name: str) -> None:
    lister = LISTS[name]
    with filled.reader() as session:
        whole = lister(session, Page(first=500))
        assert len(whole.items) > 3
        assert not whole.has_next
        assert len(set(whole.cursors)) == len(whole.cursors)

        @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.integers(1, len(whole.items) + 1))
        def page_through(size: int) -> None:
            forwards: list[Any] = []
            after = None
            while True:
                page = lister(session, Page(first=size, after=after))
                assert page.has_previous == (after is not None)
                forwards += page.items
                if not page.has_next:
                    break
                after = page.cursors[-1]
            assert forwards == list(whole.items)
            backwards: list[Any] = []
            before = None
            while True:
                page = lister(session, Page(last=size, before=before))
                assert page.has_next == (before is not None)
                backwards = [*page.items, *backwards]
                if not page.has_previous:
                    break
                before = page.cursors[0]
            assert backwards == list(whole.items)

        page_through()
        between = lister(session, Page(first=500, after=whole.cursors[0], before=whole.cursors[-1]))
        assert between.items == whole.items[1:-1]
        assert (between.has_previous, between.has_next) == (True, True)


@pytest.mark.parametrize("parents", [2, 6])
def test_every_parent_gets_the_page_that_it_would_get_alone(filled: Database, parents: int) -> None:
    ids = [f"ent_{key}" for key in list(COUNTRIES.values())[:parents]]
    with filled.reader() as session:
        together = events.list_events_of_entities(session, [*ids, "ent_unknown"], None, Page(first=2))
        assert together == {each: events.list_events_of_entities(session, [each], None, Page(first=2))[each] for each in ids}
        assert events.count_events_of_entities(session, ids) == {
            each: len(events.list_events_of_entities(session, [each], None, Page(first=500))[each].items) for each in ids
        }
        of_relations = [relation.id for relation in relations.list_relations(session).items]
        pages = events.list_events_of_relations(session, of_relations)
        assert {key: len(page.items) for key, page in pages.items()} == events.count_events_of_relations(session, of_relations)
        assert all(len(page.items) == relations.get_relation(session, key).event_count for key, page in pages.items())


def _encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


BROKEN = [
    "",
    "abc",
    "%%%",
    "é",
    "\ud800",
    "a" * 5000,
    _encode({}),
    _encode([]),
    _encode(["event.date.desc"]),
    _encode(["event.date.desc", "2022-02-31", "evt_1"]),
    _encode(["event.date.desc", 5, "evt_1"]),
    _encode(["event.date.desc", "2022-02-01", None]),
    _encode(["event.date.desc", "2022-02-01", "a\x00b"]),
    _encode(["event.date.desc", "2022-02-01", "\ud800"]),
    _encode(["event.date", "2022-02-01", "evt_1"]),
    _encode(["entity.mentions", 10**30, "ent_1"]),
]


@pytest.mark.parametrize("side", ["after", "before"])
def test_a_broken_cursor_is_the_callers_mistake(database: Database, side: str) -> None:
    with database.reader() as session:
        for cursor in BROKEN:
            for page in (Page(first=1, **{side: cursor}), Page(last=1, **{side: cursor})):
                with pytest.raises(UsageError, match="cursor"):
                    events.list_events(session, None, page)
            with pytest.raises(UsageError, match="cursor"):
                entities.list_entities(session, None, Page(first=1, **{side: cursor}), EntityOrder.MENTIONS_DESC)


def test_a_cursor_of_another_order_is_refused(filled: Database) -> None:
    with filled.reader() as session:
        cursor = events.list_events(session, None, Page(first=1), EventOrder.DATE_DESC).cursors[0]
        with pytest.raises(UsageError, match="order"):
            events.list_events(session, None, Page(first=1, after=cursor), EventOrder.DATE_ASC)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.one_of(st.text(max_size=40), st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_no_text_at_all_breaks_a_list(database: Database, cursor: str) -> None:
    with database.reader() as session, pytest.raises(UsageError):
        events.list_events(session, None, Page(first=1, after=cursor))


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (Page(first=-1), "below 0"),
        (Page(last=-1), "below 0"),
        (Page(first=501), "500"),
        (Page(last=100_000), "500"),
        (Page(first=1, last=1), "exclude"),
    ],
)
def test_a_page_that_cannot_be_is_the_callers_mistake(database: Database, page: Page, word: str) -> None:
    with database.reader() as session:
        for lister in LISTS.values():
            with pytest.raises(UsageError, match=word):
                lister(session, page)


def test_a_page_of_no_rows_still_tells_whether_there_are_any(filled: Database) -> None:
    with filled.reader() as session:
        page = events.list_events(session, None, Page(first=0))
    assert (page.items, page.has_next) == ((), True)
