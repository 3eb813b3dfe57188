"""From a document as read to an article: repaired, laid out, dated, and traceable to its original."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final

from kb.domain.article import Article, RawDocument
from kb.domain.ids import article_id
from kb.errors import DocumentError
from kb.sources.apostrophes import repair_apostrophes
from kb.sources.characters import repair_blanks, repair_encoding, repair_invisible
from kb.sources.dates import date_of_url, parse_stated_date
from kb.sources.inference import find_dateline_date, infer_published
from kb.sources.insets import remove_insets
from kb.sources.language import find_language, language_name
from kb.sources.layout import BREAK, find_paragraphs, lay_out
from kb.sources.publisher import find_dateline_agency, find_domain, publisher_of_domain
from kb.sources.quotes import repair_quotes
from kb.sources.spaces import repair_spaces
from kb.sources.trace import TracedText

_OPENING: Final = 3
_TITLE_LENGTH: Final = 120
_SENTENCE: Final = re.compile(r"[^\n]{20,}?[.!?][”\"'’)]?(?=\s)")


def _trace_lines(body: str, original: str, position: int) -> list[tuple[str, int | None]]:
    """The lines of a body that is not one stretch of the original, each traced where the original has it."""
    pieces: list[tuple[str, int | None]] = []
    for line in body.splitlines(keepends=True):
        content = line.strip()
        at = original.find(content, position) if content else -1
        if at < 0:
            pieces.append((line, None))
            continue
        lead = line.index(content)
        pieces += [(line[:lead], None), (content, at), (line[lead + len(content) :], None)]
        position = at + len(content)
    return [piece for piece in pieces if piece[0]]


def _compose(raw: RawDocument) -> TracedText:
    """Title and body as one text, traced to the original."""
    pieces: list[tuple[str, int | None]] = []
    title_end = 0
    if raw.title and raw.title.strip():
        title = " ".join(raw.title.split("\n")).strip()
        own_line = re.search(rf"^[^\S\n]*({re.escape(title)})\s*$", raw.original, re.MULTILINE)
        at = own_line.start(1) if own_line else raw.original.find(title)
        pieces += [(title, at if at >= 0 else None), (BREAK, None)]
        title_end = at + len(title) if at >= 0 else 0
    start = len(raw.original) - len(raw.body) if raw.original.endswith(raw.body) else raw.original.find(raw.body, title_end)
    pieces += [(raw.body, start)] if start >= 0 else _trace_lines(raw.body, raw.original, title_end)
    return TracedText.of_pieces(pieces)


def _repair(text: TracedText, known_names: Collection[str], *, titled: bool) -> tuple[TracedText, tuple[str, ...]]:
    """The text through every station, and the names of those that changed something."""
    done: list[str] = []

    def note(name: str, after: TracedText) -> TracedText:
        if after is not text and after.text != text.text:
            done.append(name)
        return after

    text = note("encoding", repair_encoding(text))
    text = note("invisible", repair_invisible(text))
    text = note("blanks", repair_blanks(text))
    text = note("spaces", repair_spaces(text))
    text = note("insets", remove_insets(text))
    text = note("layout", lay_out(text, titled=titled))
    text = note("apostrophes", repair_apostrophes(text, known_names))
    text = note("quotes", repair_quotes(text))
    return text, tuple(done)


def _dated(raw: RawDocument, text: str, opening: list[str]) -> tuple[datetime | None, bool]:
    stated = raw.published_at or date_of_url(raw.url)
    if stated is not None:
        return stated, False
    dateline = find_dateline_date(opening)
    whole = parse_stated_date(dateline) if dateline else None
    if whole is not None:
        return whole, False
    concluded = infer_published(text)
    return concluded, concluded is not None


def _heading(text: str) -> str:
    """What stands for the title of a document without one: its first sentence, cut at a word."""
    first = _SENTENCE.match(text)
    sentence = first.group() if first else text.split(BREAK, 1)[0]
    return sentence if len(sentence) <= _TITLE_LENGTH else sentence[:_TITLE_LENGTH].rsplit(" ", 1)[0] + " …"


def to_article(raw: RawDocument, known_names: Collection[str] = ()) -> Article:
    """The article in `raw`, with `known_names` (pass a frozenset) telling which names may have lost an apostrophe.

    Raises DocumentError no_article where nothing but furniture is left, language where it is not English.
    """
    titled = bool(raw.title and raw.title.strip())
    text, repairs = _repair(_compose(raw), known_names, titled=titled)
    plain = text.text
    paragraphs = find_paragraphs(plain)
    opening = [plain[start:end] for start, end in paragraphs[titled : titled + _OPENING]]
    if not opening:
        raise DocumentError(
            raw.origin, "no_article", f"{raw.origin} has no text beside title and site furniture; fetch the article again"
        )
    language = find_language(plain[paragraphs[titled][0] :])
    if language != "en":
        message = f"{raw.origin} is in {language_name(language)}; only English is read, so leave it out or translate it"
        raise DocumentError(raw.origin, "language", message)
    published_at, inferred = _dated(raw, plain, opening)
    domain = find_domain(raw.url)
    return Article(
        id=article_id(raw.original),
        file=raw.file,
        title=plain[slice(*paragraphs[0])] if titled else _heading(plain),
        text=plain,
        original=raw.original,
        paragraphs=paragraphs,
        offsets=text.offset_map(),
        url=raw.url,
        publisher=raw.publisher or (publisher_of_domain(domain) if domain else find_dateline_agency(opening)),
        published_at=published_at,
        published_inferred=inferred,
        language=language,
        repairs=repairs,
    )
