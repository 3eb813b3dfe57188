"""What a list of events divides into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.types.enums import EventType
from kb.api.types.source import Source
from kb.domain.article import Source as SourceRow
from kb.domain.entity import Entity as EntityRow
from kb.domain.result import EventFacets as Row
from kb.domain.result import Facet

if TYPE_CHECKING:
    from kb.api.types.entity import Entity


def _value(row: strawberry.Parent[Facet]) -> str:
    return row.value


async def _entity(row: strawberry.Parent[Facet], info: Info) -> EntityRow:
    return await info.context.loaders.entities.load(row.value)


async def _source(row: strawberry.Parent[Facet], info: Info) -> SourceRow:
    return await info.context.loaders.sources.load(row.value)


def _by_type(row: strawberry.Parent[Row]) -> tuple[Facet, ...]:
    return row.type


def _by_subject(row: strawberry.Parent[Row]) -> tuple[Facet, ...]:
    return row.subject


def _by_object(row: strawberry.Parent[Row]) -> tuple[Facet, ...]:
    return row.object


def _by_source(row: strawberry.Parent[Row]) -> tuple[Facet, ...]:
    return row.source


def _by_month(row: strawberry.Parent[Row]) -> tuple[Facet, ...]:
    return row.month


@strawberry.type(description="How many events are of a type.")
class TypeFacet:
    """Shows `kb.domain.result.Facet` of an event type."""

    type: EventType = strawberry.field(resolver=_value, description="The type.")
    count: int = strawberry.field(description="Events of it.")


@strawberry.type(description="How many events an entity has a part in.")
class EntityFacet:
    """Shows `kb.domain.result.Facet` of an entity."""

    entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] = strawberry.field(
        resolver=_entity, description="The entity."
    )
    count: int = strawberry.field(description="Events it stands in.")


@strawberry.type(description="How many events a publisher tells of.")
class SourceFacet:
    """Shows `kb.domain.result.Facet` of a publisher."""

    source: Source = strawberry.field(resolver=_source, description="The publisher.")
    count: int = strawberry.field(description="Events it tells of.")


@strawberry.type(description="How many events fall into a month.")
class MonthFacet:
    """Shows `kb.domain.result.Facet` of a month."""

    month: str = strawberry.field(resolver=_value, description="The month, written YYYY-MM.")
    count: int = strawberry.field(description="Events in it.")


@strawberry.type(description="What the events of all pages divide into, the most frequent value first and months in their order.")
class EventFacets:
    """Shows `kb.domain.result.EventFacets`."""

    by_type: list[TypeFacet] = strawberry.field(resolver=_by_type, description="By type.")
    by_subject: list[EntityFacet] = strawberry.field(resolver=_by_subject, description="By who does it.")
    by_object: list[EntityFacet] = strawberry.field(resolver=_by_object, description="By whom it is done to.")
    by_source: list[SourceFacet] = strawberry.field(resolver=_by_source, description="By who tells of it.")
    by_month: list[MonthFacet] = strawberry.field(resolver=_by_month, description="By month; undated ones in none.")
