"""Ctrl-C that comes where Python can't raise it."""

from __future__ import annotations

import os
import signal
import sys
import weakref

import pytest

from kb.cli.interrupts import noticed_interrupts


class _Watched:
    pass


def test_an_interrupt_that_python_drops_is_raised_at_the_next_step_and_said_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    reported: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: reported.append(str(dropped.exc_value)))
    with noticed_interrupts(steps.append) as advance:
        advance("first")
        _interrupt_where_it_is_dropped()
        with pytest.raises(KeyboardInterrupt):
            advance("second")
    assert steps == ["first"]
    assert reported == []


def test_what_else_python_cannot_raise_is_still_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: reported.append(str(dropped.exc_value)))
    with noticed_interrupts(lambda _name: None) as advance:
        _fail_where_it_is_dropped()
        advance("on it goes")
    assert reported == ["nobody can raise this"]


def _interrupt_where_it_is_dropped() -> None:
    watched = _Watched()
    _ = weakref.ref(watched, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del watched


def _fail_where_it_is_dropped() -> None:
    def fail(_: weakref.ref[_Watched]) -> None:
        raise ValueError("nobody can raise this")

    watched = _Watched()
    _ = weakref.ref(watched, fail)
    del watched
