"""What all runs of ingestion came to."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.domain.result import RunCounts, RunTotals
from kb.storage.tables import INGEST_RUN


def sum_runs(session: Session) -> RunTotals:
    """The sums over all runs; what a run that still runs has come to is in them once it ends."""
    run = INGEST_RUN.c
    counted = (run.articles_read, run.articles_saved, run.articles_known, run.duplicates, run.quarantined)
    row = session.execute(select(func.count(), func.max(run.finished_at), *map(func.sum, counted))).one()
    number, last, *sums = row
    return RunTotals(number, RunCounts(*(int(each or 0) for each in sums)), last)
