"""Events over time."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.domain.order import Interval
from kb.domain.query import EventFilter
from kb.domain.result import TimelineBucket
from kb.storage.dates import UNDATED
from kb.storage.filters import event_conditions
from kb.storage.tables import EVENT


def list_buckets(
    session: Session, wanted: EventFilter | None = None, interval: Interval = Interval.MONTH
) -> tuple[TimelineBucket, ...]:
    """How many dated events of the filter there are in each interval, the earliest first; intervals without any are left out."""
    days = (
        select(EVENT.c.date, func.count().label("events"), func.sum(EVENT.c.claim_count).label("claims"))
        .where(EVENT.c.sort_date > UNDATED, *event_conditions(session, wanted))
        .group_by(EVENT.c.date)
        .order_by(EVENT.c.date)
    )
    counts: dict[tuple[date, date], tuple[int, int]] = {}
    for row in session.execute(days):
        span = _span_of(row.date, interval)
        events, claims = counts.get(span, (0, 0))
        counts[span] = (events + row.events, claims + int(row.claims))
    return tuple(TimelineBucket(start, end, *found) for (start, end), found in counts.items())


def _span_of(day: date, interval: Interval) -> tuple[date, date]:
    if interval is Interval.WEEK:
        start = day - timedelta(days=min(day.weekday(), (day - date.min).days))
        return start, start + timedelta(days=min(6, (date.max - start).days))
    if interval is Interval.MONTH:
        return day.replace(day=1), _last_of_month(day)
    if interval is Interval.YEAR:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day, day


def _last_of_month(day: date) -> date:
    if day.month == 12:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - timedelta(days=1)
