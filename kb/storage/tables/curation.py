"""What people and the comparison of names decide about entities and articles. Nothing here is ever overwritten, only undone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, UtcDateTime, table_of


class JudgementRow(Row, table=True):
    """A reversible verdict on two entities. No foreign keys: what was judged stays on record when an entity goes."""

    __tablename__ = "judgement"

    id: str = Field(sa_type=KEY, primary_key=True)
    left_id: str = Field(sa_type=KEY, index=True)
    right_id: str = Field(sa_type=KEY, index=True)
    verdict: str = Field(sa_type=KEY)
    author: str = Field(sa_type=Text)
    judged_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = Field(default=None, sa_type=Text)
    undone_reason: str | None = Field(default=None, sa_type=Text)


class EntityBlockRow(Row, table=True):
    """A key that two entities must share for their names to be compared."""

    __tablename__ = "entity_block"

    block_key: str = Field(sa_type=KEY, primary_key=True)
    entity_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="entity.id", ondelete="CASCADE", index=True)


class LikenessRow(Row, table=True):
    """Two entities whose names are alike enough to tell a curator, the smaller id left, with the parts of the score."""

    __tablename__ = "likeness"
    __table_args__ = (Index(None, "score", "left_id", "right_id"),)

    left_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="entity.id", ondelete="CASCADE")
    right_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="entity.id", ondelete="CASCADE", index=True)
    score: float
    parts: list[list[str | float]] = Field(sa_type=JSON)


class SplitRow(Row, table=True):
    """Somebody's reversible statement that in some articles another entity is meant."""

    __tablename__ = "split"

    id: str = Field(sa_type=KEY, primary_key=True)
    entity_id: str = Field(sa_type=KEY, index=True)
    new_entity_id: str = Field(sa_type=KEY, index=True)
    author: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = Field(default=None, sa_type=Text)
    undone_reason: str | None = Field(default=None, sa_type=Text)


class SplitArticleRow(Row, table=True):
    """An article that a split is about; it may be retracted and come back."""

    __tablename__ = "split_article"

    split_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="split.id", ondelete="CASCADE")
    article_id: str = Field(sa_type=KEY, primary_key=True, index=True)


class SplitMoveRow(Row, table=True):
    """A place (column, row, position in the row) that an active split filled with the new entity, so that undoing finds it."""

    __tablename__ = "split_move"
    __table_args__ = (Index(None, "place", "row_id", "position"),)

    split_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="split.id", ondelete="CASCADE")
    place: str = Field(sa_type=KEY, primary_key=True)
    row_id: str = Field(sa_type=KEY, primary_key=True)
    position: int = Field(primary_key=True)
    article_id: str = Field(sa_type=KEY, foreign_key="article.id", ondelete="CASCADE", index=True)


class RetractionRow(Row, table=True):
    """An article that was withdrawn, and what went with it. While it is not undone the article does not come back."""

    __tablename__ = "retraction"

    id: str = Field(sa_type=KEY, primary_key=True)
    article_id: str = Field(sa_type=KEY, index=True)
    title: str = Field(sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    publisher: str | None = Field(default=None, sa_type=Text)
    author: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    retracted_at: datetime = Field(sa_type=UtcDateTime)
    claim_count: int
    mention_count: int
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = Field(default=None, sa_type=Text)
    undone_reason: str | None = Field(default=None, sa_type=Text)


JUDGEMENT: Final = table_of(JudgementRow)
ENTITY_BLOCK: Final = table_of(EntityBlockRow)
LIKENESS: Final = table_of(LikenessRow)
SPLIT: Final = table_of(SplitRow)
SPLIT_ARTICLE: Final = table_of(SplitArticleRow)
SPLIT_MOVE: Final = table_of(SplitMoveRow)
RETRACTION: Final = table_of(RetractionRow)
