"""What full text search looks through."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, table_of


class SearchDocumentRow(Row, table=True):
    """The words of an entity, article or claim as kb.storage.terms cuts and stems them, so that both databases find the same.

    The full-text index over it (FTS5's table, or PostgreSQL's column `terms`) is made by the migration.
    """

    __tablename__ = "search_document"
    __table_args__ = (Index(None, "kind", "noun_id", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=KEY)
    noun_id: str = Field(sa_type=KEY)
    title_terms: str = Field(sa_type=Text)
    body_terms: str = Field(sa_type=Text)


class NameStartRow(Row, table=True):
    """Where a word of a name of a canonical entity begins: its folded name from there to the end, or as much of it as is kept."""

    __tablename__ = "name_start"
    # A row is its key, and SQLite would keep it twice.
    __table_args__ = ({"sqlite_with_rowid": False},)

    start: str = Field(sa_type=KEY, primary_key=True)
    entity_id: str = Field(sa_type=KEY, primary_key=True, foreign_key="entity.id", ondelete="CASCADE", index=True)


NAME_START: Final = table_of(NameStartRow)
SEARCH_DOCUMENT: Final = table_of(SearchDocumentRow)
