"""Text that knows where each of its characters stood in the original, through any number of edits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kb.domain.article import OffsetMap


class Edit(NamedTuple):
    """Puts `text` in the place of characters `start` to `end`."""

    start: int
    end: int
    text: str = ""


class _Run(NamedTuple):
    """`length` characters from `start` that are those of the original from `origin`; length 0 anchors inserted text."""

    start: int
    origin: int
    length: int


class _Builder:
    """Collects kept and inserted pieces from left to right, joining runs that continue each other."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.runs: list[_Run] = []
        self.length = 0

    def keep(self, text: str, origin: int) -> None:
        last = self.runs[-1] if self.runs else None
        if last is not None and last.start + last.length == self.length and last.origin + last.length == origin:
            self.runs[-1] = last._replace(length=last.length + len(text))
        else:
            self.runs.append(_Run(self.length, origin, len(text)))
        self._append(text)

    def insert(self, text: str, origin: int) -> None:
        if text:
            self.runs.append(_Run(self.length, origin, 0))
            self._append(text)

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def build(self) -> TracedText:
        return TracedText("".join(self.parts), tuple(self.runs))


class TracedText:
    """An immutable text and the runs of it that are unchanged from the original; every edit gives a new one."""

    __slots__ = ("_runs", "_starts", "text")

    def __init__(self, text: str, runs: tuple[_Run, ...]) -> None:
        self.text = text
        self._runs = runs
        self._starts = [run.start for run in runs]

    @classmethod
    def of_pieces(cls, pieces: Iterable[tuple[str, int | None]]) -> TracedText:
        """Pieces in order, each with its place in the original, or None where it is not of the original."""
        builder, after = _Builder(), 0
        for text, origin in pieces:
            if origin is None:
                builder.insert(text, after)
            else:
                builder.keep(text, origin)
                after = origin + len(text)
        return builder.build()

    def to_original(self, position: int) -> int:
        """The place in the original that stands behind `position`."""
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return 0
        run = self._runs[index]
        return run.origin + min(position - run.start, run.length)

    def _copy(self, builder: _Builder, start: int, end: int) -> None:
        position = start
        index = max(bisect_right(self._starts, start) - 1, 0)
        while position < end and index < len(self._runs):
            run = self._runs[index]
            following = self._starts[index + 1] if index + 1 < len(self._runs) else len(self.text)
            index += 1
            if following <= position:
                continue
            kept = min(run.start + run.length, end)
            if position < kept:
                builder.keep(self.text[position:kept], run.origin + position - run.start)
                position = kept
            inserted = min(following, end)
            if position < inserted:
                builder.insert(self.text[position:inserted], run.origin + run.length)
                position = inserted

    def edited(self, edits: Sequence[Edit]) -> TracedText:
        """This text with `edits` applied, which are in order and do not overlap; itself where there are none."""
        if not edits:
            return self
        builder, position = _Builder(), 0
        for edit in edits:
            self._copy(builder, position, edit.start)
            builder.insert(edit.text, self.to_original(edit.start))
            position = edit.end
        self._copy(builder, position, len(self.text))
        return builder.build()

    def offset_map(self) -> OffsetMap:
        """The way back to the original, as articles keep it."""
        runs = self._runs
        return OffsetMap(tuple(run.start for run in runs), tuple(run.origin for run in runs), tuple(run.length for run in runs))
