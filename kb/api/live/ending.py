"""Why and how a connection that stays is ended by the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from kb.api.live.leases import Leases
from kb.api.serving.lifecycle import Lifecycle
from kb.domain.access import Token


@dataclass(frozen=True, slots=True)
class End:
    """`code` is a WebSocket's close code; clients of graphql-transport-ws connect again after all but 4400 to 4499 other than
    4403 and 4408, which say that trying again as before is of no use."""

    code: int
    reason: str


STOPPED: Final = End(1012, "the server ends or begins anew; connect again and go on behind your last cursor")
TOO_SLOW: Final = End(1013, "you take messages too slowly; connect again and go on behind your last cursor")
LAPSED: Final = End(4403, "your token expired or was revoked; connect again with another")


class Ending:
    """The first reason for which a connection ends. Only for the thread of the event loop."""

    def __init__(self) -> None:
        self._end: asyncio.Future[End] = asyncio.get_running_loop().create_future()

    def set(self, end: End) -> None:
        """Ends the connection for this reason, where there was none before."""
        if not self._end.done():
            self._end.set_result(end)

    async def wait(self) -> End:
        """The reason, as soon as there is one."""
        return await asyncio.shield(self._end)

    @contextmanager
    def stopped_by(self, lifecycle: Lifecycle) -> Iterator[None]:
        """Inside, the server's end is a reason."""
        forget = lifecycle.on_stop(lambda: self.set(STOPPED))
        try:
            yield
        finally:
            forget()

    @contextmanager
    def lapsing_with(self, leases: Leases, token: Token | None) -> Iterator[None]:
        """Inside, it is a reason that the token counts no more."""
        with leases.hold(token) as lapsed:
            watch = asyncio.create_task(self._lapse(lapsed))
            try:
                yield
            finally:
                watch.cancel()

    async def _lapse(self, lapsed: asyncio.Event) -> None:
        await lapsed.wait()
        self.set(LAPSED)
