"""Repair of quotation marks that face the wrong way, stand apart from their words or stick to the next one."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kb.sources.layout import BREAK
from kb.sources.trace import Edit, TracedText

_MARK: Final = re.compile(r"[“”„‟\"]")
_BEFORE_OPENING: Final = frozenset(" ([{—–-/")
_AFTER_CLOSING: Final = frozenset(" .,;:!?)]}—–-/…'’")

_NO_WORD_BEGINS: Final = frozenset(" .,;:!?)]}")


class _Mark(NamedTuple):
    at: int
    glyph: str
    before: str
    after: str

    @property
    def opens(self) -> bool:
        """Clearly at the start of a word."""
        return (not self.before or self.before in _BEFORE_OPENING) and bool(self.after) and self.after not in _NO_WORD_BEGINS

    @property
    def closes(self) -> bool:
        """Clearly at the end of a word or sentence."""
        return bool(self.before) and self.before != " " and (not self.after or self.after in _AFTER_CLOSING)


def _pairs(marks: list[_Mark]) -> list[tuple[_Mark, _Mark]]:
    """The marks that open and close one quotation; those left alone belong to quotations over several paragraphs."""
    pairs: list[tuple[_Mark, _Mark]] = []
    opening: _Mark | None = None
    for mark in marks:
        curly = mark.glyph != '"'
        if opening is None:
            if not (mark.closes and not mark.opens):
                opening = mark
        elif (opening.glyph == '"') is curly:
            # Straight and curly marks do not pair: whichever side is damaged, a guess would do more harm.
            opening = None if mark.closes and not mark.opens else mark
        elif mark.opens and not mark.closes and (not curly or mark.glyph == "“"):
            opening = mark
        else:
            pairs.append((opening, mark))
            opening = None
    return pairs


def _edits_of_pair(text: str, first: _Mark, last: _Mark) -> list[Edit]:
    inner_start, inner_end = first.at + 1, last.at
    while inner_start < inner_end and text[inner_start] == " ":
        inner_start += 1
    while inner_end > inner_start and text[inner_end - 1] == " ":
        inner_end -= 1
    if inner_start == inner_end:
        return []
    straight = first.glyph == '"'
    edits: list[Edit] = []
    if first.before.isalnum():
        # "word"word" is an inch mark or worse; only a curly mark says by itself that it opens.
        if first.glyph not in "“„":
            return []
        edits.append(Edit(first.at, first.at, " "))
    if not straight and first.glyph not in "“„":
        edits.append(Edit(first.at, first.at + 1, "“"))
    if inner_start > first.at + 1:
        edits.append(Edit(first.at + 1, inner_start))
    if inner_end < last.at:
        edits.append(Edit(inner_end, last.at))
    if not straight and last.glyph != "”" and first.glyph != "„":
        edits.append(Edit(last.at, last.at + 1, "”"))
    if last.after.isalpha():
        edits.append(Edit(last.at + 1, last.at + 1, " "))
    return edits


def repair_quotes(text: TracedText) -> TracedText:
    """The text with its pairs of double quotation marks facing their words, apart from the words around them."""
    plain = text.text
    edits: list[Edit] = []
    position = 0
    for paragraph in plain.split(BREAK):
        marks = [
            _Mark(
                found.start(),
                found.group(),
                paragraph[max(found.start() - 1, 0) : found.start()],
                paragraph[found.end() : found.end() + 1],
            )
            for found in _MARK.finditer(paragraph)
        ]
        for first, last in _pairs(marks):
            repaired = _edits_of_pair(paragraph, first, last)
            edits.extend(Edit(edit.start + position, edit.end + position, edit.text) for edit in repaired)
        position += len(paragraph) + len(BREAK)
    return text.edited(edits)
