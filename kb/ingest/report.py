"""What an ingestion says when it is done: to people as tables, to programs as JSON."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, TextIO, TypeAlias

from kb.errors import DocumentError

ReportJson: TypeAlias = "dict[str, int | str | dict[str, int] | list[dict[str, str]]]"

_UNWRAPPED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the database holds."""

    articles: int
    entities: int
    claims: int
    events: int


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one run did.

    `read` counts documents found, and is the sum of the four that follow: `new` were saved, `known` were in the database before,
    `duplicates` came a second time in this run, `quarantined` could not be read. `now` and `before` are the database's totals.
    """

    run_id: str
    read: int
    new: int
    known: int
    duplicates: int
    quarantined: tuple[DocumentError, ...]
    before: Totals
    now: Totals


def to_json(report: IngestReport) -> ReportJson:
    """The report as `kb ingest --json` prints it."""
    return {
        "run": report.run_id,
        "articles": {
            "read": report.read,
            "new": report.new,
            "known": report.known,
            "duplicates": report.duplicates,
            "quarantined": len(report.quarantined),
        },
        "quarantine": [{"file": error.origin, "reason": error.reason, "message": error.message} for error in report.quarantined],
        "totals": {field.name: getattr(report.now, field.name) for field in fields(Totals)},
        "added": {field.name: getattr(report.now, field.name) - getattr(report.before, field.name) for field in fields(Totals)},
    }


def write_tables(report: IngestReport, stream: TextIO) -> None:
    """Write the report for people to `stream`: what was read, what is in quarantine and why, what the database holds."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A pipe has no width: a message stays on one line there, where grep finds it whole.
    console = Console(file=stream, width=None if stream.isatty() else _UNWRAPPED)
    if report.quarantined:
        quarantine = Table("file", "reason", "message", title="In quarantine", title_justify="left")
        for error in report.quarantined:
            quarantine.add_row(Text(error.origin), Text(error.reason), Text(error.message))
        console.print(quarantine)
    counts = Table("articles", "", title="Ingestion", title_justify="left")
    counts.columns[1].justify = "right"
    for label, count in (
        ("read", report.read),
        ("new", report.new),
        ("already known", report.known),
        ("duplicates", report.duplicates),
        ("quarantined", len(report.quarantined)),
    ):
        counts.add_row(label, str(count))
    console.print(counts)
    totals = Table("knowledge base", "now", "added", title_justify="left")
    for column in totals.columns[1:]:
        column.justify = "right"
    for field in fields(Totals):
        now, before = getattr(report.now, field.name), getattr(report.before, field.name)
        totals.add_row(field.name, str(now), f"+{now - before}")
    console.print(totals)
    if report.read and not report.new:
        console.print("nothing new was ingested" if not report.quarantined else "nothing new could be ingested")
