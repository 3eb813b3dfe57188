"""Entities marked in a line of text: `[[Germany=germany]'s chancellor~merkel] spoke`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kb.errors import UsageError

_CLOSING: Final = re.compile(r"([=~])([a-z0-9_]+(?:,[a-z0-9_]+)*)\]")


@dataclass(frozen=True, slots=True)
class Annotation:
    """Characters `start` to `end` of the bare line mean the entities `ids`; `named` says that they name them."""

    start: int
    end: int
    ids: tuple[str, ...]
    named: bool


def parse_annotated(line: str) -> tuple[str, tuple[Annotation, ...]]:
    """The bare line and its annotations in the order in which they open; raises UsageError where brackets do not fit."""
    bare: list[str] = []
    found: list[Annotation | None] = []
    # Where in `bare` and in `found` each annotation that is still open began.
    opened: list[tuple[int, int]] = []
    position = 0
    while position < len(line):
        letter = line[position]
        closing = _CLOSING.match(line, position) if opened else None
        if closing is not None:
            start, place = opened.pop()
            found[place] = _annotation("".join(bare), start, closing)
            position = closing.end()
            continue
        if letter == "]":
            before = line[max(0, position - 20) : position + 1]
            raise UsageError(f"the bracket after {before!r} closes nothing; write [words=id] or [words~id]")
        if letter == "[":
            opened.append((len(bare), len(found)))
            found.append(None)
        else:
            bare.append(letter)
        position += 1
    if opened:
        begun = "".join(bare)[opened[-1][0] :][:20]
        raise UsageError(f"the bracket before {begun!r} is never closed; write [words=id] or [words~id]")
    return "".join(bare), tuple(each for each in found if each is not None)


def _annotation(bare: str, start: int, closing: re.Match[str]) -> Annotation:
    words = bare[start:]
    if not words or words != words.strip():
        raise UsageError(f"the annotation {words + closing.group()!r} is empty or begins or ends with a blank; mark words only")
    ids = tuple(closing.group(2).split(","))
    if len(set(ids)) < len(ids):
        raise UsageError(f"the annotation {words + closing.group()!r} names an entity twice; name each once")
    return Annotation(start, len(bare), ids, named=closing.group(1) == "=")
