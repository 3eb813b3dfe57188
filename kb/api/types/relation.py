"""Typed edges that claims state."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.event_feed import EventFeed, feed_events_of_relation
from kb.api.fields import found_by
from kb.api.paging import After, Before, Connection, Feed, First, Last, to_page
from kb.api.types.claim import ClaimConnection
from kb.api.types.enums import EventType, Modality
from kb.api.types.event import EventConnection
from kb.api.types.node import Node
from kb.domain.claim import Claim as ClaimRow
from kb.domain.entity import Entity as EntityRow
from kb.domain.event import Relation as Row

if TYPE_CHECKING:
    from kb.api.types.entity import Entity


async def _subject(row: strawberry.Parent[Row], info: Info) -> EntityRow:
    return await info.context.loaders.entities.load(row.subject_id)


async def _object(row: strawberry.Parent[Row], info: Info) -> EntityRow:
    return await info.context.loaders.entities.load(row.object_id)


async def _events(
    row: strawberry.Parent[Row],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> EventFeed:
    return feed_events_of_relation(info.context, row, to_page(first, after, last, before))


async def _claims(
    row: strawberry.Parent[Row],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[ClaimRow]:
    loaders, page = info.context.loaders, to_page(first, after, last, before)

    async def count() -> int:
        return row.claim_count

    return Feed(lambda: loaders.claims_of_relations.load((row.id, page)), count)


@strawberry.type(
    description="What one entity does to another, added up over all claims of one type and modality that name both. "
    "A type without direction has one relation for two entities."
)
class Relation(Node):
    """Shows `kb.domain.event.Relation`."""

    subject: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] = found_by(
        _subject, "Who does it; without a direction, the end whose id comes first."
    )
    type: EventType = strawberry.field(description="What the subject does to the object.")
    object: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] = found_by(
        _object, "To whom it is done; without a direction, the other end."
    )
    modality: Modality = strawberry.field(description="How the claims put it.")
    event_count: int = strawberry.field(description="How many events these claims tell of.")
    claim_count: int = strawberry.field(description="How many claims state it.")
    source_count: int = strawberry.field(description="How many independent publishers make them; carriers of one text are one.")
    first_date: dt.date | None = strawberry.field(description="The day of the earliest dated event.")
    last_date: dt.date | None = strawberry.field(description="The day of the latest dated event.")
    events: EventConnection = found_by(_events, "The events of which one of these claims tells, the latest first.")
    claims: ClaimConnection = found_by(_claims, "The claims that state it, with their sentences, the surest first.")


@strawberry.type(description="A page of relations.")
class RelationConnection(Connection[Relation]):
    """Relations."""
