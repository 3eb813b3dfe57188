"""Whom a name means, in the light of the rest of the article and of its day."""

from __future__ import annotations

from datetime import date

import pytest

from kb.domain.entity import EntityKind
from tests.reading import DAY, meant, read


@pytest.mark.parametrize(
    ("text", "surface", "name"),
    [
        ("Emmanuel Macron met reporters. Macron was tired.", "Macron", "Emmanuel Macron"),
        ("Macron was tired. Emmanuel Macron met reporters.", "Macron", "Emmanuel Macron"),
        ("Mr. Putin condemned NATO.", "Putin", "Vladimir Putin"),
        ("The U.S. condemned Iran.", "U.S.", "United States"),
        ("The United States condemned Iran.", "The United States", "United States"),
        ("The UK and the US condemned Iran.", "US", "United States"),
        ("Britain condemned Iran.", "Britain", "United Kingdom"),
        ("The EU condemned Iran.", "EU", "European Union"),
        ("Recep Tayyip Erdogan thanked Iran.", "Recep Tayyip Erdogan", "Recep Tayyip Erdoğan"),
        ("Viktor Orban thanked Iran.", "Viktor Orban", "Viktor Orbán"),
        ("The Kharkov region was quiet, and so was Kiev.", "Kiev", "Ukraine"),
        ("George Washington crossed the river.", "George Washington", "George Washington"),
    ],
)
def test_who_is_meant_by_a_name(text: str, surface: str, name: str) -> None:
    assert {entity for mention, entity in meant(read(text)) if mention == surface} == {name}


@pytest.mark.parametrize(
    ("published", "name"),
    [(date(2010, 5, 5), "Angela Merkel"), (date(2020, 5, 5), "Angela Merkel")],
)
def test_a_surname_alone_means_who_is_in_office(published: date, name: str) -> None:
    assert ("Merkel", name) in meant(read("Merkel met Emmanuel Macron.", published))


def test_a_surname_alone_of_somebody_unknown_is_a_person_of_that_name() -> None:
    extraction = read("Mr Drummond met Joe Biden.")
    (drummond,) = [e for e in extraction.entities if e.name == "Drummond"]
    assert (drummond.kind, drummond.wikidata_id) == (EntityKind.PERSON, None)


def test_the_name_in_full_decides_for_the_whole_article() -> None:
    extraction = read("Mary Johnson, a teacher, met reporters. Later Johnson thanked Iran.")
    assert {entity for mention, entity in meant(extraction) if mention.endswith("Johnson")} == {"Mary Johnson"}


@pytest.mark.parametrize(
    ("text", "wikidata_id"),
    [
        ("Russia condemned Iran.", "Q159"),
        ("The U.S. condemned Iran.", "Q30"),
        ("NATO condemned Iran.", "Q7184"),
        ("Vladimir Putin condemned Iran.", "Q7747"),
    ],
)
def test_who_is_known_bears_the_id_of_wikidata(text: str, wikidata_id: str) -> None:
    entities = read(text).entities
    assert wikidata_id in {e.wikidata_id for e in entities}
    assert {e.id for e in entities} >= {f"ent_{wikidata_id}"}


def test_two_names_of_one_are_one_entity_with_both_as_aliases() -> None:
    extraction = read("The U.S. condemned Iran. The United States condemned Syria.")
    (america,) = [e for e in extraction.entities if e.name == "United States"]
    assert len([m for m in extraction.mentions if m.entity_id == america.id]) == 2
    assert {"U.S.", "United States"} <= {alias.name for alias in america.aliases}


@pytest.mark.parametrize("published", [DAY, None])
def test_every_link_has_a_score_and_a_reason(published: date | None) -> None:
    mentions = read("Emmanuel Macron met Mr Drummond in Moscow. He thanked the French.", published).mentions
    assert all(0 < m.score <= 1 and m.reason for m in mentions)
    assert {m.text for m in mentions} >= {"Emmanuel Macron", "Drummond", "Moscow"}
