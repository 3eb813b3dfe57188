"""Entities, their names, their mentions, and judgements on them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, UtcDateTime, table_of


class EntityRow(Row, table=True):
    """An entity. `canonical_id` is itself unless a judgement says otherwise; `mention_count` counts its whole cluster."""

    __tablename__ = "entity"
    __table_args__ = (Index(None, "name_sort", "id"), Index(None, "mention_count", "id"))

    id: str = Field(sa_type=KEY, primary_key=True)
    canonical_id: str = Field(sa_type=KEY, foreign_key="entity.id", index=True)
    kind: str = Field(sa_type=KEY)
    name: str = Field(sa_type=Text)
    name_sort: str = Field(sa_type=KEY)
    wikidata_id: str | None = Field(default=None, sa_type=KEY, index=True)
    article_id: str | None = Field(default=None, sa_type=KEY, foreign_key="article.id", ondelete="CASCADE", index=True)
    mention_count: int


class AliasRow(Row, table=True):
    """A name of an entity, once for every origin that has it."""

    __tablename__ = "alias"

    entity_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="entity.id", ondelete="CASCADE")
    name: str = Field(sa_type=KEY, primary_key=True)
    kind: str = Field(sa_type=KEY, primary_key=True)
    origin: str = Field(sa_type=KEY, primary_key=True)
    name_folded: str = Field(sa_type=KEY, index=True)


class MentionRow(Row, table=True):
    """Characters of an article that refer to an entity."""

    __tablename__ = "mention"
    __table_args__ = (Index(None, "article_id", "start", "id"), Index(None, "entity_id", "article_id", "start", "id"))

    id: str = Field(sa_type=KEY, primary_key=True)
    article_id: str = Field(sa_type=KEY, foreign_key="article.id", ondelete="CASCADE")
    entity_id: str = Field(sa_type=KEY, foreign_key="entity.id")
    start: int
    end: int
    text: str = Field(sa_type=Text)
    form: str = Field(sa_type=KEY)
    score: float
    reason: str = Field(sa_type=Text)


class JudgementRow(Row, table=True):
    """A reversible verdict on two entities."""

    __tablename__ = "judgement"

    id: str = Field(sa_type=KEY, primary_key=True)
    left_id: str = Field(sa_type=KEY, foreign_key="entity.id", ondelete="CASCADE", index=True)
    right_id: str = Field(sa_type=KEY, foreign_key="entity.id", ondelete="CASCADE", index=True)
    verdict: str = Field(sa_type=KEY)
    author: str = Field(sa_type=Text)
    judged_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


ENTITY: Final = table_of(EntityRow)
ALIAS: Final = table_of(AliasRow)
MENTION: Final = table_of(MentionRow)
JUDGEMENT: Final = table_of(JudgementRow)
