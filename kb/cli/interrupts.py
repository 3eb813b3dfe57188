"""Ctrl-C that is not lost: Python drops the interrupt where it comes while a weak reference's callback runs."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


@contextmanager
def noticed_interrupts(advance: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """`advance`, which raises KeyboardInterrupt where one came before and was dropped."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield advance
        return
    came = False

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        nonlocal came
        came = True
        raise KeyboardInterrupt

    def advance_unless_interrupted(name: str) -> None:
        if came:
            raise KeyboardInterrupt
        advance(name)

    def report(dropped: sys.UnraisableHookArgs) -> None:
        # The interrupt that Python could not raise is raised at the next `advance`: a traceback would tell the user
        # that something went wrong where nothing did.
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            reported_before(dropped)

    before, reported_before = signal.signal(signal.SIGINT, interrupt), sys.unraisablehook
    sys.unraisablehook = report
    try:
        yield advance_unless_interrupted
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = reported_before
