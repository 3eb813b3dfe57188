"""Events over time."""

from __future__ import annotations

import datetime as dt

import strawberry


@strawberry.type(description="The dated events of a stretch of time.")
class TimelineBucket:
    """Shows `kb.domain.result.TimelineBucket`."""

    start: dt.date = strawberry.field(description="The first day.")
    end: dt.date = strawberry.field(description="The last day, included.")
    event_count: int = strawberry.field(description="How many events happened.")
    claim_count: int = strawberry.field(description="How many claims tell of them.")
