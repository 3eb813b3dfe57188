"""Static facts as real sentences state them, read with the real spaCy pipeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kb.domain.extraction import Extraction
from kb.errors import ConfigError
from kb.nlp.fact_patterns import read_fact_patterns
from kb.ontology.loader import load_ontology
from kb.settings import read_settings
from tests.reading import read as read_on

Read = Callable[[str], Extraction]


def facts_of(extraction: Extraction) -> set[tuple[str, str, str]]:
    """(subject's name, predicate, object's name or text) of every fact."""
    names = {entity.id: entity.name for entity in extraction.entities}
    return {(names[f.subject_id], f.predicate, f.object_text or names[f.object_id or ""]) for f in extraction.facts}


@pytest.mark.parametrize(
    ("text", "person", "office"),
    [
        ("U.S. Secretary of State John Kerry attended the ceremony.", "John Kerry", "Secretary of State of the United States"),
        ("Mexico's foreign minister, Marcelo Ebrard, deplored the coup.", "Marcelo Ebrard", "Foreign Minister of Mexico"),
        ("President Jiang Zemin of China said on Tuesday that he was sorry.", "Jiang Zemin", "President of China"),
        ("He spoke to U.N. Secretary-General Kofi Annan by telephone.", "Kofi Annan", "Secretary-General of the United Nations"),
        (
            "Luis Almagro, the secretary general of the Organization of American States, congratulated the new president.",
            "Luis Almagro",
            "Secretary General of the Organization of American States",
        ),
        (
            "The British ambassador to the United Nations, Mark Lyall Grant, rejected the charge.",
            "Mark Lyall Grant",
            "Ambassador of the United Kingdom to the United Nations",
        ),
        ("Spyros Kyprianou, a former head of state, was equally scathing.", "Spyros Kyprianou", "Former Head of State"),
    ],
)
def test_a_title_beside_a_name_is_an_office_held(read: Read, text: str, person: str, office: str) -> None:
    assert (person, "holds_office", office) in facts_of(read(text))


def test_a_bare_title_is_completed_by_the_reference_set(read: Read) -> None:
    text = "President Barack Obama qualified of illegal the coup."
    assert ("Barack Obama", "holds_office", "President of the United States") in facts_of(read(text))


def test_a_counterpart_bears_the_same_title(read: Read) -> None:
    text = "President Irfaan Ali and his Venezuelan counterpart, Nicolas Maduro, promised that neither country would use force."
    assert ("Nicolás Maduro", "holds_office", "President of Venezuela") in facts_of(read(text))


def test_the_spokesman_of_somebody_is_not_that_somebody(read: Read) -> None:
    facts = facts_of(
        read("Secretary of State John Kerry, whose spokesman, John Kirby, hinted at support, telephoned the minister.")
    )
    assert ("John Kirby", "spokesperson_of", "John Kerry") in facts
    assert not any(subject == "John Kerry" and "poke" in what for subject, _, what in facts)


def test_nobody_quoted_becomes_the_spokesman_who_quotes_him(read: Read) -> None:
    facts = facts_of(read("President George W. Bush, a spokesman said, is considering new sanctions."))
    assert facts == {("George W. Bush", "holds_office", "President of the United States")}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Iceland, a member of NATO, may recognize the republic.", ("Iceland", "member_of", "NATO")),
        ("NATO member Turkey refused to go along with it.", ("Turkey", "member_of", "NATO")),
        ("Syria's ally Russia vetoed the resolution.", ("Russia", "ally_of", "Syria")),
        ("Russia, a close ally of Syria, vetoed the resolution.", ("Russia", "ally_of", "Syria")),
        ("Russia is Belarus's closest ally, he said.", ("Russia", "ally_of", "Belarus")),
        ("Donald Trump tied them to the trial of his ally Jair Bolsonaro.", ("Jair Bolsonaro", "ally_of", "Donald Trump")),
        ("Shells hit the Ukrainian city of Lviv overnight.", ("Lviv", "located_in", "Ukraine")),
        ("Talks were held in the Azerbaijani town of Yevlakh.", ("Yevlakh", "located_in", "Azerbaijan")),
        ("They fled the capital of Kyiv as all of Ukraine burned.", ("Kyiv", "capital_of", "Ukraine")),
        ("Fighting goes on in eastern Ukraine, and Ukraine wants help.", ("eastern Ukraine", "part_of", "Ukraine")),
        (
            "Russia has recognised two breakaway regions of Georgia, Abkhazia and South Ossetia.",
            ("Abkhazia", "part_of", "Georgia"),
        ),
    ],
)
def test_what_an_apposition_or_a_relational_noun_says_is_a_fact(read: Read, text: str, fact: tuple[str, str, str]) -> None:
    assert fact in facts_of(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "Ukraine is not a member of NATO and will hardly become one.",
        "Russia criticised its former ally Armenia on Monday.",
        "The ministers of France and Germany met in Paris on Monday.",
    ],
)
def test_what_is_denied_past_or_only_near_is_no_fact(read: Read, text: str) -> None:
    assert facts_of(read(text)) == set()


def test_a_date_after_since_is_when_the_fact_began(read: Read) -> None:
    (fact,) = read("Turkey, a member of NATO since 1952, has refused.").facts
    assert fact.valid_from == date(1952, 1, 1)
    assert fact.valid_to is None


Dates = tuple[date | None, date | None, date | None]
TODAY = date(2018, 5, 4)


@pytest.mark.parametrize(
    ("text", "office", "dates"),
    [
        ("French President Emmanuel Macron left.", "President of France", (None, None, TODAY)),
        ("Former French President Nicolas Sarkozy left.", "Former President of France", (None, date(2018, 5, 3), None)),
        ("Ex-president Nicolas Sarkozy of France left.", "Former President of France", (None, date(2018, 5, 3), None)),
        (
            "Then-Prime Minister David Cameron of Britain left.",
            "Former Prime Minister of the United Kingdom",
            (None, date(2018, 5, 3), None),
        ),
        ("The outgoing president of Brazil, Michel Temer, left.", "Former President of Brazil", (None, None, TODAY)),
        (
            "Nicolas Sarkozy, who was president of France from 2007 to 2012, left.",
            "President of France",
            (date(2007, 1, 1), date(2012, 12, 31), None),
        ),
        (
            "John Kerry, secretary of state of the United States from February 2013 to January 2017, left.",
            "Secretary of State of the United States",
            (date(2013, 2, 1), date(2017, 1, 31), None),
        ),
        (
            "Angela Merkel has been chancellor of Germany since November 22, 2005.",
            "Chancellor of Germany",
            (date(2005, 11, 22), None, TODAY),
        ),
        ("Jean Ping was foreign minister of Gabon until 2008.", "Foreign Minister of Gabon", (None, date(2008, 12, 31), None)),
        ("Michel Temer became president of Brazil in 2016.", "President of Brazil", (date(2016, 1, 1), None, TODAY)),
        ("Boris Johnson was the foreign secretary of Britain.", "Foreign Secretary of the United Kingdom", (None, None, None)),
        (
            "Sauli Niinisto, president of Finland until March 1, 2024, left.",
            "President of Finland",
            (None, date(2024, 3, 1), TODAY),
        ),
    ],
)
def test_words_tell_when_an_office_was_held(text: str, office: str, dates: Dates) -> None:
    (fact,) = read_on(text, TODAY).facts
    assert fact.object_text == office
    assert (fact.valid_from, fact.valid_to, fact.held_on) == dates


def test_an_article_without_a_date_does_not_say_when(read: Read) -> None:
    (fact,) = read("French President Emmanuel Macron left.").facts
    assert (fact.valid_from, fact.valid_to, fact.held_on) == (None, None, None)


def test_who_could_become_president_is_none(read: Read) -> None:
    assert facts_of(read("Joao Silva could become president of Brazil.")) == set()


def test_an_office_leads_to_what_it_is_an_office_of(read: Read) -> None:
    extraction = read("The Catalan president, Quim Torra, met German Chancellor Angela Merkel.")
    names = {entity.id: entity.name for entity in extraction.entities}
    assert ("Chancellor of Germany", "Germany") in {(f.object_text, names.get(f.object_id or "")) for f in extraction.facts}


def test_a_fact_quotes_the_first_sentence_that_states_it_and_names_only_entities_of_the_article(read: Read) -> None:
    text = "It was early.\nCuban leader Raul Castro came. Cuban leader Raul Castro smiled.\nRaul Castro is the leader of Cuba."
    extraction = read(text)
    (fact,) = extraction.facts
    assert fact.sentence.text == "Cuban leader Raul Castro came."
    assert text[fact.sentence.start : fact.sentence.end] == fact.sentence.text
    assert fact.subject_id in {entity.id for entity in extraction.entities}
    assert read(text).facts == extraction.facts


def test_the_fullest_statement_of_an_office_stands(read: Read) -> None:
    facts = facts_of(read("Prime Minister Ralph Smithson spoke. Barbados Prime Minister Ralph Smithson left early."))
    assert facts == {("Ralph Smithson", "holds_office", "Prime Minister of Barbados")}


def test_a_predicate_that_the_ontology_lacks_is_reported_with_the_file(tmp_path: Path) -> None:
    text = (read_settings().schema_dir / "lexicon" / "facts.yaml").read_text(encoding="utf-8")
    (tmp_path / "lexicon").mkdir()
    path = tmp_path / "lexicon" / "facts.yaml"
    path.write_text(text.replace("predicate: ally_of", "predicate: friend_of"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"facts\.yaml names the predicate 'friend_of'"):
        read_fact_patterns(tmp_path, load_ontology())
    path.write_text(text.replace("places:", "spots:"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"facts\.yaml lacks or misnames 'places'"):
        read_fact_patterns(tmp_path, load_ontology())
