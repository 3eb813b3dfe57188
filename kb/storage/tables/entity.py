"""Entities, their names, and their mentions."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, table_of


class EntityRow(Row, table=True):
    """An entity. `canonical_id` is itself unless it is one with another; `mention_count` counts its whole cluster.

    `name` follows from its aliases. `is_reference` marks those that stay although no article speaks of them.
    """

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
    is_reference: bool


class AliasRow(Row, table=True):
    """A name of an entity, once for every origin that has it; `is_name` where the origin calls it by that one in full."""

    __tablename__ = "alias"
    __table_args__ = (Index(None, "origin", "entity_id"),)

    entity_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="entity.id", ondelete="CASCADE")
    name: str = Field(sa_type=KEY, primary_key=True)
    kind: str = Field(sa_type=KEY, primary_key=True)
    origin: str = Field(sa_type=KEY, primary_key=True)
    name_folded: str = Field(sa_type=KEY, index=True)
    is_name: bool


class MentionRow(Row, table=True):
    """Characters of an article that refer to an entity; `parts` are the signs that its score adds up, with what each added."""

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
    parts: list[list[str | float]] = Field(sa_type=JSON)


ENTITY: Final = table_of(EntityRow)
ALIAS: Final = table_of(AliasRow)
MENTION: Final = table_of(MentionRow)
