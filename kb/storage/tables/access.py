"""Who may call the API."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, UtcDateTime, table_of


class ApiTokenRow(Row, table=True):
    """A token, of which only the digest is kept."""

    __tablename__ = "api_token"

    id: str = Field(sa_type=KEY, primary_key=True)
    name: str = Field(sa_type=Text)
    digest: str = Field(sa_type=KEY, unique=True)
    scopes: list[str] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


API_TOKEN: Final = table_of(ApiTokenRow)
