from __future__ import annotations

import io

import pytest

from kb.ingest.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_many_articles_are_done_and_which_was_last(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with show_progress() as advance:
        advance("a.txt")
        advance("b [bold].txt")
    assert "reading 2 articles" in terminal.getvalue()
    assert "b [bold].txt" in terminal.getvalue()


def test_a_pipe_sees_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    with show_progress() as advance:
        advance("a.txt")
    assert pipe.getvalue() == ""
