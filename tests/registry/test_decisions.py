"""What curators decide counts at once, in whatever they look at, and is gone at once when it is undone."""

from __future__ import annotations

from datetime import date

import pytest

from kb.domain.curation import Verdict
from kb.domain.query import EventFilter, Page, RelationFilter
from kb.domain.result import ArticleState, HitKind
from kb.errors import ConflictError, NotFoundError, UsageError
from kb.registry.groupers import Groupers, open_groupers
from kb.registry.intake import take_in
from kb.registry.judge import judge
from kb.registry.retract import retract
from kb.registry.split import split
from kb.registry.undo import undo
from kb.settings import read_settings
from kb.storage import articles, entities, events, likenesses, mentions, relations, retractions, search, stories, writer
from kb.storage.session import Database, Session
from tests.storage.stored_rows import list_rows
from tests.storage.synthetic import entity_of, extraction

GROUPERS: Groupers = open_groupers(read_settings())

SPELLED = extraction("One", [("Mohammed Hassani", "met", "Russia")], day=date(2022, 2, 1), publisher="A")
OTHERWISE = extraction("Two", [("Muhammad Hassani", "met", "Russia")], day=date(2022, 2, 2), publisher="B")
FATHER = extraction("Three", [("George Walker", "condemned", "France")], day=date(2022, 2, 3), publisher="A")
SON = extraction("Four", [("George B. Walker", "condemned", "France")], day=date(2022, 2, 4), publisher="B")
ALL = (SPELLED, OTHERWISE, FATHER, SON)


def person(name: str) -> str:
    return entity_of(name, "").id


ONE, OTHER = person("George Walker"), person("George B. Walker")


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as session:
        take_in(session, GROUPERS, ALL, None)
    return database


def told(session: Session, entity_id: str) -> tuple[int, int, int]:
    """How many events, relations and mentions an entity's page shows."""
    return (
        events.count_events(session, EventFilter(participant=(entity_id,))),
        relations.count_relations(session, RelationFilter(participant=(entity_id,))),
        mentions.count_mentions_of_entities(session, [entity_id])[entity_id],
    )


def test_spellings_of_one_name_are_one_entity_from_the_start(filled: Database) -> None:
    with filled.reader() as session:
        first = entities.get_entity(session, person("Mohammed Hassani"))
        assert entities.get_entity(session, person("Muhammad Hassani")) == first
        assert {alias.name for alias in first.aliases} == {"Mohammed Hassani", "Muhammad Hassani"}
        # Two articles on the same meeting: one event, one relation, two sources.
        assert told(session, first.id) == (1, 1, 2)
        (event,) = events.list_events(session, EventFilter(participant=(first.id,))).items
        assert event.source_count == 2


def test_names_that_are_only_alike_are_suggested_with_what_makes_them_so(filled: Database) -> None:
    with filled.reader() as session:
        (suggested,) = likenesses.list_suggestions(session)
        assert {suggested.left_id, suggested.right_id} == {ONE, OTHER}
        assert ("middle name left out", 0.85) in suggested.parts
        assert entities.get_entity(session, ONE) != entities.get_entity(session, OTHER)


def test_a_merge_counts_everywhere_and_old_ids_answer(filled: Database) -> None:
    with filled.transaction() as session:
        judge(session, GROUPERS, ONE, OTHER, Verdict.SAME, "ana", "same office, same day")
    with filled.reader() as session:
        merged = entities.get_entity(session, OTHER)
        assert (merged.id, merged.name) == (ONE, "George Walker")
        assert told(session, ONE) == told(session, OTHER) == (1, 1, 2)
        assert likenesses.list_suggestions(session) == ()
        hits = search.search(session, "george walker", Page(first=10), [HitKind.ENTITY]).items
        assert [hit.id for hit in hits] == [ONE]
    assert filled.check() == ()


def test_the_first_of_a_merge_gives_the_name(filled: Database) -> None:
    with filled.transaction() as session:
        judge(session, GROUPERS, OTHER, ONE, Verdict.SAME, "ana", "")
        assert entities.get_entity(session, ONE).name == "George B. Walker"


def test_undoing_a_merge_leaves_what_was(filled: Database) -> None:
    before = list_rows(filled)
    with filled.transaction() as session:
        made = judge(session, GROUPERS, ONE, person("Mohammed Hassani"), Verdict.SAME, "ana", "")
    with filled.transaction() as session:
        undone = undo(session, GROUPERS, made.id, "ben")
    assert (undone.author, undone.undone_by) == ("ana", "ben")
    after = list_rows(filled)
    assert {table for table in before if before[table] != after[table]} == {"judgement"}


def test_certainly_different_parts_what_names_alone_joined_and_later_articles_too(filled: Database) -> None:
    spelled, otherwise = person("Mohammed Hassani"), person("Muhammad Hassani")
    with filled.transaction() as session:
        judge(session, GROUPERS, spelled, otherwise, Verdict.DIFFERENT, "ana", "uncle and nephew")
    with filled.transaction() as session:
        again = extraction("Five", [("Muhammad Hassani", "met", "Poland")], day=date(2022, 3, 1), publisher="C")
        take_in(session, GROUPERS, [again], None)
    with filled.reader() as session:
        assert told(session, spelled) == (1, 1, 1)
        assert told(session, otherwise) == (2, 2, 2)


def test_a_contradiction_is_refused_and_says_what_to_undo(filled: Database) -> None:
    with filled.transaction() as session:
        first = judge(session, GROUPERS, ONE, OTHER, Verdict.SAME, "ana", "")
        second = judge(session, GROUPERS, OTHER, person("Mohammed Hassani"), Verdict.SAME, "ana", "")
    before = list_rows(filled)
    with pytest.raises(ConflictError) as caught, filled.transaction() as session:
        judge(session, GROUPERS, ONE, person("Mohammed Hassani"), Verdict.DIFFERENT, "ben", "")
    assert first.id in caught.value.message
    assert second.id in caught.value.message
    assert list_rows(filled) == before
    with filled.transaction() as session:
        undo(session, GROUPERS, first.id, "ana")
        judge(session, GROUPERS, ONE, person("Mohammed Hassani"), Verdict.DIFFERENT, "ben", "")
        assert entities.get_entity(session, ONE) != entities.get_entity(session, OTHER)


def test_the_same_verdict_twice_is_one_judgement(filled: Database) -> None:
    with filled.transaction() as session:
        first = judge(session, GROUPERS, ONE, OTHER, Verdict.SAME, "ana", "")
        assert judge(session, GROUPERS, OTHER, ONE, Verdict.SAME, "ben", "") == first


def test_what_names_nothing_or_itself_cannot_be_judged(filled: Database) -> None:
    with pytest.raises(NotFoundError), filled.transaction() as session:
        judge(session, GROUPERS, ONE, "ent_nobody", Verdict.SAME, "ana", "")
    with pytest.raises(UsageError), filled.transaction() as session:
        judge(session, GROUPERS, ONE, ONE, Verdict.SAME, "ana", "")


def test_a_split_moves_what_some_articles_say_and_back(filled: Database) -> None:
    namesake = extraction("Six", [("George Walker", "met", "Poland")], day=date(2022, 5, 1), publisher="C")
    with filled.transaction() as session:
        take_in(session, GROUPERS, [namesake], None)
    before = list_rows(filled)
    with filled.transaction() as session:
        made = split(session, GROUPERS, ONE, [namesake.article.id], "ana", "the footballer", name="George Walker (footballer)")
    with filled.reader() as session:
        assert entities.get_entity(session, made.new_entity_id).name == "George Walker (footballer)"
        assert told(session, made.new_entity_id) == (1, 1, 1)
        assert told(session, ONE) == (1, 1, 1)
    with filled.transaction() as session:
        undo(session, GROUPERS, made.id, "ana")
    after = list_rows(filled)
    assert {table for table in before if before[table] != after[table]} <= {"split", "split_article"}


def test_a_split_is_of_articles_that_name_the_entity(filled: Database) -> None:
    with pytest.raises(UsageError, match="no mention"), filled.transaction() as session:
        split(session, GROUPERS, ONE, [SPELLED.article.id], "ana", "")


def test_a_retracted_article_takes_along_what_only_it_said(filled: Database) -> None:
    with filled.transaction() as session:
        record = retract(session, GROUPERS, FATHER.article.id, "ana", "withdrawn by its publisher")
    assert (record.title, record.publisher, record.claim_count, record.mention_count) == ("Three", "A", 1, 2)
    with filled.reader() as session:
        with pytest.raises(NotFoundError):
            entities.get_entity(session, ONE)
        with pytest.raises(NotFoundError):
            articles.get_article(session, FATHER.article.id)
        assert stories.lookup_story_of_article(session, FATHER.article.id) is None
        # France is still spoken of elsewhere.
        assert told(session, entity_of("France", "").id) == (1, 1, 1)
        assert retractions.list_retractions(session) == (record,)
    assert filled.check() == ()


def test_what_two_sources_told_is_told_by_one_after_a_retraction(filled: Database) -> None:
    with filled.transaction() as session:
        retract(session, GROUPERS, SPELLED.article.id, "ana", "")
        (event,) = events.list_events(session, EventFilter(participant=(person("Muhammad Hassani"),))).items
        assert (event.source_count, len(event.claim_ids)) == (1, 1)


def test_a_retracted_article_does_not_come_back_until_that_is_undone(filled: Database) -> None:
    before = list_rows(filled)
    with filled.transaction() as session:
        record = retract(session, GROUPERS, SON.article.id, "ana", "")
        assert writer.lookup_article_state(session, SON.article.id) is ArticleState.RETRACTED
        assert take_in(session, GROUPERS, [SON], None) == ()
    with filled.transaction() as session:
        undo(session, GROUPERS, record.id, "ana")
        assert take_in(session, GROUPERS, [SON], None) == (SON,)
    assert list_rows(filled) == before


def test_a_decision_is_undone_once(filled: Database) -> None:
    with filled.transaction() as session:
        made = judge(session, GROUPERS, ONE, OTHER, Verdict.UNSURE, "ana", "")
        undo(session, GROUPERS, made.id, "ana")
        with pytest.raises(ConflictError):
            undo(session, GROUPERS, made.id, "ana")
