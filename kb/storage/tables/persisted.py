"""Operations that front ends have registered before they send them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, UtcDateTime, table_of


class PersistedDocumentRow(Row, table=True):
    """A GraphQL document under the SHA-256 of its text, in hexadecimal; `name` are the names of its operations, for people."""

    __tablename__ = "persisted_document"

    digest: str = Field(sa_type=KEY, primary_key=True)
    name: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    saved_at: datetime = Field(sa_type=UtcDateTime)


PERSISTED_DOCUMENT: Final = table_of(PersistedDocumentRow)
