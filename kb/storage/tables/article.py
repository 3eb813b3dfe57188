"""Publishers and articles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, Text
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

    `sort_date` is that day, or the first one there is. `copy_group` is the smallest id among the articles that carry its text;
    empty where no other does.
    """

    __tablename__ = "article"
    __table_args__ = (
        Index(None, "sort_date", "id"),
        Index(None, "source_id", "sort_date", "id"),
        Index(None, "copy_group", "id"),
    )

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
    copy_group: str | None = Field(default=None, sa_type=KEY)


class ArticleBlockRow(Row, table=True):
    """A key that two articles must share, directly or through others, to be told as one story."""

    __tablename__ = "article_block"

    block_key: str = Field(sa_type=KEY, primary_key=True)
    article_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="article.id", ondelete="CASCADE", index=True)


class ArticleSketchRow(Row, table=True):
    """The fingerprint of an article's text (`kb.domain.sketch.Sketch`)."""

    __tablename__ = "article_sketch"

    article_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="article.id", ondelete="CASCADE")
    signature: bytes = Field(sa_type=LargeBinary)


class ArticleBandRow(Row, table=True):
    """A key that two articles must share to be compared as copies of one text."""

    __tablename__ = "article_band"
    # There are many of them for each article, and SQLite would keep every key twice.
    __table_args__ = ({"sqlite_with_rowid": False},)

    band_key: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    article_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="article.id", ondelete="CASCADE", index=True)


SOURCE: Final = table_of(SourceRow)
ARTICLE: Final = table_of(ArticleRow)
ARTICLE_BLOCK: Final = table_of(ArticleBlockRow)
ARTICLE_SKETCH: Final = table_of(ArticleSketchRow)
ARTICLE_BAND: Final = table_of(ArticleBandRow)
