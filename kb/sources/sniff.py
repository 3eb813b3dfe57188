"""Which form a document is in, judged by its first bytes; the file name only settles what content leaves open."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final


class Form(Enum):
    """The forms documents come in; the values are those of `--format`."""

    TEXT = "txt"
    HTML = "html"
    JSONL = "jsonl"
    FEED = "feed"
    WARC = "warc"


_WARC: Final = re.compile(rb"WARC/\d")
_FEED: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>)?\s*(?:<!--.*?-->\s*|<\?[^>]*>\s*|<!DOCTYPE\s+rss[^>]*>\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_HTML: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|article|div|section|main|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON: Final = re.compile(rb'\s*(?:\{\s*(?:"|\})|\[\s*\{)')
_JSON_NAME: Final = re.compile(r"\.(?:jsonl|ndjson|json)(?:\.gz)?$", re.IGNORECASE)
_HTML_NAME: Final = re.compile(r"\.x?html?(?:\.gz)?$", re.IGNORECASE)


def find_form(head: bytes, name: str) -> Form:
    """The form of the document called `name` that begins with `head` (uncompressed, a few kilobytes)."""
    start = head.removeprefix(b"\xef\xbb\xbf")
    if _WARC.match(start):
        return Form.WARC
    if _FEED.match(start):
        return Form.FEED
    if _HTML.match(start):
        return Form.HTML
    # A damaged first line leaves its file JSON lines where the name says so: the other lines still count.
    if _JSON.match(start) or _JSON_NAME.search(name):
        return Form.JSONL
    if _HTML_NAME.search(name) and b"<" in start:
        return Form.HTML
    return Form.TEXT
