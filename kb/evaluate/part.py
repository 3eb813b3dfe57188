"""One part of several, so that what is learned from one can be measured on another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from kb.errors import UsageError

_PART: Final = re.compile(r"(\d{1,3})/(\d{1,3})")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Part:
    """The `number`-th (from 1) of `of` parts."""

    number: int
    of: int

    def take(self, items: Sequence[_T]) -> tuple[_T, ...]:
        """Every `of`-th item from the `number`-th on: the parts share none, and all together are everything.

        Raises UsageError where there are fewer items than parts, so that this one would be empty.
        """
        if len(items) < self.number:
            raise UsageError(f"of {len(items)} articles there is no part {self.number}/{self.of}; ask for fewer parts")
        return tuple(items[self.number - 1 :: self.of])


def parse_part(text: str) -> Part:
    """The part that "1/2" names; raises UsageError where there is no such part."""
    match = _PART.fullmatch(text)
    part = Part(int(match.group(1)), int(match.group(2))) if match else None
    if part is None or not 1 <= part.number <= part.of:
        raise UsageError(f"{text!r} is no part; write 1/2 for the first of two, 2/2 for the second")
    return part
