"""GraphQL over HTTP: from a request to an answer, with the statuses and media types of the GraphQL-over-HTTP specification.

An ASGI application of its own, without Starlette's requests and responses: what a plan answers is bytes, sent as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import copy_context
from functools import partial
from typing import Final, NamedTuple

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from kb.api.auth import Gate, save_use
from kb.api.desk import Desk
from kb.api.errors import RateError, RequestError, plain_error
from kb.api.guard.caching import VARY, cache_control, is_cacheable, matches, tag_of
from kb.api.guard.reception import Guest, Reception
from kb.api.pages import graphiql_page
from kb.api.prompt import Prompter
from kb.api.request import GraphQLRequest, parse_body, parse_query_string, read_body
from kb.api.run import Answer, Asking, answer, refuse
from kb.api.serving.exchange import Exchange, codes_in, exchange_of
from kb.api.serving.threads import Threads
from kb.domain.access import ANONYMOUS, Token
from kb.errors import KbError
from kb.settings import LimitSettings
from kb.storage.session import Database

# As many as the database has connections at hand; more threads would only wait for each other.
_THREADS: Final = 10
# Mutations wait for each other, and articles for those who read them: queries must not wait behind them.
_WRITING_THREADS: Final = 4
_ANSWERING: Final = "kb-api"
_RESPONSE_JSON: Final = b"application/graphql-response+json"
_JSON: Final = b"application/json"
_TYPES: Final[Mapping[bytes, tuple[bytes, bytes]]] = {
    each: (b"content-type", each + b"; charset=utf-8") for each in (_RESPONSE_JSON, _JSON)
}
_WAYS: Final[Mapping[str, tuple[bytes, bytes]]] = {each: (b"x-kb-way", each.encode()) for each in ("plan", "resolvers")}
_NO_STORE: Final = (b"cache-control", b"no-store")
# What HTTP wants beside a status.
_STATUS_HEADERS: Final[Mapping[int, tuple[bytes, bytes]]] = {
    401: (b"www-authenticate", b"Bearer"),
    405: (b"allow", b"POST"),
    # Nobody waits for what is still to come of the body.
    408: (b"connection", b"close"),
    413: (b"connection", b"close"),
}
_PARTS_OF_A_QUERY: Final = (b"query=", b"documentId=", b"extensions=")


# Tuples: a frozen dataclass, whose fields are set one by one, takes five times as long to make, and there are several a request.
class _Call(NamedTuple):
    """A request with what its headers say."""

    request: GraphQLRequest
    exchange: Exchange
    posted: bool
    media_type: bytes
    authorization: str | None
    host: str | None
    size: int
    none_match: bytes | None


class _Reply(NamedTuple):
    """A response without the headers that all have. `token` is what it was asked for with."""

    status: int
    content: bytes
    caching: tuple[tuple[bytes, bytes], ...] = (_NO_STORE,)
    way: str = ""
    token: Token | None = None
    wait: int = 0


def encode_json(body: object) -> bytes:
    """`body` as UTF-8 JSON; half a surrogate pair, which UTF-8 has no bytes for, is written as an escape."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "backslashreplace")


class GraphQLEndpoint:
    """Answers POST, GET and HEAD at /graphql; a browser that opens it gets GraphiQL.

    `reception` is shared with the other ways in which operations come.
    """

    def __init__(self, database: Database, gate: Gate, desk: Desk, limits: LimitSettings) -> None:
        self.reception: Final = Reception(database, gate, limits)
        self._database = database
        self._prompter = Prompter(database, self.reception)
        self._gate = gate
        self._desk = desk
        self._limits = limits
        self._threads = Threads(_ANSWERING, _THREADS)
        self._writing = Threads(_ANSWERING, _WRITING_THREADS)

    @property
    def under_way(self) -> int:
        """How many answers threads are at."""
        return self._threads.under_way + self._writing.under_way

    def dispose(self) -> None:
        """Lets its threads end."""
        self._threads.dispose()
        self._writing.dispose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; never raises for what a client sent."""
        headers = dict(scope["headers"])
        accepted: bytes = headers.get(b"accept", b"")
        posted = scope["method"] == "POST"
        if not posted and b"text/html" in accepted and not any(each in scope["query_string"] for each in _PARTS_OF_A_QUERY):
            await graphiql_page(shown=self._limits.graphiql)(scope, receive, send)
            return
        exchange = exchange_of(scope)
        media_type = _RESPONSE_JSON if _RESPONSE_JSON in accepted else _JSON
        try:
            size = 0
            if posted:
                body = await read_body(receive, self._limits.client_timeout_s, headers.get(b"content-length"))
                size = len(body)
                request = parse_body(headers.get(b"content-type", b""), body)
            else:
                request = parse_query_string(scope["query_string"])
        except RequestError as error:
            exchange.codes = (error.code,)
            reply = _Reply(error.status, encode_json({"errors": [plain_error(error.message, error.code)]}))
            await _send(send, reply, media_type)
            return
        except ClientDisconnect:
            return
        authorization, client = headers.get(b"authorization"), scope.get("client")
        call = _Call(
            request,
            exchange,
            posted,
            media_type,
            None if authorization is None else authorization.decode("latin-1"),
            client[0] if client else None,
            size,
            headers.get(b"if-none-match"),
        )
        guest = None
        if posted and authorization is None:
            given, guest = await self._prompter.answer(request, call.host, size)
            if given is not None:
                exchange.caller = ANONYMOUS.name
                await _send(send, self._finish(call, given), media_type)
                return
        # The span of a trace, above all, is known to the thread by its context.
        threads = self._writing if posted and b"mutation" in body else self._threads
        reply = await threads.run(partial(copy_context().run, self._reply, call, guest))
        await _send(send, reply, media_type)
        if reply.token is not None and self._gate.is_news(reply.token):
            await self._threads.run(partial(save_use, self._desk, reply.token))

    def _reply(self, call: _Call, known: Guest | None = None) -> _Reply:
        """The whole response, made in a thread of its own; `known` is who asks where that was found out before."""
        request = call.request
        try:
            guest = known or self.reception.admit(call.authorization, call.host, call.size)
            call.exchange.caller = guest.caller.name
            text, registered = self.reception.library.resolve(request.query, request.document_id)
            call.exchange.persisted = registered
            tag = None if call.posted or not registered else self._tag(call, text, guest)
        except KbError as error:
            return self._finish(
                call, refuse(error, call.exchange.request_id), wait=error.wait if isinstance(error, RateError) else 0
            )
        caching: tuple[tuple[bytes, bytes], ...] = (_NO_STORE,)
        if tag is not None:
            kept = cache_control(guest.caller, self._limits.cache_s, anonymous=self._gate.anonymous)
            caching = ((b"cache-control", kept), (b"etag", tag), (b"vary", VARY))
            if call.none_match is not None and matches(call.none_match, tag):
                guest.terms.charge_for_text("")
                return _Reply(304, b"", caching, token=guest.caller.token)
        asking = Asking(guest.caller, self._desk, not call.posted, call.exchange.request_id, guest.terms)
        given = answer(self._database, text, request.variables, request.operation_name, asking)
        return self._finish(call, given, caching, guest.caller.token)

    def _tag(self, call: _Call, text: str, guest: Guest) -> bytes | None:
        if not is_cacheable(text):
            return None
        request = call.request
        return tag_of(self._database, text, request.variables, request.operation_name, call.media_type, guest.caller)

    @staticmethod
    def _finish(
        call: _Call,
        given: Answer,
        caching: tuple[tuple[bytes, bytes], ...] = (_NO_STORE,),
        token: Token | None = None,
        wait: int = 0,
    ) -> _Reply:
        exchange = call.exchange
        exchange.way, exchange.price, exchange.cached, exchange.operation = given.way, given.price, given.cached, given.operation
        content = given.encoded
        if content is None:
            exchange.codes = codes_in(given.body)
            content = encode_json(given.body)
            if exchange.codes:
                caching = (_NO_STORE,)
        # Older clients, who ask for application/json, take any other status for a failure of the network.
        status = given.status or (400 if call.media_type is _RESPONSE_JSON and not given.executed else 200)
        return _Reply(status, content, caching, given.way, token, wait)


async def _send(send: Send, reply: _Reply, media_type: bytes) -> None:
    headers = [_TYPES[media_type], (b"content-length", str(len(reply.content)).encode()), *reply.caching]
    if reply.status != 200:
        if reply.status == 304:
            headers = [*reply.caching]
        if reply.status in _STATUS_HEADERS:
            headers.append(_STATUS_HEADERS[reply.status])
        if reply.wait:
            headers.append((b"retry-after", str(reply.wait).encode()))
    if reply.way:
        headers.append(_WAYS[reply.way])
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.content})
