"""WARC files, compressed or not: one document a page they hold."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from kb.domain.article import RawDocument
from kb.errors import DocumentError
from kb.sources.decode import decode_text
from kb.sources.html import read_page
from kb.sources.plain import read_plain

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})


def _content_type(record: ArcWarcRecord) -> tuple[str, str | None]:
    """The media type of what a record holds, and the character set stated with it."""
    headers = record.http_headers or record.rec_headers
    media, _, rest = (headers.get_header("Content-Type") or "").partition(";")
    name, _, value = rest.strip().partition("=")
    return media.strip().lower(), value.strip(" \"'") or None if name.strip().lower() == "charset" else None


def _holds_document(record: ArcWarcRecord) -> bool:
    if record.rec_type == "response" and record.http_headers is not None and record.http_headers.get_statuscode() != "200":
        return False
    return record.rec_type in {"response", "resource", "conversion"} and _content_type(record)[0] in _PAGES | {"text/plain"}


def _read_record(record: ArcWarcRecord, file: str, origin: str, max_bytes: int) -> RawDocument:
    data = record.content_stream().read(max_bytes + 1)
    if len(data) > max_bytes:
        raise DocumentError(
            origin, "too_large", f"{origin} is larger than {max_bytes:,} bytes; raise KB_MAX_DOCUMENT_BYTES to read it"
        )
    # What is still owed when nothing more comes is what a cut archive has lost.
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise DocumentError(origin, "malformed", f"{origin} is cut off in its middle; fetch the archive again")
    url = record.rec_headers.get_header("WARC-Target-URI")
    media, charset = _content_type(record)
    if media in _PAGES:
        return read_page(data, file, origin, url, charset)
    plain = read_plain(decode_text(data, origin), file, origin)
    return RawDocument(file, plain.original, plain.body, plain.title, plain.url or url, None, plain.published_at)


def read_warc(stream: BinaryIO, file: str, origin: str, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """The pages and texts of an archive in its order, named `file#number` by the number of the record.

    Images, redirects, errors and requests are passed over. A damaged archive is read as far as it goes, then one DocumentError.
    """
    number = found = 0
    try:
        for record in ArchiveIterator(stream):
            number += 1
            if _holds_document(record):
                found += 1
                try:
                    yield _read_record(record, f"{file}#{number}", f"{origin}#{number}", max_bytes)
                except DocumentError as error:
                    yield error
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        message = f"{origin} is damaged after record {number} ({why[:120]}); the records before are read, fetch the archive again"
        yield DocumentError(origin, "malformed", message)
        return
    if not found:
        yield DocumentError(origin, "no_article", f"{origin} is an archive without an HTML page or text; check what was crawled")
