"""Publishers and articles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, UtcDateTime, table_of


class SourceRow(Row, table=True):
    """A publisher."""

    __tablename__ = "source"

    id: str = Field(sa_type=KEY, primary_key=True)
    name: str = Field(sa_type=KEY)
    domain: str | None = Field(default=None, sa_type=Text)


class ArticleRow(Row, table=True):
    """A document version. `published_offset` is the publisher's zone, in seconds east of UTC, and `published_on` the day in it.

    `sort_date` is that day, or the first one there is.
    """

    __tablename__ = "article"
    __table_args__ = (Index(None, "sort_date", "id"), Index(None, "source_id", "sort_date", "id"))

    id: str = Field(sa_type=KEY, primary_key=True)
    source_id: str | None = Field(default=None, sa_type=KEY, foreign_key="source.id")
    run_id: str | None = Field(default=None, sa_type=KEY)
    file: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    original: str = Field(sa_type=Text)
    paragraphs: list[list[int]] = Field(sa_type=JSON)
    offsets: list[list[int]] = Field(sa_type=JSON)
    repairs: list[str] = Field(sa_type=JSON)
    url: str | None = Field(default=None, sa_type=Text)
    publisher: str | None = Field(default=None, sa_type=Text)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_offset: int | None = None
    published_on: date | None = None
    sort_date: date
    published_inferred: bool
    language: str = Field(sa_type=Text)


class ArticleBlockRow(Row, table=True):
    """A key that two articles must share, directly or through others, to be told as one story."""

    __tablename__ = "article_block"

    block_key: str = Field(sa_type=KEY, primary_key=True)
    article_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="article.id", ondelete="CASCADE", index=True)


SOURCE: Final = table_of(SourceRow)
ARTICLE: Final = table_of(ArticleRow)
ARTICLE_BLOCK: Final = table_of(ArticleBlockRow)
