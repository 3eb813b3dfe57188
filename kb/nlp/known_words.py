"""What a spaCy model makes of a word before it looks at the words around it, looked up instead of computed.

A token's vector starts out as a few hashed vectors and a layer over them, before its neighbours come in: a third of the work. It
is a function of how the word is spelt and whether a space follows it, and news has few words: of 200,000 tokens 7,000 are new.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import Model

_NAME: Final = "kb_known_words"
_FIRST: Final = "extract_features"
_LAST: Final = "ragged2list"
# 4 MB a model; what is frequent comes back at once.
_MOST: Final = 10_000
# Odd and without a pattern, one for each feature: that two words have one sum is not to be expected in a lifetime of news.
_FACTORS: Final = np.random.default_rng(1).integers(0, 2**63, 16, dtype=np.uint64) * np.uint64(2) + np.uint64(1)

AnyModel: TypeAlias = Model[Any, Any]
_Vectors: TypeAlias = NDArray[np.float32]


class KnownWords:
    """Gives the vectors that `model` gives: a chain that begins with features of single tokens and mixes no two of them."""

    def __init__(self, model: AnyModel) -> None:
        self._features, *self._layers = model.layers
        # Memory is taken only as rows are written.
        self._vectors: _Vectors = np.empty((_MOST, model.get_dim("nO")), dtype=np.float32)
        self._rows: dict[int, int] = {}
        # A pipeline may serve several threads, which must not write one row.
        self._lock = threading.Lock()

    def vectors(self, docs: Sequence[Doc]) -> list[_Vectors]:
        """[tokens, width] for each document."""
        features: list[NDArray[np.uint64]] = self._features.predict(docs)
        if not features:
            return []
        tokens = np.concatenate(features)
        keys: list[int] = (tokens * _FACTORS[: tokens.shape[1]]).sum(axis=1, dtype=np.uint64).tolist()
        with self._lock:
            vectors = self._look_up(keys, tokens)
        return np.split(vectors, np.cumsum([len(each) for each in features])[:-1])

    def _look_up(self, keys: list[int], tokens: NDArray[np.uint64]) -> _Vectors:
        new = {key: place for place, key in enumerate(keys) if key not in self._rows}
        if len(self._rows) + len(new) > _MOST:
            self._rows.clear()
            new = {key: place for place, key in enumerate(keys)}
            if len(new) > _MOST:
                return self._compute(tokens)
        if new:
            first = len(self._rows)
            self._vectors[first : first + len(new)] = self._compute(tokens[list(new.values())])
            self._rows |= {key: first + number for number, key in enumerate(new)}
        found: _Vectors = self._vectors[[self._rows[key] for key in keys]]
        return found

    def _compute(self, tokens: NDArray[np.uint64]) -> _Vectors:
        computed: Any = [tokens]
        for layer in self._layers:
            computed = layer.predict(computed)
        (vectors,) = computed
        found: _Vectors = vectors
        return found


def look_up_words(models: Iterable[AnyModel]) -> None:
    """Has every part of the models that embeds single tokens look them up, where it is built as spaCy builds it."""
    for model in models:
        for layer in list(model.walk()):
            names = [part.name for part in layer.layers]
            if names[:1] == [_FIRST] and names[-1:] == [_LAST]:
                model.replace_node(layer, _to_model(KnownWords(layer), layer.get_dim("nO")))


def _to_model(known: KnownWords, width: int) -> AnyModel:
    def forward(model: AnyModel, docs: Sequence[Doc], is_train: bool) -> tuple[list[_Vectors], None]:  # noqa: FBT001  as thinc calls
        return known.vectors(docs), None

    return Model(_NAME, forward, dims={"nO": width})
