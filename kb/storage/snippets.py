"""The piece of a text that shows best what a query found in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kb.domain.result import Highlight
from kb.storage.terms import find_words

_WIDTH: Final = 200


def cut_snippet(text: str, terms: Collection[str], *, prefix: str | None = None) -> tuple[str, tuple[Highlight, ...]]:
    """About 200 characters of the text with most different terms in them, and where they stand in the piece.

    `prefix` is a term that matches whatever begins with it. Without a match the piece is the beginning of the text.
    """

    def match(term: str) -> str | None:
        if term in terms:
            return term
        return prefix if prefix is not None and term.startswith(prefix) else None

    hits = [(start, end, found) for start, end, term in find_words(text) if (found := match(term)) is not None]
    begin = max((_window(hits, first) for first in range(len(hits))), default=(0, 0, 0))[2]
    start = _to_word_start(text, max(0, begin - _WIDTH // 4)) if begin > _WIDTH // 4 else 0
    end = len(text) if len(text) - start <= _WIDTH else _to_word_end(text, start + _WIDTH)
    lead, tail = ("… " if start else ""), (" …" if end < len(text) else "")
    piece = lead + text[start:end].replace("\n", " ") + tail
    shift = len(lead) - start
    return piece, tuple(Highlight(s + shift, e + shift) for s, e, _ in hits if start <= s and e <= end)


def _window(hits: list[tuple[int, int, str]], first: int) -> tuple[int, int, int]:
    """(different terms, minus the position, the position) of the window that begins with a hit: the earliest of the best wins."""
    begin = hits[first][0]
    terms = set()
    for start, _, term in hits[first:]:
        if start - begin > _WIDTH * 3 // 4:
            break
        terms.add(term)
    return len(terms), -begin, begin


def _to_word_start(text: str, position: int) -> int:
    space = text.find(" ", position)
    return position if space < 0 or space - position > 30 else space + 1


def _to_word_end(text: str, position: int) -> int:
    space = text.rfind(" ", 0, position)
    return position if position - space > 30 else space
