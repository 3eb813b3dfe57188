"""What an evaluation says: to people as tables, to programs as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TextIO, TypeAlias

from kb.errors import DocumentError
from kb.evaluate.counts import Tally
from kb.evaluate.gate import Shortfall
from kb.evaluate.misses import ClassCount, Miss
from kb.evaluate.score import Figure

Value: TypeAlias = "str | int | float | None"
Row: TypeAlias = "dict[str, Value]"
ReportJson: TypeAlias = "dict[str, int | list[str] | dict[str, Row] | list[Row]]"
_Cells: TypeAlias = Sequence[str]

_FIGURES: Final = ("figure", "value", "error", "precision", "recall", "hits", "found", "wanted", "floor")
_CLASSES: Final = ("what", "fault", "class", "count", "of")
_TALLIES: Final = ("what", "class", "count")
_MISSES: Final = ("article", "fault", "what", "class", "subject", "object", "near", "sentence")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation: of how many articles, its figures and floors, and the misses where they were asked for (else None)."""

    articles: int
    figures: tuple[Figure, ...]
    floors: Mapping[str, float]
    shortfalls: tuple[Shortfall, ...]
    unread: tuple[DocumentError, ...]
    classes: tuple[ClassCount, ...] | None = None
    misses: tuple[Miss, ...] | None = None


def to_json(evaluation: Evaluation) -> ReportJson:
    """The evaluation as `kb eval --json` prints it; `classes` and `misses` only where they were asked for."""
    unread: list[Row] = [{"file": e.origin, "reason": e.reason, "message": e.message} for e in evaluation.unread]
    report: ReportJson = {
        "articles": evaluation.articles,
        "unread": unread,
        "figures": {
            figure.name: {
                "value": figure.value,
                "standard_error": figure.standard_error,
                "precision": figure.precision,
                "recall": figure.recall,
                "hits": figure.hits,
                "found": figure.found,
                "wanted": figure.wanted,
                "floor": evaluation.floors.get(figure.name),
            }
            for figure in evaluation.figures
        },
        "below": [shortfall.name for shortfall in evaluation.shortfalls],
    }
    if evaluation.classes is not None:
        report["classes"] = [dict(zip(_CLASSES, _class_values(row), strict=True)) for row in evaluation.classes]
    if evaluation.misses is not None:
        report["misses"] = [dict(zip(_MISSES, _miss_values(miss), strict=True)) for miss in evaluation.misses]
    return report


def write_tables(evaluation: Evaluation, stream: TextIO) -> None:
    """Write the evaluation for people: drawn where `stream` is a terminal, else plain columns with two blanks between them."""
    for number, (header, rows, text_columns) in enumerate(_list_tables(evaluation)):
        if number and not stream.isatty():
            stream.write("\n")
        _write_table(header, rows, text_columns, stream)


def tallies_to_json(tallies: Sequence[Tally]) -> list[Row]:
    """What `kb eval --counts --json` prints: one object for each line of the table."""
    return [{"what": tally.what, "class": tally.label or None, "count": tally.count} for tally in tallies]


def write_tallies(tallies: Sequence[Tally], stream: TextIO) -> None:
    """Write how much there is of what for people, like `write_tables`."""
    _write_table(_TALLIES, [(tally.what, tally.label or "-", str(tally.count)) for tally in tallies], 2, stream)


def _list_tables(evaluation: Evaluation) -> Iterator[tuple[_Cells, list[_Cells], int]]:
    """Header and rows of each table, and how many of its columns are text; the others are numbers."""
    yield _FIGURES, [_figure_cells(figure, evaluation.floors) for figure in evaluation.figures], 1
    if evaluation.classes is not None:
        yield _CLASSES, [tuple(map(str, _class_values(row))) for row in evaluation.classes], 3
    if evaluation.misses is not None:
        yield _MISSES, [tuple(" ".join(str(v or "-").split()) for v in _miss_values(m)) for m in evaluation.misses], len(_MISSES)


def _figure_cells(figure: Figure, floors: Mapping[str, float]) -> _Cells:
    shares = map(_number, (figure.value, figure.standard_error, figure.precision, figure.recall))
    return (figure.name, *shares, f"{figure.hits:g}", str(figure.found), str(figure.wanted), _number(floors.get(figure.name)))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _class_values(row: ClassCount) -> tuple[Value, ...]:
    return (row.noun.value, row.fault.value, row.label, row.count, row.of)


def _miss_values(miss: Miss) -> tuple[Value, ...]:
    what = (miss.article, miss.fault.value, miss.noun.value, miss.label)
    return (*what, miss.subject, miss.object, miss.near, miss.sentence)


def _write_table(header: _Cells, rows: Sequence[_Cells], text_columns: int, stream: TextIO) -> None:
    write = _draw if stream.isatty() else _write_plain
    write(header, rows, text_columns, stream)


def _draw(header: _Cells, rows: Sequence[_Cells], text_columns: int, stream: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Nine columns of figures fit into eighty characters only without lines between them; sentences wrap, and need the lines.
    table = Table(*header) if text_columns == len(header) else Table(*header, box=None, padding=(0, 1, 0, 0))
    for column in table.columns[text_columns:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=stream).print(table)


def _write_plain(header: _Cells, rows: Sequence[_Cells], text_columns: int, stream: TextIO) -> None:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        texts = map(str.ljust, row[:text_columns], widths)
        numbers = map(str.rjust, row[text_columns:], widths[text_columns:])
        stream.write("  ".join((*texts, *numbers)).rstrip() + "\n")
