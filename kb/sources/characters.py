"""Repair of single characters: wrong decodings, entities, ligatures, invisible characters and unusual blanks."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final

import ftfy
from ftfy.fixes import fix_c1_controls

from kb.sources.trace import Edit, TracedText

# Text that is still wrong after so many rounds was made to be.
_ROUNDS: Final = 6
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]{2,}|[\x80-\x9f]")
# The last byte of a closing quote is unassigned in cp1252 and often gets lost on the way.
_CUT_QUOTE: Final = re.compile(r"â€(?=[\s.,;:!?)]|$)")
_ENTITY: Final = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LIGATURE: Final = re.compile("[ﬀ-ﬆ]")
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_COMBINED: Final = re.compile(r"[^\W\d_][\u0300-\u036f]+")
# Where a converter knew no apostrophe it wrote a question mark or the replacement character.
_LOST_APOSTROPHE: Final = re.compile("(?<=[A-Za-z])\ufffd(?=(?:s|t|re|ve|ll)\\b)|(?<=[a-z])\\?(?=s [a-z])")
_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_BLANK: Final = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc]+"
)


@lru_cache(maxsize=4096)
def _decoded(run: str) -> str:
    return str(fix_c1_controls(ftfy.fix_encoding(run)))


@lru_cache(maxsize=1024)
def _unescaped(entity: str) -> str:
    # "&amp;amp;quot;" has been escaped three times; a newline or markup sign is text here as well.
    while (plain := html.unescape(entity)) != entity:
        entity = plain
    return entity


def _replace(text: TracedText, pattern: re.Pattern[str], replacement: str | None = None) -> TracedText:
    edits: list[Edit] = []
    for found in pattern.finditer(text.text):
        old = found.group()
        if replacement is not None:
            new = replacement
        elif pattern is _FOREIGN:
            new = _decoded(old)
        elif pattern is _ENTITY:
            new = _unescaped(old)
        else:
            new = unicodedata.normalize("NFKC" if pattern is _LIGATURE else "NFC", old)
        if new != old:
            edits.append(Edit(found.start(), found.end(), new))
    return text.edited(edits)


def repair_encoding(text: TracedText) -> TracedText:
    """The text with wrongly decoded characters (â€™), entities (&#8217;) and apostrophes turned into ? put right."""
    for _ in range(_ROUNDS):
        # Escaped entities can hide wrongly decoded characters, and these an entity: done when nothing changes any more.
        repaired = _replace(text, _ENTITY) if "&" in text.text else text
        if not repaired.text.isascii():
            repaired = _replace(_replace(repaired, _FOREIGN), _CUT_QUOTE, "”")
        if repaired.text == text.text:
            break
        text = repaired
    # Looking for two rare strings costs a tenth of looking at every letter.
    damaged = "\ufffd" in text.text or "?s " in text.text
    return _replace(text, _LOST_APOSTROPHE, "'") if damaged else text


def repair_invisible(text: TracedText) -> TracedText:
    """The text without soft hyphens and zero-width or control characters, its ligatures and accents composed."""
    text = _replace(text, _INVISIBLE, "")
    if text.text.isascii():
        return text
    text = _replace(text, _LIGATURE)
    return _replace(text, _COMBINED) if _ACCENT.search(text.text) else text


def repair_blanks(text: TracedText) -> TracedText:
    """The text with "\\n" for every line break and a space for every other blank."""
    if not text.text.isascii() or any(mark in text.text for mark in "\r\x0b\x0c\t"):
        text = _replace(_replace(text, _BREAK, "\n"), _BLANK, " ")
    return text
