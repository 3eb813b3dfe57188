"""Days and zones as columns. A sort key is never empty, so that one index and one comparison serve lists in either direction."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import Column, ColumnElement, Date, and_, func, literal

from kb.domain.query import DateRange
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.storage.given import Given

# What a row without a date is sorted by: the last in descending order.
UNDATED: Final = date.min


class Days(Protocol):
    """A range of days, whatever stands for its ends."""

    @property
    def from_(self) -> object | None:
        """The first day."""

    @property
    def to(self) -> object | None:
        """The last day."""


def sort_date(day: date | None) -> date:
    """The day itself, or the first one there is."""
    return day or UNDATED


def zone_offset(moment: datetime | None) -> int | None:
    """How many seconds east of UTC the zone of `moment` lies; None where it has none."""
    offset = moment.utcoffset() if moment else None
    return None if offset is None else int(offset.total_seconds())


def in_zone(moment: datetime | None, offset: int | None) -> datetime | None:
    """`moment` as it was written so many seconds east of UTC, so that it falls on the day that was written."""
    return moment.astimezone(timezone(timedelta(seconds=offset))) if moment and offset else moment


def undated_last(column: Column[Any]) -> ColumnElement[Any]:
    """The column for ascending order, in which undated rows come last as well."""
    return func.coalesce(func.nullif(column, literal(UNDATED, Date)), literal(date.max, Date), type_=Date())


def date_conditions(given: Given, column: ColumnElement[Any], days: Days | None) -> list[ColumnElement[bool]]:
    """That a sort date lies in the range; undated rows lie in none."""
    if days is None or (days.from_ is None and days.to is None):
        return []
    bounds = [column > UNDATED]
    if days.from_ is not None:
        bounds.append(column >= given.value(days.from_, Date()))
    if days.to is not None:
        bounds.append(column <= given.value(days.to, Date()))
    return [and_(*bounds)]


def check_range(days: DateRange | None) -> None:
    """Raises UsageError for a range that ends before it begins."""
    if days is not None and days.from_ is not None and days.to is not None and days.to < days.from_:
        raise UsageError(f"the date range ends ({days.to}) before it begins ({days.from_}); swap the two")
