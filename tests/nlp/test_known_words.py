"""Words are looked up instead of computed without anybody noticing, however few are kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from spacy.language import Language

from kb.nlp import known_words
from kb.nlp.known_words import AnyModel, KnownWords
from kb.nlp.pipeline import choose_model, load_model

_TEXTS = [
    "Kyiv said on Monday that the U.S. would not send troops, and Moscow said it didn't believe that.",
    "The ministers met in Minsk. The ministers' spokesman did not.",
    "",
    "On Monday Minsk said that Kyiv would not.",
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model(choose_model(None))


def find_embedding(nlp: Language, pipe: str) -> AnyModel:
    """The part of a pipe's model that sees single tokens."""
    layers = nlp.get_pipe(pipe).model.walk()
    return next(layer for layer in layers if [part.name for part in layer.layers][:1] == ["extract_features"])


@pytest.mark.parametrize("most", [3, 12, 10_000])
@pytest.mark.parametrize("pipe", ["tok2vec", "ner"])
def test_vectors_are_those_of_the_model_however_few_are_kept(
    nlp: Language, pipe: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_words, "_MOST", most)
    embedding = find_embedding(nlp, pipe)
    docs = [nlp.make_doc(text) for text in _TEXTS]
    known = KnownWords(embedding)
    for some in (docs, docs[1:], docs[:1], []):
        wanted, found = embedding.predict(some), known.vectors(some)
        assert [len(each) for each in found] == [len(each) for each in wanted]
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_threads_that_share_a_pipeline_do_not_disturb_each_other(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_words, "_MOST", 60)
    embedding = find_embedding(nlp, "tok2vec")
    texts = [
        f"In {name} {number} people of {name}land met."
        for number, name in enumerate(["Ab", "Cd", "Ef", "Gh", "Ij", "Kl", "Mn", "Op"] * 25)
    ]
    docs = [nlp.make_doc(text) for text in texts]
    wanted = embedding.predict(docs)
    known = KnownWords(embedding)
    with ThreadPoolExecutor(8) as pool:
        for (found,), right in zip(pool.map(lambda doc: known.vectors([doc]), docs), wanted, strict=True):
            np.testing.assert_allclose(found, right, rtol=1e-5, atol=1e-6)
