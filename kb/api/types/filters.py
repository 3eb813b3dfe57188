"""What lists can be narrowed by, and how it is read into the domain's filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.api.ids import check_ids
from kb.api.limits import MAX_TEXT
from kb.api.types.enums import EntityKind, EventType, Modality
from kb.domain import entity as entity_domain
from kb.domain import query as domain
from kb.domain.claim import Modality as DomainModality
from kb.errors import UsageError
from kb.storage.batches import is_storable

if TYPE_CHECKING:
    from kb.api.context import Context

ANY_PART = "Every part given must hold; inside a part any of its values will do."


@strawberry.input(description="Days, both ends included; an end left out is open.")
class DateRange:
    """Reads into `kb.domain.query.DateRange`."""

    from_: dt.date | None = strawberry.field(name="from", default=None, description="The first day.")
    to: dt.date | None = strawberry.field(default=None, description="The last day.")


@strawberry.input(description=f"Narrows events and claims. {ANY_PART}")
class EventFilter:
    """Reads into `kb.domain.query.EventFilter`."""

    type: list[EventType] | None = strawberry.field(default=None, description="Of one of these types.")
    modality: list[Modality] | None = strawberry.field(default=None, description="Put in one of these ways.")
    subject: list[strawberry.ID] | None = strawberry.field(default=None, description="One of these entities does it.")
    object: list[strawberry.ID] | None = strawberry.field(
        default=None, description="It is done to one of these entities; with subject, one claim says both."
    )
    participant: list[strawberry.ID] | None = strawberry.field(
        default=None, description="One of these entities is subject or object."
    )
    attributed_to: list[strawberry.ID] | None = strawberry.field(
        default=None, description="A claim is reported as the words of one of these entities."
    )
    source: list[strawberry.ID] | None = strawberry.field(default=None, description="One of these publishers says so.")
    date: DateRange | None = strawberry.field(default=None, description="Happened on these days.")
    text: str | None = strawberry.field(default=None, description="A sentence that says so holds all these words.")
    min_confidence: float | None = strawberry.field(
        default=None, description="A claim was read with at least this confidence, from 0 to 1."
    )
    about: list[strawberry.ID] | None = strawberry.field(default=None, description="It is a reaction to one of these events.")


@strawberry.input(description=f"Narrows entities. {ANY_PART}")
class EntityFilter:
    """Reads into `kb.domain.query.EntityFilter`."""

    kind: list[EntityKind] | None = strawberry.field(default=None, description="Of one of these kinds.")
    name: str | None = strawberry.field(default=None, description="A word of one of its names begins so, whatever the case.")
    has_wikidata: bool | None = strawberry.field(default=None, description="Whether it has a Wikidata id.")
    with_unmentioned: bool = strawberry.field(
        default=False, description="Also what the reference set knows and no article mentions; a name finds that anyway."
    )


@strawberry.input(description=f"Narrows relations. {ANY_PART}")
class RelationFilter:
    """Reads into `kb.domain.query.RelationFilter`."""

    type: list[EventType] | None = strawberry.field(default=None, description="Of one of these types.")
    modality: list[Modality] | None = strawberry.field(
        default=None, description="Put in one of these ways; only what is said to have happened where none is given."
    )
    subject: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Leads from one of these entities; without a direction, either end is one."
    )
    object: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Leads to one of these entities; without a direction, either end is one."
    )
    participant: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Leads from or to one of these entities."
    )


@strawberry.input(description=f"Narrows articles. {ANY_PART}")
class ArticleFilter:
    """Reads into `kb.domain.query.ArticleFilter`."""

    source: list[strawberry.ID] | None = strawberry.field(default=None, description="By one of these publishers.")
    date: DateRange | None = strawberry.field(default=None, description="Published on these days.")
    text: str | None = strawberry.field(default=None, description="Title or text hold all these words.")
    mentions: list[strawberry.ID] | None = strawberry.field(default=None, description="Mentions one of these entities.")


@strawberry.input(description=f"Narrows figures. {ANY_PART}")
class QuantityFilter:
    """Reads into `kb.domain.query.QuantityFilter`."""

    about: str | None = strawberry.field(
        default=None, description="What is counted or measured holds all these words or parts of words, whatever the case."
    )
    source: list[strawberry.ID] | None = strawberry.field(default=None, description="Given by one of these publishers.")
    date: DateRange | None = strawberry.field(default=None, description="Published on these days.")
    attributed_to: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Reported as the figure of one of these entities."
    )


EventFilterArg = Annotated[EventFilter | None, strawberry.argument(name="filter", description="Only these.")]
EntityFilterArg = Annotated[EntityFilter | None, strawberry.argument(name="filter", description="Only these.")]
RelationFilterArg = Annotated[RelationFilter | None, strawberry.argument(name="filter", description="Only these.")]
ArticleFilterArg = Annotated[ArticleFilter | None, strawberry.argument(name="filter", description="Only these.")]
QuantityFilterArg = Annotated[QuantityFilter | None, strawberry.argument(name="filter", description="Only these.")]


def _ids(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(map(str, values))


def _types(values: Sequence[EventType] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(item.value for item in values)


def _modalities(values: Sequence[Modality] | None) -> tuple[DomainModality, ...] | None:
    return None if values is None else tuple(DomainModality(item.value) for item in values)


def _dates(value: DateRange | None) -> domain.DateRange | None:
    if value is None:
        return None
    if value.from_ and value.to and value.from_ > value.to:
        raise UsageError(f"date: from {value.from_} lies behind to {value.to}; swap them")
    return domain.DateRange(value.from_, value.to)


def read_text(name: str, value: str | None) -> str | None:
    """`value` as it is; raises UsageError where it is longer than any search needs or holds what no text does."""
    if value is not None and len(value) > MAX_TEXT:
        raise UsageError(f"{name}: {len(value)} characters are too many; give the words that matter, up to {MAX_TEXT}")
    if value is not None and not is_storable(value):
        raise UsageError(f"{name}: it holds a NUL or half a character, which no text does; leave that out")
    return value


async def read_event_filter(context: Context, value: EventFilter | None) -> domain.EventFilter:
    """The domain's filter; raises UsageError for what cannot be, NotFoundError for an id that names nothing."""
    if value is None:
        return domain.EventFilter()
    if value.min_confidence is not None and not 0 <= value.min_confidence <= 1:
        raise UsageError(f"minConfidence: {value.min_confidence} lies outside 0 to 1")
    for name in ("subject", "object", "participant", "attributed_to"):
        await check_ids(context, name, "entity", getattr(value, name))
    await check_ids(context, "source", "source", value.source)
    await check_ids(context, "about", "event", value.about)
    return domain.EventFilter(
        type=_types(value.type),
        modality=_modalities(value.modality),
        subject=_ids(value.subject),
        object=_ids(value.object),
        participant=_ids(value.participant),
        attributed_to=_ids(value.attributed_to),
        source=_ids(value.source),
        date=_dates(value.date),
        text=read_text("text", value.text),
        min_confidence=value.min_confidence,
        about=_ids(value.about),
    )


def read_entity_filter(value: EntityFilter | None) -> domain.EntityFilter:
    """The domain's filter; raises UsageError for a name that is too long."""
    if value is None:
        return domain.EntityFilter()
    kinds = None if value.kind is None else tuple(entity_domain.EntityKind(item.value) for item in value.kind)
    return domain.EntityFilter(kinds, read_text("name", value.name), value.has_wikidata, value.with_unmentioned)


async def read_relation_filter(context: Context, value: RelationFilter | None) -> domain.RelationFilter:
    """The domain's filter; raises UsageError for what cannot be, NotFoundError for an id that names nothing."""
    if value is None:
        return domain.RelationFilter()
    for name in ("subject", "object", "participant"):
        await check_ids(context, name, "entity", getattr(value, name))
    return domain.RelationFilter(
        type=_types(value.type),
        modality=_modalities(value.modality),
        subject=_ids(value.subject),
        object=_ids(value.object),
        participant=_ids(value.participant),
    )


async def read_article_filter(context: Context, value: ArticleFilter | None) -> domain.ArticleFilter:
    """The domain's filter; raises UsageError for what cannot be, NotFoundError for an id that names nothing."""
    if value is None:
        return domain.ArticleFilter()
    await check_ids(context, "source", "source", value.source)
    await check_ids(context, "mentions", "entity", value.mentions)
    return domain.ArticleFilter(_ids(value.source), _dates(value.date), read_text("text", value.text), _ids(value.mentions))


async def read_quantity_filter(context: Context, value: QuantityFilter | None) -> domain.QuantityFilter:
    """The domain's filter; raises UsageError for what cannot be, NotFoundError for an id that names nothing."""
    if value is None:
        return domain.QuantityFilter()
    await check_ids(context, "source", "source", value.source)
    await check_ids(context, "attributedTo", "entity", value.attributed_to)
    about = read_text("about", value.about)
    return domain.QuantityFilter(about, _ids(value.source), _dates(value.date), _ids(value.attributed_to))
