"""What an ingestion says when it is done: to people as tables, to programs as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TextIO, TypeAlias

from kb.domain.result import RunCounts, Totals
from kb.errors import DocumentError

ReportJson: TypeAlias = "dict[str, int | str | dict[str, int] | list[dict[str, str]]]"

_UNWRAPPED: Final = 10_000
_NOUNS: Final = ("articles", "entities", "claims", "events")


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one run did; `before` and `now` are the database's totals, to which other runs at the same time add as well."""

    run_id: str
    counts: RunCounts
    quarantined: tuple[DocumentError, ...]
    before: Totals
    now: Totals

    def added(self) -> dict[str, int]:
        """By noun, how many rows more the database holds now."""
        return {name: getattr(self.now, name) - getattr(self.before, name) for name in _NOUNS}


def to_json(report: IngestReport) -> ReportJson:
    """The report as `kb ingest --json` prints it."""
    counts = report.counts
    return {
        "run": report.run_id,
        "articles": {
            "read": counts.articles_read,
            "new": counts.articles_saved,
            "known": counts.articles_known,
            "duplicates": counts.duplicates,
            "quarantined": counts.quarantined,
        },
        "quarantine": [{"file": error.origin, "reason": error.reason, "message": error.message} for error in report.quarantined],
        "totals": {noun: getattr(report.now, noun) for noun in _NOUNS},
        "added": report.added(),
    }


def write_tables(report: IngestReport, stream: TextIO, reader: str) -> None:
    """Write the report for people to `stream`: what was read and by which `reader` (KB_READER), what is in quarantine and why,
    what the database holds."""
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
    counts = report.counts
    articles = Table("articles", "", title=f"Ingestion, {reader} reader", title_justify="left")
    articles.columns[1].justify = "right"
    for label, count in (
        ("read", counts.articles_read),
        ("new", counts.articles_saved),
        ("already known", counts.articles_known),
        ("duplicates", counts.duplicates),
        ("quarantined", counts.quarantined),
    ):
        articles.add_row(label, str(count))
    console.print(articles)
    totals = Table("knowledge base", "now", "added")
    for column in totals.columns[1:]:
        column.justify = "right"
    for noun, added in report.added().items():
        totals.add_row(noun, str(getattr(report.now, noun)), f"{added:+}")
    console.print(totals)
    if not counts.articles_saved:
        console.print("nothing new was ingested")
