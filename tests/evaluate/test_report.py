"""What people see of an evaluation, on a terminal and in a pipe."""

from __future__ import annotations

import io
import re

import pytest

from kb.evaluate.misses import count_classes, list_misses
from kb.evaluate.report import Evaluation, to_json, write_tables
from kb.evaluate.score import score
from tests.evaluate.cases import claim, compare, extraction, gold_article, gold_event

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def evaluation(*, misses: bool) -> Evaluation:
    gold = gold_article("a", [gold_event("met", ["us"], ["[red]x"]), gold_event("met", ["us"], ["y"])])
    compared = compare(gold, extraction("a", [claim("c1", "met", ["us"], ["y"])]))
    return Evaluation(
        articles=1,
        figures=score(compared),
        floors={"claims": 0.5},
        shortfalls=(),
        unread=(),
        classes=count_classes(compared) if misses else None,
        misses=list_misses(compared) if misses else None,
    )


def test_columns_line_up_in_a_pipe() -> None:
    stream = io.StringIO()
    write_tables(evaluation(misses=True), stream)
    figures, classes, misses = stream.getvalue().rstrip("\n").split("\n\n")
    assert len({len(line) for line in figures.splitlines()}) == 1
    assert "claims              0.667      -      1.000   0.500     1      1       2  0.500" in figures
    assert "claim   missed  met          1   2" in classes
    assert misses.splitlines()[-1].split() == ["a", "missed", "claim", "met", "[red]x", "us", "-", "gold", "says", "met"]


def test_a_terminal_of_eighty_columns_shows_all_figures_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    write_tables(evaluation(misses=False), stream)
    lines = [ANSI.sub("", line).rstrip() for line in stream.getvalue().splitlines()]
    assert lines[0].split() == ["figure", "value", "error", "precision", "recall", "hits", "found", "wanted", "floor"]
    assert [line.split()[0] for line in lines[1:]] == [figure.name for figure in evaluation(misses=False).figures]


def test_names_from_outside_are_no_markup_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    stream = Terminal()
    write_tables(evaluation(misses=True), stream)
    assert "[red]x" in stream.getvalue()


def test_misses_are_told_only_where_they_were_asked_for() -> None:
    stream = io.StringIO()
    write_tables(evaluation(misses=False), stream)
    assert "missed" not in stream.getvalue()
    assert to_json(evaluation(misses=False)).keys() == {"articles", "unread", "figures", "below"}
    assert to_json(evaluation(misses=True)).keys() == {"articles", "unread", "figures", "below", "classes", "misses"}
