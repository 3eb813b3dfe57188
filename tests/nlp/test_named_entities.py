"""Names are found for all tokens at once as spaCy's recogniser finds them one after the other."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from kb.nlp.named_entities import NamedEntities, find_names_at_once
from kb.nlp.pipeline import choose_model, load_model, load_pipeline

_TEXT = """
President Joe Biden of the United States said on Monday . ! $ 40 million New York Times Bank and in Foreign Ministry 's
Sergey Lavrov Red Cross percent first
"""
_WORDS = [*_TEXT.split(), "\n", "  "]


def _names(doc: Doc) -> list[tuple[int, int, str]]:
    return [(name.start, name.end, name.label_) for name in doc.ents]


@pytest.fixture(scope="module")
def stock() -> Language:
    return load_model(choose_model(None))


@pytest.fixture(scope="module")
def ours(stock: Language) -> NamedEntities:
    return NamedEntities(stock.get_pipe("ner"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(st.lists(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=14), min_size=1, max_size=5), st.data())
def test_any_words_have_the_same_names(stock: Language, ours: NamedEntities, texts: list[list[str]], data: st.DataObject) -> None:
    starts = [[True, *data.draw(st.lists(st.booleans(), min_size=len(t) - 1, max_size=len(t) - 1))] for t in texts]
    made = [[Doc(stock.vocab, words, sent_starts=start) for words, start in zip(texts, starts, strict=True)] for _ in range(2)]
    wanted = [stock.get_pipe("ner")(doc) for doc in made[0]]
    found = list(ours.pipe(made[1], batch_size=3))
    assert [_names(doc) for doc in found] == [_names(doc) for doc in wanted]
    assert [[t.ent_iob_ for t in doc] for doc in found] == [[t.ent_iob_ for t in doc] for doc in wanted]


def test_names_set_before_are_kept_as_the_recogniser_keeps_them(stock: Language, ours: NamedEntities) -> None:
    texts = ["Joe Biden met Widget in Kyiv.", "", "Joe Biden met Widget in Kyiv."]
    made = [[stock.make_doc(text) for text in texts] for _ in range(2)]
    for docs in made:
        docs[0].set_ents([Span(docs[0], 3, 4, label="ORG")], default="missing")
    wanted = [stock.get_pipe("ner")(doc) for doc in made[0]]
    found = list(ours.pipe(made[1]))
    assert (3, 4, "ORG") in _names(found[0])
    assert [_names(doc) for doc in found] == [_names(doc) for doc in wanted]


def test_a_recogniser_of_another_make_is_left_alone() -> None:
    nlp = load_model(choose_model(None))
    nlp.get_pipe("ner").cfg["beam_width"] = 4
    find_names_at_once(nlp)
    assert "ner" in nlp.pipe_names
    assert "ner" not in load_pipeline().pipe_names
