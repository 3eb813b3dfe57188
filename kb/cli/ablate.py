"""`kb ablate`: what rules, the learned network and more data are each worth."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from kb.cli.output import say, write_json, write_line
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.learn.ablate import Row

JsonRow: TypeAlias = "dict[str, str | int | float | None]"


def ablate(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="What to learn from: gold files with spans, or .exercises files.")
    ],
    on: Annotated[list[Path], typer.Option(metavar="GOLD_DIR", help="Folder whose articles are read; may be given again.")],
    encoder: Annotated[
        Path | None, typer.Option(help="Folder of a MiniLM of six layers; adds rows of a network that begins from it.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows with their counts as JSON on stdout.")] = False,
) -> None:
    """Print the F1 of claims read by rules, by the network and by both, learnt from 28, 56 and all articles of FOLDER.

    Its columns: with entities found, and with the gold's names and nominals given. Needs PyTorch, as `kb train` does.
    """
    if importlib.util.find_spec("torch") is None:
        raise UsageError("what is learned has to be trained, which needs PyTorch; install it with: pip install 'kb[train]'")
    from kb.ingest.extract import Extractor
    from kb.learn.ablate import ablate as run
    from kb.settings import RULES, read_settings

    settings = read_settings()
    extractor = Extractor.open(replace(settings, reader=RULES))
    rows = run(folder, on, extractor, settings.data_dir / "seeds" / "articles", encoder, say)
    if as_json:
        write_json([_to_json(row) for row in rows])
    else:
        for line in _lay_out(_table(rows)):
            write_line(line)


def _to_json(row: Row) -> JsonRow:
    count = row.count
    return {
        "read_by": row.read_by.value,
        "articles": row.articles,
        "on": row.on,
        "entities": row.entities.value,
        "f1": round(count.f1, 3),
        "precision": round(count.precision, 3),
        "recall": round(count.recall, 3),
        "hits": int(count.precise),
        "found": count.found,
        "wanted": count.wanted,
    }


def _table(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """A header, then a line for each reader and number of articles; columns are folders with entities found and given."""
    columns = list(dict.fromkeys((row.on, row.entities) for row in rows))
    figures = {(row.read_by, row.articles, row.on, row.entities): row.count.f1 for row in rows}
    header = ("read by", "articles", *(f"{on}, {entities.value}" for on, entities in columns))
    table = [header]
    for read_by, articles in dict.fromkeys((row.read_by, row.articles) for row in rows):
        cells = (f"{figures[read_by, articles, on, entities]:.3f}" for on, entities in columns)
        table.append((read_by.value, "-" if articles is None else str(articles), *cells))
    return table


def _lay_out(table: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Lines of a table whose first column is text and whose others are numbers, two blanks between them."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        first, *others = (
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(cells, widths, strict=True))
        )
        yield "  ".join((first, *others))
