"""What becomes known of one HTTP request while it is answered: for its log line, the metrics and its trace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import getrandbits
from typing import Any, Final

from starlette.types import Scope

_KEY: Final = "kb.exchange"
# Long enough not to be guessed at by accident, short enough for a log line, and without anything that a log or a header minds.
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:+/=@-]{7,127}")
ANONYMOUS_OPERATION: Final = "anonymous"
WEBSOCKET: Final = "WEBSOCKET"
"""Stands for the method where a request began a WebSocket."""


@dataclass(slots=True)
class Exchange:
    """One request. `operation` is the operation's name in its document (None: it has none), `persisted` says that it is on the
    list of persisted operations, `way` is how it was answered (`plan`, `resolvers`, `stream` or nothing), `cached` whether a
    plan was there already (None: there is none), `price` what it cost, `codes` those of the answer's errors, and `caller` the
    token's name. What is `streamed` lasts as long as its client likes."""

    request_id: str
    graphql: bool = False
    streamed: bool = False
    operation: str | None = None
    persisted: bool = False
    way: str = ""
    cached: bool | None = None
    price: int | None = None
    codes: tuple[str, ...] = ()
    caller: str | None = None
    status: int = 0


def new_request_id() -> str:
    """An id that no other request has."""
    return f"{getrandbits(128):032x}"


def read_request_id(given: bytes | None) -> str:
    """The id that a client or proxy gave the request where it looks like one, or a new one."""
    return given.decode("ascii") if given is not None and _REQUEST_ID.fullmatch(given) else new_request_id()


def begin_exchange(scope: Scope, given_id: bytes | None) -> Exchange:
    """Puts a new exchange into the request's scope and returns it."""
    exchange = Exchange(read_request_id(given_id))
    scope[_KEY] = exchange
    return exchange


def exchange_of(scope: Scope) -> Exchange:
    """The exchange of the request with this scope; made now where nobody has begun one, as for WebSockets."""
    known: Any = scope.get(_KEY)
    if isinstance(known, Exchange):
        return known
    given = next((value for name, value in scope.get("headers", ()) if name == b"x-request-id"), None)
    return begin_exchange(scope, given)


def codes_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes of the errors in the body of a GraphQL response, each once."""
    errors = body.get("errors")
    return tuple(dict.fromkeys(error["extensions"]["code"] for error in errors)) if errors else ()
