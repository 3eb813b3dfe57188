"""Writes events in place of those that the same claims had, and all that is derived from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from kb.domain.claim import Role
from kb.domain.event import Event
from kb.storage.batches import batches, rows_in
from kb.storage.changes import CAME, CHANGED, WENT, record_changes
from kb.storage.dates import sort_date
from kb.storage.insertion import insert_rows
from kb.storage.relation_writer import refresh_relations, save_relations
from kb.storage.source_counts import count_sources_of_events
from kb.storage.tables import CLAIM, EVENT, EVENT_LINK, EVENT_PARTICIPANT, RELATION_CLAIM


def save_events(session: Session, events: Sequence[Event]) -> None:
    """Makes these the events of their claims; events left without a claim go, and what did not change is not written.

    Counts of events and relations and the links between events follow from the claims alone, so they are the same in whatever
    order articles came.
    """
    wanted = {event.id: event for event in events if event.claim_ids}
    owner = {claim_id: event.id for event in wanted.values() for claim_id in event.claim_ids}
    before = {row.id: row.event_id for row in rows_in(session, select(CLAIM.c.id, CLAIM.c.event_id), CLAIM.c.id, owner)}
    moved = {claim_id: event_id for claim_id, event_id in owner.items() if claim_id in before and before[claim_id] != event_id}
    left = {before[claim_id] for claim_id in moved} - {None}
    written = _list_unlike(session, wanted)
    touched = sorted(written.keys() | left | set(moved.values()))
    if not touched:
        return
    known = {row.id for row in rows_in(session, select(EVENT.c.id), EVENT.c.id, touched)}
    _write_rows(session, written.values(), known)
    _move_claims(session, moved)
    gone = _drop_empty(session, sorted(left))
    kept = [event_id for event_id in touched if event_id not in gone]
    _refresh_counts(session, kept)
    _refresh_links(session, kept)
    members = rows_in(session, select(CLAIM.c.id), CLAIM.c.event_id, written)
    save_relations(session, moved.keys() | {row.id for row in members})
    record_changes(session, "event", CAME, [each for each in kept if each not in known])
    record_changes(session, "event", CHANGED, [each for each in kept if each in known])
    record_changes(session, "event", WENT, sorted(gone))


@dataclass(frozen=True, slots=True)
class Told:
    """What claims tell: their events, and the relations that they state."""

    event_ids: frozenset[str]
    relation_ids: frozenset[str]


def list_told(session: Session, claim_ids: Collection[str]) -> Told:
    """What the claims tell at the moment."""
    events = rows_in(session, select(CLAIM.c.event_id).where(CLAIM.c.event_id.is_not(None)), CLAIM.c.id, claim_ids)
    relations = rows_in(session, select(RELATION_CLAIM.c.relation_id), RELATION_CLAIM.c.claim_id, claim_ids)
    return Told(frozenset(row.event_id for row in events), frozenset(row.relation_id for row in relations))


def refresh_told(session: Session, told: Told) -> None:
    """Counts events and relations again of which claims were deleted, and deletes those that no claim tells any more."""
    known = {row.id for row in rows_in(session, select(EVENT.c.id), EVENT.c.id, sorted(told.event_ids))}
    gone = _drop_empty(session, sorted(known))
    kept = sorted(known - gone)
    _refresh_counts(session, kept)
    _refresh_links(session, kept)
    refresh_relations(session, told.relation_ids)
    record_changes(session, "event", CHANGED, kept)
    record_changes(session, "event", WENT, sorted(gone))


def refresh_source_counts(session: Session, article_ids: Collection[str]) -> None:
    """Counts the sources of all that the articles tell again; to be called when it changes which of them are copies."""
    told = select(CLAIM.c.event_id).where(CLAIM.c.event_id.is_not(None)).distinct()
    event_ids = sorted({row.event_id for row in rows_in(session, told, CLAIM.c.article_id, article_ids)})
    counts = select(EVENT.c.id, EVENT.c.source_count)
    before = {row.id: row.source_count for row in rows_in(session, counts, EVENT.c.id, event_ids)}
    _refresh_counts(session, event_ids)
    after = {row.id: row.source_count for row in rows_in(session, counts, EVENT.c.id, event_ids)}
    stated = select(RELATION_CLAIM.c.relation_id).join(CLAIM, CLAIM.c.id == RELATION_CLAIM.c.claim_id).distinct()
    refresh_relations(session, {row.relation_id for row in rows_in(session, stated, CLAIM.c.article_id, article_ids)})
    record_changes(session, "event", CHANGED, [each for each in event_ids if before[each] != after[each]])


def _list_unlike(session: Session, wanted: Mapping[str, Event]) -> dict[str, Event]:
    """The events whose own row or participants differ from what is stored, or that are not stored."""
    stored = {row.id: tuple(row) for row in rows_in(session, select(*(EVENT.c[name] for name in _OWN)), EVENT.c.id, wanted)}
    participants: dict[str, set[tuple[object, ...]]] = {event_id: set() for event_id in wanted}
    columns = (EVENT_PARTICIPANT.c[name] for name in _PARTICIPANT)
    for row in rows_in(session, select(*columns), EVENT_PARTICIPANT.c.event_id, wanted):
        participants[row.event_id].add(tuple(row))
    return {
        event_id: event
        for event_id, event in wanted.items()
        if stored.get(event_id) != tuple(_event_row(event)[name] for name in _OWN)
        or participants[event_id] != {tuple(row[name] for name in _PARTICIPANT) for row in _participant_rows(event)}
    }


_OWN = ("id", "type", "modality", "date", "date_precision", "place_id")
_PARTICIPANT = ("event_id", "role", "position", "entity_id", "type", "sort_date")


def _event_row(event: Event) -> dict[str, object]:
    return {
        "id": event.id,
        "type": event.type,
        "modality": str(event.modality),
        "date": event.date,
        "date_precision": str(event.date_precision) if event.date_precision else None,
        "sort_date": sort_date(event.date),
        "place_id": event.place_id,
        "source_count": 0,
        "claim_count": 0,
    }


def _participant_rows(event: Event) -> list[dict[str, object]]:
    return [
        {
            "event_id": event.id,
            "role": str(role),
            "position": position,
            "entity_id": entity_id,
            "type": event.type,
            "sort_date": sort_date(event.date),
        }
        for role, entity_ids in ((Role.SUBJECT, event.subject_ids), (Role.OBJECT, event.object_ids))
        for position, entity_id in enumerate(entity_ids)
    ]


def _write_rows(session: Session, events: Collection[Event], known: Collection[str]) -> None:
    new = [_event_row(event) for event in events if event.id not in known]
    insert_rows(session, EVENT, new)
    changed = [_event_row(event) for event in events if event.id in known]
    if changed:
        columns = [name for name in changed[0] if name not in ("id", "source_count", "claim_count")]
        statement = (
            update(EVENT).where(EVENT.c.id == bindparam("key")).values({name: bindparam(f"new_{name}") for name in columns})
        )
        rows = [{"key": row["id"]} | {f"new_{name}": row[name] for name in columns} for row in changed]
        session.connection().execute(statement, rows)
    for batch in batches(event.id for event in events if event.id in known):
        session.execute(delete(EVENT_PARTICIPANT).where(EVENT_PARTICIPANT.c.event_id.in_(batch)))
    participants = [row for event in events for row in _participant_rows(event)]
    insert_rows(session, EVENT_PARTICIPANT, participants)


def _move_claims(session: Session, moved: Mapping[str, str]) -> None:
    if moved:
        statement = update(CLAIM).where(CLAIM.c.id == bindparam("key")).values(event_id=bindparam("event"))
        session.connection().execute(statement, [{"key": key, "event": event} for key, event in sorted(moved.items())])


def _drop_empty(session: Session, event_ids: Iterable[str]) -> set[str]:
    """Deletes those of the events that no claim tells any more; their participants and links go with them."""
    ids = list(event_ids)
    told = {row.event_id for row in rows_in(session, select(CLAIM.c.event_id).distinct(), CLAIM.c.event_id, ids)}
    gone = set(ids) - told
    for batch in batches(sorted(gone)):
        session.execute(delete(EVENT).where(EVENT.c.id.in_(batch)))
    return gone


def _refresh_counts(session: Session, event_ids: Sequence[str]) -> None:
    sources = count_sources_of_events(session, event_ids)
    statement = select(CLAIM.c.event_id, func.count(CLAIM.c.id).label("claims")).group_by(CLAIM.c.event_id)
    counts = [
        {"key": row.event_id, "claims": row.claims, "sources": sources[row.event_id]}
        for row in rows_in(session, statement, CLAIM.c.event_id, event_ids)
    ]
    if counts:
        values: dict[str, Any] = {"claim_count": bindparam("claims"), "source_count": bindparam("sources")}
        session.connection().execute(update(EVENT).where(EVENT.c.id == bindparam("key")).values(values), counts)


def _refresh_links(session: Session, event_ids: Sequence[str]) -> None:
    """Links from and to the events, as the claims of both sides have them: either may have come first."""
    target = CLAIM.alias()
    for batch in batches(event_ids):
        session.execute(delete(EVENT_LINK).where(or_(EVENT_LINK.c.event_id.in_(batch), EVENT_LINK.c.about_event_id.in_(batch))))
    links: set[tuple[str, str]] = set()
    statement = (
        select(CLAIM.c.event_id, target.c.event_id.label("about"))
        .join(target, target.c.id == CLAIM.c.about_claim_id)
        .where(CLAIM.c.event_id != target.c.event_id)
        .distinct()
    )
    for side in (CLAIM.c.event_id, target.c.event_id):
        links.update((row.event_id, row.about) for row in rows_in(session, statement, side, event_ids))
    if links:
        insert_rows(session, EVENT_LINK, [{"event_id": event, "about_event_id": about} for event, about in sorted(links)])
