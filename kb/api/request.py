"""A GraphQL request as it comes over HTTP: read within a time and a size, and checked for the types of its parts."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine, Generator, Mapping
from types import coroutine
from typing import Any, Final, NamedTuple

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from kb.api.errors import RequestError
from kb.api.limits import MAX_BODY_BYTES

JSON_TYPE: Final = b"application/json"

_TOO_LARGE: Final = f"the body has more than {MAX_BODY_BYTES} bytes; ask in several queries"
# The prefix is that of the GraphQL-over-HTTP specification; some clients send the digest alone.
_DOCUMENT_ID: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


class GraphQLRequest(NamedTuple):
    """What a client asks. `document_id` is the SHA-256 of a document that was registered; without it there is a `query`."""

    query: str | None
    variables: dict[str, Any] | None
    operation_name: str | None
    document_id: str | None = None


async def read_body(receive: Receive, seconds: float, length: bytes | None = None) -> bytes:
    """The body, whose length is `length` if stated; raises RequestError where it is too large or takes more than `seconds`, and
    ClientDisconnect where nobody waits for an answer any more."""
    if length is not None and length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise RequestError(413, _TOO_LARGE)
    try:
        return await _at_once_or_within(seconds, _read_chunks(receive))
    except TimeoutError:
        raise RequestError(408, f"the body did not come within {seconds} s; send it again") from None


async def _read_chunks(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise RequestError(413, _TOO_LARGE)
        if not message.get("more_body", False):
            return b"".join((*chunks, chunk)) if chunks else chunk
        chunks.append(chunk)


@coroutine
def _at_once_or_within(seconds: float, reading: Coroutine[Any, Any, bytes]) -> Generator[Any, Any, bytes]:
    """What `reading` returns. Only where it has to wait it is given a time, as a timer costs more than all else done for a body
    that came with its head."""
    try:
        waited_for = reading.send(None)
    except StopIteration as done:
        value: bytes = done.value
        return value
    return (yield from _go_on(seconds, reading, waited_for).__await__())


async def _go_on(seconds: float, reading: Coroutine[Any, Any, bytes], waited_for: Any) -> bytes:
    async with asyncio.timeout(seconds):
        return await _resume(reading, waited_for)


@coroutine
def _resume(reading: Coroutine[Any, Any, bytes], waited_for: Any) -> Generator[Any, Any, bytes]:
    """What is left of a coroutine that was begun and waits for something."""
    try:
        while True:
            try:
                yield waited_for
            except BaseException as error:  # noqa: BLE001 - it is the coroutine's to take or to raise
                waited_for = reading.throw(error)
            else:
                waited_for = reading.send(None)
    except StopIteration as done:
        value: bytes = done.value
        return value


def is_json(content_type: bytes) -> bool:
    """Whether the header says JSON. Nothing else is read: pages of others can send text and forms unasked, but not JSON."""
    return content_type == JSON_TYPE or content_type.partition(b";")[0].strip().lower() == JSON_TYPE


def parse_body(content_type: bytes, body: bytes) -> GraphQLRequest:
    """What was posted; raises RequestError."""
    if not is_json(content_type):
        stated = content_type.partition(b";")[0].decode("latin-1").strip()[:80]
        raise RequestError(415, f"the body is {stated or 'of no stated type'}; send it as Content-Type: application/json")
    return to_request(_parse_json("the body", body))


def parse_query_string(raw: bytes) -> GraphQLRequest:
    """What was asked for by GET; raises RequestError."""
    params = QueryParams(raw)
    parts: dict[str, object] = {name: params.get(name) for name in ("query", "operationName", "documentId")}
    for name in ("variables", "extensions"):
        if text := params.get(name):
            parts[name] = _parse_json(name, text)
    return to_request(parts)


def to_request(parts: object) -> GraphQLRequest:
    """Checks the types that the specification gives the parts; raises RequestError."""
    if isinstance(parts, list):
        raise RequestError(400, "batches are not answered; send one operation a request")
    if not isinstance(parts, dict):
        raise RequestError(400, 'the body is no JSON object; send {"query": "{ ... }"}')
    query, variables, name = parts.get("query"), parts.get("variables"), parts.get("operationName")
    document_id = _document_id(parts) if "documentId" in parts or "extensions" in parts else None
    if not (document_id and query is None) and (not isinstance(query, str) or not query.strip()):
        raise RequestError(400, 'there is no query; send {"query": "{ ... }"}')
    if variables is not None and not isinstance(variables, dict):
        raise RequestError(400, "variables is no JSON object; its keys are the names of the query's variables")
    if name is not None and not isinstance(name, str):
        raise RequestError(400, "operationName is no string")
    return GraphQLRequest(query, variables, name or None, document_id)


def _document_id(parts: Mapping[str, Any]) -> str | None:
    """The digest by which a registered document is asked for, as the specification has it or as Apollo's clients do."""
    given = parts.get("documentId")
    if given is None:
        extensions = parts.get("extensions")
        if extensions is not None and not isinstance(extensions, dict):
            raise RequestError(400, "extensions is no JSON object")
        persisted = (extensions or {}).get("persistedQuery")
        given = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        if given is None:
            return None
    match = _DOCUMENT_ID.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise RequestError(
            400, "the document's id cannot be read; write it as sha256: and the 64 digits that `kb persist` prints"
        )
    return match.group(1).lower()


def _parse_json(name: str, raw: bytes | str) -> object:
    try:
        # Several times as fast, but it does not take what JSON leaves open, and says less well what is wrong.
        return orjson.loads(raw)
    except ValueError:
        pass
    try:
        parsed: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, f"{name} is no JSON: {str(error)[:200]}") from None
    return parsed
