"""Plain text: a title, perhaps date and address lines, perhaps a site's furniture before them, then paragraphs as lines."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from kb.domain.article import RawDocument
from kb.errors import DocumentError
from kb.sources.dates import parse_stated_date
from kb.sources.furniture import is_breadcrumb, is_furniture

_URL: Final = re.compile(r"(?:url|link|source)?:?\s*(https?://\S+)", re.IGNORECASE)
_BYLINE: Final = re.compile(r"[Bb]y(?: [A-Z][\w.'’-]*){1,4}(?:(?:,| and) (?:[A-Z][\w.'’-]*,? ?){1,5})*")
# Longer first lines are paragraphs: the document has no title of its own.
_TITLE_LENGTH: Final = 300
_HEADER_LINES: Final = 25


class _Header:
    """What stands before the first paragraph; `end` is where the body starts."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.url: str | None = None
        self.published_at: datetime | None = None
        self.end = 0

    def takes(self, line: str) -> bool:
        """Whether `line` is metadata; remembers what it states."""
        url = _URL.fullmatch(line)
        if url is not None:
            self.url = self.url or url.group(1)
            return True
        if len(line) <= 80:
            stated = parse_stated_date(line)
            if stated is not None:
                self.published_at = self.published_at or stated
                return True
        return self.title is not None and _BYLINE.fullmatch(line) is not None


def _read_header(text: str) -> _Header:
    header = _Header()
    lines: list[tuple[int, str]] = []
    position = 0
    while position < len(text) and len(lines) < _HEADER_LINES:
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        lines.append((position, text[position : min(end, position + 2000)].strip()))
        position = end + 1
    lines.append((min(position, len(text)), ""))
    for index, (start, line) in enumerate(lines[:-1]):
        following = next((later for _, later in lines[index + 1 :] if later), "")
        if not line or header.takes(line):
            continue
        if header.title is not None:
            header.end = start
            return header
        if is_furniture(line) or is_breadcrumb(line, following):
            continue
        if len(line) > _TITLE_LENGTH:
            header.end = start
            return header
        header.title = line
    header.end = lines[-1][0]
    return header


def read_plain(text: str, file: str, origin: str) -> RawDocument:
    """The document in `text`, its header read; raises DocumentError where nothing follows the header."""
    header = _read_header(text)
    body = text[header.end :]
    if not body.strip() and header.title is None:
        raise DocumentError(origin, "empty", f"{origin} has no text beside a header; fetch the article again")
    return RawDocument(file, text, body, header.title, header.url, None, header.published_at)
