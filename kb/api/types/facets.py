"""What a list of events divides into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
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

    type: EventType = found_by(_value, "The type.")
    count: int = strawberry.field(description="Events of it.")


@strawberry.type(description="How many events an entity has a part in.")
class EntityFacet:
    """Shows `kb.domain.result.Facet` of an entity."""

    entity: Annotated[Entity, strawberry.lazy("kb.api.types.entity")] = found_by(_entity, "The entity.")
    count: int = strawberry.field(description="Events it stands in.")


@strawberry.type(description="How many events a publisher tells of.")
class SourceFacet:
    """Shows `kb.domain.result.Facet` of a publisher."""

    source: Source = found_by(_source, "The publisher.")
    count: int = strawberry.field(description="Events it tells of.")


@strawberry.type(description="How many events fall into a month.")
class MonthFacet:
    """Shows `kb.domain.result.Facet` of a month."""

    month: str = found_by(_value, "The month, written YYYY-MM.")
    count: int = strawberry.field(description="Events in it.")


@strawberry.type(description="What the events of all pages divide into, the most frequent value first and months in their order.")
class EventFacets:
    """Shows `kb.domain.result.EventFacets`."""

    by_type: list[TypeFacet] = found_by(_by_type, "By type.")
    by_subject: list[EntityFacet] = found_by(_by_subject, "By who does it.")
    by_object: list[EntityFacet] = found_by(_by_object, "By whom it is done to.")
    by_source: list[SourceFacet] = found_by(_by_source, "By who tells of it.")
    by_month: list[MonthFacet] = found_by(_by_month, "By month; undated ones in none.")
