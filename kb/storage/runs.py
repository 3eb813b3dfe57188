"""Runs of ingestion and the documents that they put into quarantine."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from kb.domain.ids import content_id
from kb.domain.query import Page, Slice
from kb.domain.result import IngestFailure, IngestRun, RunCounts, Totals
from kb.errors import DocumentError, NotFoundError
from kb.storage.batches import rows_in
from kb.storage.changes import CAME, CHANGED, record_changes
from kb.storage.cursors import Ordering, SortKey
from kb.storage.insertion import insert_new
from kb.storage.paging import FIRST_PAGE, count_children, count_rows, list_child_pages, list_page
from kb.storage.tables import ARTICLE, CLAIM, ENTITY, EVENT, INGEST_FAILURE, INGEST_RUN

NOUN: Final = "run"
_LATEST_RUN: Final = Ordering(
    "run.started", (SortKey(INGEST_RUN.c.started_at, datetime), SortKey(INGEST_RUN.c.id, str)), descending=True
)
_LATEST_FAILURE: Final = Ordering(
    "failure.failed", (SortKey(INGEST_FAILURE.c.failed_at, datetime), SortKey(INGEST_FAILURE.c.id, str)), descending=True
)


def start_run(session: Session) -> str:
    """Opens a run and returns its id, which no other run has."""
    run_id = content_id("run", secrets.token_hex(16))
    session.execute(insert(INGEST_RUN), [{"id": run_id, "started_at": datetime.now(UTC)}])
    record_changes(session, NOUN, CAME, [run_id])
    return run_id


def save_progress(session: Session, run_id: str, counts: RunCounts) -> None:
    """Keeps what a run has come to so far."""
    session.execute(update(INGEST_RUN).where(INGEST_RUN.c.id == run_id).values(asdict(counts)))
    record_changes(session, NOUN, CHANGED, [run_id])


def finish_run(session: Session, run_id: str, counts: RunCounts) -> IngestRun:
    """Closes a run with what it came to; raises NotFoundError for a run that was never started."""
    session.execute(update(INGEST_RUN).where(INGEST_RUN.c.id == run_id).values(finished_at=datetime.now(UTC)))
    save_progress(session, run_id, counts)
    return get_run(session, run_id)


def get_run(session: Session, run_id: str) -> IngestRun:
    """The run with this id; raises NotFoundError."""
    found = list_runs_by_ids(session, [run_id])
    if run_id not in found:
        raise NotFoundError("run", run_id)
    return found[run_id]


def list_runs_by_ids(session: Session, ids: Iterable[str]) -> dict[str, IngestRun]:
    """The run of each id that names one."""
    return {row.id: _to_run(row) for row in rows_in(session, select(INGEST_RUN), INGEST_RUN.c.id, ids)}


def list_runs(session: Session, page: Page = FIRST_PAGE) -> Slice[IngestRun]:
    """All runs, the latest first."""
    return list_page(session, select(INGEST_RUN.c.id), _LATEST_RUN, page, list_runs_by_ids)


def count_runs(session: Session) -> int:
    """How many runs there were."""
    return count_rows(session, select(INGEST_RUN.c.id), INGEST_RUN.c.id)


def _to_run(row: Row[Any]) -> IngestRun:
    counts = RunCounts(**{each.name: getattr(row, each.name) for each in fields(RunCounts)})
    return IngestRun(row.id, row.started_at, row.finished_at, counts)


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


def list_failures(session: Session, page: Page = FIRST_PAGE) -> Slice[IngestFailure]:
    """Documents in quarantine, of all runs, the latest first."""
    return list_page(session, select(INGEST_FAILURE.c.id), _LATEST_FAILURE, page, list_failures_by_ids)


def list_failures_of_runs(session: Session, run_ids: Iterable[str], page: Page = FIRST_PAGE) -> dict[str, Slice[IngestFailure]]:
    """A page of the documents that each run put into quarantine and that no later run has met, the latest first."""
    of_runs = select(INGEST_FAILURE.c.id)
    return list_child_pages(session, of_runs, INGEST_FAILURE.c.run_id, run_ids, _LATEST_FAILURE, page, list_failures_by_ids)


def count_failures_of_runs(session: Session, run_ids: Iterable[str]) -> dict[str, int]:
    """How many documents each run put into quarantine that no later run has met."""
    return count_children(session, select(INGEST_FAILURE.c.id), INGEST_FAILURE.c.run_id, run_ids, INGEST_FAILURE.c.id)


def list_failures_by_ids(session: Session, ids: Iterable[str]) -> dict[str, IngestFailure]:
    """The document in quarantine of each id that names one."""
    return {
        row.id: IngestFailure(row.id, row.run_id, row.origin, row.reason, row.message, row.failed_at)
        for row in rows_in(session, select(INGEST_FAILURE), INGEST_FAILURE.c.id, ids)
    }


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
