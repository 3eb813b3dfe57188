"""Walks files and directories and reads each document by the form its content shows."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from kb.domain.article import RawDocument
from kb.errors import DocumentError, UsageError
from kb.sources.decode import decode_text
from kb.sources.feeds import read_feed
from kb.sources.html import read_page
from kb.sources.jsonl import read_jsonl
from kb.sources.plain import read_plain
from kb.sources.sniff import Form, find_form
from kb.sources.warc import read_warc

# What lies beside articles and is never one. A file named on the command line is read whatever its name.
_ASIDE: Final = re.compile(
    r"\.(?:bak|bib|bmp|cfg|conf|css|csv|db|gif|ico|ini|ipynb|jpe?g|js|lock|log|md|md5|mp[34]|ods|parquet|pickle|pkl|png|pyc?|rst"
    r"|sha\d+|sh|sqlite3?|svg|swp|tmp|toml|tsv?|webp|woff2?|xlsx?|ya?ml)",
    re.IGNORECASE,
)
_ASIDE_NAMES: Final = re.compile(
    r"(?:readme|licen[cs]e|copying|notice|changelog|makefile|dockerfile|sha\d*sums|md5sums|thumbs\.db|desktop\.ini)(?:\.txt)?",
    re.I,
)
_GZIP: Final = b"\x1f\x8b"
_HEAD: Final = 8192


@dataclass(frozen=True, slots=True)
class _Found:
    """A file to read: where it is, and the name shown to users."""

    path: Path
    name: str

    @property
    def origin(self) -> str:
        """What errors call it, from whichever folder it is named."""
        return str(self.path.absolute())


def _is_aside(name: str) -> bool:
    return (
        name.startswith((".", "~"))
        or name.endswith("~")
        or _ASIDE.fullmatch(Path(name).suffix) is not None
        or _ASIDE_NAMES.fullmatch(name) is not None
    )


def _walk(directory: Path) -> Iterator[_Found | DocumentError]:
    """The documents below a directory in sorted order, hidden and auxiliary files aside."""
    failed: list[OSError] = []
    for folder, subfolders, names in os.walk(directory, onerror=failed.append):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for error in failed:
            where = str(Path(error.filename).absolute())
            yield DocumentError(
                where, "unreadable", f"{where} cannot be opened ({error.strerror}); give yourself the right to read it"
            )
        failed.clear()
        for name in sorted(names):
            path = Path(folder, name)
            if not _is_aside(name) and (path.is_file() or path.is_symlink()):
                yield _Found(path, path.relative_to(directory).as_posix())
    for error in failed:
        where = str(Path(error.filename).absolute())
        yield DocumentError(
            where, "unreadable", f"{where} cannot be opened ({error.strerror}); give yourself the right to read it"
        )


def _find_files(paths: Sequence[Path]) -> list[_Found | DocumentError]:
    found: list[_Found | DocumentError] = []
    for path in paths:
        if path.is_dir():
            below = list(_walk(path))
            if not below:
                message = f"{path} holds no article; name a folder with .txt, .html, .jsonl, .xml or .warc files"
                found.append(DocumentError(str(path), "no_articles", message))
            found.extend(below)
        elif path.exists():
            found.append(_Found(path, path.name))
        else:
            raise UsageError(f"{path} does not exist; name a file or folder that does")
    return found


def _chosen_form(form: str) -> Form | None:
    if form == "auto":
        return None
    try:
        return Form(form)
    except ValueError:
        raise UsageError(f"{form!r} is no format; use auto, {', '.join(each.value for each in Form)}") from None


def _too_large(origin: str, max_bytes: int) -> DocumentError:
    message = f"{origin} is larger than {max_bytes:,} bytes; split it into articles, or raise KB_MAX_DOCUMENT_BYTES"
    return DocumentError(origin, "too_large", message)


def _read_bounded(stream: BinaryIO, origin: str, max_bytes: int) -> bytes:
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise _too_large(origin, max_bytes)
    return data


def _read_stream(stream: BinaryIO, found: _Found, form: Form | None, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    origin = found.origin
    head = stream.read(_HEAD)
    stream.seek(0)
    match form or find_form(head, found.name):
        case Form.WARC:
            yield from read_warc(stream, found.name, origin, max_bytes)
        case Form.JSONL:
            yield from read_jsonl(stream, found.name, origin, max_bytes)
        case Form.FEED:
            yield from read_feed(_read_bounded(stream, origin, max_bytes), found.name, origin)
        case Form.HTML:
            yield read_page(_read_bounded(stream, origin, max_bytes), found.name, origin)
        case Form.TEXT:
            yield read_plain(decode_text(_read_bounded(stream, origin, max_bytes), origin), found.name, origin)


def _read_file(found: _Found, form: Form | None, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    origin = found.origin
    try:
        if not found.path.is_file():
            raise DocumentError(origin, "unreadable", f"{origin} is no regular file; write its content into one")
        with found.path.open("rb") as stream:
            packed = stream.read(2) == _GZIP
            stream.seek(0)
            if not packed:
                yield from _read_stream(stream, found, form, max_bytes)
                return
            with gzip.open(stream) as unpacked:
                # warcio unpacks record by record by itself, which keeps a damaged record from hiding the next.
                head = unpacked.read1(_HEAD)
                unpacked.seek(0)
                if (form or find_form(head, found.name)) is Form.WARC:
                    stream.seek(0)
                    yield from read_warc(stream, found.name, origin, max_bytes)
                else:
                    yield from _read_stream(unpacked, found, form, max_bytes)  # type: ignore[arg-type]
    except DocumentError as error:
        yield error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield DocumentError(origin, "malformed", f"{origin} is a damaged gzip file ({error}); fetch it again")
    except OSError as error:
        yield DocumentError(
            origin, "unreadable", f"{origin} cannot be opened ({error.strerror}); give yourself the right to read it"
        )


def _located(document: RawDocument, found: _Found) -> RawDocument:
    return replace(document, path=found.origin, record=document.file.removeprefix(found.name))


def _read_all(files: list[_Found | DocumentError], form: Form | None, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    for found in files:
        if isinstance(found, DocumentError):
            yield found
        else:
            for document in _read_file(found, form, max_bytes):
                yield document if isinstance(document, DocumentError) else _located(document, found)


def read_documents(
    paths: Sequence[Path], *, format: str = "auto", max_bytes: int = 20_000_000  # noqa: A002
) -> Iterator[RawDocument | DocumentError]:  # fmt: skip
    """The documents of files and directories, directories in sorted order.

    A bad document is yielded as DocumentError, and so is a directory without articles, so that the others are read all the same.

    `format` is "auto" (by content) or one of txt, html, jsonl, feed, warc for all; no document may exceed `max_bytes` bytes.
    Raises UsageError at once for a path that does not exist or an unknown format.
    """
    form = _chosen_form(format)
    return _read_all(_find_files(paths), form, max_bytes)
