"""GraphQL over WebSocket, as graphql-transport-ws has it (the protocol of the npm package graphql-ws)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, aclosing, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from kb.api.errors import LimitError, RequestError, UnauthenticatedError, plain_error
from kb.api.guard.reception import Guest
from kb.api.http import encode_json
from kb.api.limits import MAX_BODY_BYTES
from kb.api.live.ending import TOO_SLOW, End, Ending
from kb.api.live.streams import Streams
from kb.api.live.subscriptions import Reply
from kb.api.request import to_request
from kb.errors import KbError

PROTOCOL: Final = "graphql-transport-ws"

_BAD_PROTOCOL: Final = End(4406, f"speak {PROTOCOL}: name it as the subprotocol")
_NO_INIT: Final = End(4408, "connection_init did not come in time")
_TWO_INITS: Final = End(4429, "there was a connection_init before")
_TOO_EARLY: Final = End(4401, "send connection_init first, and wait for connection_ack")
_TOO_LONG: Final = End(1009, f"a message has more than {MAX_BODY_BYTES} bytes; send less at once")
_FULL: Final = End(1013, "this server has as many connections as it takes; try again later")
# What a close frame holds.
_REASON_BYTES: Final = 123
# The last word to somebody who does not listen.
_CLOSE_SECONDS: Final = 5


def bad_message(what: str) -> End:
    """A message that the protocol does not have."""
    return End(4400, what)


class WebSockets:
    """Answers connections to /graphql."""

    def __init__(self, streams: Streams, origins: tuple[str, ...]) -> None:
        self._streams = streams
        self._origins = frozenset(origins)

    async def answer(self, websocket: WebSocket) -> None:
        """Stays until either side ends the connection."""
        if not self._is_welcome(websocket):
            # Before it is accepted, this is an HTTP status 403.
            await websocket.close()
            return
        spoken = PROTOCOL in websocket.scope.get("subprotocols", ())
        await websocket.accept(PROTOCOL if spoken else None)
        with ExitStack() as stack:
            if not spoken:
                end: End | None = _BAD_PROTOCOL
            elif not self._streams.enter(stack):
                end = _FULL
            else:
                end = await _Connection(websocket, self._streams).run()
        if end is not None:
            with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await websocket.close(end.code, end.reason.encode()[:_REASON_BYTES].decode("utf-8", "ignore"))

    def _is_welcome(self, websocket: WebSocket) -> bool:
        """Whether a page that connects is this server's own or one that may read answers: browsers ask nobody before."""
        origin = websocket.headers.get("origin")
        if origin is None or origin in self._origins or "*" in self._origins:
            return True
        return urlsplit(origin).netloc.lower() == websocket.headers.get("host", "").lower()


@dataclass(slots=True)
class _Session:
    guest: Guest | None = None
    asked: bool = False


class _Connection:
    """One WebSocket. Messages are sent one at a time, each when the one before has gone: nothing is queued here."""

    def __init__(self, websocket: WebSocket, streams: Streams) -> None:
        self._websocket = websocket
        self._streams = streams
        self._ending = Ending()
        self._session = _Session()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._writing = asyncio.Lock()
        self._leases = ExitStack()

    async def run(self) -> End | None:
        """Answers until the connection ends; the reason where it is to be closed from this side."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._streams.settings.init_s, self._miss_init)
        reading = asyncio.create_task(self._read())
        ended = asyncio.create_task(self._ending.wait())
        try:
            with self._ending.stopped_by(self._streams.lifecycle), self._leases:
                await asyncio.wait((reading, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            tasks = (reading, ended, *self._operations.values())
            end = ended.result() if ended.done() else None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return end

    def _miss_init(self) -> None:
        if not self._session.asked:
            self._ending.set(_NO_INIT)

    async def _read(self) -> None:
        """Takes messages until the client leaves."""
        while True:
            received = await self._websocket.receive()
            if received["type"] == "websocket.disconnect":
                return
            text = received.get("text")
            if text is None:
                self._ending.set(bad_message("messages are text"))
                return
            if len(text) > MAX_BODY_BYTES:
                self._ending.set(_TOO_LONG)
                return
            try:
                message = json.loads(text)
            except (ValueError, RecursionError):
                message = None
            if not isinstance(message, dict):
                self._ending.set(bad_message("a message is a JSON object with a type"))
                return
            await self._handle(message)

    async def _handle(self, message: Mapping[str, object]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._init(message.get("payload"))
            case "ping":
                payload = message.get("payload")
                await self._send({"type": "pong"} | ({} if payload is None else {"payload": payload}))
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._operations.pop(str(message.get("id")), None)
                if task is not None:
                    task.cancel()
            case other:
                self._ending.set(bad_message(f"there is no type of message {str(other)[:40]!r}"))

    async def _init(self, payload: object) -> None:
        session = self._session
        if session.asked:
            self._ending.set(_TWO_INITS)
            return
        session.asked = True
        if payload is not None and not isinstance(payload, dict):
            self._ending.set(bad_message("the payload of connection_init is an object"))
            return
        given = {str(name).lower(): value for name, value in (payload or {}).items()}
        authorization = given.get("authorization", self._websocket.headers.get("authorization"))
        if authorization is not None and not isinstance(authorization, str):
            self._ending.set(bad_message("Authorization in the payload of connection_init is a string"))
            return
        client = self._websocket.client
        try:
            guest, cursor = await self._streams.admit(authorization, client.host if client else None)
        except UnauthenticatedError as error:
            self._ending.set(End(4403, error.message))
            return
        except KbError as error:
            self._ending.set(End(1013, error.message))
            return
        self._leases.enter_context(self._ending.lapsing_with(self._streams.leases, guest.caller.token))
        session.guest = guest
        await self._send({"type": "connection_ack", "payload": {"changeCursor": cursor}})

    async def _subscribe(self, message: Mapping[str, object]) -> None:
        key = message.get("id")
        guest = self._session.guest
        if guest is None:
            self._ending.set(_TOO_EARLY)
            return
        if not isinstance(key, str) or not key:
            self._ending.set(bad_message("subscribe has an id, which is a string"))
            return
        if key in self._operations:
            self._ending.set(End(4409, f"there is a subscriber {key[:40]!r} already"))
            return
        if len(self._operations) >= self._streams.settings.operations:
            text = f"a connection has up to {self._streams.settings.operations} operations at once; complete one first"
            await self._fail(key, LimitError(text))
            return
        try:
            request = to_request(message.get("payload"))
        except RequestError as error:
            await self._fail(key, error)
            return
        replies = self._streams.subscriptions.reply(request, guest, uuid4().hex)
        self._operations[key] = asyncio.create_task(self._operate(key, replies))

    async def _operate(self, key: str, replies: AsyncGenerator[Reply, None]) -> None:
        async with aclosing(replies) as given:
            async for reply in given:
                if reply.errors:
                    await self._finish(key, {"id": key, "type": "error", "payload": reply.errors})
                    return
                if reply.content is not None:
                    await self._send_text(f'{{"id":{json.dumps(key)},"type":"next","payload":{reply.content.decode()}}}')
        if not self._streams.stopping:
            await self._finish(key, {"id": key, "type": "complete"})

    async def _fail(self, key: str, error: KbError) -> None:
        await self._send({"id": key, "type": "error", "payload": [plain_error(error.message, error.code)]})

    async def _finish(self, key: str, message: Mapping[str, object]) -> None:
        # The id is free before the client knows, who may use it again at once.
        self._operations.pop(key, None)
        await self._send(message)

    async def _send(self, message: Mapping[str, object]) -> None:
        await self._send_text(encode_json(message).decode())

    async def _send_text(self, text: str) -> None:
        try:
            async with self._writing, asyncio.timeout(self._streams.settings.send_s):
                await self._websocket.send_text(text)
        except TimeoutError:
            self._ending.set(TOO_SLOW)
            # Whoever wants to send more waits for the end.
            await asyncio.Event().wait()
        except (WebSocketDisconnect, RuntimeError):
            # It is gone; reading says so too.
            return
