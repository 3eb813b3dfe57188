"""The names that spaCy's entity recogniser finds, found for all tokens of an article at once instead of token by token.

The recogniser goes through a text: at each token it begins a name, ends one, goes on within one, or stays outside. Outside of a
name, what it does depends on the token alone; within, on the token, the one before it and the name's first. So the former is
worked out for all tokens together; then, for all names that could begin anywhere, where each would end; which of them begin is
read off in order. The names are the same, at a tenth of the time: most of the compiled loop's goes into preparing single steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from typing import Any, Final, Self, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span
from thinc.api import Model

_NER: Final = "ner"
_NAME: Final = "kb_named_entities"
# What a move looks at: the token, the first one of the name it is in, and the one before it in that name.
_LOOKED_AT: Final = 3
_IN, _LAST = "I-", "L-"

_Floats: TypeAlias = NDArray[np.float32]
_Numbers: TypeAlias = NDArray[np.int64]
_Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Texts:
    """The tokens of several documents, one behind the other; `ends` is where each document ends."""

    vectors: _Floats
    ends: _Numbers
    is_space: _Flags
    closes: _Flags
    """Whether no name may go on behind the token: its sentence or document ends there."""


@dataclass(frozen=True, slots=True)
class _Moves:
    """The recogniser's weights: over what is looked at [width, hidden * pieces], then to moves [hidden, moves].

    `outside` are the moves of a token outside of a name: those that begin one of several tokens, those that make one of one, and
    staying outside. `inside` are for each of them the moves of going on and of ending [moves, hidden, 2].
    """

    looks: tuple[_Floats, ...]
    nothing: tuple[_Floats, ...]
    bias: _Floats
    pieces: int
    outside: tuple[_Floats, _Floats]
    inside: tuple[_Floats, _Floats]
    begins: _Flags
    is_one: _Flags
    labels: tuple[str, ...]

    @classmethod
    def read(cls, ner: EntityRecognizer) -> Self:
        lower, upper = ner.model.get_ref("lower"), ner.model.get_ref("upper")
        weight, bias, pad = (lower.get_param(name) for name in ("W", "b", "pad"))
        feats, hidden, pieces, width = weight.shape
        names = [ner.moves.get_class_name(number) for number in range(ner.moves.n_moves)]
        # "U-" without a label forbids a name where somebody said so before.
        outside = [n for n, name in enumerate(names) if name == "O" or (name.startswith(("B-", "U-")) and len(name) > len("U-"))]
        chosen = [names[n] for n in outside]
        to_moves, at_rest = upper.get_param("W"), upper.get_param("b")
        # What doesn't begin a name of several tokens is never asked how it goes on.
        pairs = [[names.index(m + name[2:]) if name.startswith("B-") else 0 for m in (_IN, _LAST)] for name in chosen]
        return cls(
            looks=tuple(np.ascontiguousarray(each.reshape(hidden * pieces, width).T) for each in weight),
            nothing=tuple(each.reshape(hidden * pieces) for each in pad.reshape(feats, hidden * pieces)),
            bias=bias.reshape(hidden * pieces),
            pieces=pieces,
            outside=(np.ascontiguousarray(to_moves[outside].T), at_rest[outside]),
            inside=(np.ascontiguousarray(to_moves[pairs].transpose(0, 2, 1)), at_rest[pairs]),
            begins=np.array([name.startswith("B-") for name in chosen]),
            is_one=np.array([name.startswith("U-") for name in chosen]),
            labels=tuple(name[2:] for name in chosen),
        )

    def choose_outside(self, texts: _Texts, seen: _Floats) -> _Numbers:
        """For each token the move if it is outside of a name; `seen` is what its vector says [tokens, hidden * pieces]."""
        weight, bias = self.outside
        scores = self._hidden(seen + self.nothing[1] + self.nothing[2]) @ weight + bias
        scores[np.ix_(texts.closes | texts.is_space, self.begins)] = -np.inf
        scores[np.ix_(texts.is_space, self.is_one)] = -np.inf
        chosen: _Numbers = scores.argmax(axis=1)
        return chosen

    def find_ends(self, texts: _Texts, seen: _Floats, firsts: _Numbers, moves: _Numbers) -> _Numbers:
        """For each name that begins with a token of `firsts` by a move of `moves`, the place behind its last token."""
        weight, bias = self.inside
        begun = texts.vectors[firsts] @ self.looks[1]
        ends = firsts + 2
        going = np.arange(len(firsts))
        while len(going):
            at = ends[going] - 1
            hidden = self._hidden(seen[at] + begun[going] + texts.vectors[at - 1] @ self.looks[2])
            scores = np.matmul(hidden[:, None, :], weight[moves[going]])[:, 0] + bias[moves[going]]
            going = going[(scores[:, 0] > scores[:, 1]) & ~texts.closes[at]]
            ends[going] += 1
        return ends

    def _hidden(self, summed: _Floats) -> _Floats:
        result: _Floats = (summed + self.bias).reshape(len(summed), -1, self.pieces).max(axis=2)
        return result


class NamedEntities:
    """A component that sets the entities which spaCy's recogniser would set; a document that has some already is left to it."""

    def __init__(self, ner: EntityRecognizer) -> None:
        self._ner = ner
        self._vectors: Model[Sequence[Doc], _Floats] = ner.model.get_ref("tok2vec")
        self._moves = _Moves.read(ner)

    def __call__(self, doc: Doc) -> Doc:
        """`doc` with its entities set; its sentences must be known."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """The documents in their order, with their entities set."""
        stream = iter(stream)
        while docs := list(islice(stream, batch_size)):
            fresh = [len(doc) > 0 and not doc.has_annotation("ENT_IOB") for doc in docs]
            self._set(list(compress(docs, fresh)))
            for doc, done in zip(docs, fresh, strict=True):
                yield doc if done else self._ner(doc)

    def _set(self, docs: Sequence[Doc]) -> None:
        if not docs:
            return
        texts = _lay(docs, self._vectors.predict(docs))
        seen = texts.vectors @ self._moves.looks[0]
        moves = self._moves.choose_outside(texts, seen)
        ends = np.arange(1, len(moves) + 1)
        (firsts,) = np.nonzero(self._moves.begins[moves])
        ends[firsts] = self._moves.find_ends(texts, seen, firsts, moves[firsts])
        (starts,) = np.nonzero(self._moves.begins[moves] | self._moves.is_one[moves])
        found: list[list[Span]] = [[] for _ in docs]
        free = 0
        for start, number in zip(starts.tolist(), np.searchsorted(texts.ends, starts, side="right").tolist(), strict=True):
            if start >= free:
                free, offset = int(ends[start]), int(texts.ends[number]) - len(docs[number])
                found[number].append(Span(docs[number], start - offset, free - offset, self._moves.labels[moves[start]]))
        for doc, names in zip(docs, found, strict=True):
            doc.set_ents(names, default="outside")


def _lay(docs: Sequence[Doc], vectors: _Floats) -> _Texts:
    attributes = np.concatenate([doc.to_array(["SENT_START", "IS_SPACE"]).astype(np.int64) for doc in docs])
    ends = np.cumsum([len(doc) for doc in docs])
    closes = np.zeros(len(attributes), dtype=np.bool_)
    closes[:-1] = attributes[1:, 0] == 1
    closes[ends - 1] = True
    return _Texts(vectors, ends, attributes[:, 1] == 1, closes)


@Language.factory(_NAME)
def _make(nlp: Language, name: str) -> NamedEntities:
    return NamedEntities(cast("EntityRecognizer", nlp.get_pipe(_NER)))


def find_names_at_once(nlp: Language) -> None:
    """Puts `NamedEntities` in the place of the recogniser, where that is built as those of spaCy's English models are."""
    ner: Any = nlp.get_pipe(_NER)
    model = ner.model
    if (
        isinstance(ner, EntityRecognizer)
        and ner.cfg["beam_width"] == 1
        and model.attrs.get("has_upper")
        and not model.attrs.get("unseen_classes")
        and model.get_ref("lower").get_dim("nF") == _LOOKED_AT
        and model.get_ref("lower").get_dim("nP") > 1
    ):
        nlp.add_pipe(_NAME, after=_NER)
        nlp.remove_pipe(_NER)
