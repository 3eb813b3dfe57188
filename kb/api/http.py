"""GraphQL over HTTP: from a request to an answer, with the statuses and media types of the GraphQL-over-HTTP specification."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kb.api.auth import Gate, save_use
from kb.api.desk import Desk
from kb.api.errors import RequestError, UnauthenticatedError, plain_error
from kb.api.exchange import Exchange, codes_in, exchange_of
from kb.api.limits import MAX_BODY_BYTES
from kb.api.pages import graphiql_page
from kb.api.run import Answer, Asking, answer, refuse
from kb.domain.access import Token
from kb.errors import StorageError
from kb.storage.session import Database

# As many as the database has connections at hand; more threads would only wait for each other.
_THREADS: Final = 10
_RESPONSE_JSON: Final = "application/graphql-response+json"
_JSON: Final = "application/json"
# What HTTP wants beside a status.
_STATUS_HEADERS: Final[Mapping[int, dict[str, str]]] = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST"}}


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks, as it came over HTTP."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


def encode_json(body: object) -> bytes:
    """`body` as UTF-8 JSON; half a surrogate pair, which UTF-8 has no bytes for, is written as an escape."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "backslashreplace")


def _parse_json(name: str, raw: bytes | str) -> object:
    try:
        parsed: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, f"{name} is no JSON: {str(error)[:200]}") from None
    return parsed


def _to_request(parts: object) -> GraphQLRequest:
    """Checks the types that the specification gives the parts; raises RequestError."""
    if isinstance(parts, list):
        raise RequestError(400, "batches are not answered; send one operation a request")
    if not isinstance(parts, dict):
        raise RequestError(400, 'the body is no JSON object; send {"query": "{ ... }"}')
    query, variables, name = parts.get("query"), parts.get("variables"), parts.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise RequestError(400, 'there is no query; send {"query": "{ ... }"}')
    if variables is not None and not isinstance(variables, dict):
        raise RequestError(400, "variables is no JSON object; its keys are the names of the query's variables")
    if name is not None and not isinstance(name, str):
        raise RequestError(400, "operationName is no string")
    return GraphQLRequest(query, variables, name or None)


async def _read_body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise RequestError(413, f"the body has more than {MAX_BODY_BYTES} bytes; ask in several queries")
        chunks.append(chunk)
    return b"".join(chunks)


async def _read_request(request: Request) -> GraphQLRequest:
    if request.method != "POST":
        params = request.query_params
        variables = params.get("variables")
        return _to_request(
            {
                "query": params.get("query"),
                "variables": _parse_json("variables", variables) if variables else None,
                "operationName": params.get("operationName"),
            }
        )
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _JSON:
        raise RequestError(415, f"the body is {media_type or 'of no stated type'}; send it as Content-Type: {_JSON}")
    return _to_request(_parse_json("the body", await _read_body(request)))


class GraphQLEndpoint:
    """Answers POST, GET and HEAD at /graphql; a browser that opens it gets GraphiQL."""

    def __init__(self, database: Database, gate: Gate, desk: Desk) -> None:
        self._database = database
        self._gate = gate
        self._desk = desk
        self._threads: CapacityLimiter | None = None

    async def __call__(self, request: Request) -> Response:
        """The response; never raises for what a client sent."""
        accepted = request.headers.get("accept", "")
        if request.method != "POST" and "query" not in request.query_params and "text/html" in accepted:
            return graphiql_page()
        exchange = exchange_of(request.scope)
        media_type = _RESPONSE_JSON if _RESPONSE_JSON in accepted else _JSON
        try:
            asked = await _read_request(request)
        except RequestError as error:
            body: dict[str, object] = {"errors": [plain_error(error.message, error.code)]}
            return self._respond(body, error.status, media_type, exchange)
        except ClientDisconnect:
            return Response(status_code=400)
        if self._threads is None:
            self._threads = CapacityLimiter(_THREADS)
        work = partial(self._answer, asked, request.headers.get("authorization"), request.method, exchange)
        given, token = await anyio.to_thread.run_sync(work, limiter=self._threads)
        # Older clients, who ask for application/json, take any other status for a failure of the network.
        status = given.status or (400 if media_type == _RESPONSE_JSON and not given.executed else 200)
        response = self._respond(given.body, status, media_type, exchange)
        if token is not None and self._gate.is_news(token):
            response.background = BackgroundTask(self._save_use, token)
        return response

    def _answer(
        self, asked: GraphQLRequest, authorization: str | None, method: str, exchange: Exchange
    ) -> tuple[Answer, Token | None]:
        """The answer, and the token that it was asked for with."""
        try:
            caller = self._gate.admit(authorization)
        except (UnauthenticatedError, StorageError) as error:
            return refuse(error, exchange.request_id), None
        exchange.caller = caller.name
        asking = Asking(caller, self._desk, reads_only=method != "POST", request_id=exchange.request_id)
        return answer(self._database, asked.query, asked.variables, asked.operation_name, asking), caller.token

    def _save_use(self, token: Token) -> None:
        save_use(self._desk, token)

    @staticmethod
    def _respond(body: dict[str, object], status: int, media_type: str, exchange: Exchange) -> Response:
        exchange.codes = codes_in(body)
        headers = {"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": "no-store"}
        return Response(encode_json(body), status, headers | _STATUS_HEADERS.get(status, {}))
