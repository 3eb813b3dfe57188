"""Events, who takes part, what they are about, and the relations that their claims state."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Index
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, table_of


class EventRow(Row, table=True):
    """A real occurrence. Counts are of its claims; `sort_date` is its date, or the first day there is."""

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "sort_date", "id"),
        Index(None, "type", "sort_date", "id"),
        Index(None, "source_count", "id"),
        Index(None, "claim_count", "id"),
    )

    id: str = Field(sa_type=KEY, primary_key=True)
    type: str = Field(sa_type=KEY)
    modality: str = Field(sa_type=KEY)
    date: dt.date | None = None
    date_precision: str | None = Field(default=None, sa_type=KEY)
    sort_date: dt.date
    place_id: str | None = Field(default=None, sa_type=KEY, foreign_key="entity.id")
    source_count: int
    claim_count: int


class EventParticipantRow(Row, table=True):
    """An entity in a role of an event. The event's type and date are copied in: its index answers the filtered lists alone."""

    __tablename__ = "event_participant"
    __table_args__ = (
        Index(None, "entity_id", "type", "sort_date", "event_id"),
        Index(None, "entity_id", "sort_date", "event_id"),
    )

    event_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    role: str = Field(sa_type=KEY, primary_key=True)
    position: int = Field(primary_key=True)
    entity_id: str = Field(sa_type=KEY, foreign_key="entity.id")
    type: str = Field(sa_type=KEY)
    sort_date: dt.date


class EventLinkRow(Row, table=True):
    """The event is a reaction to the other."""

    __tablename__ = "event_link"

    event_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    about_event_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="event.id", ondelete="CASCADE", index=True)


class RelationRow(Row, table=True):
    """The typed edge subject -> object of one modality, with what the claims that state it add up to.

    Where the type has no direction, the subject is the end whose id comes first.
    """

    __tablename__ = "relation"
    __table_args__ = (
        Index(None, "subject_id", "object_id", "type"),
        Index(None, "object_id", "subject_id", "type"),
        Index(None, "event_count", "id"),
        Index(None, "last_sort_date", "id"),
        Index(None, "source_count", "id"),
    )

    id: str = Field(sa_type=KEY, primary_key=True)
    subject_id: str = Field(sa_type=KEY, foreign_key="entity.id")
    type: str = Field(sa_type=KEY)
    object_id: str = Field(sa_type=KEY, foreign_key="entity.id")
    modality: str = Field(sa_type=KEY)
    event_count: int
    claim_count: int
    source_count: int
    first_date: dt.date | None = None
    last_date: dt.date | None = None
    last_sort_date: dt.date


class RelationClaimRow(Row, table=True):
    """A claim that states a relation: its own arguments hold both ends."""

    __tablename__ = "relation_claim"
    __table_args__ = (Index(None, "relation_id", "claim_id"),)

    claim_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="claim.id", ondelete="CASCADE")
    relation_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="relation.id", ondelete="CASCADE")


EVENT: Final = table_of(EventRow)
EVENT_PARTICIPANT: Final = table_of(EventParticipantRow)
EVENT_LINK: Final = table_of(EventLinkRow)
RELATION: Final = table_of(RelationRow)
RELATION_CLAIM: Final = table_of(RelationClaimRow)
