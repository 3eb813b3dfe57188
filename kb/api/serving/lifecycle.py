"""Whether the server is starting, serving or about to end, and who has to be told before it ends."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from itertools import count
from typing import Final, TypeAlias

Close: TypeAlias = Callable[[], object]


class Phase(StrEnum):
    """In the order in which a server goes through them."""

    STARTING = "STARTING"
    SERVING = "SERVING"
    STOPPING = "STOPPING"


class Lifecycle:
    """The phase of one application, and what ends its open streams. Only for the thread of the event loop."""

    def __init__(self) -> None:
        self.phase: Phase = Phase.STARTING
        self._closed = False
        self._closers: Final[dict[int, Close]] = {}
        self._numbers: Final = count()

    def begin(self) -> None:
        """The server can answer from now on."""
        if self.phase is Phase.STARTING:
            self.phase = Phase.SERVING

    def announce_end(self) -> None:
        """The server ends soon: it says so where balancers ask, and still answers."""
        self.phase = Phase.STOPPING

    def close_streams(self) -> None:
        """Ends what would never end by itself. Requests that have an answer to come are left alone."""
        self.phase = Phase.STOPPING
        self._closed = True
        while self._closers:
            _, close = self._closers.popitem()
            close()

    def on_stop(self, close: Close) -> Callable[[], None]:
        """Has `close` called once, when streams are to end, or at once where that is past; returns what takes it back."""
        if self._closed:
            close()
            return lambda: None
        number = next(self._numbers)
        self._closers[number] = close

        def forget() -> None:
            self._closers.pop(number, None)

        return forget
