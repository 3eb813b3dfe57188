"""Ctrl-C that is not lost: Python drops the interrupt where it comes while a weak reference's callback runs."""

from __future__ import annotations

import signal
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

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield advance_unless_interrupted
    finally:
        signal.signal(signal.SIGINT, before)
