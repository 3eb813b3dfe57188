"""Runs of ingestion, and the documents that they could not read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from kb.api.auth import require
from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.ids import check_id
from kb.api.paging import After, Before, Connection, Feed, First, Last, to_page
from kb.api.types.node import Node
from kb.domain.access import Role
from kb.domain.query import Slice
from kb.domain.result import IngestFailure as FailureRow
from kb.domain.result import IngestRun as Row
from kb.storage import runs


def _articles_read(row: strawberry.Parent[Row]) -> int:
    return row.counts.articles_read


def _articles_saved(row: strawberry.Parent[Row]) -> int:
    return row.counts.articles_saved


def _articles_known(row: strawberry.Parent[Row]) -> int:
    return row.counts.articles_known


def _duplicates(row: strawberry.Parent[Row]) -> int:
    return row.counts.duplicates


def _quarantined(row: strawberry.Parent[Row]) -> int:
    return row.counts.quarantined


async def _failures(
    row: strawberry.Parent[Row],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Feed[FailureRow]:
    # They name files of the server's machine.
    require(info.context.caller, Role.CURATOR)
    loaders, page = info.context.loaders, to_page(first, after, last, before)
    return Feed(
        lambda: loaders.failures_of_runs.load((row.id, page)),
        lambda: loaders.failure_counts_of_runs.load(row.id),
    )


@strawberry.type(description="A document that could not be read and is in quarantine.")
class IngestFailure:
    """Shows `kb.domain.result.IngestFailure`."""

    origin: str = strawberry.field(description="Where it lies: a file, a record in one, or the address it was handed in with.")
    reason: str = strawberry.field(description="Why, in one word that stays the same: empty, language, no_article, timeout ...")
    message: str = strawberry.field(description="Why, and what to do.")
    failed_at: datetime = strawberry.field(description="When it was met last.")


@strawberry.type(description="A page of documents in quarantine.")
class IngestFailureConnection(Connection[IngestFailure]):
    """Documents in quarantine, the latest first."""


@strawberry.type(description="One run of ingestion: of `kb ingest`, or of one article that was handed in.")
class IngestRun(Node):
    """Shows `kb.domain.result.IngestRun`."""

    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it goes on, and where it was killed.")
    articles_read: int = found_by(_articles_read, "How many documents it has met so far.")
    articles_saved: int = found_by(_articles_saved, "How many articles it has added.")
    articles_known: int = found_by(_articles_known, "How many of the documents were there already.")
    duplicates: int = found_by(_duplicates, "How many of the documents it met a second time.")
    quarantined: int = found_by(_quarantined, "How many of the documents it could not read.")
    failures: IngestFailureConnection | None = found_by(
        _failures, "The documents that it could not read and that no later run has met, the latest first; for curators."
    )


@strawberry.type(description="A page of runs of ingestion.")
class IngestRunConnection(Connection[IngestRun]):
    """Runs, the latest first."""


def list_ingest_runs(info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None) -> Feed[Row]:
    """Resolves Query.ingestRuns."""
    page, ask = to_page(first, after, last, before), info.context.reading.ask

    async def load() -> Slice[Row]:
        return ask(runs.list_runs, page)

    async def count() -> int:
        return ask(runs.count_runs)

    return Feed(load, count)


async def get_ingest_run(info: Info, key: Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")]) -> Row:
    """Resolves Query.ingestRun."""
    return await info.context.loaders.runs.load(check_id("id", "run", key))
