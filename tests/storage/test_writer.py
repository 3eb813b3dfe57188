from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from kb.domain.claim import Bound, Modality, Role
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind
from kb.domain.ids import local_entity_id
from kb.domain.order import ArticleOrder
from kb.domain.query import ArticleFilter, DateRange, Page, RelationFilter
from kb.domain.result import ArticleState
from kb.errors import DocumentError
from kb.storage import articles, changes, claims, entities, events, facts, mentions, quantities, relations
from kb.storage.session import Database
from kb.storage.writer import lookup_article_state, save_events, save_extraction
from tests.storage.stored_rows import list_rows
from tests.storage.synthetic import block_keys, country, extraction, group, ingest, sample


def test_what_was_saved_comes_back_as_it_was(database: Database) -> None:
    given = sample(1)[0]
    ingest(database, [given])
    with database.reader() as session:
        assert articles.get_article(session, given.article.id) == given.article
        stored = claims.list_claims_by_ids(session, [claim.id for claim in given.claims])
        assert [replace(stored[c.id], event_id=None, about_event_id=None) for c in given.claims] == list(given.claims)
        assert set(mentions.iterate_all(session)) == set(given.mentions)
        assert [replace(fact, recorded_at=None) for fact in facts.iterate_all(session)] == list(given.facts)
        assert tuple(quantities.iterate_all(session)) == given.quantities
        for entity in given.entities:
            stored_entity = entities.get_entity(session, entity.id)
            assert replace(stored_entity, aliases=()) == replace(entity, aliases=())
            assert set(stored_entity.aliases) == {replace(alias, is_name=False) for alias in entity.aliases}


def test_every_bound_of_a_figure_comes_back(database: Database) -> None:
    given = sample(1)[0]
    (figure,) = given.quantities
    bounded = tuple(sorted((replace(figure, id=f"qty_{bound}", bound=bound) for bound in Bound), key=lambda each: each.id))
    ingest(database, [replace(given, quantities=bounded)])
    with database.reader() as session:
        assert tuple(quantities.iterate_all(session)) == bounded


def test_a_known_article_is_not_written_again(database: Database) -> None:
    given = sample(4)
    assert ingest(database, given) == 4
    once = list_rows(database)
    assert ingest(database, given) == 0
    assert list_rows(database) == once
    with database.reader() as session:
        assert lookup_article_state(session, given[0].article.id) is ArticleState.KNOWN
        assert lookup_article_state(session, "art_00") is ArticleState.NEW


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_articles_makes_no_difference(database: Database, fresh_database: Callable[[], Database], seed: int) -> None:
    given = sample(14)
    ingest(database, given)
    shuffled = list(given)
    random.Random(seed).shuffle(shuffled)
    assert shuffled != given
    other = fresh_database()
    ingest(other, shuffled)
    assert list_rows(other) == list_rows(database)
    assert other.check() == ()


def test_saving_the_same_events_again_records_no_change(database: Database) -> None:
    given = sample(6)
    ingest(database, given)
    with database.transaction() as session:
        before = changes.lookup_last_change(session)
        ids = [claim.id for each in given for claim in each.claims]
        save_events(session, group(claims.list_block_closure(session, ids)))
        assert changes.lookup_last_change(session) == before


def test_a_relation_counts_events_claims_and_independent_sources(database: Database) -> None:
    statement = [("Russia", "attacked", "Ukraine")]
    ingest(
        database,
        [
            extraction("One", statement, day=date(2022, 2, 24), publisher="Paper"),
            extraction("Two", statement, day=date(2022, 2, 26), publisher="Paper"),
            extraction("Three", statement, day=date(2022, 2, 25)),
            extraction("Four", statement, day=date(2022, 2, 20), modality=Modality.PLANNED),
        ],
    )
    with database.reader() as session:
        found = relations.list_relations(session).items
        assert [(r.subject_id, r.object_id, r.modality) for r in found] == [("ent_Q159", "ent_Q212", Modality.ACTUAL)]
        assert (found[0].event_count, found[0].claim_count, found[0].source_count) == (1, 3, 2)
        assert (found[0].first_date, found[0].last_date) == (date(2022, 2, 24), date(2022, 2, 24))
        planned = relations.list_relations(session, RelationFilter(modality=(Modality.PLANNED,))).items
        assert [(r.claim_count, r.first_date) for r in planned] == [(1, date(2022, 2, 20))]


def test_regrouping_takes_events_and_relations_that_nothing_tells_any_more_away(database: Database) -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine")], day=date(2022, 2, 24))
    ingest(database, [given])
    with database.transaction() as session:
        event = group(claims.list_block_closure(session, [given.claims[0].id]))[0]
        save_events(session, [replace(event, id="evt_other", type="condemned", date=None)])
    with database.reader() as session:
        stored = list(events.iterate_all(session))
        assert [(e.id, e.type, e.date, e.claim_ids) for e in stored] == [("evt_other", "condemned", None, (given.claims[0].id,))]
        # Of which type and modality an edge is, claims say and not the event that unites them.
        assert [(r.type, r.event_count, r.last_date) for r in relations.iterate_all(session)] == [("attacked", 1, None)]
        assert [(c.noun, c.operation) for c in changes.list_changes(session) if c.noun == "event"] == [
            ("event", "came"),
            ("event", "came"),
            ("event", "went"),
        ]
    assert database.check() == ()


def test_events_are_linked_whichever_of_the_two_changes(database: Database) -> None:
    given = extraction(
        "One", [("France", "condemned", "Russia"), ("Russia", "attacked", "Ukraine")], day=date(2022, 2, 24), about_previous=True
    )
    ingest(database, [given])
    reaction, cause = given.claims
    with database.reader() as session:
        found = events.list_events_by_ids(
            session, [c.event_id or "" for c in claims.list_claims_by_ids(session, [reaction.id]).values()]
        )
        (event,) = found.values()
        assert claims.get_claim(session, cause.id).event_id in event.about_event_ids
        assert claims.get_claim(session, reaction.id).about_event_id == claims.get_claim(session, cause.id).event_id
    with database.transaction() as session:
        moved = group(claims.list_block_closure(session, [cause.id]))[0]
        save_events(session, [replace(moved, id="evt_moved")])
    with database.reader() as session:
        assert events.get_event(session, event.id).about_event_ids == ("evt_moved",)
        assert [e.id for e in events.list_reactions(session, ["evt_moved"])["evt_moved"]] == [event.id]


def test_claims_hang_together_through_others(database: Database) -> None:
    given = [extraction(name, [("Russia", "attacked", "Ukraine")]) for name in ("One", "Two", "Three", "Four")]
    keys = [{"a"}, {"a", "b"}, {"b"}, {"c"}]
    with database.transaction() as session:
        for each, key in zip(given, keys, strict=True):
            save_extraction(session, each, None, {each.claims[0].id: frozenset(key)})
        closure = claims.list_block_closure(session, [given[0].claims[0].id])
    assert [d.claim.id for d in closure] == sorted(each.claims[0].id for each in given[:3])
    assert {d.source_key for d in closure} == {each.article.id for each in given[:3]}
    assert all(d.claim.entity_ids(Role.SUBJECT) == ("ent_Q159",) for d in closure)


def test_a_failure_half_way_leaves_nothing_of_the_article(database: Database) -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine")])

    def fail_half_way() -> None:
        with database.transaction() as session:
            save_extraction(session, given, None, block_keys(given.claims))
            raise KeyboardInterrupt

    empty = list_rows(database)
    with pytest.raises(KeyboardInterrupt):
        fail_half_way()
    assert list_rows(database) == empty
    assert ingest(database, [given]) == 1


def test_what_a_reader_writes_is_lost(database: Database) -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine")])
    with database.reader() as session:
        first = articles.count_articles(session)
        ingest(database, [given])
        assert articles.count_articles(session) == first == 0
    with database.reader() as session:
        assert articles.count_articles(session) == 1


@pytest.mark.parametrize("names", [("KYIV POST", "Kyiv Post"), ("Kyiv Post", "KYIV POST")])
def test_the_name_of_an_unknown_entity_does_not_depend_on_who_was_read_first(database: Database, names: tuple[str, str]) -> None:
    key = local_entity_id("ORGANISATION", "kyiv post")
    for title, name in zip(("One", "Two"), names, strict=True):
        found = Entity(key, EntityKind.ORGANISATION, name, aliases=(Alias(name, AliasKind.NAME, title, is_name=True),))
        ingest(database, [extraction(title, [("Russia", "attacked", "Ukraine")], extra_entities=[found])])
    with database.reader() as session:
        entity = entities.get_entity(session, key)
        assert entity.name == "Kyiv Post"
        assert {alias.name for alias in entity.aliases} == {"KYIV POST", "Kyiv Post"}


@pytest.mark.parametrize(("text", "reason"), [("a\x00b", "binary"), ("a\ud800b", "encoding")])
def test_a_text_that_no_database_keeps_is_a_bad_document(database: Database, text: str, reason: str) -> None:
    given = extraction("One", [])
    bad = replace(given, article=replace(given.article, original=text))
    with database.transaction() as session, pytest.raises(DocumentError) as caught:
        save_extraction(session, bad, None, {})
    assert caught.value.reason == reason
    assert ingest(database, [given]) == 1


def test_very_long_names_and_texts_are_kept(database: Database) -> None:
    text = " ".join(f"w{number}" for number in range(150_000))
    long_name = "x" * 5000
    given = extraction(
        "One",
        [],
        extra_entities=[Entity("ent_long", EntityKind.PERSON, long_name, None, (Alias(long_name, AliasKind.NAME, "a"),))],
    )
    ingest(database, [replace(given, article=replace(given.article, text=text))])
    with database.reader() as session:
        assert articles.get_article(session, given.article.id).text == text
        assert entities.get_entity(session, "ent_long").name == long_name


def test_undated_articles_come_last_both_ways(database: Database) -> None:
    ingest(
        database,
        [extraction("One", []), extraction("Two", [], day=date(2022, 1, 1)), extraction("Three", [], day=date(2022, 1, 2))],
    )
    with database.reader() as session:
        down = articles.list_articles(session, None, Page(), ArticleOrder.PUBLISHED_DESC).items
        up = articles.list_articles(session, None, Page(), ArticleOrder.PUBLISHED_ASC).items
    assert [a.title for a in down] == ["Three", "Two", "One"]
    assert [a.title for a in up] == ["Two", "Three", "One"]


def test_entities_that_articles_share_count_their_mentions_once(database: Database) -> None:
    ingest(database, sample(5))
    with database.reader() as session:
        all_mentions = list(mentions.iterate_all(session))
        counts = mentions.count_mentions_of_entities(session, [country("Russia").id])
    assert counts == {"ent_Q159": sum(m.entity_id == "ent_Q159" for m in all_mentions)}


@pytest.mark.parametrize(("hour", "hours_east"), [(1, 3), (23, -5), (12, 0)])
def test_an_article_is_of_the_day_that_was_printed_before_and_after_storage(
    database: Database, hour: int, hours_east: int
) -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine")])
    printed = datetime(2022, 2, 22, hour, 30, tzinfo=timezone(timedelta(hours=hours_east)))
    given = replace(given, article=replace(given.article, published_at=printed))
    ingest(database, [given])
    with database.reader() as session:
        stored = articles.get_article(session, given.article.id)
        (dated,) = claims.list_block_closure(session, [given.claims[0].id])
        on_the_day = ArticleFilter(date=DateRange(date(2022, 2, 22), date(2022, 2, 22)))
        assert [article.id for article in articles.list_articles(session, on_the_day).items] == [given.article.id]
    assert stored.published_at == printed
    assert stored.published_on == given.article.published_on == date(2022, 2, 22)
    assert dated == given.dated_claims()[0]
