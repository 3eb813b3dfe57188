from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.domain.event import Story
from kb.domain.order import EntityOrder, Interval
from kb.domain.query import ArticleFilter, DateRange, EntityFilter, EventFilter, Page
from kb.domain.result import HitKind, RunCounts
from kb.errors import DocumentError, NotFoundError, UsageError
from kb.storage import (
    articles,
    claims,
    entities,
    events,
    facts,
    mentions,
    paths,
    quantities,
    relations,
    runs,
    search,
    sources,
    stories,
    timeline,
)
from kb.storage.session import Database
from kb.storage.tables import ENTITY
from tests.storage.synthetic import country, extraction, ingest, sample

RUSSIA, UKRAINE, FRANCE, POLAND, TURKEY = (country(name).id for name in ("Russia", "Ukraine", "France", "Poland", "Turkey"))


@pytest.fixture
def filled(database: Database) -> Database:
    """Three papers' articles of February and March 2022, and one that nobody dated."""
    ingest(
        database,
        [
            extraction("Invasion", [("Russia", "attacked", "Ukraine")], day=date(2022, 2, 24), publisher="Paper", confidence=0.9),
            extraction("Again", [("Russia", "attacked", "Ukraine")], day=date(2022, 2, 25), publisher="Gazette", confidence=0.4),
            extraction(
                "Outrage",
                [("France", "condemned", "Russia"), ("Russia", "attacked", "Ukraine")],
                day=date(2022, 2, 25),
                publisher="Paper",
                about_previous=True,
                speaker="Poland",
            ),
            extraction("Plans", [("Poland", "sanctioned", "Russia")], day=date(2022, 3, 1), modality=Modality.PLANNED),
            extraction("Visit", [("Turkey", "met", "Ukraine")], publisher="Gazette"),
        ],
    )
    return database


def types_of(session: Session, wanted: EventFilter) -> list[str]:
    found = events.list_events(session, wanted)
    assert events.count_events(session, wanted) == len(found.items)
    return [each.type for each in found.items]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EventFilter(), ["sanctioned", "condemned", "attacked", "met"]),
        (EventFilter(type=("attacked", "met")), ["attacked", "met"]),
        (EventFilter(type=()), []),
        (EventFilter(modality=(Modality.PLANNED,)), ["sanctioned"]),
        (EventFilter(subject=(RUSSIA,)), ["attacked"]),
        (EventFilter(object=(RUSSIA,)), ["sanctioned", "condemned"]),
        (EventFilter(participant=(UKRAINE, FRANCE)), ["condemned", "attacked", "met"]),
        (EventFilter(subject=(FRANCE,), object=(RUSSIA,)), ["condemned"]),
        (
            EventFilter(participant=(RUSSIA,), type=("condemned",), date=DateRange(date(2022, 2, 1), date(2022, 2, 28))),
            ["condemned"],
        ),
        (EventFilter(attributed_to=(POLAND,)), ["condemned", "attacked"]),
        (EventFilter(date=DateRange(date(2022, 2, 25), None)), ["sanctioned", "condemned"]),
        (EventFilter(date=DateRange(None, date(2022, 2, 24))), ["attacked"]),
        (EventFilter(date=DateRange()), ["sanctioned", "condemned", "attacked", "met"]),
        (EventFilter(text="CONDEMNING russia"), ["condemned"]),
        (EventFilter(text="?!"), []),
        (EventFilter(text="' OR 1=1 --"), []),
        (EventFilter(min_confidence=0.8), ["attacked"]),
        (EventFilter(source=("src_none", "a\x00b")), []),
        (EventFilter(subject=("ent_none", "\ud800")), []),
    ],
)
def test_a_filter_lets_through_what_it_names(filled: Database, wanted: EventFilter, expected: list[str]) -> None:
    with filled.reader() as session:
        assert types_of(session, wanted) == expected


def test_source_and_confidence_must_hold_of_the_same_claim(filled: Database) -> None:
    with filled.reader() as session:
        ids = {source.name: source.id for source in sources.list_sources(session).items}
        assert list(ids) == ["Gazette", "Paper"]
        assert types_of(session, EventFilter(source=(ids["Gazette"],))) == ["attacked", "met"]
        assert types_of(session, EventFilter(source=(ids["Gazette"],), min_confidence=0.5)) == ["met"]
        assert {a.title for a in articles.list_articles(session, ArticleFilter(source=(ids["Paper"],), text="attack")).items} == {
            "Invasion",
            "Outrage",
        }
        assert sources.count_articles_of_sources(session, ids.values()) == {ids["Gazette"]: 2, ids["Paper"]: 2}


def test_claims_are_filtered_by_what_they_say_themselves(filled: Database) -> None:
    with filled.reader() as session:
        assert claims.count_claims(session, EventFilter(subject=(RUSSIA,))) == 3
        assert claims.count_claims(session, EventFilter(attributed_to=(POLAND,), type=("attacked",))) == 1
        (attack,) = events.list_events(session, EventFilter(type=("attacked",))).items
        about = claims.list_claims(session, EventFilter(about=(attack.id,))).items
        assert [(c.type, c.about_event_id) for c in about] == [("condemned", attack.id)]
        assert types_of(session, EventFilter(about=(attack.id,))) == ["condemned"]
        assert [e.type for e in events.list_reactions(session, [attack.id], EventFilter(subject=(FRANCE,)))[attack.id]] == [
            "condemned"
        ]
        assert events.list_reactions(session, [attack.id], EventFilter(subject=(TURKEY,))) == {attack.id: ()}


def test_a_range_that_ends_before_it_begins_is_the_callers_mistake(filled: Database) -> None:
    with filled.reader() as session, pytest.raises(UsageError, match="swap"):
        events.list_events(session, EventFilter(date=DateRange(date(2022, 2, 2), date(2022, 2, 1))))


@pytest.mark.parametrize(
    "get",
    [
        articles.get_article,
        claims.get_claim,
        entities.get_entity,
        events.get_event,
        facts.get_fact,
        mentions.get_mention,
        quantities.get_quantity,
        relations.get_relation,
        runs.get_run,
        sources.get_source,
        stories.get_story,
    ],
)
def test_an_unknown_id_is_not_found(database: Database, get: Callable[[Session, str], object]) -> None:
    with database.reader() as session, pytest.raises(NotFoundError):
        get(session, "xyz_1")


def test_facets_count_events_of_the_filter(filled: Database) -> None:
    with filled.reader() as session:
        facets = events.list_facets(session, EventFilter(participant=(RUSSIA,)))
        paper, gazette = (
            next(s.id for s in sources.list_sources(session).items if s.name == name) for name in ("Paper", "Gazette")
        )
    assert {(f.value, f.count) for f in facets.type} == {("attacked", 1), ("condemned", 1), ("sanctioned", 1)}
    assert {(f.value, f.count) for f in facets.subject} == {(RUSSIA, 1), (FRANCE, 1), (POLAND, 1)}
    assert [(f.value, f.count) for f in facets.object] == [(RUSSIA, 2), (UKRAINE, 1)]
    assert [(f.value, f.count) for f in facets.source] == [(paper, 2), (gazette, 1)]
    assert [(f.value, f.count) for f in facets.month] == [("2022-02", 2), ("2022-03", 1)]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (
            Interval.DAY,
            [("2022-02-24", "2022-02-24", 1, 3), ("2022-02-25", "2022-02-25", 1, 1), ("2022-03-01", "2022-03-01", 1, 1)],
        ),
        (Interval.WEEK, [("2022-02-21", "2022-02-27", 2, 4), ("2022-02-28", "2022-03-06", 1, 1)]),
        (Interval.MONTH, [("2022-02-01", "2022-02-28", 2, 4), ("2022-03-01", "2022-03-31", 1, 1)]),
        (Interval.YEAR, [("2022-01-01", "2022-12-31", 3, 5)]),
    ],
)
def test_a_timeline_counts_dated_events(filled: Database, interval: Interval, expected: list[tuple[str, str, int, int]]) -> None:
    with filled.reader() as session:
        buckets = timeline.list_buckets(session, None, interval)
    assert [(str(b.start), str(b.end), b.event_count, b.claim_count) for b in buckets] == expected


def test_search_finds_words_in_whatever_form_and_shows_where(filled: Database) -> None:
    with filled.reader() as session:
        hits = search.search(session, "Attacking UKRAINE").items
        assert {hit.kind for hit in hits} == {HitKind.ARTICLE, HitKind.CLAIM}
        assert search.count_hits(session, "Attacking UKRAINE") == len(hits) == 6
        for hit in hits:
            assert {hit.snippet[h.start : h.end] for h in hit.highlights} == {"attacked", "Ukraine"}
        assert all(first.score >= second.score for first, second in pairwise(hits))
        best = search.search(session, "ukraine").items[0]
        assert (best.kind, best.id, best.title) == (HitKind.ENTITY, UKRAINE, "Ukraine")
        only = search.search(session, "ukraine", kinds=[HitKind.ENTITY]).items
        assert [hit.id for hit in only] == [UKRAINE]
        assert [hit.title for hit in search.search(session, "outr*").items][:1] == ["Outrage"]
        assert search.search(session, "outr").items == ()


@pytest.mark.parametrize(
    "text",
    ["", "   ", "'", '"', "* * *", "a:b OR NEAR(c)", "x' & !y | z:*", "\x00", "\ud800", "(", "\\", "😀", "1e5 & -2", "Ⅷ ﬁ"],
)
def test_search_takes_any_text(filled: Database, text: str) -> None:
    with filled.reader() as session:
        assert search.search(session, text).items == ()
        assert search.count_hits(session, text) == 0


def test_a_snippet_of_a_long_text_is_cut_around_what_was_found(database: Database) -> None:
    given = extraction("One", [])
    text = " ".join(["filler words here."] * 200 + ["The Élysée was sanctioned\nyesterday."] + ["more filler words."] * 200)
    ingest(database, [replace(given, article=replace(given.article, text=text))])
    with database.reader() as session:
        (hit,) = search.search(session, "elysee sanctions").items
    assert len(hit.snippet) < 260
    assert [hit.snippet[h.start : h.end] for h in hit.highlights] == ["Élysée", "sanctioned"]


def test_paths_are_the_shortest_ones_whichever_way_relations_point(filled: Database) -> None:
    with filled.reader() as session:
        (path,) = paths.list_paths(session, TURKEY, FRANCE)
        assert path.entity_ids == (TURKEY, UKRAINE, RUSSIA, FRANCE)
        # Who meets whom has no direction: the end whose id comes first is the subject.
        assert [step.forward for step in path.steps] == [False, False, False]
        for step in path.steps:
            relation = relations.get_relation(session, step.relation_id)
            ends = (relation.subject_id, relation.object_id)
            assert (step.from_id, step.to_id) == (ends if step.forward else ends[::-1])
        assert paths.list_paths(session, TURKEY, FRANCE, 2) == ()
        assert paths.list_paths(session, TURKEY, POLAND, 6) == ()
        assert paths.list_paths(session, TURKEY, TURKEY)[0].steps == ()
        for length in (0, 7):
            with pytest.raises(UsageError):
                paths.list_paths(session, TURKEY, FRANCE, length)
        with pytest.raises(NotFoundError):
            paths.list_paths(session, TURKEY, "ent_none")


def test_entities_are_found_by_name_kind_and_wikidata_id(filled: Database) -> None:
    with filled.reader() as session:

        def names(wanted: EntityFilter, order: EntityOrder = EntityOrder.NAME_ASC) -> list[str]:
            assert entities.count_entities(session, wanted) == len(entities.list_entities(session, wanted, Page(), order).items)
            return [entity.name for entity in entities.list_entities(session, wanted, Page(), order).items]

        assert names(EntityFilter()) == ["France", "Poland", "Russia", "Turkey", "Ukraine"]
        assert names(EntityFilter(), EntityOrder.MENTIONS_DESC)[:2] == ["Russia", "Ukraine"]
        assert names(EntityFilter(name="RUSS")) == ["Russia"]
        assert names(EntityFilter(name="ussia")) == []
        assert names(EntityFilter(name="%")) == []
        assert names(EntityFilter(kind=(EntityKind.PERSON,))) == []
        assert names(EntityFilter(has_wikidata=False)) == []
        assert entities.lookup_entity_by_name(session, "  rUSSIA. ") == entities.get_entity(session, RUSSIA)
        assert entities.lookup_entity_by_name(session, "Russ") is None
        assert entities.lookup_entity_by_wikidata(session, "Q159") == entities.get_entity(session, RUSSIA)
        assert entities.lookup_entity_by_wikidata(session, "Q1") is None


def test_entities_co_occur_by_how_many_articles_they_share(filled: Database) -> None:
    with filled.reader() as session:
        found = entities.list_co_occurring(session, [RUSSIA, TURKEY], first=2)
        assert [(c.entity.name, c.article_count) for c in found[RUSSIA]] == [("Ukraine", 3), ("France", 1)]
        assert [(c.entity.name, c.article_count) for c in found[TURKEY]] == [("Ukraine", 1)]


def test_facts_hold_as_of_a_day(database: Database) -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine")])
    (fact,) = given.facts
    ingest(database, [replace(given, facts=(replace(fact, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1)),))])
    with database.reader() as session:
        held = {
            day: len(facts.list_facts_of_entities(session, [RUSSIA], day)[RUSSIA])
            for day in (None, date(2019, 12, 31), date(2020, 1, 1), date(2021, 1, 2))
        }
    assert list(held.values()) == [1, 0, 1, 0]


def test_quantities_belong_to_the_events_of_their_sentence(filled: Database) -> None:
    with filled.reader() as session:
        found = {e.type: e.id for e in events.list_events(session).items}
        of_events = quantities.list_quantities_of_events(session, found.values())
        assert {kind: len(of_events[key]) for kind, key in found.items()} == {
            "sanctioned": 1,
            "condemned": 1,
            "attacked": 2,
            "met": 1,
        }


def test_facts_and_quantities_of_an_article_come_a_page_at_a_time_in_the_order_of_its_text(database: Database) -> None:
    given = extraction("One", [("Russia", "attacked", "Ukraine"), ("France", "condemned", "Russia")])
    other = extraction("Two", [("Poland", "met", "Turkey")])
    (figure,), (fact,) = given.quantities, given.facts
    later = given.claims[1]
    # Ids run against the order of the text, so that sorting by them would show.
    figures = (replace(figure, id="qty_b"), replace(figure, id="qty_a", span=later.trigger, sentence=later.sentence))
    said = (replace(fact, id="fct_b"), replace(fact, id="fct_a", sentence=later.sentence))
    ingest(database, [replace(given, quantities=figures, facts=said), replace(other, quantities=(), facts=())])
    keys = [given.article.id, other.article.id]
    with database.reader() as session:
        listed = quantities.list_quantities_of_articles(session, keys)
        assert (listed[keys[0]].items, listed[keys[1]].items) == (figures, ())
        first = quantities.list_quantities_of_articles(session, keys, Page(first=1))[keys[0]]
        assert (first.items, first.has_next) == (figures[:1], True)
        rest = quantities.list_quantities_of_articles(session, keys, Page(after=first.cursors[0]))
        assert rest[keys[0]].items == figures[1:]
        assert quantities.count_quantities_of_articles(session, keys) == {keys[0]: 2, keys[1]: 0}

        stated = facts.list_facts_of_articles(session, keys)
        assert [[each.id for each in stated[key].items] for key in keys] == [["fct_b", "fct_a"], []]
        start = facts.list_facts_of_articles(session, keys, Page(first=1))[keys[0]]
        following = facts.list_facts_of_articles(session, keys, Page(after=start.cursors[0]))
        assert [each.id for each in following[keys[0]].items] == ["fct_a"]
        assert facts.count_facts_of_articles(session, keys) == {keys[0]: 2, keys[1]: 0}


def test_stories_take_the_place_of_those_their_articles_had(filled: Database) -> None:
    with filled.transaction() as session:
        first, second, third = [a.id for a in articles.list_articles(session).items][:3]
        stories.save_stories(session, [Story("sto_1", "One", (second, first)), Story("sto_2", "Two", (third,))])
    with filled.transaction() as session:
        assert stories.get_story(session, "sto_1").article_ids == (second, first)
        stories.save_stories(session, [Story("sto_1", "All", (first, second, third))])
    with filled.reader() as session:
        assert [story.title for story in stories.list_stories(session).items] == ["All"]
        assert stories.lookup_story_of_article(session, third) == Story("sto_1", "All", (first, second, third))
        assert stories.lookup_story_of_article(session, "art_none") is None
        assert stories.list_block_closure(session, [first]) == (first,)
    assert filled.check() == ()


def test_former_ids_lead_to_the_canonical_entity(filled: Database) -> None:
    with filled.transaction() as session:
        session.execute(update(ENTITY).where(ENTITY.c.id == POLAND).values(canonical_id=FRANCE))
    with filled.reader() as session:
        merged = entities.get_entity(session, POLAND)
        assert merged.id == FRANCE
        assert {"Poland", "France"} <= {alias.name for alias in merged.aliases}
        assert POLAND not in [entity.id for entity in entities.list_entities(session).items]
        pages = events.list_events_of_entities(session, [POLAND, FRANCE])
        assert [e.type for e in pages[POLAND].items] == ["sanctioned", "condemned"]
        assert pages[POLAND] == pages[FRANCE]
        assert types_of(session, EventFilter(subject=(POLAND,))) == ["sanctioned", "condemned"]
        assert all(FRANCE in event.subject_ids for event in pages[FRANCE].items)


def test_a_document_refused_twice_is_in_quarantine_once(database: Database) -> None:
    error = DocumentError("a\x00/b.txt", "empty", "b.txt is empty; remove it")
    for _ in range(2):
        with database.transaction() as session:
            run_id = runs.start_run(session)
            runs.save_failure(session, run_id, error)
            run = runs.finish_run(session, run_id, RunCounts(articles_read=3, quarantined=1))
    with database.transaction() as session:
        (failure,) = runs.list_failures(session).items
        assert (failure.run_id, failure.reason, failure.message) == (run_id, "empty", "b.txt is empty; remove it")
        assert runs.get_run(session, run_id) == run
        assert run.finished_at is not None
        assert run.counts == RunCounts(articles_read=3, quarantined=1)
        assert runs.list_runs(session).items[0] == run
        assert runs.count_totals(session).quarantined == 1
        runs.clear_failures(session, [error.origin], run_id)
        assert runs.list_failures(session).items == (failure,)
        runs.clear_failures(session, [error.origin], "run_later")
        assert runs.list_failures(session).items == ()


@contextmanager
def counted_statements(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, n: events.list_events(session, None, Page(first=n)),
        lambda session, n: claims.list_claims(session, None, Page(first=n)),
        lambda session, n: entities.list_entities(session, None, Page(first=n)),
        lambda session, n: articles.list_articles(session, None, Page(first=n)),
        lambda session, n: search.search(session, "attacked", Page(first=n)),
        lambda session, n: events.list_events_of_entities(session, [RUSSIA, UKRAINE, FRANCE, POLAND][:n]),
        lambda session, n: relations.list_relations_of_entities(session, [RUSSIA, UKRAINE, FRANCE, POLAND][:n]),
        lambda session, n: mentions.list_mentions_of_entities(session, [RUSSIA, UKRAINE, FRANCE, POLAND][:n]),
        lambda session, n: facts.list_facts_of_entities(session, [RUSSIA, UKRAINE, FRANCE, POLAND][:n]),
        lambda session, n: entities.list_co_occurring(session, [RUSSIA, UKRAINE, FRANCE, POLAND][:n]),
    ],
    ids=[
        "events",
        "claims",
        "entities",
        "articles",
        "search",
        "entity events",
        "entity relations",
        "entity mentions",
        "facts",
        "co-occurring",
    ],
)
def test_more_rows_take_no_more_statements(database: Database, ask: Callable[[Session, int], object]) -> None:
    ingest(database, sample(8))
    counts = []
    for size in (1, 4):
        with database.reader() as session, counted_statements(session) as statements:
            ask(session, size)
        counts.append(len(statements))
    assert 0 < counts[1] <= counts[0] + 2
