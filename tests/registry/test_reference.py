"""The reference set in the database: brought in once, kept up to date, and what people and articles say is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from kb.domain.claim import Fact
from kb.domain.curation import Verdict
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind
from kb.domain.extraction import Extraction
from kb.domain.query import EntityFilter
from kb.domain.reference import Office, ReferenceEntity
from kb.domain.span import Span
from kb.registry.groupers import Groupers, open_groupers
from kb.registry.intake import take_in
from kb.registry.judge import judge
from kb.registry.reference import ReferenceChanges, load_reference_set
from kb.registry.retract import retract
from kb.resolve.reference import load_reference
from kb.settings import read_settings
from kb.storage import changes, entities, facts, likenesses, search
from kb.storage.entity_writer import CURATOR, save_alias
from kb.storage.session import Database
from tests.storage.stored_rows import list_rows
from tests.storage.synthetic import extraction

GERMANY, FRANCE, RUSSIA, NATO, MERKEL = "ent_Q183", "ent_Q142", "ent_Q159", "ent_Q7184", "ent_Q567"


@pytest.fixture(scope="module")
def groupers() -> Groupers:
    return open_groupers(read_settings())


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """Another migrated database without rows."""
    path = tmp_path / "other.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Database.open(f"sqlite:///{path}")
    yield opened
    opened.dispose()


def known(key: str, name: str, kind: EntityKind = EntityKind.COUNTRY, **more: object) -> ReferenceEntity:
    # Countries as synthetic articles know them: a reader and a database have the same set.
    row = ReferenceEntity(key, kind, name, key if key.startswith("Q") else None, (name,), origin="reference")
    if kind is EntityKind.COUNTRY:
        row = replace(row, demonyms=(f"{name} n",))
    return replace(row, **more)  # type: ignore[arg-type]


CHANCELLOR = Office("chancellor", "Q183", date(2005, 11, 22), date(2021, 12, 8))
SMALL = (
    known("Q183", "Germany", capital="Berlin"),
    known("Q142", "France"),
    known("Q64", "Berlin", EntityKind.REGION, country="Q183", population=3_600_000),
    known("Q980", "Bavaria", EntityKind.REGION, country="Q183"),
    known("Q7184", "NATO", EntityKind.ORGANISATION, members=("Q183", "Q142")),
    known("Q567", "Angela Merkel", EntityKind.PERSON, offices=(CHANCELLOR,)),
    known("person-sergei-chemezov", "Sergei Chemezov", EntityKind.PERSON, offices=(Office("chief executive", "Q7184"),)),
)


def load(database: Database, groupers: Groupers, rows: Sequence[ReferenceEntity]) -> ReferenceChanges:
    with database.transaction() as session:
        return load_reference_set(session, groupers, rows)


def ingest(database: Database, groupers: Groupers, *articles: Extraction) -> None:
    for each in articles:
        with database.transaction() as session:
            take_in(session, groupers, [each], None)


def without(key: str, rows: Sequence[ReferenceEntity] = SMALL) -> list[ReferenceEntity]:
    """The set without an entity and without what others have with it."""
    return [
        replace(row, members=tuple(m for m in row.members if m != key), offices=tuple(o for o in row.offices if o.of != key))
        for row in rows
        if row.key != key
    ]


def with_row(row: ReferenceEntity, rows: Sequence[ReferenceEntity] = SMALL) -> list[ReferenceEntity]:
    return [row if each.key == row.key else each for each in rows]


def stated(database: Database, entity_id: str, day: date | None = None, *, as_object: bool = False) -> set[tuple[str, str, str]]:
    """(subject's name, predicate, object as it is shown) of what may hold on the day."""
    with database.reader() as session:
        found = facts.list_facts_of_entities(session, [entity_id], day, as_object=as_object)[entity_id]
        ids = {i for fact in found for i in (fact.subject_id, fact.object_id) if i}
        names = {each: entity.name for each, entity in entities.list_entities_by_ids(session, ids).items()}
    return {(names[f.subject_id], f.predicate, f.object_text or names[f.object_id or ""]) for f in found}


_NUMBER = count()


def office_in_text(text: str, day: date, *, to: date | None = None, held: bool = True) -> Extraction:
    """An article of the day that says of somebody what the text says."""
    given = extraction(f"Paper {next(_NUMBER)}", [("Germany", "met", "France")], day=day)
    sentence = Span(0, 1, given.article.text[:1])
    fact = Fact(f"fct_{given.article.id}", MERKEL, "holds_office", GERMANY, text, given.article.id, sentence, None, to)
    person = Entity(MERKEL, EntityKind.PERSON, "Angela Merkel", "Q567")
    mention = replace(given.mentions[0], id=f"men_{given.article.id}", entity_id=MERKEL)
    return replace(
        given,
        facts=(replace(fact, held_on=day if held else None),),
        entities=(*given.entities, person),
        mentions=(*given.mentions, mention),
    )


# -- loading -------------------------------------------------------------------------------------------------------------------


def test_what_the_set_knows_is_there_with_its_names_and_facts(database: Database, groupers: Groupers) -> None:
    done = load(database, groupers, SMALL)
    assert (done.entities_came, done.facts_came) == (7, 7)
    with database.reader() as session:
        germany = entities.get_entity(session, GERMANY)
    assert {(a.name, a.kind, a.origin) for a in germany.aliases} == {
        ("Germany", AliasKind.NAME, "reference"),
        ("Germany n", AliasKind.DEMONYM, "reference"),
    }
    assert stated(database, GERMANY, as_object=True) == {
        ("Angela Merkel", "holds_office", "Chancellor of Germany"),
        ("Berlin", "capital_of", "Germany"),
        ("Berlin", "located_in", "Germany"),
        ("Bavaria", "part_of", "Germany"),
    }
    assert stated(database, GERMANY) == {("Germany", "member_of", "NATO")}
    assert database.check() == ()


def test_the_same_set_twice_changes_nothing(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    ingest(database, groupers, extraction("One", [("Germany", "met", "Petra Unknown")]))
    before = list_rows(database)
    with database.reader() as session:
        last = changes.lookup_last_change(session)
    assert load(database, groupers, SMALL) == ReferenceChanges()
    assert list_rows(database) == before
    with database.reader() as session:
        assert changes.lookup_last_change(session) == last


def test_it_makes_no_difference_whether_articles_or_the_set_come_first(
    database: Database, groupers: Groupers, sqlite: Database
) -> None:
    articles = [
        extraction("One", [("Germany", "met", "Sergey Chemezov"), ("Russia", "met", "Angela Merkel")], day=date(2022, 1, 1)),
        extraction("Two", [("Sergei Chemezov", "met", "France")], day=date(2022, 1, 2)),
    ]
    load(database, groupers, SMALL)
    ingest(database, groupers, *articles)
    ingest(sqlite, groupers, *articles)
    load(sqlite, groupers, SMALL)
    one, two = list_rows(database), list_rows(sqlite)
    for table in one:
        assert one[table] == two[table], table


def test_who_was_unknown_is_suggested_to_be_whom_the_set_knows_now(database: Database, groupers: Groupers) -> None:
    article = extraction("One", [("Germany", "met", "Sergey Chemezov")])
    ingest(database, groupers, article)
    (local,) = [each.id for each in article.entities if each.kind is EntityKind.PERSON]
    load(database, groupers, SMALL)
    with database.reader() as session:
        assert [{each.left_id, each.right_id} for each in likenesses.list_suggestions(session)] == [
            {local, "ent_person-sergei-chemezov"}
        ]


# -- a newer set ---------------------------------------------------------------------------------------------------------------


def test_names_and_entities_that_the_set_no_longer_has_go(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    done = load(database, groupers, with_row(known("Q142", "France", names=("France", "Gaul")), without("Q980")))
    assert (done.entities_went, done.entities_kept, done.names_came) == (1, 0, 1)
    with database.reader() as session:
        assert entities.lookup_entity_by_name(session, "Bavaria") is None
        assert (entities.lookup_entity_by_name(session, "Gaul") or entities.get_entity(session, GERMANY)).id == FRANCE
        assert {each.id for each in search.search(session, "Gaul").items} == {FRANCE}
    load(database, groupers, without("Q980"))
    with database.reader() as session:
        assert entities.lookup_entity_by_name(session, "Gaul") is None
        assert search.search(session, "Gaul").items == ()
    assert database.check() == ()


def test_what_an_article_or_a_person_speaks_for_stays(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    ingest(database, groupers, article := extraction("One", [("Germany", "met", "Petra Unknown")]))
    unknown = next(each.id for each in article.entities if each.kind is EntityKind.PERSON)
    with database.transaction() as session:
        judge(session, groupers, "ent_Q980", FRANCE, Verdict.DIFFERENT, "editor", "")
        save_alias(session, "ent_Q64", Alias("Berlin (Spree)", AliasKind.NAME, CURATOR, is_name=True))
    done = load(database, groupers, [])
    assert (done.entities_kept, done.entities_went) == (4, 3)
    with database.reader() as session:
        names = entities.list_entities_by_ids(session, [GERMANY, "ent_Q980", "ent_Q64", FRANCE, NATO, MERKEL, unknown])
        assert {each: entity.name for each, entity in names.items()} == {
            GERMANY: "Germany",
            "ent_Q980": "Bavaria",
            "ent_Q64": "Berlin (Spree)",
            FRANCE: "France",
            unknown: "Petra Unknown",
        }
    assert load(database, groupers, []) == ReferenceChanges()
    assert database.check() == ()


def test_what_stayed_for_an_article_goes_with_it(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    article = extraction("One", [("Germany", "met", "Petra Unknown")])
    ingest(database, groupers, article)
    load(database, groupers, [])
    with database.transaction() as session:
        retract(session, groupers, article.article.id, "editor", "")
    with database.reader() as session:
        assert entities.list_entities_by_ids(session, [GERMANY]) == {}
    assert database.check() == ()


def test_a_curators_name_and_merge_outlive_a_newer_set(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    article = extraction("One", [("Germany", "met", "Petra Unknown")])
    ingest(database, groupers, article)
    unknown = next(each.id for each in article.entities if each.kind is EntityKind.PERSON)
    with database.transaction() as session:
        save_alias(session, FRANCE, Alias("French Republic", AliasKind.NAME, CURATOR, is_name=True))
        judge(session, groupers, MERKEL, unknown, Verdict.SAME, "editor", "a pen name")
    load(database, groupers, with_row(known("Q142", "Republic of France", names=("Republic of France", "France"))))
    with database.reader() as session:
        assert entities.get_entity(session, FRANCE).name == "French Republic"
        assert entities.get_entity(session, unknown).id == MERKEL


def test_a_name_by_which_an_article_calls_it_stays(database: Database, groupers: Groupers) -> None:
    rows = with_row(known("Q142", "French Republic", names=("French Republic", "France", "Gaul")))
    load(database, groupers, rows)
    ingest(database, groupers, extraction("One", [("France", "met", "Germany")]))
    load(database, groupers, with_row(known("Q142", "French Republic", names=("French Republic",))))
    with database.reader() as session:
        france = entities.get_entity(session, FRANCE)
        assert {alias.name for alias in france.aliases} >= {"French Republic", "France"}
        assert "Gaul" not in {alias.name for alias in france.aliases}


def test_a_fact_that_changes_is_kept_as_what_was_believed(database: Database, groupers: Groupers) -> None:
    load(
        database,
        groupers,
        with_row(known("Q567", "Angela Merkel", EntityKind.PERSON, offices=(replace(CHANCELLOR, until=None),))),
    )
    before = datetime.now(UTC)
    assert stated(database, MERKEL, date(2024, 1, 1)) == {("Angela Merkel", "holds_office", "Chancellor of Germany")}
    done = load(database, groupers, SMALL)
    assert (done.facts_came, done.facts_superseded) == (1, 1)
    assert stated(database, MERKEL, date(2024, 1, 1)) == set()
    with database.reader() as session:
        (then,) = facts.list_facts_of_entities(session, [MERKEL], date(2024, 1, 1), before)[MERKEL]
        (now,) = facts.list_facts_of_entities(session, [MERKEL])[MERKEL]
        assert facts.list_facts_of_entities(session, [MERKEL], None, before - timedelta(days=1))[MERKEL] == ()
        assert facts.list_evidence(session, [then.id]) == {then.id: (then,)}
    assert then.valid_to is None
    assert then.superseded_at == now.recorded_at
    assert now.valid_to == date(2021, 12, 8)


def test_a_fact_that_is_taken_back_and_stated_again_is_on_record_twice(database: Database, groupers: Groupers) -> None:
    bare = with_row(known("Q567", "Angela Merkel", EntityKind.PERSON))
    for rows in (SMALL, bare, SMALL, bare):
        load(database, groupers, rows)
    assert stated(database, MERKEL) == set()
    assert load(database, groupers, SMALL).facts_came == 1
    assert stated(database, MERKEL) == {("Angela Merkel", "holds_office", "Chancellor of Germany")}


# -- facts of articles beside it -----------------------------------------------------------------------------------------------


def test_one_fact_stands_for_all_that_say_so_and_contradictions_stand_beside_it(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    during = office_in_text("Chancellor of Germany", date(2015, 3, 1))
    former = office_in_text("Former Chancellor of Germany", date(2023, 3, 1), to=date(2023, 2, 28), held=False)
    wrong = office_in_text("Chancellor of Germany", date(2024, 3, 1))
    ingest(database, groupers, during, former, wrong)
    with database.reader() as session:
        known_fact, contradicting = facts.list_facts_of_entities(session, [MERKEL])[MERKEL]
        evidence = facts.list_evidence(session, [known_fact.id, during.facts[0].id, contradicting.id])
    assert (known_fact.origin, known_fact.article_id, known_fact.sentence) == ("reference", None, None)
    assert [each.id for each in evidence[known_fact.id]] == [known_fact.id, former.facts[0].id, during.facts[0].id]
    assert evidence[during.facts[0].id] == evidence[known_fact.id]
    assert [each.id for each in evidence[contradicting.id]] == [wrong.facts[0].id]
    assert len(stated(database, MERKEL, date(2015, 1, 1))) == 1


def test_a_retracted_article_takes_what_it_stated_and_leaves_what_is_known(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    article = office_in_text("Leader of Germany", date(2015, 3, 1))
    ingest(database, groupers, article)
    assert {what for _, _, what in stated(database, MERKEL)} == {"Leader of Germany", "Chancellor of Germany"}
    with database.transaction() as session:
        retract(session, groupers, article.article.id, "editor", "")
    assert {what for _, _, what in stated(database, MERKEL)} == {"Chancellor of Germany"}
    assert database.check() == ()


def test_lists_hold_what_articles_speak_of_and_names_find_the_rest(database: Database, groupers: Groupers) -> None:
    load(database, groupers, SMALL)
    ingest(database, groupers, extraction("One", [("Germany", "met", "Petra Unknown")]))
    with database.reader() as session:
        assert {each.name for each in entities.list_entities(session).items} == {"Germany", "Petra Unknown"}
        assert entities.count_entities(session) == 2
        assert {each.name for each in entities.list_entities(session, EntityFilter(name="berl")).items} == {"Berlin"}
        assert entities.count_entities(session, EntityFilter(with_unmentioned=True)) == 8
        assert [each.id for each in search.search(session, "Bavaria").items] == ["ent_Q980"]
        assert {each.name for each in entities.iterate_all(session)} == {"Germany", "Petra Unknown"}
        assert [fact for fact in facts.iterate_all(session) if fact.origin] == []
    ingest(database, groupers, office_in_text("Leader of Germany", date(2015, 3, 1)))
    with database.reader() as session:
        exported = [(fact.subject_id, fact.object_text) for fact in facts.iterate_all(session) if fact.origin]
    assert exported == [(MERKEL, "Chancellor of Germany")]


# -- the set as it is shipped --------------------------------------------------------------------------------------------------


def test_the_shipped_set_says_who_held_office_on_a_day(sqlite: Database, groupers: Groupers) -> None:
    rows = load_reference(read_settings().reference_dir)
    done = load(sqlite, groupers, rows)
    assert done.entities_came == len(rows)

    def holders(country: str, day: date, office: str) -> set[str]:
        held = stated(sqlite, country, day, as_object=True)
        return {who for who, predicate, what in held if predicate == "holds_office" and what == office}

    assert holders(GERMANY, date(2015, 6, 1), "Chancellor of Germany") == {"Angela Merkel"}
    assert holders(FRANCE, date(2014, 6, 1), "President of France") == {"François Hollande"}
    assert holders(FRANCE, date(2018, 6, 1), "President of France") == {"Emmanuel Macron"}
    assert holders("ent_Q145", date(2017, 1, 1), "Prime Minister of the United Kingdom") == {"Theresa May"}
    assert holders(RUSSIA, date(2010, 1, 1), "President of Russia") == {"Dmitry Medvedev"}
    assert holders("ent_Q30", date(2000, 6, 1), "President of the United States") == {"Bill Clinton"}
    assert ("Finland", "member_of", "NATO") in stated(sqlite, "ent_Q33", date(2024, 1, 1))
    assert load(sqlite, groupers, rows) == ReferenceChanges()


def test_a_place_is_found_by_its_name_before_the_country_that_it_stands_for(database: Database, groupers: Groupers) -> None:
    load(database, groupers, with_row(known("Q183", "Germany", capital="Berlin", metonyms=("Berlin", "Chancellery"))))
    ingest(database, groupers, extraction("One", [("Germany", "met", "France")]))
    with database.reader() as session:
        found = {name: entities.lookup_entity_by_name(session, name) for name in ("Berlin", "Chancellery")}
    assert {name: each and each.id for name, each in found.items()} == {"Berlin": "ent_Q64", "Chancellery": GERMANY}
