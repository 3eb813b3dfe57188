"""GraphQL over server-sent events: one operation a connection (the "distinct connections mode" of GraphQL over SSE).

Each event's id is the cursor behind which to go on. A browser's EventSource sends the last one by itself when it connects again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.api.errors import RateError, RequestError, UnauthenticatedError, plain_error
from kb.api.guard.reception import Guest
from kb.api.http import encode_json
from kb.api.live.ending import LAPSED, STOPPED, TOO_SLOW, End, Ending
from kb.api.live.streams import Streams
from kb.api.live.subscriptions import Reply
from kb.api.request import GraphQLRequest, parse_body, parse_query_string, read_body
from kb.api.run import refuse
from kb.api.serving.exchange import Exchange, codes_in, exchange_of
from kb.errors import KbError

EVENT_STREAM: Final = b"text/event-stream"
# Who takes one of these as well, as some clients say with every request, gets a stream for subscriptions only.
_OTHER_TYPES: Final = (b"application/json", b"application/graphql-response+json", b"*/*", b"application/*")
_HEADERS: Final = (
    (b"content-type", EVENT_STREAM + b"; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # Proxies that collect what they pass on would keep it back.
    (b"x-accel-buffering", b"no"),
)
_BEAT: Final = b":\n\n"
_COMPLETE: Final = b"event: complete\ndata:\n\n"
_CLOSE_SECONDS: Final = 5
_RETRY_SECONDS: Final = b"5"


class EventStreams:
    """Answers requests to /graphql that accept event streams; `others` gets those that turn out to be meant otherwise."""

    def __init__(self, streams: Streams, others: ASGIApp, body_timeout_s: float) -> None:
        self._streams = streams
        self._others = others
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; never raises for what a client sent."""
        headers = dict(scope["headers"])
        exchange = exchange_of(scope)
        try:
            if scope["method"] == "POST":
                body = await read_body(receive, self._body_timeout_s, headers.get(b"content-length"))
                request = parse_body(headers.get(b"content-type", b""), body)
            else:
                body = b""
                request = parse_query_string(scope["query_string"])
            if any(each in headers[b"accept"] for each in _OTHER_TYPES) and not await self._streams.subscribes(request):
                await self._others(scope, _replay(body, receive), send)
                return
            authorization, client = headers.get(b"authorization"), scope.get("client")
            guest, _ = await self._streams.admit(
                None if authorization is None else authorization.decode("latin-1"), client[0] if client else None
            )
        except ClientDisconnect:
            return
        except KbError as error:
            await _refuse(send, error, exchange)
            return
        # A way of its own: how long a stream is open says nothing of how long answers take.
        exchange.caller, exchange.way, exchange.operation = guest.caller.name, "stream", request.operation_name
        resume = headers.get(b"last-event-id")
        with ExitStack() as stack:
            if not self._streams.enter(stack):
                await _refuse(send, FullError(), exchange)
                return
            connection = _Connection(self._streams, send, exchange, tells_places=scope["method"] != "POST")
            await connection.run(request, guest, None if not resume else resume.decode("latin-1"), receive)


def stream_where_wanted(streams: ASGIApp, others: ASGIApp) -> ASGIApp:
    """What has `streams` answer requests that accept event streams, and `others` all the others."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        for name, value in scope["headers"]:
            if name == b"accept" and EVENT_STREAM in value:
                await streams(scope, receive, send)
                return
        await others(scope, receive, send)

    return answer


class FullError(RequestError):
    """There are as many streams as a process keeps open."""

    code = "BUSY"

    def __init__(self) -> None:
        super().__init__(503, "this server has as many subscriptions open as it takes; try again later")


class _Connection:
    """One event stream. With `tells_places` the client is told where it stands also where there is nothing else to say: a
    browser's EventSource, which asks by GET, remembers that; other clients take an event without a name for an error."""

    def __init__(self, streams: Streams, send: Send, exchange: Exchange, *, tells_places: bool) -> None:
        self._streams = streams
        self._send = send
        self._exchange = exchange
        self._tells_places = tells_places
        self._ending = Ending()
        self._writing = asyncio.Lock()

    async def run(self, request: GraphQLRequest, guest: Guest, resume: str | None, receive: Receive) -> None:
        """Streams the answers until there are no more, or either side ends it."""
        replies = self._streams.subscriptions.reply(request, guest, self._exchange.request_id, resume)
        await self._send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        ending, streams = self._ending, self._streams
        ended = asyncio.create_task(ending.wait())
        telling = asyncio.create_task(self._tell(replies))
        others = (asyncio.create_task(_leave(receive)), asyncio.create_task(self._beat()))
        try:
            with ending.stopped_by(streams.lifecycle), ending.lapsing_with(streams.leases, guest.caller.token):
                await asyncio.wait((telling, ended, others[0]), return_when=asyncio.FIRST_COMPLETED)
        finally:
            end = ended.result() if ended.done() else None
            gone = others[0].done()
            for task in (ended, telling, *others):
                task.cancel()
            await asyncio.gather(ended, telling, *others, return_exceptions=True)
        if not gone and end is not TOO_SLOW:
            await self._end(end)

    async def _tell(self, replies: AsyncGenerator[Reply, None]) -> None:
        async with aclosing(replies) as given:
            async for reply in given:
                if reply.content is not None:
                    await self._write(_event(reply.content, reply.cursor))
                elif reply.cursor is not None:
                    await self._tell_place(reply.cursor)

    async def _tell_place(self, cursor: str) -> None:
        await self._write(f"id: {cursor}\n\n".encode() if self._tells_places else _BEAT)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._streams.settings.keep_alive_s)
            await self._write(_BEAT)

    async def _end(self, end: End | None) -> None:
        """The last words. A stream that breaks off because the server ends has none: the client is to connect again."""
        last = b"" if end is STOPPED or self._streams.stopping else _COMPLETE
        if end is LAPSED:
            error = plain_error(end.reason, UnauthenticatedError.code)
            last = _event(encode_json({"errors": [error]}), None) + _COMPLETE
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._send({"type": "http.response.body", "body": last, "more_body": False})
        except (TimeoutError, OSError):
            return

    async def _write(self, chunk: bytes) -> None:
        try:
            async with self._writing, asyncio.timeout(self._streams.settings.send_s):
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            self._ending.set(TOO_SLOW)
            # Whoever wants to send more waits for the end.
            await asyncio.Event().wait()


async def _leave(receive: Receive) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _replay(body: bytes, receive: Receive) -> Receive:
    """`receive`, with the body before what is still to come."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed


def _event(content: bytes, cursor: str | None) -> bytes:
    place = b"" if cursor is None else b"id: %b\n" % cursor.encode()
    # JSON as it is written here has no line ends of its own.
    return b"%bevent: next\ndata: %b\n\n" % (place, content)


async def _refuse(send: Send, error: KbError, exchange: Exchange) -> None:
    given = refuse(error, exchange.request_id)
    exchange.codes = codes_in(given.body)
    status = given.status or 503
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 503 or isinstance(error, RateError):
        headers.append((b"retry-after", str(error.wait).encode() if isinstance(error, RateError) else _RETRY_SECONDS))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": encode_json(given.body)})
