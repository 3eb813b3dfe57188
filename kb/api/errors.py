"""Turns every error into what GraphQL clients see: a message that says what to do and a stable `extensions.code`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from kb.errors import KbError, StorageError, UsageError

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
OPERATION_UNRESOLVED: Final = "OPERATION_RESOLUTION_FAILURE"
BAD_REQUEST: Final = "BAD_REQUEST"
BAD_USER_INPUT: Final = UsageError.code
INTERNAL: Final = KbError.code

_log: Final = logging.getLogger("kb.api")
_HINT: Final = " Did you mean "
# JavaScript reads whole numbers up to about here.
LARGEST_SHOWN: Final = 10**15


class LimitError(UsageError):
    """The query is well-formed but asks for more than one request may have."""

    code = "LIMIT_EXCEEDED"


class CostError(LimitError):
    """The operation costs more than one request may."""

    code = "COST_EXCEEDED"

    def __init__(self, price: int, limit: int) -> None:
        self.price = price
        self.limit = limit
        # What nests deeply enough costs more than there are atoms.
        shown = str(price) if price < LARGEST_SHOWN else f"more than {LARGEST_SHOWN}"
        super().__init__(
            f"this operation costs {shown} points and {limit} are allowed; nested pages multiply, so give them a smaller `first`,"
            " select less below them, or ask in several queries"
        )


class IntrospectionError(UsageError):
    """The operation asks for the schema, and this server does not tell it."""

    code = "INTROSPECTION_DISABLED"

    def __init__(self) -> None:
        super().__init__("this server does not answer __schema and __type; take the schema from schema/schema.graphql")


class UnknownDocumentError(UsageError):
    """Nothing is registered under the digest that was sent; Apollo's clients then send the query itself."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self, digest: str) -> None:
        super().__init__(f"no document is registered as {digest}; send the query itself, or register it with `kb persist FILE`")


class NotPersistedError(UsageError):
    """The document is not registered, and this server answers nothing else."""

    code = "OPERATION_NOT_PERSISTED"

    def __init__(self) -> None:
        super().__init__("this server answers registered operations only; register the query's exact text with `kb persist FILE`")


class RequestError(UsageError):
    """The HTTP request carries no GraphQL request; `status` is the HTTP status that says why."""

    code = BAD_REQUEST

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class UnauthenticatedError(RequestError):
    """The request does not say who sends it, or names somebody who has no access (any more)."""

    code = "UNAUTHENTICATED"

    def __init__(self, message: str) -> None:
        super().__init__(401, message)


class ForbiddenError(UsageError):
    """Whoever asks may not do that."""

    code = "FORBIDDEN"


class RateError(RequestError):
    """The caller has spent what may be spent in a minute; `wait` says in how many seconds there is something to spend again."""

    code = "RATE_LIMITED"

    def __init__(self, wait: int, message: str) -> None:
        self.wait = wait
        super().__init__(429, message)


class StreamError(RequestError):
    """A subscription that came as a request with one answer."""

    def __init__(self) -> None:
        super().__init__(
            406, "subscriptions are answered over WebSocket (graphql-transport-ws) or to those who send Accept: text/event-stream"
        )


class MethodError(RequestError):
    """A mutation that did not come by POST: pages of others can make browsers send it."""

    def __init__(self) -> None:
        super().__init__(405, "mutations are answered by POST only; send the operation as JSON in the body")


def plain_error(message: str, code: str) -> dict[str, object]:
    """An error without a place in the query."""
    return {"message": message, "extensions": {"code": code}}


def _cause(error: GraphQLError) -> BaseException | None:
    """What was raised in the first place; None where GraphQL itself complains."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return None if isinstance(cause, StrawberryInputCoercionError) else cause


def _public(error: GraphQLError, fallback_code: str, request_id: str) -> tuple[str, dict[str, object]]:
    cause = _cause(error)
    if cause is None:
        code = (error.extensions or {}).get("code", fallback_code)
        return error.message, {"code": code}
    if isinstance(cause, RecursionError):
        return "the query is nested too deeply to be read; ask in several queries", {"code": LimitError.code}
    if isinstance(cause, StorageError):
        _log.error("request %s: storage failed: %s", request_id, cause.message)
        message = f"the database does not answer; try again, or look for request {request_id} in the server's log"
        return message, {"code": cause.code, "requestId": request_id}
    if isinstance(cause, KbError) and cause.code != INTERNAL:
        return cause.message, {"code": cause.code}
    _log.error("request %s failed at %s", request_id, error.path, exc_info=cause)
    message = f"something went wrong on the server; its log has the cause under request {request_id}"
    return message, {"code": INTERNAL, "requestId": request_id}


def without_hints(errors: Iterable[GraphQLError]) -> tuple[GraphQLError, ...]:
    """The errors without the names that GraphQL proposes: piece by piece they tell the schema."""
    return tuple(
        GraphQLError(
            each.message.partition(_HINT)[0],
            each.nodes,
            source=each.source,
            positions=each.positions,
            extensions=each.extensions,
        )
        for each in errors
    )


def public_errors(errors: Iterable[GraphQLError], fallback_code: str, request_id: str) -> list[Mapping[str, object]]:
    """`errors` as the response carries them; what nobody foresaw is logged under `request_id` and hidden from the client."""
    shown: list[Mapping[str, object]] = []
    for error in errors:
        message, extensions = _public(error, fallback_code, request_id)
        entry: dict[str, object] = {"message": message}
        if error.locations:
            entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
        if error.path is not None:
            entry["path"] = error.path
        entry["extensions"] = extensions
        shown.append(entry)
    return shown
