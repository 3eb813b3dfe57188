"""Claims, static facts and quantities: what sentences say."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, UtcDateTime, table_of


class ClaimRow(Row, table=True):
    """What one sentence says happened. `event_id` is empty only between saving an article and grouping its claims."""

    __tablename__ = "claim"
    __table_args__ = (
        Index(None, "article_id", "sentence_start", "id"),
        Index(None, "sort_date", "id"),
        Index(None, "type", "sort_date", "id"),
        Index(None, "confidence", "id"),
    )

    id: str = Field(sa_type=KEY, primary_key=True)
    article_id: str = Field(sa_type=KEY, foreign_key="article.id", ondelete="CASCADE")
    event_id: str | None = Field(default=None, sa_type=KEY, foreign_key="event.id", ondelete="SET NULL", index=True)
    about_claim_id: str | None = Field(default=None, sa_type=KEY, foreign_key="claim.id", ondelete="SET NULL", index=True)
    type: str = Field(sa_type=KEY)
    modality: str = Field(sa_type=KEY)
    confidence: float
    date: dt.date | None = None
    date_precision: str | None = Field(default=None, sa_type=KEY)
    sort_date: dt.date
    sentence_start: int
    sentence_end: int
    sentence: str = Field(sa_type=Text)
    trigger_start: int
    trigger_end: int
    trigger: str = Field(sa_type=Text)


class ClaimArgumentRow(Row, table=True):
    """An entity in a role of a claim, in the order of the text; the entity is the one linked, not its canonical one."""

    __tablename__ = "claim_argument"
    __table_args__ = (Index(None, "entity_id", "role", "claim_id"),)

    claim_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="claim.id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    role: str = Field(sa_type=KEY)
    entity_id: str = Field(sa_type=KEY, foreign_key="entity.id")
    mention_id: str | None = Field(default=None, sa_type=KEY, foreign_key="mention.id", ondelete="SET NULL", index=True)


class ClaimBlockRow(Row, table=True):
    """A key that two claims must share, directly or through others, to be of one event."""

    __tablename__ = "claim_block"

    block_key: str = Field(sa_type=KEY, primary_key=True)
    claim_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="claim.id", ondelete="CASCADE", index=True)


class FactRow(Row, table=True):
    """A static statement with the time it held and the time it was known.

    An article states it in a sentence, or the reference set does, of which `origin` tells the part.
    """

    __tablename__ = "fact"
    __table_args__ = (Index(None, "subject_id", "predicate", "id"), Index(None, "object_id", "predicate", "id"))

    id: str = Field(sa_type=KEY, primary_key=True)
    subject_id: str = Field(sa_type=KEY, foreign_key="entity.id")
    predicate: str = Field(sa_type=KEY)
    object_id: str | None = Field(default=None, sa_type=KEY, foreign_key="entity.id")
    object_text: str | None = Field(default=None, sa_type=Text)
    article_id: str | None = Field(default=None, sa_type=KEY, foreign_key="article.id", ondelete="CASCADE", index=True)
    sentence_start: int | None = None
    sentence_end: int | None = None
    sentence: str | None = Field(default=None, sa_type=Text)
    origin: str | None = Field(default=None, sa_type=Text)
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    held_on: dt.date | None = None
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    superseded_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class QuantityRow(Row, table=True):
    """A figure as one sentence gives it."""

    __tablename__ = "quantity"
    __table_args__ = (Index(None, "article_id", "sentence_start", "id"),)

    id: str = Field(sa_type=KEY, primary_key=True)
    article_id: str = Field(sa_type=KEY, foreign_key="article.id", ondelete="CASCADE")
    about: str = Field(sa_type=KEY)
    low: float
    high: float
    bound: str = Field(sa_type=KEY)
    unit: str = Field(sa_type=Text)
    start: int
    end: int
    text: str = Field(sa_type=Text)
    sentence_start: int
    sentence_end: int
    sentence: str = Field(sa_type=Text)


class QuantityAttributionRow(Row, table=True):
    """Whose figure it is, in the order of the text."""

    __tablename__ = "quantity_attribution"

    quantity_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="quantity.id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    entity_id: str = Field(sa_type=KEY, foreign_key="entity.id", index=True)


CLAIM: Final = table_of(ClaimRow)
CLAIM_ARGUMENT: Final = table_of(ClaimArgumentRow)
CLAIM_BLOCK: Final = table_of(ClaimBlockRow)
FACT: Final = table_of(FactRow)
QUANTITY: Final = table_of(QuantityRow)
QUANTITY_ATTRIBUTION: Final = table_of(QuantityAttributionRow)
