"""Events, with their participants, claims and what they are reactions to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from kb.domain.claim import DatePrecision, Modality, Role
from kb.domain.event import Event
from kb.domain.order import EventOrder
from kb.domain.query import EventFilter, Page, Slice
from kb.domain.result import EventFacets
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.cursors import Ordering, SortKey
from kb.storage.dates import undated_last
from kb.storage.facets import list_child_facets, list_facets
from kb.storage.filters import event_conditions
from kb.storage.paging import FIRST_PAGE, count_children, count_rows, iterate_in_order, list_child_pages, list_page
from kb.storage.tables import CLAIM, ENTITY, EVENT, EVENT_LINK, EVENT_PARTICIPANT, RELATION_CLAIM

__all__: Final = [
    "count_events",
    "count_events_of_entities",
    "count_events_of_relations",
    "get_event",
    "iterate_all",
    "list_events",
    "list_events_by_ids",
    "list_events_of_entities",
    "list_events_of_relations",
    "list_facets",
    "list_facets_of_entities",
    "list_facets_of_relations",
    "list_reactions",
]

_ID: Final = SortKey(EVENT.c.id, str)
ORDERINGS: Final = {
    EventOrder.DATE_DESC: Ordering("event.date.desc", (SortKey(EVENT.c.sort_date, date), _ID), descending=True),
    EventOrder.DATE_ASC: Ordering("event.date", (SortKey(undated_last(EVENT.c.sort_date), date), _ID)),
    EventOrder.SOURCES_DESC: Ordering("event.sources", (SortKey(EVENT.c.source_count, int), _ID), descending=True),
    EventOrder.CLAIMS_DESC: Ordering("event.claims", (SortKey(EVENT.c.claim_count, int), _ID), descending=True),
}


def list_events(
    session: Session,
    wanted: EventFilter | None = None,
    page: Page = FIRST_PAGE,
    order: EventOrder = EventOrder.DATE_DESC,
) -> Slice[Event]:
    """Events of the filter, the latest first unless ordered otherwise."""
    statement = select(EVENT.c.id).where(*event_conditions(session, wanted))
    return list_page(session, statement, ORDERINGS[order], page, list_events_by_ids)


def count_events(session: Session, wanted: EventFilter | None = None) -> int:
    """How many events the filter lets through."""
    return count_rows(session, select(EVENT.c.id).where(*event_conditions(session, wanted)), EVENT.c.id)


def get_event(session: Session, event_id: str) -> Event:
    """The event with this id; raises NotFoundError."""
    found = list_events_by_ids(session, [event_id])
    if event_id not in found:
        raise NotFoundError("event", event_id)
    return found[event_id]


def list_events_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Event]:
    """The event of each id that names one; claims, articles and abouts by id, participants in the order of the event."""
    wanted = list(dict.fromkeys(ids))
    participants = _group(
        session,
        select(EVENT_PARTICIPANT.c.event_id, EVENT_PARTICIPANT.c.role, ENTITY.c.canonical_id)
        .join(ENTITY, ENTITY.c.id == EVENT_PARTICIPANT.c.entity_id)
        .order_by(EVENT_PARTICIPANT.c.event_id, EVENT_PARTICIPANT.c.position),
        EVENT_PARTICIPANT.c.event_id,
        wanted,
    )
    claims = _group(
        session,
        select(CLAIM.c.event_id, CLAIM.c.id, CLAIM.c.article_id).order_by(CLAIM.c.event_id, CLAIM.c.id),
        CLAIM.c.event_id,
        wanted,
    )
    abouts = _group(
        session,
        select(EVENT_LINK.c.event_id, EVENT_LINK.c.about_event_id).order_by(EVENT_LINK.c.event_id, EVENT_LINK.c.about_event_id),
        EVENT_LINK.c.event_id,
        wanted,
    )
    statement = select(EVENT, ENTITY.c.canonical_id.label("place")).outerjoin(ENTITY, ENTITY.c.id == EVENT.c.place_id)
    return {
        row.id: Event(
            id=row.id,
            type=row.type,
            modality=Modality(row.modality),
            subject_ids=tuple(dict.fromkeys(entity for role, entity in participants[row.id] if role == Role.SUBJECT)),
            object_ids=tuple(dict.fromkeys(entity for role, entity in participants[row.id] if role == Role.OBJECT)),
            claim_ids=tuple(claim for claim, _ in claims[row.id]),
            article_ids=tuple(sorted({article for _, article in claims[row.id]})),
            source_count=row.source_count,
            date=row.date,
            date_precision=DatePrecision(row.date_precision) if row.date_precision else None,
            place_id=row.place,
            about_event_ids=tuple(about for (about,) in abouts[row.id]),
        )
        for row in rows_in(session, statement, EVENT.c.id, wanted)
    }


def _group(
    session: Session, statement: Select[Any], owner: ColumnElement[Any], ids: list[str]
) -> defaultdict[str, list[tuple[str, ...]]]:
    grouped: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in rows_in(session, statement, owner, ids):
        grouped[row[0]].append(tuple(row[1:]))
    return grouped


def list_events_of_entities(
    session: Session,
    entity_ids: Iterable[str],
    wanted: EventFilter | None = None,
    page: Page = FIRST_PAGE,
    order: EventOrder = EventOrder.DATE_DESC,
) -> dict[str, Slice[Event]]:
    """A page of the events in which each entity (by any of its ids) is a subject or object, the latest first by default."""
    canonical = list_canonical_ids(session, entity_ids)
    slices = list_child_pages(
        session,
        _of_entities(session, wanted),
        ENTITY.c.canonical_id,
        canonical.values(),
        ORDERINGS[order],
        page,
        list_events_by_ids,
    )
    return {each: slices[target] for each, target in canonical.items()}


def count_events_of_entities(session: Session, entity_ids: Iterable[str], wanted: EventFilter | None = None) -> dict[str, int]:
    """In how many events of the filter each entity is a subject or object."""
    canonical = list_canonical_ids(session, entity_ids)
    counts = count_children(session, _of_entities(session, wanted), ENTITY.c.canonical_id, canonical.values(), EVENT.c.id)
    return {each: counts[target] for each, target in canonical.items()}


def list_facets_of_entities(
    session: Session, entity_ids: Iterable[str], wanted: EventFilter | None = None, first: int = 20
) -> dict[str, EventFacets]:
    """What the events of the filter in which each entity is a subject or object divide into."""
    canonical = list_canonical_ids(session, entity_ids)
    found = list_child_facets(session, _of_entities(session, wanted), ENTITY.c.canonical_id, canonical.values(), first)
    return {each: found[target] for each, target in canonical.items()}


def _of_entities(session: Session, wanted: EventFilter | None) -> Select[Any]:
    return (
        select(EVENT.c.id)
        .join(EVENT_PARTICIPANT, EVENT_PARTICIPANT.c.event_id == EVENT.c.id)
        .join(ENTITY, ENTITY.c.id == EVENT_PARTICIPANT.c.entity_id)
        .where(*event_conditions(session, wanted))
    )


def list_events_of_relations(
    session: Session,
    relation_ids: Iterable[str],
    wanted: EventFilter | None = None,
    page: Page = FIRST_PAGE,
    order: EventOrder = EventOrder.DATE_DESC,
) -> dict[str, Slice[Event]]:
    """A page of the events of which a claim states each relation, the latest first unless ordered otherwise."""
    statement = _of_relations(session, wanted)
    return list_child_pages(
        session, statement, RELATION_CLAIM.c.relation_id, relation_ids, ORDERINGS[order], page, list_events_by_ids
    )


def count_events_of_relations(session: Session, relation_ids: Iterable[str], wanted: EventFilter | None = None) -> dict[str, int]:
    """Of how many events of the filter a claim states each relation."""
    return count_children(session, _of_relations(session, wanted), RELATION_CLAIM.c.relation_id, relation_ids, EVENT.c.id)


def list_facets_of_relations(
    session: Session, relation_ids: Iterable[str], wanted: EventFilter | None = None, first: int = 20
) -> dict[str, EventFacets]:
    """What the events of the filter of which a claim states each relation divide into."""
    return list_child_facets(session, _of_relations(session, wanted), RELATION_CLAIM.c.relation_id, relation_ids, first)


def _of_relations(session: Session, wanted: EventFilter | None) -> Select[Any]:
    teller = CLAIM.alias()
    return (
        select(EVENT.c.id)
        .join(teller, teller.c.event_id == EVENT.c.id)
        .join(RELATION_CLAIM, RELATION_CLAIM.c.claim_id == teller.c.id)
        .where(*event_conditions(session, wanted))
    )


def list_reactions(
    session: Session, event_ids: Iterable[str], wanted: EventFilter | None = None
) -> Mapping[str, tuple[Event, ...]]:
    """The events of the filter that are about each event, the latest first."""
    ids = list(dict.fromkeys(event_ids))
    reactions: dict[str, list[Event]] = {each: [] for each in ids}
    statement = (
        select(EVENT_LINK.c.about_event_id, EVENT.c.id)
        .join(EVENT, EVENT.c.id == EVENT_LINK.c.event_id)
        .where(*event_conditions(session, wanted))
        .order_by(EVENT.c.sort_date.desc(), EVENT.c.id.desc())
    )
    links = [(row.about_event_id, row.id) for row in rows_in(session, statement, EVENT_LINK.c.about_event_id, ids)]
    events = list_events_by_ids(session, (reaction for _, reaction in links))
    for about, reaction in links:
        reactions[about].append(events[reaction])
    return {each: tuple(found) for each, found in reactions.items()}


def iterate_all(session: Session) -> Iterator[Event]:
    """Every event, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(EVENT.c.id), EVENT.c.id, list_events_by_ids)
