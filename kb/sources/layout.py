"""From lines to paragraphs: what is of the site goes, wrapped lines join, one empty line parts what is left."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kb.sources.furniture import find_link_list, find_own_end, is_breadcrumb, is_furniture, is_link
from kb.sources.trace import Edit, TracedText

BREAK: Final = "\n\n"
_BULLET: Final = re.compile(r"[-–—•*·▪●◦‣►■] +(?=\S)")
_WRAPPED: Final = (45, 110)
_ENDED: Final = re.compile(r"[.!?…:;”\"'’)\]]$")


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    after_gap: bool


def _lines(text: str) -> list[_Line]:
    """The lines that are not blank, without the blanks around them."""
    lines: list[_Line] = []
    position, gap = 0, True
    for raw in text.split("\n"):
        content = raw.strip()
        if content:
            start = position + raw.index(content[0])
            lines.append(_Line(start, start + len(content), content, gap))
        gap = not content
        position += len(raw) + 1
    return lines


def _joined(block: list[_Line]) -> bool:
    """Whether a block's lines are one paragraph that was broken to a width."""
    low, high = _WRAPPED
    inner = block[:-1]
    if len(block) < 3 or any(_BULLET.match(line.text) for line in block):
        return False
    wide = all(low <= len(line.text) <= high for line in inner) and len(block[-1].text) <= high
    return wide and 2 * sum(_ENDED.search(line.text) is not None for line in inner) < len(inner)


def _mark_wrapped(lines: list[_Line]) -> set[int]:
    """The starts of lines that continue the one before them."""
    continued: set[int] = set()
    block: list[_Line] = []
    for line in [*lines, _Line(0, 0, "", after_gap=True)]:
        if line.after_gap:
            if _joined(block):
                continued.update(part.start for part in block[1:])
            block = []
        block.append(line)
    return continued


def _of_article(lines: list[_Line], title: str) -> list[_Line]:
    """The lines that are the article's own."""
    heading = title.casefold()
    opened = find_link_list([line.text for line in lines])
    return [
        line
        for index, line in enumerate(lines)
        if not (index > opened and is_link(line.text))
        and not is_furniture(line.text)
        and not (heading and line.text.casefold() == heading)
        and not is_breadcrumb(line.text, title)
    ]


def lay_out(text: TracedText, *, titled: bool) -> TracedText:
    """The article's own paragraphs, an empty line between each two.

    Where `titled`, the first line is the title: it stays as it is, and repetitions of it go.
    """
    lines = _lines(text.text)
    head = lines[:1] if titled else []
    body = lines[len(head) :]
    kept = _of_article(body, head[0].text if head else "")
    continued = _mark_wrapped(kept)
    edits: list[Edit] = []
    position, gap = 0, ""
    for line in head + kept:
        end = line.end
        # The line after a cut end opens a paragraph of its own; the cut line may be left with nothing.
        if not (titled and line is lines[0]):
            end = line.start + find_own_end(line.text)
        if end == line.start:
            continue
        if position or gap:
            gap = " " if line.start in continued else BREAK
        if text.text[position : line.start] != gap:
            edits.append(Edit(position, line.start, gap))
        position, gap = end, BREAK
    if position < len(text.text):
        edits.append(Edit(position, len(text.text)))
    return text.edited(edits)


def find_paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    """The ranges of a laid out text's paragraphs in order; a bullet before one is not part of it."""
    ranges: list[tuple[int, int]] = []
    position = 0
    for paragraph in text.split(BREAK):
        bullet = _BULLET.match(paragraph)
        start = position + (bullet.end() if bullet else 0)
        if start < position + len(paragraph):
            ranges.append((start, position + len(paragraph)))
        position += len(paragraph) + len(BREAK)
    return tuple(ranges)
