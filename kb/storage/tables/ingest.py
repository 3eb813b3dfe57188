"""Runs of ingestion, quarantined documents, and the sequence of changes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlmodel import Field

from kb.storage.tables.base import KEY, Row, UtcDateTime, table_of


class IngestRunRow(Row, table=True):
    """One run; `finished_at` stays empty where it was killed."""

    __tablename__ = "ingest_run"
    __table_args__ = (Index(None, "started_at", "id"),)

    id: str = Field(sa_type=KEY, primary_key=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    articles_read: int = 0
    articles_saved: int = 0
    articles_known: int = 0
    duplicates: int = 0
    quarantined: int = 0


class IngestFailureRow(Row, table=True):
    """A document in quarantine: one row for each origin and reason, with the run that met it last."""

    __tablename__ = "ingest_failure"
    __table_args__ = (Index(None, "failed_at", "id"),)

    id: str = Field(sa_type=KEY, primary_key=True)
    run_id: str = Field(sa_type=KEY, foreign_key="ingest_run.id", ondelete="CASCADE", index=True)
    origin: str = Field(sa_type=KEY)
    reason: str = Field(sa_type=KEY)
    message: str = Field(sa_type=Text)
    failed_at: datetime = Field(sa_type=UtcDateTime)


class ChangeRow(Row, table=True):
    """What came, changed or went, in the order of commits: subscriptions and incremental exports follow it."""

    __tablename__ = "change"
    # AUTOINCREMENT: a number that was once given out is never given again, or a follower would miss a change.
    __table_args__ = (Index(None, "noun", "noun_id"), {"sqlite_autoincrement": True})

    seq: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    noun: str = Field(sa_type=KEY)
    noun_id: str = Field(sa_type=KEY)
    operation: str = Field(sa_type=KEY)
    changed_at: datetime = Field(sa_type=UtcDateTime)


INGEST_RUN: Final = table_of(IngestRunRow)
INGEST_FAILURE: Final = table_of(IngestFailureRow)
CHANGE: Final = table_of(ChangeRow)
