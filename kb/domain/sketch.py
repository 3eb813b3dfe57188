"""The fingerprint of a text that texts nearly like it are found by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sketch:
    """MinHash values of a text's word shingles, four bytes each, little-endian."""

    signature: bytes

    def resemblance(self, other: Sketch) -> float:
        """About which part of all shingles of both texts is in both (Jaccard), from 0 to 1; right to some hundredths."""
        pairs = list(zip(memoryview(self.signature).cast("I"), memoryview(other.signature).cast("I"), strict=True))
        return sum(mine == theirs for mine, theirs in pairs) / len(pairs)


class FindsCopies(Protocol):
    """Decides which articles carry one text."""

    def make_sketch(self, text: str) -> Sketch | None:
        """What near-duplicates of `text` are found by; None where it is too short to have any."""
        ...

    def block_keys(self, sketch: Sketch) -> frozenset[int]:
        """Keys of which two near-duplicates share one."""
        ...

    def are_worth_comparing(self, left: Sketch, right: Sketch) -> bool:
        """Whether the texts behind the sketches can be near-duplicates."""
        ...

    def are_copies(self, left: str, right: str) -> bool:
        """Whether they are."""
        ...
