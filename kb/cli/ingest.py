"""`kb ingest`: read documents into the database."""

from __future__ import annotations

import sys
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.interrupts import noticed_interrupts
from kb.cli.output import write_json


class EngineName(StrEnum):
    """Where extraction runs."""

    LOCAL = "local"


class DocumentFormat(StrEnum):
    """How documents are read; auto looks at the content of each."""

    AUTO = "auto"
    TXT = "txt"
    HTML = "html"
    JSONL = "jsonl"
    FEED = "feed"
    WARC = "warc"


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders of articles.")],
    engine: Annotated[EngineName, typer.Option(help="Where extraction runs: processes of this machine.")] = EngineName.LOCAL,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Worker processes (default: KB_WORKERS, or 1).")] = None,
    format_: Annotated[DocumentFormat, typer.Option("--format", help="How to read the documents.")] = DocumentFormat.AUTO,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")] = False,
) -> None:
    """Read articles into the knowledge base; what is known already is skipped.

    Exit code 1 says that some documents are in quarantine; all the others were saved.
    """
    from kb.ingest.engines import Pool, open_extractor
    from kb.ingest.pipeline import ingest as run
    from kb.ingest.progress import show_progress
    from kb.ingest.report import to_json, write_tables
    from kb.registry.groupers import open_groupers
    from kb.settings import read_settings
    from kb.sources.files import read_documents
    from kb.storage.session import Database

    settings = read_settings()
    documents = read_documents(paths, format=format_.value, max_bytes=settings.max_document_bytes)
    # A path that is none is said before the database is touched.
    first = next(documents, None)
    # One worker is a process as well: only a process can be stopped whatever a document does to it.
    chosen = Pool(open_extractor, settings, workers or settings.workers)
    database = Database.open(settings.database_url)
    try:
        with show_progress() as show, noticed_interrupts(show) as advance:
            every = chain([] if first is None else [first], documents)
            report = run(database, every, chosen, lambda: open_groupers(settings), advance)
    finally:
        database.dispose()
    write_tables(report, sys.stderr, settings.reader)
    if as_json:
        write_json(to_json(report))
    if report.quarantined:
        raise typer.Exit(1)
