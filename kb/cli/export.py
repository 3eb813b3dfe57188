"""`kb export`: the content of the database as files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.output import say, write_json


class ExportFormat(StrEnum):
    """The formats there are."""

    JSONL = "jsonl"


def export(
    format_: Annotated[ExportFormat, typer.Argument(metavar="FORMAT", help="jsonl: one file a noun, one JSON object a line.")],
    out: Annotated[Path, typer.Option(help="Folder to write; what an earlier export left there is replaced.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print how many rows each file has as JSON on stdout.")] = False,
) -> None:
    """Write the whole knowledge base to files; two exports of the same content are equal byte for byte."""
    from kb.export.formats import get_exporter
    from kb.settings import read_settings
    from kb.storage.session import Database

    exporter = get_exporter(format_.value)
    database = Database.open(read_settings().database_url, read_only=True)
    try:
        rows = exporter.export(database, out)
    finally:
        database.dispose()
    for name, count in rows.items():
        say(f"{out / name}: {count} rows")
    if as_json:
        write_json({"out": str(out), "rows": rows})
