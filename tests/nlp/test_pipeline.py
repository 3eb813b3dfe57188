"""Reading as a whole: the same every time, with places that are exact, and clear words where no model can be loaded."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.domain.claim import Role
from kb.domain.extraction import Extraction
from kb.errors import ConfigError
from kb.nlp.pipeline import choose_model, load_pipeline
from tests.reading import make_article, open_extractor, read

_SENTENCES = [
    "Vladimir Putin met Emmanuel Macron in Moscow on Monday.",
    "“We condemn Russia’s recognition of Abkhazia,” the French president said.",
    "He urged NATO to withdraw troops from Poland\u00a0…",
    "The U.S. and the U.K. imposed sanctions on Iran (again).",
    "Côte d’Ivoire sent 1,500 soldiers to Mali 🙂.",
    "Protesters in Tunis demonstrated against President Kais Saied.",
    "— Kremlin: no invasion is planned —",
    "e\u0301migre\u0301s from Belarus thanked Ursula von der Leyen, who visited them.",
    "\tRT @user: Biden-Putin call OFF?!",
    "",
]
_TEXTS = st.lists(st.one_of(st.sampled_from(_SENTENCES), st.text(max_size=25)), min_size=1, max_size=5)


def check_places(extraction: Extraction) -> None:
    """Every span is exactly what it cuts out of the text, inside one paragraph, and every reference leads somewhere."""
    text, paragraphs = extraction.article.text, extraction.article.paragraphs
    entities = {entity.id for entity in extraction.entities}
    mentions = {mention.id: mention for mention in extraction.mentions}
    claims = {claim.id for claim in extraction.claims}
    places = [(m.start, m.end, m.text) for m in extraction.mentions]
    for claim in extraction.claims:
        places += [(s.start, s.end, s.text) for s in (claim.sentence, claim.trigger)]
        assert claim.sentence.covers(claim.trigger)
        assert 0 < claim.confidence <= 1
        assert claim.about_claim_id is None or claim.about_claim_id in claims - {claim.id}
        assert claim.entity_ids(Role.SUBJECT) or claim.entity_ids(Role.OBJECT)
        for argument in claim.arguments:
            assert argument.entity_id in entities
            assert argument.mention_id is None or mentions[argument.mention_id].entity_id == argument.entity_id
    for fact in extraction.facts:
        assert {fact.subject_id, fact.object_id} - {None} <= entities
    places += [(q.span.start, q.span.end, q.span.text) for q in extraction.quantities]
    for start, end, cut in places:
        assert start < end
        assert text[start:end] == cut
        assert any(a <= start and end <= b for a, b in paragraphs)
    assert {m.entity_id for m in extraction.mentions} <= entities
    for rows in (extraction.entities, extraction.mentions, extraction.claims, extraction.facts, extraction.quantities):
        assert len({row.id for row in rows}) == len(rows)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(_TEXTS)
def test_places_are_exact_whatever_the_text(lines: list[str]) -> None:
    check_places(read("\n".join("".join(c for c in line if c not in "\n\r") for line in lines)))


def test_places_are_exact_in_a_text_of_all_sentences() -> None:
    extraction = read("\n".join(_SENTENCES))
    check_places(extraction)
    assert extraction.claims
    assert extraction.mentions


def test_reading_twice_yields_the_same() -> None:
    text = "\n".join(_SENTENCES)
    first = read(text)
    read("Something else: Joe Biden met Xi Jinping.")
    assert read(text) == first


def test_ids_depend_on_the_content_alone() -> None:
    extraction = read("Joe Biden met Xi Jinping in Bali.")
    assert [e.id for e in extraction.entities][:2] == ["ent_Q6279", "ent_Q15031"]
    other = read("Joe Biden met Xi Jinping in Bali. It rained.")
    assert {c.id for c in extraction.claims}.isdisjoint(c.id for c in other.claims)


def test_another_process_reads_the_same() -> None:
    text = "\n".join(_SENTENCES)
    code = f"from tests.reading import read; import sys; sys.stdout.buffer.write(repr(read({text!r})).encode())"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        check=True,
    )
    assert ran.stdout.decode() == repr(read(text))


def test_repeating_a_sentence_yields_a_claim_for_each_place() -> None:
    extraction = read("Joe Biden met Xi Jinping.\nJoe Biden met Xi Jinping.")
    assert [c.sentence.start for c in extraction.claims] == [0, 26]


def test_what_is_read_can_be_sent_to_another_process() -> None:
    extraction = read(_SENTENCES[0])
    assert pickle.loads(pickle.dumps(extraction)) == extraction


def test_an_article_without_paragraphs_yields_nothing() -> None:
    extraction = open_extractor().extract(make_article(""))
    assert (extraction.entities, extraction.mentions, extraction.claims) == ((), (), ())


def test_the_publisher_becomes_the_source() -> None:
    source = read(_SENTENCES[0], publisher="The Daily Planet").source
    assert source is not None
    assert source.name == "The Daily Planet"
    assert read(_SENTENCES[0]).source is None


@pytest.mark.parametrize(
    ("model", "part"),
    [("no_such_model", "no_such_model"), ("/no/such/folder", "/no/such/folder")],
)
def test_a_model_that_cannot_be_loaded_is_named(model: str, part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        load_pipeline(model)


def test_a_model_asked_for_is_the_one_taken() -> None:
    assert choose_model("my_model") == "my_model"


def test_without_any_model_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="make setup"):
        choose_model(None)
