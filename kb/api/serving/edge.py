"""The one layer around the application: request ids, headers, compression, measurement and the log line of every request.

One, and without Starlette's middleware and router on the way to /graphql, because each layer costs about as much as all of
what is done here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from time import perf_counter
from typing import Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.api.errors import INTERNAL, plain_error
from kb.api.serving.compression import compress, is_welcome
from kb.api.serving.exchange import Exchange, begin_exchange, exchange_of
from kb.api.serving.headers import DATA_HEADERS, PAGE_HEADERS
from kb.api.serving.telemetry import Tracing

_log: Final = logging.getLogger("kb.api")
_GRAPHQL: Final = "/graphql"
_GRAPHQL_METHODS: Final = frozenset({"GET", "POST", "HEAD"})
# Of a request whose client was gone, or that the server's end cut off, before there was an answer.
_UNANSWERED: Final = 499
# What a WebSocket's handshake is answered with, where it is accepted and where it is not.
_SWITCHED: Final = 101
_REFUSED: Final = 403


class Observer(Protocol):
    """Is told of every request when it has been answered, and must not take long."""

    def observe(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        """Takes note of the request."""


class Edge:
    """`graphql` answers what is asked at /graphql, `others` everything else. `in_progress` requests have no answer yet."""

    def __init__(
        self,
        graphql: ASGIApp,
        others: ASGIApp,
        observers: Sequence[Observer],
        compression: str,
        tracing: Tracing | None = None,
    ) -> None:
        self.in_progress = 0
        self._graphql = graphql
        self._others = others
        self._observers = observers
        self._compression = compression
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, whatever happens, or passes a WebSocket or an event of the server's life on."""
        if scope["type"] != "http":
            await self._pass_on(scope, receive, send)
            return
        started = perf_counter()
        given_id = accepted = None
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                given_id = value
            elif name == b"accept-encoding":
                accepted = value
        exchange = begin_exchange(scope, given_id)
        exchange.graphql = scope["path"] == _GRAPHQL and scope["method"] in _GRAPHQL_METHODS
        delivery = _Delivery(exchange, send, packs=is_welcome(self._compression, scope, accepted))
        self.in_progress += 1
        try:
            if self._tracing is None:
                await self._handle(scope, receive, delivery)
            else:
                with self._tracing.request(scope, exchange):
                    await self._handle(scope, receive, delivery)
        finally:
            self.in_progress -= 1
            if not exchange.status:
                exchange.status = _UNANSWERED
            seconds = (delivery.ended or perf_counter()) - started
            for observer in self._observers:
                observer.observe(scope, exchange, seconds)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._others(scope, receive, send)
            return
        started = perf_counter()
        exchange = exchange_of(scope)
        exchange.streamed = True

        async def send_on(message: Message) -> None:
            if message["type"] == "websocket.accept":
                exchange.status = _SWITCHED
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", exchange.request_id.encode())]
            elif not exchange.status:
                exchange.status = message.get("status", _REFUSED)
            await send(message)

        try:
            await self._others(scope, receive, send_on)
        finally:
            exchange.status = exchange.status or _UNANSWERED
            for observer in self._observers:
                observer.observe(scope, exchange, perf_counter() - started)

    async def _handle(self, scope: Scope, receive: Receive, delivery: _Delivery) -> None:
        exchange = delivery.exchange
        try:
            await (self._graphql if exchange.graphql else self._others)(scope, receive, delivery.send)
        except Exception as error:
            _log.error("request %s: %s %s failed", exchange.request_id, scope["method"], scope["path"], exc_info=error)
            exchange.codes = (INTERNAL,)
            if not exchange.status:
                await delivery.apologise()
            elif not delivery.ended:
                # Half an answer is out; only a broken connection says that the rest is missing.
                raise


class _Delivery:
    """Sends one response on, with what every response gets."""

    __slots__ = ("_packs", "_send", "_start", "ended", "exchange")

    def __init__(self, exchange: Exchange, send: Send, *, packs: bool) -> None:
        self.exchange = exchange
        self.ended = 0.0
        self._send = send
        self._packs = packs
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """Takes the place of the server's own `send`."""
        kind = message["type"]
        if kind == "http.response.start":
            exchange = self.exchange
            exchange.status = message["status"]
            headers = list(message.get("headers", ()))
            own = PAGE_HEADERS
            if exchange.graphql:
                for name, value in headers:
                    if name == b"content-type":
                        if not value.startswith(b"text/html"):
                            own = DATA_HEADERS
                        exchange.streamed = value.startswith(b"text/event-stream")
                        break
            headers += own
            headers.append((b"x-request-id", exchange.request_id.encode()))
            message["headers"] = headers
            if self._packs and exchange.graphql and not exchange.streamed:
                # Whether to compress shows with the body.
                self._start = message
                return
        elif kind == "http.response.body":
            if self._start is not None:
                start, self._start = self._start, None
                if not message.get("more_body", False):
                    await compress(start, message)
                await self._send(start)
            if not message.get("more_body", False):
                self.ended = perf_counter()
        await self._send(message)

    async def apologise(self) -> None:
        """The answer to a request that failed in a way that nobody foresaw."""
        body = {"errors": [plain_error("something went wrong on the server; its log has the cause", INTERNAL)]}
        body["errors"][0]["extensions"] |= {"requestId": self.exchange.request_id}  # type: ignore[operator]
        content = json.dumps(body).encode()
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(content)).encode())]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": content})
