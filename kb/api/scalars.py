"""Dates and times as GraphQL scalars whose errors say how to write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition


def _parse_date(value: object) -> date:
    # Python also reads "20220221" and "2022-W08"; one way to write a date is enough for a contract.
    if isinstance(value, str) and len(value) == len("YYYY-MM-DD"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise GraphQLError(f"{value!r} is no date; write it as YYYY-MM-DD, for example 2022-02-21")


def _parse_datetime(value: object) -> datetime:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise GraphQLError(f"{value!r} is no date and time; write it as 2022-02-21T18:30:00Z")


def _write_datetime(value: datetime) -> str:
    # Storage keeps UTC; SQLite gives it back without saying so.
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    return aware.isoformat().replace("+00:00", "Z")


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    date: strawberry.scalar(
        name="Date",
        description="A calendar day, written YYYY-MM-DD.",
        serialize=date.isoformat,
        parse_value=_parse_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment, written as in RFC 3339: 2022-02-21T18:30:00Z.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_write_datetime,
        parse_value=_parse_datetime,
    ),
}
