"""uvicorn, told how to run our application and how to end."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Final, TypeAlias

import uvicorn

from kb.api.app import Application, create_app
from kb.api.desk import TakesArticles
from kb.api.limits import MAX_BODY_BYTES
from kb.api.serving.connections import patient_protocol
from kb.api.serving.lifecycle import Lifecycle
from kb.api.serving.request_log import RequestLog
from kb.settings import Settings

OpensInlet: TypeAlias = Callable[[Settings], TakesArticles]

_log: Final = logging.getLogger("kb.api")
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """Serves `app` until SIGINT or SIGTERM, answers what is under way, and returns instead of raising the signal again.

    `begun` is called when it listens. After SIGTERM it goes on listening for `drain_s`, and says at /readyz that it will end.
    """

    def __init__(self, app: Application, settings: Settings, begun: Callable[[], object] | None = None) -> None:
        super().__init__(_configure(app, settings))
        self._lifecycle: Lifecycle = app.state.lifecycle
        self._drain_s = settings.serving.drain_s
        self._begun = begun
        self._asked_at: float | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Has `handle_exit` called for signals inside. One that is ignored stays ignored."""
        taken = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self.handle_exit) for number in taken}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins the end; a second SIGINT does not wait for answers. Supervisors may send SIGTERM twice and mean it once."""
        if sig == signal.SIGINT:
            self.force_exit = self.should_exit
            self.should_exit = True
        elif self._asked_at is None:
            self._asked_at = monotonic()
        self._lifecycle.announce_end()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen."""
        await super().startup(sockets)
        if self._begun is not None and self.started:
            self._begun()

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop listening; uvicorn asks ten times a second."""
        ends = await super().on_tick(counter)
        if self._asked_at is not None and monotonic() >= self._asked_at + self._drain_s:
            ends = True
        if ends:
            # They would keep the server from ending for as long as their clients like.
            self._lifecycle.close_streams()
        return ends


def _configure(app: Application, given: Settings) -> uvicorn.Config:
    settings = given.serving
    return uvicorn.Config(
        app,
        http=patient_protocol(given.limits.client_timeout_s),
        lifespan="on",
        workers=1,
        # Ours is set up already, and each request has its line from the application.
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        backlog=settings.backlog,
        limit_concurrency=settings.max_connections,
        timeout_keep_alive=settings.keep_alive_s,
        timeout_graceful_shutdown=settings.shutdown_s,
        ws_max_size=MAX_BODY_BYTES,
    )


def answer_on(
    listener: socket.socket,
    settings: Settings,
    begun: Callable[[], object] | None = None,
    open_inlet: OpensInlet | None = None,
) -> None:
    """Serves in this process until SIGINT or SIGTERM, and then closes the listener; `begun` is called once it listens, and
    `open_inlet` makes what articles are handed in to.

    Where requests have not come to their end in the time that the settings give them, the process ends here, with exit code 1.
    """
    log = settings.log
    inlet = None if open_inlet is None else open_inlet(settings)
    app = create_app(settings, inlet=inlet, requests=RequestLog(log.format, log.level))
    server = Server(app, settings, begun)
    server.run(sockets=[listener])
    if app.under_way:
        # The interpreter would take what their threads use from under them. What they were about to write is rolled back, and
        # nobody was told otherwise.
        _log.error("%s requests did not come to their end in time and are cut off", app.under_way)
        logging.shutdown()
        os._exit(1)
    if server.force_exit:
        # uvicorn has not told the application then.
        app.dispose()
