"""A transformer on plain NumPy: vectors of words in the context of the sentences around them.

The shape is MiniLM's (Wang et al. 2020), six layers of 384, or MPNet's (Song et al. 2020), twelve of 768, which looks at how far
words are apart as well. `kb train --encoder` tunes a base model with everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kb.nlp.reader.network import Network, gelu, softmax
from kb.nlp.reader.pieces import Pieces
from kb.nlp.reader.row import Floats, Numbers, Row

HEADS: Final = 12
NAME: Final = "encoder"
DISTANCES: Final = 32
"""Kinds of distances that MPNet tells apart: sixteen forwards and as many backwards."""
# Pieces that are read at once: more context costs attention, and the exercises' antecedents mostly lie within.
MOST_PIECES: Final = 190
_SHAPE: Final = 3
_NEAR: Final = DISTANCES // 4
_FAR: Final = 128


@dataclass(frozen=True, slots=True)
class Shape:
    """What the weights don't tell of a base model."""

    layers: int
    norm_epsilon: float


MINI: Final = Shape(6, 1e-12)
LARGE: Final = Shape(12, 1e-5)


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences that are read together.

    `pieces` [n] with begin and end marks, `shapes` [n] how each piece's word is written; `words` [m] positions in the row and
    `first` [m] where in `pieces` each begins.
    """

    pieces: Numbers
    shapes: Numbers
    words: Numbers
    first: Numbers


def list_windows(row: Row, pieces: Pieces) -> list[Window]:
    """The row in windows of whole sentences, in order; only a sentence longer than a window is cut."""
    cut = [pieces.cut(token.text) for token in row.tokens]
    windows: list[list[int]] = []
    length = 0
    for sentence in _sentences(row):
        for part in _parts(sentence, cut):
            size = sum(len(cut[position]) for position in part)
            if not windows or length + size > MOST_PIECES:
                windows.append([])
                length = 0
            windows[-1] += part
            length += size
    shapes = row.grammar[:, _SHAPE]
    return [_window(positions, cut, shapes, pieces) for positions in windows]


def _sentences(row: Row) -> list[list[int]]:
    found: list[list[int]] = []
    for position in range(len(row)):
        if position and row.sentence[position] == row.sentence[position - 1]:
            found[-1].append(position)
        else:
            found.append([position])
    return found


def _parts(sentence: list[int], cut: Sequence[tuple[int, ...]]) -> list[list[int]]:
    parts: list[list[int]] = [[]]
    length = 0
    for position in sentence:
        if length + len(cut[position]) > MOST_PIECES:
            parts.append([])
            length = 0
        parts[-1].append(position)
        length += len(cut[position])
    return parts


def _window(positions: list[int], cut: Sequence[tuple[int, ...]], shapes: Numbers, pieces: Pieces) -> Window:
    numbers, written, first = [pieces.begin], [0], []
    for position in positions:
        first.append(len(numbers))
        numbers += cut[position]
        written += [int(shapes[position])] * len(cut[position])
    return Window(
        np.array([*numbers, pieces.end], dtype=np.int64),
        np.array([*written, 0], dtype=np.int64),
        np.array(positions, dtype=np.int64),
        np.array(first, dtype=np.int64),
    )


class Encoder:
    """A tuned encoder. One instance serves any number of articles."""

    def __init__(self, weights: Mapping[str, Floats], pieces: Pieces, shape: Shape = MINI) -> None:
        own = {name.removeprefix(f"{NAME}."): array for name, array in weights.items() if name.startswith(f"{NAME}.")}
        self._network = Network(own)
        self._pieces = pieces
        self._shape = shape
        self.width = own["words"].shape[1]

    def vectors(self, row: Row) -> Floats:
        """[tokens, width]: each word's vector is that of its first piece."""
        vectors = np.zeros((len(row), self.width), dtype=np.float32)
        for window in list_windows(row, self._pieces):
            vectors[window.words] = self._read(window)[window.first]
        return vectors

    def _read(self, window: Window) -> Floats:
        network, weights = self._network, self._network.weights
        x = weights["words"][window.pieces] + weights["places"][: len(window.pieces)] + weights["shapes"][window.shapes]
        x = self._normal("start", x)
        nearness = _nearness(weights["distances"], len(window.pieces)) if "distances" in weights else np.float32(0)
        for layer in range(self._shape.layers):
            x = self._normal(f"{layer}.attended", x + network.linear(f"{layer}.out", self._attend(layer, x, nearness)))
            x = self._normal(f"{layer}.thought", x + network.linear(f"{layer}.narrow", gelu(network.linear(f"{layer}.wide", x))))
        return x

    def _attend(self, layer: int, x: Floats, nearness: Floats | np.float32) -> Floats:
        length, width = x.shape
        heads = self._network.linear(f"{layer}.ask", x).reshape(length, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
        query, key, value = heads
        shares = softmax(query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(width // HEADS)) + nearness)
        result: Floats = (shares @ value).transpose(1, 0, 2).reshape(length, width)
        return result

    def _normal(self, name: str, x: Floats) -> Floats:
        return self._network.normal(name, x, self._shape.norm_epsilon)


def find_distances(length: int) -> Numbers:
    """[length, length]: of which kind the distance from each piece (rows) to each other one is.

    As T5 has it (Raffel et al. 2020): near ones each by itself, farther ones in classes that widen by their logarithm.
    """
    positions = np.arange(length)
    ahead = positions[None, :] - positions[:, None]
    size = np.abs(ahead)
    wide = _NEAR + np.log(np.maximum(size, 1) / _NEAR) / np.log(_FAR / _NEAR) * (DISTANCES // 2 - _NEAR)
    kind = np.where(size < _NEAR, size, np.minimum(wide.astype(np.int64), DISTANCES // 2 - 1))
    result: Numbers = kind + (ahead > 0) * (DISTANCES // 2)
    return result


def _nearness(distances: Floats, length: int) -> Floats:
    """[heads, length, length] of `distances` [kinds, heads]."""
    result: Floats = np.ascontiguousarray(distances[find_distances(length)].transpose(2, 0, 1))
    return result
