"""JSON lines: one article an object, under the field names that crawlers and data sets use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, Final

from kb.domain.article import RawDocument
from kb.errors import DocumentError
from kb.sources.dates import parse_timestamp
from kb.sources.decode import decode_text

_TITLE: Final = ("title", "headline", "heading", "name")
_TEXT: Final = (
    "text",
    "body",
    "content",
    "article",
    "article_body",
    "articlebody",
    "maintext",
    "full_text",
    "fulltext",
    "raw_content",
    "story",
)
_URL: Final = ("url", "link", "source_url", "canonical_url", "web_url", "weburl", "uri")
_PUBLISHER: Final = ("publisher", "publication", "source", "sitename", "site_name", "source_name", "outlet", "newspaper")
_DATE: Final = (
    "published_at",
    "published",
    "date",
    "publish_date",
    "date_publish",
    "publication_date",
    "pub_date",
    "pubdate",
    "datepublished",
    "date_published",
    "published_date",
    "publishedat",
    "timestamp",
    "datetime",
    "time",
)
_CHUNK: Final = 1 << 20


def _first_text(record: dict[str, object], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = record.get(name)
        if isinstance(value, dict):
            value = value.get("name") or value.get("title")
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        # JSON can escape what no database and no file takes: NUL and halves of surrogate pairs.
        text = value.replace("\0", "").encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""
        if text:
            return text
    return None


def read_record(value: object, file: str, origin: str) -> RawDocument:
    """The document in one JSON value; raises DocumentError malformed where it is no object, no_article where it has no text."""
    if not isinstance(value, dict):
        raise DocumentError(origin, "malformed", f"{origin} is no JSON object; write one object with title and text a line")
    record: dict[str, object] = {str(key).lower(): item for key, item in value.items()}
    body = _first_text(record, _TEXT)
    if body is None:
        raise DocumentError(origin, "no_article", f"{origin} has no text; name the field one of {', '.join(_TEXT[:3])}")
    title, url = _first_text(record, _TITLE), _first_text(record, _URL)
    if title is not None:
        title = " ".join(title.split())
    publisher = _first_text(record, _PUBLISHER)
    if publisher is not None and "://" in publisher:
        url, publisher = url or publisher, None
    published_at = next((moment for name in _DATE if (moment := parse_timestamp(record.get(name))) is not None), None)
    original = f"{title}\n\n{body}" if title else body
    return RawDocument(file, original, body, title, url, publisher, published_at)


def _parse(line: bytes, origin: str) -> object:
    text = decode_text(line, origin)
    try:
        value: object = json.loads(text, strict=False)
    except RecursionError:
        raise DocumentError(
            origin, "malformed", f"{origin} nests too deeply for JSON of an article; write a flat object"
        ) from None
    except ValueError as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        at = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DocumentError(origin, "malformed", f"{origin} is no valid JSON ({why}{at}); correct or remove that line") from None
    return value


def _skip_line(stream: BinaryIO) -> None:
    while (chunk := stream.readline(_CHUNK)) and not chunk.endswith(b"\n"):
        pass


def _read_whole(data: bytes, file: str) -> list[object] | None:
    """The records of a file that is one JSON array or object over several lines; None where it is not."""
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else [value]


def read_jsonl(stream: BinaryIO, file: str, origin: str, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """The documents of `stream` in order, named `file#line`; what is wrong with a line is yielded in its place.

    A file of no more than `max_bytes` may also be one JSON array, whose records are then counted instead of lines.
    """
    head = stream.read(max_bytes + 1)
    whole = _read_whole(head, origin) if len(head) <= max_bytes and head.lstrip()[:1] in (b"[", b"{") else None
    if whole is not None:
        for number, value in enumerate(whole, start=1):
            try:
                yield read_record(value, f"{file}#{number}", f"{origin}#{number}")
            except DocumentError as error:
                yield error
        return
    del head, whole
    stream.seek(0)
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        if len(line) > max_bytes:
            _skip_line(stream)
            message = f"{origin}#{number} is longer than {max_bytes:,} bytes; split it, or raise KB_MAX_DOCUMENT_BYTES"
            yield DocumentError(f"{origin}#{number}", "too_large", message)
        elif line.strip():
            try:
                value = _parse(line, f"{origin}#{number}")
                yield read_record(value, f"{file}#{number}", f"{origin}#{number}")
            except DocumentError as error:
                yield error
    if number == 0:
        yield DocumentError(origin, "empty", f"{origin} is empty; remove it, or fetch the articles again")
