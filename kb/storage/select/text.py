"""JSON as text, put together by the database: what both of them write the same way, and what they don't."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Text, case, cast, func, literal_column
from sqlalchemy.dialects.postgresql import aggregate_order_by

from kb.storage.dialect import POSTGRESQL

Piece = str | ColumnElement[Any]
"""JSON known beforehand, or an expression for it."""

# PostgreSQL takes a hundred arguments of a function.
_ARGUMENTS: Final = 90


def write_cursor(text: str) -> str:
    """The cursor of the JSON of a sort key; SQLite calls it `kb_cursor`."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def write_number(value: float | None) -> str:
    """A number with all its digits; SQLite, which has fifteen of them, calls it `kb_number`."""
    return "null" if value is None else repr(float(value))


def write_moment(stored: str | None, offset: int) -> str:
    """A moment of SQLite's, which is UTC without saying so, so many seconds east of UTC; SQLite calls it `kb_moment`."""
    if stored is None:
        return "null"
    moment = datetime.fromisoformat(stored).replace(tzinfo=UTC)
    if not offset:
        return f'"{moment.replace(tzinfo=None).isoformat()}Z"'
    return f'"{moment.astimezone(timezone(timedelta(seconds=offset))).isoformat()}"'


class JsonText:
    """Pieces of JSON in one database's words."""

    def __init__(self, dialect: str) -> None:
        self._postgresql = dialect == POSTGRESQL

    def join(self, pieces: Iterable[Piece]) -> ColumnElement[str]:
        """The pieces one after the other; one that is NULL is left out."""
        merged: list[Piece] = []
        for piece in pieces:
            last = merged[-1] if merged else None
            if isinstance(piece, str) and isinstance(last, str):
                merged[-1] = last + piece
            else:
                merged.append(piece)
        if len(merged) == 1 and not isinstance(merged[0], str):
            return merged[0]
        while len(merged) > _ARGUMENTS:
            merged = [self._call(merged[at : at + _ARGUMENTS]) for at in range(0, len(merged), _ARGUMENTS)]
        return self._call(merged)

    def _call(self, pieces: Sequence[Piece]) -> ColumnElement[str]:
        """One call of a function: a chain of || copies its beginning over and over. NULL is written as nothing."""
        if self._postgresql:
            return func.concat(*(_text(piece) if isinstance(piece, str) else piece for piece in pieces), type_=Text())
        form = "".join(piece.replace("%", "%%") if isinstance(piece, str) else "%s" for piece in pieces)
        return func.printf(_text(form), *(piece for piece in pieces if not isinstance(piece, str)), type_=Text())

    def listed(
        self, item: ColumnElement[str], place: ColumnElement[Any], kept: ColumnElement[bool] | None = None
    ) -> ColumnElement[str]:
        """The items with commas between them, only those `kept`; NULL if there is none. PostgreSQL goes by `place`, SQLite by the
        order of the rows."""
        if self._postgresql:
            listed: Any = func.string_agg(item, aggregate_order_by(_text(","), place), type_=Text())
        else:
            listed = func.group_concat(item, _text(","), type_=Text())
        if kept is not None:
            listed = listed.filter(kept)
        found: ColumnElement[str] = listed
        return found

    def safe(self, column: ColumnElement[Any], *, nullable: bool = False) -> list[Piece]:
        """A text in which nothing has to be escaped: an id, an identifier, a day."""
        if not nullable:
            return ['"', column, '"']
        quoted = _concatenated(_concatenated(_text('"'), column), _text('"'))
        return [func.coalesce(quoted, _text("null"), type_=Text())]

    def capitals(self, column: ColumnElement[Any], *, nullable: bool = False) -> list[Piece]:
        """An identifier as the API's enums have it."""
        return self.safe(func.upper(column, type_=Text()), nullable=nullable)

    def escaped(self, column: ColumnElement[Any], *, nullable: bool = False) -> list[Piece]:
        """Any text."""
        if not self._postgresql:
            return [func.json_quote(column, type_=Text())]
        quoted: ColumnElement[str] = cast(func.to_json(column), Text)
        return [func.coalesce(quoted, _text("null"), type_=Text()) if nullable else quoted]

    def integer(self, column: ColumnElement[Any]) -> list[Piece]:
        """A whole number."""
        return [cast(column, Text)]

    def number(self, column: ColumnElement[Any]) -> list[Piece]:
        """A number with all its digits, written as Python writes it."""
        if not self._postgresql:
            return [func.kb_number(column, type_=Text())]
        written = cast(column, Text)
        whole = (column == func.trunc(column)) & (func.abs(column) < literal_column("1e15"))
        return [case((whole, _concatenated(written, _text(".0"))), else_=written)]

    def truth(self, condition: ColumnElement[bool]) -> list[Piece]:
        """True or false."""
        return [case((condition, _text("true")), else_=_text("false"))]

    def day(self, column: ColumnElement[Any], *, nullable: bool = False) -> list[Piece]:
        """A calendar day."""
        written = func.to_char(column, _text("YYYY-MM-DD"), type_=Text()) if self._postgresql else cast(column, Text)
        return self.safe(written, nullable=nullable)

    def moment(self, column: ColumnElement[Any], offset: ColumnElement[Any] | None = None) -> list[Piece]:
        """A moment as RFC 3339 has it, `offset` seconds east of UTC where that is there and not 0; or null."""
        east = literal_column("0", Integer()) if offset is None else func.coalesce(offset, literal_column("0"), type_=Integer())
        if not self._postgresql:
            return [func.kb_moment(column, east, type_=Text())]
        zero: ColumnElement[Any] = literal_column("0")
        local = func.timezone(_text("UTC"), column).op("+")(func.make_interval(zero, zero, zero, zero, zero, zero, east))
        second = func.to_char(local, _text('YYYY-MM-DD"T"HH24:MI:SS'))
        fraction = func.to_char(local, _text(".US"))
        size = func.abs(east, type_=Integer())
        hours = _two_digits(size.op("/")(literal_column("3600")))
        minutes = _two_digits(size.op("/")(literal_column("60")).op("%")(literal_column("60")))
        sign = case((east < literal_column("0"), _text("-")), else_=_text("+"))
        zone = case((east == literal_column("0"), _text("Z")), else_=self.join([sign, hours, ":", minutes]))
        short = case((fraction == _text(".000000"), _text("")), else_=fraction)
        return [case((column.is_(None), _text("null")), else_=self.join(['"', second, short, zone, '"']))]

    def cursor(self, name: str, keys: Sequence[tuple[ColumnElement[Any], type]]) -> ColumnElement[str]:
        """The cursor of a row with these sort keys (`kb.storage.cursors`)."""
        pieces: list[Piece] = [f'["{name}"']
        for column, kind in keys:
            pieces += [",", *self._key(column, kind)]
        plain = self.join([*pieces, "]"])
        if not self._postgresql:
            return func.kb_cursor(plain, type_=Text())
        encoded = func.encode(func.convert_to(plain, _text("UTF8")), _text("base64"))
        # What has no counterpart in the last argument is left out: the padding, and the breaks that it puts into long lines.
        return func.translate(encoded, literal_column("E'+/=\\n'"), _text("-_"), type_=Text())

    def _key(self, column: ColumnElement[Any], kind: type) -> list[Piece]:
        if kind is str:
            return self.escaped(column)
        if kind is int:
            return self.integer(column)
        return self.number(column) if kind is float else self.day(column)


def _two_digits(number: ColumnElement[Any]) -> ColumnElement[str]:
    return func.lpad(cast(number, Text), literal_column("2"), _text("0"), type_=Text())


def _text(text: str) -> ColumnElement[str]:
    escaped = text.replace("'", "''")
    return literal_column(f"'{escaped}'", Text())


def _concatenated(left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(left, Text).concat(right) if not isinstance(left.type, Text) else left.concat(right)
