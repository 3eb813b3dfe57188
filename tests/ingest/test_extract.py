"""Rows of a whole article: what is kept, what is left out, and what the ids hang on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.domain.claim import Modality, Role
from kb.domain.entity import AliasKind
from kb.errors import ConfigError
from kb.ingest.extract import Extractor
from kb.settings import read_settings
from tests.reading import claim_of, make_article, open_extractor, read, told

_STORY = """Macron meets Scholz in Berlin
French President Emmanuel Macron met German Chancellor Olaf Scholz in Berlin on Monday.
“We condemn Belarus,” Mr. Macron said. The European Union imposed sanctions on Belarus last year.
Scholz urged Minsk to release the prisoners. Protesters gathered nearby; a passer-by smiled."""


def test_an_article_becomes_rows_that_hang_together() -> None:
    extraction = read(_STORY, date(2022, 2, 24), "The Daily Planet")
    names = {e.name for e in extraction.entities}
    assert {"Emmanuel Macron", "Olaf Scholz", "Belarus", "European Union", "Berlin"} <= names
    found = {item.triple for item in told(extraction)}
    assert {
        ("Emmanuel Macron", "met", "Olaf Scholz"),
        ("Emmanuel Macron", "condemned", "Belarus"),
        ("European Union", "sanctioned", "Belarus"),
        ("Olaf Scholz", "appealed_to", "Belarus"),
    } <= found
    by_claim = {(claim.type, claim.date) for claim in extraction.claims}
    assert ("met", date(2022, 2, 21)) in by_claim
    assert extraction.source is not None
    assert extraction.source.name == "The Daily Planet"


def test_every_row_that_names_an_entity_names_one_that_is_there() -> None:
    extraction = read(_STORY)
    there = {e.id for e in extraction.entities}
    named = {m.entity_id for m in extraction.mentions}
    named |= {a.entity_id for c in extraction.claims for a in c.arguments}
    named |= {i for f in extraction.facts for i in (f.subject_id, f.object_id) if i}
    assert named == there
    assert len(there) == len(extraction.entities)


def test_mentions_come_in_the_order_of_the_text() -> None:
    starts = [m.start for m in read(_STORY).mentions]
    assert starts == sorted(starts)


def test_the_same_claim_told_twice_is_kept_at_both_places() -> None:
    extraction = read("Iran condemned Israel.\nIran condemned Israel again.")
    condemned = [c for c in extraction.claims if c.type == "condemned"]
    assert [c.sentence.start for c in condemned] == [0, 23]
    assert len({c.id for c in condemned}) == 2


def test_a_sentence_that_says_so_with_two_words_makes_one_claim() -> None:
    extraction = read("Iran condemned Israel and denounced Israel. Iran condemned Israel, and it may condemn Israel again.")
    condemned = [(c.sentence.start, c.modality) for c in extraction.claims if c.type == "condemned"]
    assert condemned == [(0, Modality.ACTUAL), (44, Modality.ACTUAL), (44, Modality.POSSIBLE)]


def test_an_entity_is_in_a_role_once() -> None:
    extraction = read("Iran, Iran and Syria condemned Israel.")
    claim = claim_of("condemned", told(extraction)).claim
    assert len(claim.entity_ids(Role.SUBJECT)) == len([a for a in claim.arguments if a.role is Role.SUBJECT]) == 2


def test_aliases_say_where_a_name_is_known_from() -> None:
    extraction = read("The Kremlin condemned the U.S.")
    (russia,) = [e for e in extraction.entities if e.name == "Russia"]
    kinds = {a.name: a.kind for a in russia.aliases}
    assert kinds["Russian"] is AliasKind.DEMONYM
    assert kinds["Kremlin"] is AliasKind.METONYM
    unknown = read("Mr Drummond met Joe Biden.")
    (drummond,) = [e for e in unknown.entities if e.name == "Drummond"]
    assert {a.name for a in drummond.aliases} == {"Drummond", "Mr Drummond"}
    assert {(a.kind, a.origin) for a in drummond.aliases} == {(AliasKind.NAME, unknown.article.id)}


def test_the_day_an_article_came_out_decides_what_it_means() -> None:
    text = "The French president met Angela Merkel on Monday."
    old, new = (claim_of("met", told(read(text, day))) for day in (date(2010, 5, 5), date(2019, 5, 8)))
    assert (old.subject, old.claim.date) == ("Nicolas Sarkozy", date(2010, 5, 3))
    assert (new.subject, new.claim.date) == ("Emmanuel Macron", date(2019, 5, 6))


@pytest.mark.parametrize("text", ["", "...", "1234 5678", "Lorem ipsum dolor sit amet.", "🙂🙂🙂", "a\nb\nc"])
def test_a_text_that_tells_nothing_yields_nothing(text: str) -> None:
    extraction = open_extractor().extract(make_article(text))
    assert (extraction.claims, extraction.facts) == ((), ())


def test_known_names_help_repair_apostrophes() -> None:
    names = open_extractor().known_names
    assert {"Russia", "Donetsk People's Republic", "NATO", "Emmanuel Macron"} <= names


def test_without_the_reference_set_the_extractor_says_what_is_missing(tmp_path: Path) -> None:
    settings = read_settings({"KB_DATA_DIR": str(tmp_path)})
    with pytest.raises(ConfigError, match=r"countries\.jsonl"):
        Extractor.open(settings)


def test_a_model_that_is_not_installed_is_named() -> None:
    with pytest.raises(ConfigError, match="no_such_model"):
        Extractor.open(read_settings({"KB_SPACY_MODEL": "no_such_model"}))
