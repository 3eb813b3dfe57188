"""What can be followed. Each field says once what is followed; whoever opened the subscription reads it from the changes.

See kb.api.live.subscriptions for how that goes on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry

from kb.api.context import Context, Info
from kb.api.fields import found_by
from kb.api.ids import check_id
from kb.api.live.followed import EventsFollowed, RunsFollowed
from kb.api.types.enums import ChangeKind
from kb.api.types.event import Event
from kb.api.types.filters import EventFilterArg, read_event_filter
from kb.api.types.ingestion import IngestRun
from kb.domain.changes import ChangeKind as DomainKind
from kb.domain.changes import EventChange as EventChangeRow
from kb.domain.changes import RunChange as RunChangeRow
from kb.domain.event import Event as EventRow
from kb.domain.result import IngestRun as RunRow
from kb.errors import UsageError
from kb.storage import changes

Behind = Annotated[
    str | None,
    strawberry.argument(
        description="Begin behind this cursor: that of the last change received, or changeCursor of the query whose answer is"
        " followed. Nothing in between is missed. What happens from now on where null."
    ),
]


def _cursor(row: strawberry.Parent[EventChangeRow | RunChangeRow]) -> str:
    return str(row.seq)


def _id(row: strawberry.Parent[EventChangeRow]) -> str:
    return row.event_id


async def _event(row: strawberry.Parent[EventChangeRow], info: Info) -> EventRow | None:
    return None if row.kind is DomainKind.REMOVED else await info.context.loaders.events_if_any.load(row.event_id)


async def _run(row: strawberry.Parent[RunChangeRow], info: Info) -> RunRow:
    return await info.context.loaders.runs.load(row.run_id)


_CURSOR = (
    "The place of this change among all; send it as `after` to go on behind it. A decimal number: later changes have larger ones."
)


@strawberry.type(description="What happened to an event.")
class EventChange:
    """Shows `kb.domain.changes.EventChange`."""

    cursor: str = found_by(_cursor, _CURSOR)
    kind: ChangeKind = strawberry.field(description="What happened.")
    event_id: strawberry.ID = found_by(_id, "The id of the event, also of one that is gone.")
    event: Event | None = found_by(_event, "The event as it is now; null where it was removed, or has gone since (that follows).")


@strawberry.type(description="That a run of ingestion began, went on or ended.")
class IngestProgress:
    """Shows `kb.domain.changes.RunChange`."""

    cursor: str = found_by(_cursor, _CURSOR)
    run: IngestRun = found_by(_run, "The run as it is now; finished when it has finishedAt.")


def _begin(context: Context, after: str | None) -> int:
    """Where to begin; raises UsageError for what is no cursor, ExpiredError for one that is too old."""
    name, cursor = ("after", after) if context.resume is None else ("Last-Event-ID", context.resume)
    if cursor is None:
        return context.reading.ask(changes.lookup_last_change)
    place = changes.parse_place(name, cursor)
    context.reading.ask(changes.check_place, name, place)
    return place


async def _event_changes(
    info: Info,
    where: EventFilterArg = None,
    after: Behind = None,
    kinds: Annotated[
        list[ChangeKind] | None, strawberry.argument(description="Only changes of these kinds; all where null.")
    ] = None,
) -> AsyncGenerator[Any, None]:
    if kinds is not None and not kinds:
        raise UsageError("kinds: the list is empty; give a kind, or leave it out")
    wanted = await read_event_filter(info.context, where)
    chosen = DomainKind if kinds is None else [DomainKind(kind.value) for kind in kinds]
    yield EventsFollowed(_begin(info.context, after), wanted, frozenset(chosen))


async def _ingestion(
    info: Info,
    run: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="The id of a run: it is shown as it is, then as it goes on, until it has finished."),
    ] = None,
    after: Behind = None,
) -> AsyncGenerator[Any, None]:
    begin = _begin(info.context, after)
    if run is not None:
        await info.context.loaders.runs.load(check_id("run", "run", run))
    yield RunsFollowed(begin, run)


@strawberry.type(
    description="What can be followed, over WebSocket (graphql-transport-ws) or as text/event-stream. It does not matter how"
    " long a client is away: whoever goes on behind the last cursor received misses nothing. Code CURSOR_EXPIRED says that"
    " changes so old are not kept; query anew what is followed, and go on behind that answer's changeCursor."
)
class Subscription:
    """The root of all subscriptions."""

    event_changes: AsyncGenerator[EventChange, None] = strawberry.subscription(
        resolver=_event_changes,
        description="Events that are added, change or go, in this order. With a filter, ADDED and CHANGED are of events that it"
        " lets through now, so put them in or replace them; REMOVED may be of events that you never saw.",
    )
    ingestion: AsyncGenerator[IngestProgress, None] = strawberry.subscription(
        resolver=_ingestion, description="How runs of ingestion go on: of all, or of one."
    )
