"""Answers one GraphQL request against a database: for the server, and for `kb query` without one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import uuid4

from graphql import GraphQLError
from strawberry.types import ExecutionResult

from kb.api.context import Context
from kb.api.desk import Desk
from kb.api.documents import read_document
from kb.api.errors import BAD_USER_INPUT, CostError, MethodError, RequestError, StreamError, public_errors, without_hints
from kb.api.guard.terms import Terms, shown_cost
from kb.api.loaders import Loaders
from kb.api.plan.plans import run_plan
from kb.api.reading import Reading
from kb.api.schema import load_schema
from kb.domain.access import ANONYMOUS, Caller
from kb.errors import UsageError
from kb.storage.session import Database


class Answer(NamedTuple):
    """A GraphQL response: `body`, or where a compiled plan made it, `encoded`, which is its JSON as it is sent.

    `executed` is false where the request was refused before any field was resolved; `status` is set where HTTP must say so with
    that very status, whatever the client reads. `way` is how it was answered (`plan`, `resolvers`, or empty where it was not),
    `price` what it costs, `operation` the operation's name, `cached` whether a plan was there already (None: there is none).
    """

    body: dict[str, object]
    executed: bool
    status: int | None = None
    encoded: bytes | None = None
    way: str = ""
    price: int | None = None
    operation: str | None = None
    cached: bool | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and how: `desk` is where mutations are done, None where they cannot be; `reads_only` refuses them because of the
    way they came; `terms` are those on which anything is answered, None where anything is, as on the command line. `way` is
    `any` or, to compare the two, `plan` or `resolvers`; where there can be no plan, asking for one is an error."""

    caller: Caller = ANONYMOUS
    desk: Desk | None = None
    reads_only: bool = False
    request_id: str | None = None
    terms: Terms | None = None
    way: str = "any"


READER: Final = Asking()


def answer(
    database: Database,
    query: str,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    asking: Asking = READER,
) -> Answer:
    """What the database answers to `query`. Never raises: what goes wrong is in the body's `errors`, each with a code.

    Blocks the thread, which must not run an event loop.
    """
    identifier = asking.request_id or uuid4().hex
    document = read_document(load_schema().core, query)
    errors = document.errors
    if not errors and (unresolved := document.operation_error(operation_name)):
        errors = (unresolved,)
    if errors:
        if asking.terms is not None:
            asking.terms.charge_for_text(query)
            errors = errors if asking.terms.introspection else without_hints(errors)
        return Answer({"errors": public_errors(errors, document.code, identifier)}, executed=False)
    node = document.operation(operation_name).name
    name = None if node is None else node.value
    if asking.reads_only and document.mutates(operation_name):
        return refuse(MethodError(), identifier)._replace(operation=name)
    if document.subscribes(operation_name):
        return refuse(StreamError(), identifier)._replace(operation=name)
    extensions: dict[str, object] = {}
    price: int | None = None
    if asking.terms is not None:
        try:
            price = asking.terms.agree(document, operation_name, variables)
            extensions = shown_cost(price, asking.terms.max_cost)
        except UsageError as error:
            return refuse(error, identifier)._replace(operation=name)
    try:
        planned = None if asking.way == "resolvers" else run_plan(database, document, operation_name, variables)
        if planned is not None:
            encoded, cached = planned
            return Answer({}, True, None, wrap(encoded, extensions), "plan", price, name, cached)
        if asking.way == "plan":
            return refuse(UsageError("there is no plan for this"), identifier)
        with Reading(database) as reading:
            context = Context(reading, Loaders(reading), identifier, asking.caller, asking.desk)
            result = asyncio.run(_resolve(context, query, variables, operation_name))
    except Exception as error:  # noqa: BLE001 - a broken connection shows when the session closes; the client gets a code for it
        return refuse(error, identifier)._replace(price=price, operation=name)
    return _to_answer(result, identifier, extensions)._replace(way="resolvers", price=price, operation=name)


def wrap(data: bytes, extensions: Mapping[str, object]) -> bytes:
    """A whole response around the JSON of its data."""
    if not extensions:
        return b'{"data":%b}' % data
    return b'{"data":%b,"extensions":%b}' % (data, json.dumps(extensions, separators=(",", ":")).encode())


def refuse(error: Exception, request_id: str) -> Answer:
    """The answer to a request that `error` kept from being executed."""
    body: dict[str, object] = {"errors": public_errors((GraphQLError("", original_error=error),), BAD_USER_INPUT, request_id)}
    if isinstance(error, CostError):
        body["extensions"] = shown_cost(error.price, error.limit)
    return Answer(body, executed=False, status=error.status if isinstance(error, RequestError) else None)


def execute(
    database: Database,
    query: str,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    asking: Asking = READER,
) -> dict[str, object]:
    """The response to `query` as the GraphQL specification lays it out: `data`, `errors` or both."""
    answered = answer(database, query, variables, operation_name, asking)
    if answered.encoded is None:
        return answered.body
    body: dict[str, object] = json.loads(answered.encoded)
    return body


async def _resolve(
    context: Context, query: str, variables: Mapping[str, Any] | None, operation_name: str | None
) -> ExecutionResult:
    return await load_schema().execute(
        query,
        variable_values=dict(variables) if variables else None,
        context_value=context,
        operation_name=operation_name,
    )


def _to_answer(result: ExecutionResult, request_id: str, extensions: dict[str, object]) -> Answer:
    errors = result.errors or []
    # An error without a path stopped the operation before its first field: a variable of the wrong type, for one.
    executed = all(error.path is not None for error in errors)
    body: dict[str, object] = {}
    if errors:
        body["errors"] = public_errors(errors, BAD_USER_INPUT, request_id)
    if executed:
        body["data"] = result.data
    if extensions:
        body["extensions"] = extensions
    return Answer(body, executed)
