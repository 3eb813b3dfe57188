"""How large the invented knowledge base is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows of each there are, exactly."""

    name: str
    entities: int
    articles: int
    events: int
    participants: int
    claims: int


FULL: Final = Size("full", 50_000, 20_000, 200_000, 450_000, 600_000)
QUICK: Final = Size("quick", 1_000, 200, 2_000, 4_500, 6_000)
