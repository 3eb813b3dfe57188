"""Reads an article with a transformer: vectors of its words in the context of the sentences around them.

`kb train --encoder` tunes a base model with everything else; ONNX Runtime runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kb.nlp.reader.pieces import Pieces
from kb.nlp.reader.row import Floats, Numbers, Row
from kb.nlp.reader.shape import DISTANCES, KINDS, PIECES, SHAPES

NAME: Final = "encoder"
# Pieces that are read at once: more context costs attention, and the exercises' antecedents mostly lie within.
MOST_PIECES: Final = 190
_SHAPE: Final = 3
_NEAR: Final = DISTANCES // 4
_FAR: Final = 128


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


def split_encoder(weights: Mapping[str, Floats]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """A reader's weights: the encoder's by its own names, and the others."""
    prefix = f"{NAME}."
    own = {name.removeprefix(prefix): array for name, array in weights.items() if name.startswith(prefix)}
    return own, {name: array for name, array in weights.items() if not name.startswith(prefix)}


class Encoder:
    """A tuned encoder, as an ONNX model or the file of one. One instance serves any number of articles."""

    def __init__(self, graph: bytes | Path, pieces: Pieces) -> None:
        # Not above: reading by rules needs no runtime.
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        # One core, as all that reads articles: who has more runs more workers.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # Windows are of all lengths.
        options.enable_mem_pattern = False
        self._session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._near = KINDS in {each.name for each in self._session.get_inputs()}
        self._pieces = pieces
        self.width = int(self._session.get_outputs()[0].shape[1])

    def vectors(self, row: Row) -> Floats:
        """[tokens, width]: each word's vector is that of its first piece."""
        vectors = np.zeros((len(row), self.width), dtype=np.float32)
        for window in list_windows(row, self._pieces):
            vectors[window.words] = self._read(window)[window.first]
        return vectors

    def _read(self, window: Window) -> Floats:
        read = {PIECES: window.pieces, SHAPES: window.shapes}
        if self._near:
            read[KINDS] = find_distances(len(window.pieces))
        vectors: Floats = self._session.run(None, read)[0]
        return vectors


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
