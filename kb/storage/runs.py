"""Runs of ingestion and the documents that they put into quarantine."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from kb.domain.ids import content_id
from kb.domain.result import IngestFailure, IngestRun, RunCounts, Totals
from kb.errors import DocumentError, NotFoundError
from kb.storage.dialect import insert_new
from kb.storage.paging import MAX_PAGE
from kb.storage.tables import ARTICLE, CLAIM, ENTITY, EVENT, INGEST_FAILURE, INGEST_RUN


def start_run(session: Session) -> str:
    """Opens a run and returns its id, which no other run has."""
    run_id = content_id("run", secrets.token_hex(16))
    session.execute(insert(INGEST_RUN), [{"id": run_id, "started_at": datetime.now(UTC)}])
    return run_id


def finish_run(session: Session, run_id: str, counts: RunCounts) -> IngestRun:
    """Closes a run with what it came to; raises NotFoundError for a run that was never started."""
    values = {
        "finished_at": datetime.now(UTC),
        "articles_read": counts.articles_read,
        "articles_saved": counts.articles_saved,
        "articles_known": counts.articles_known,
        "duplicates": counts.duplicates,
        "quarantined": counts.quarantined,
    }
    session.execute(update(INGEST_RUN).where(INGEST_RUN.c.id == run_id).values(values))
    return get_run(session, run_id)


def get_run(session: Session, run_id: str) -> IngestRun:
    """The run with this id; raises NotFoundError."""
    row = session.execute(select(INGEST_RUN).where(INGEST_RUN.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError("run", run_id)
    counts = RunCounts(row.articles_read, row.articles_saved, row.articles_known, row.duplicates, row.quarantined)
    return IngestRun(row.id, row.started_at, row.finished_at, counts)


def list_runs(session: Session, first: int = MAX_PAGE) -> tuple[IngestRun, ...]:
    """The latest runs, the latest first."""
    statement = select(INGEST_RUN.c.id).order_by(INGEST_RUN.c.started_at.desc(), INGEST_RUN.c.id).limit(first)
    return tuple(get_run(session, run_id) for run_id in session.execute(statement).scalars().all())


def save_failure(session: Session, run_id: str, error: DocumentError) -> None:
    """Puts a document into quarantine; the same document refused for the same reason again stays one row."""
    key = content_id("fail", error.origin, error.reason)
    row = {
        "run_id": run_id,
        "origin": _storable(error.origin),
        "reason": error.reason,
        "message": _storable(error.message),
        "failed_at": datetime.now(UTC),
    }
    insert_new(session, INGEST_FAILURE, [row | {"id": key}])
    session.execute(update(INGEST_FAILURE).where(INGEST_FAILURE.c.id == key).values(row))


def _storable(text: str) -> str:
    """Names of files and pieces of bad documents may hold what no database keeps."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def list_failures(session: Session, run_id: str | None = None, first: int = MAX_PAGE) -> tuple[IngestFailure, ...]:
    """Documents in quarantine, of all runs or of those that a run met last, the latest first."""
    statement = select(INGEST_FAILURE).order_by(INGEST_FAILURE.c.failed_at.desc(), INGEST_FAILURE.c.id).limit(first)
    if run_id is not None:
        statement = statement.where(INGEST_FAILURE.c.run_id == run_id)
    return tuple(
        IngestFailure(row.id, row.run_id, row.origin, row.reason, row.message, row.failed_at)
        for row in session.execute(statement)
    )


def clear_failures(session: Session, origins: Collection[str], run_id: str) -> None:
    """Takes out of quarantine what runs other than this one could not read there: it was read, or fails otherwise now."""
    session.execute(delete(INGEST_FAILURE).where(*_of_other_runs(origins, run_id)))


def has_failures(session: Session, origins: Collection[str], run_id: str) -> bool:
    """Whether `clear_failures` would take something out of quarantine."""
    statement = select(INGEST_FAILURE.c.id).where(*_of_other_runs(origins, run_id)).limit(1)
    return session.execute(statement).first() is not None


def _of_other_runs(origins: Collection[str], run_id: str) -> tuple[ColumnElement[bool], ...]:
    named = INGEST_FAILURE.c.origin.in_(sorted(map(_storable, origins)))
    return named, INGEST_FAILURE.c.run_id != run_id


def count_totals(session: Session) -> Totals:
    """What the whole database holds; entities are the canonical ones that articles mention."""

    def count(statement: Select[int]) -> int:
        return session.execute(statement).scalar_one()

    return Totals(
        articles=count(select(func.count()).select_from(ARTICLE)),
        entities=count(
            select(func.count()).select_from(ENTITY).where(ENTITY.c.id == ENTITY.c.canonical_id, ENTITY.c.mention_count > 0)
        ),
        claims=count(select(func.count()).select_from(CLAIM)),
        events=count(select(func.count()).select_from(EVENT)),
        quarantined=count(select(func.count()).select_from(INGEST_FAILURE)),
    )
