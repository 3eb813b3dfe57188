"""Cursors: the sort key of a row, opaque to those who carry it, and refused where it belongs to another list."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement

from kb.errors import UsageError

SortValue = str | int | float | date

_MAX_LENGTH: Final = 2000
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by and the type of its values."""

    column: ColumnElement[Any]
    kind: type[str] | type[int] | type[float] | type[date] | type[datetime]


@dataclass(frozen=True, slots=True)
class Ordering:
    """A total order of one list: keys that all run the same way, the row's id being the last. `name` tells cursors apart."""

    name: str
    keys: tuple[SortKey, ...]
    descending: bool = False


def encode_cursor(ordering: Ordering, values: Sequence[SortValue]) -> str:
    """The cursor of the row with these values of the ordering's keys."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    raw = json.dumps([ordering.name, *plain], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(raw.encode()).rstrip(b"=").decode()


def decode_cursor(ordering: Ordering, cursor: str) -> tuple[SortValue, ...]:
    """The values that a cursor of this very ordering holds; raises UsageError for any other."""
    try:
        if len(cursor) > _MAX_LENGTH:
            raise ValueError(cursor[:20])
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        raw = binascii.a2b_base64(padded.translate(_URL_SAFE), strict_mode=True)
        parts = orjson.loads(raw)
        if not isinstance(parts, list) or len(parts) != len(ordering.keys) + 1 or parts[0] != ordering.name:
            raise ValueError(ordering.name)
        return tuple(_parse(part, key.kind) for part, key in zip(parts[1:], ordering.keys, strict=True))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        raise UsageError("the cursor belongs to no row of this list in this order; leave it out to begin at an end") from None


def _parse(part: object, kind: type[str] | type[int] | type[float] | type[date] | type[datetime]) -> SortValue:
    if kind is datetime and isinstance(part, str):
        return datetime.fromisoformat(part)
    if kind is date and isinstance(part, str):
        return date.fromisoformat(part)
    if kind is float and isinstance(part, int | float) and not isinstance(part, bool):
        return float(part)
    if kind is int and type(part) is int and abs(part) < 2**31:
        return part
    if kind is str and isinstance(part, str) and "\x00" not in part:
        part.encode()
        return part
    raise ValueError(kind.__name__)
