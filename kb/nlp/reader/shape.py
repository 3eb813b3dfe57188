"""What an encoder looks like, whoever builds, tunes or runs it.

MiniLM's shape (Wang et al. 2020), six layers of 384, or MPNet's (Song et al. 2020), twelve of 768, which looks at how far
words are apart as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HEADS: Final = 12
DISTANCES: Final = 32
"""Kinds of distances that MPNet tells apart: sixteen forwards and as many backwards."""
PIECES: Final = "pieces"
SHAPES: Final = "shapes"
KINDS: Final = "kinds"
VERSION: Final = 1
"""Counts up whenever another model is built of the same weights: kept ones are then built anew."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the weights don't tell of a base model."""

    layers: int
    norm_epsilon: float


MINI: Final = Shape(6, 1e-12)
LARGE: Final = Shape(12, 1e-5)
