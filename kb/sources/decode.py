"""Bytes to text: UTF-8 unless the document itself declares something else."""

from __future__ import annotations

import codecs
import re
from typing import Final

from kb.errors import DocumentError

_MAGIC: Final = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP or Office file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"{\\rtf": "an RTF file",
}
_CONTROLS: Final = bytes(set(range(0x20)) - {0x07, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x1A, 0x1B})
_DECLARED: Final = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD: Final = 8192


def find_binary(data: bytes) -> str | None:
    """What a document that is no text is ("a PDF", "binary data"), by its first bytes and NUL anywhere; None for text."""
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            return what
    if data.startswith(_UTF16):
        return None
    sample = data[:_HEAD]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return "binary data" if b"\0" in data or controls * 50 > len(sample) else None


def _declared_encoding(data: bytes, declared: str | None) -> str | None:
    found = _DECLARED.search(data, 0, 4096)
    name = declared or (found.group(1).decode("ascii", "replace") if found else None)
    if name is None:
        return None
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        return None
    # Browsers read latin-1 and ASCII as cp1252, and pages are written for browsers.
    return "cp1252" if encoding in {"iso8859-1", "ascii"} else encoding


def decode_text(data: bytes, origin: str, *, markup: bool = False, declared: str | None = None) -> str:
    """The text of `data` without its byte order mark.

    Markup may declare its encoding, in itself or by `declared` (an HTTP header). Raises DocumentError empty, binary or encoding.
    """
    if not data.strip():
        raise DocumentError(origin, "empty", f"{origin} is empty; remove it, or fetch the article again")
    what = find_binary(data)
    if what is not None:
        raise DocumentError(origin, "binary", f"{origin} is {what}, not text; convert it to plain text or HTML first")
    if data.startswith(_UTF16):
        return _decode(data, origin, "utf-16")
    if markup and not data.startswith(codecs.BOM_UTF8):
        encoding = _declared_encoding(data, declared)
        if encoding is not None and encoding != "utf-8":
            return _decode(data, origin, encoding)
    return _decode(data, origin, "utf-8-sig")


def _decode(data: bytes, origin: str, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        shown = "UTF-8" if encoding == "utf-8-sig" else encoding
        hint = "convert it, for example with iconv -f windows-1252 -t utf-8"
        message = f"{origin} is not valid {shown}: byte 0x{data[error.start]:02x} at offset {error.start}; {hint}"
        raise DocumentError(origin, "encoding", message) from None
    except (LookupError, ValueError, AssertionError):
        raise DocumentError(
            origin, "encoding", f"{origin} declares {encoding}, which holds no text; convert it to UTF-8"
        ) from None
    # Lone surrogates and NUL can be neither stored nor shown.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
