"""Who may call the API, and what was answered to requests that may come twice."""

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


class AnsweredRow(Row, table=True):
    """A mutation that a caller gave a key of its own, so that sending it again does nothing more.

    `request` is a digest of what was asked, `ids` what the answer is made from.
    """

    __tablename__ = "answered"

    caller: str = Field(sa_type=KEY, primary_key=True)
    key: str = Field(sa_type=KEY, primary_key=True)
    request: str = Field(sa_type=KEY)
    ids: list[str] = Field(sa_type=JSON)
    answered_at: datetime = Field(sa_type=UtcDateTime, index=True)


API_TOKEN: Final = table_of(ApiTokenRow)
ANSWERED: Final = table_of(AnsweredRow)
