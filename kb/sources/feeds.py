"""RSS and Atom files: one document an entry."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from time import struct_time
from typing import Final

import feedparser

from kb.domain.article import RawDocument
from kb.errors import DocumentError
from kb.sources.html import text_of_fragment

_DATE_FIELDS: Final = ("published_parsed", "created_parsed", "updated_parsed")


def _published(entry: feedparser.FeedParserDict) -> datetime | None:
    for name in _DATE_FIELDS:
        value = entry.get(name)
        if isinstance(value, struct_time):
            return datetime(*value[:6], tzinfo=UTC)
    return None


def _entry_body(entry: feedparser.FeedParserDict) -> str:
    contents = [str(content.get("value") or "") for content in entry.get("content") or ()]
    # Feeds give a teaser beside the full text, in either field.
    bodies = [text_of_fragment(text).strip() for text in (*contents, str(entry.get("summary") or ""))]
    return max(bodies, key=len)


def read_feed(data: bytes, file: str, origin: str) -> Iterator[RawDocument | DocumentError]:
    """The entries of a feed in its order, named `file#number`; an entry without text is yielded as DocumentError.

    A feed that cannot be parsed is one DocumentError malformed, one without entries one DocumentError no_article.
    """
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries:
        if feed.bozo:
            yield DocumentError(origin, "malformed", f"{origin} is no well-formed feed ({feed.bozo_exception}); fetch it again")
        else:
            yield DocumentError(origin, "no_article", f"{origin} is a feed without entries; fetch it again later")
        return
    for number, entry in enumerate(feed.entries, start=1):
        name = f"{file}#{number}"
        body = _entry_body(entry)
        title = " ".join(text_of_fragment(str(entry.get("title") or "")).split()) or None
        if not body:
            yield DocumentError(
                f"{origin}#{number}", "no_article", f"{origin}#{number} has a title but no text; ingest the page it links to"
            )
            continue
        source = entry.get("source") or {}
        publisher = source.get("title") or feed.feed.get("publisher")
        yield RawDocument(
            file=name,
            original=f"{title}\n\n{body}" if title else body,
            body=body,
            title=title,
            url=entry.get("link") or None,
            publisher=str(publisher) if publisher else None,
            published_at=_published(entry),
        )
