"""Answers operations over connections that stay: a query once, a subscription once for each change that it follows.

Strawberry's own handler would run resolvers, which wait for the database, in the thread that serves everybody. Here the few
threads of the feed do, a page of changes at a time, in one view of the database for each page.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from typing import Any, Final, cast

from graphql import ExecutionResult, Executor, GraphQLError, create_source_event_stream

from kb.api.context import Context
from kb.api.documents import Document, read_document
from kb.api.errors import BAD_USER_INPUT, RateError, public_errors
from kb.api.guard.reception import Guest, Reception
from kb.api.guard.terms import Terms
from kb.api.http import encode_json
from kb.api.live.followed import Followed, Item, Told
from kb.api.live.polling import ChangeFeed
from kb.api.loaders import Loaders
from kb.api.reading import Reading
from kb.api.request import GraphQLRequest
from kb.api.run import Answer, Asking, answer, refuse
from kb.api.schema import load_schema
from kb.api.serving.metrics import Metrics
from kb.domain.result import Change
from kb.errors import KbError
from kb.storage.session import Database

# What one answer may cost decides how many are made at once, and so what is in memory: about this many rows.
_POINTS_AT_ONCE: Final = 5_000
# How long a subscriber who has spent everything is not looked after.
_WAIT_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: `content` as GraphQL lays it out, in JSON, None where nothing is to be said but that the client has come to
    `cursor`: the place in the sequence of changes behind which to go on; None of queries.

    `errors` are there where the operation was refused before any field was resolved.
    """

    content: bytes | None
    cursor: str | None = None
    errors: Sequence[object] = ()


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A subscription that goes on. `key` is the same for those that get the same answers."""

    executor: Executor[Any]
    followed: Followed
    opening: Told
    guest: Guest
    request_id: str
    price: int
    key: Hashable


class Subscriptions:
    """Shared by the transports of one application."""

    def __init__(self, database: Database, reception: Reception, feed: ChangeFeed, metrics: Metrics) -> None:
        self._metrics = metrics
        self._database = database
        self._reception = reception
        self._feed: Final = feed

    async def reply(
        self, request: GraphQLRequest, guest: Guest, request_id: str, resume: str | None = None
    ) -> AsyncGenerator[Reply, None]:
        """The answers to an operation as they come; `resume` is a cursor that counts more than that of the operation itself.

        Never raises for what a client sent. Ends when nothing more will follow, or when the feed is closed.
        """
        opened = await self._feed.ask(partial(self._open, request, guest, request_id, resume))
        if isinstance(opened, Answer):
            yield _to_reply(opened)
            return
        self._metrics.subscription_opened()
        try:
            async for each in self._follow(opened):
                yield each
        except Exception as error:  # noqa: BLE001 - the database may go away; the client gets a code, and its cursor is good
            yield Reply(_to_reply(refuse(error, request_id)).content)
        finally:
            self._metrics.subscription_closed()

    async def _follow(self, opened: _Accepted) -> AsyncGenerator[Reply, None]:
        position = opened.followed.after
        yield Reply(None, str(position))
        async for each in self._answer(opened, opened.opening.items):
            yield each
        if opened.opening.over:
            return
        async for news in self._feed.follow(position):
            told = Told(())
            if news.changes:
                key = (opened.key, position, news.reached)
                told = await self._feed.share(key, partial(self._tell, opened, news.changes))
            async for each in self._answer(opened, told.items):
                yield each
            if told.over:
                return
            position = news.reached
            yield Reply(None, str(position))

    async def _answer(self, opened: _Accepted, items: Sequence[Item]) -> AsyncGenerator[Reply, None]:
        """One answer for each item, a few at a time."""
        size = max(1, _POINTS_AT_ONCE // opened.price)
        for begin in range(0, len(items), size):
            chunk = items[begin : begin + size]
            for each in await self._feed.share((opened.key, chunk), partial(self._execute, opened, chunk)):
                await _afford(opened.guest.terms, opened.price)
                self._metrics.subscription_sent()
                yield each

    def is_subscription(self, request: GraphQLRequest) -> bool:
        """Whether the operation that is meant is a subscription. Blocks the thread."""
        try:
            text, _ = self._reception.library.resolve(request.query, request.document_id)
        except KbError:
            return False
        return _subscribes(text, request.operation_name) is not None

    def _open(self, request: GraphQLRequest, guest: Guest, request_id: str, resume: str | None) -> Answer | _Accepted:
        try:
            self._reception.check(guest)
            text, _ = self._reception.library.resolve(request.query, request.document_id)
            name = request.operation_name
            document = _subscribes(text, name)
            if document is None or document.node is None:
                asking = Asking(guest.caller, None, reads_only=True, request_id=request_id, terms=guest.terms)
                return answer(self._database, text, request.variables, name, asking)
            price = guest.terms.agree(document, name, request.variables)
            executor = Executor.build(
                load_schema().core, document.node, raw_variable_values=request.variables or {}, operation_name=name
            )
            if isinstance(executor, list):
                return _refusal(executor, request_id)
            key = (text, name, json.dumps(request.variables, sort_keys=True), guest.caller.role)
            with Reading(self._database) as reading:
                context = Context(reading, Loaders(reading), request_id, guest.caller, resume=resume)
                followed = asyncio.run(_find_followed(executor, context))
                if isinstance(followed, ExecutionResult):
                    return _refusal(followed.errors or (), request_id)
                opening = followed.open(reading)
            # Where it begins is said once and does not matter to what is answered later.
            return _Accepted(executor, followed, opening, guest, request_id, price, key)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the client gets a code for it
            return refuse(error, request_id)

    def _tell(self, accepted: _Accepted, changes: Sequence[Change]) -> Told:
        with Reading(self._database) as reading:
            return accepted.followed.tell(reading, changes)

    def _execute(self, accepted: _Accepted, items: Sequence[Item]) -> list[Reply]:
        with Reading(self._database) as reading:
            context = Context(reading, Loaders(reading), accepted.request_id, accepted.guest.caller)
            return asyncio.run(_answer_each(accepted.executor, context, items))


async def _afford(terms: Terms, price: int) -> None:
    """Charges for one answer, as soon as there is anything to charge: what is not sent yet waits in the database."""
    while terms.check is not None:
        try:
            terms.check()
            break
        except RateError as error:
            await asyncio.sleep(min(error.wait, _WAIT_SECONDS))
    if terms.charge is not None:
        terms.charge(price)


async def _find_followed(executor: Executor[Any], context: Context) -> Followed | ExecutionResult:
    """What the one field of the subscription says is followed."""
    executor.context_value = context
    stream: Any = create_source_event_stream(executor)
    if isawaitable(stream):
        stream = await stream
    if isinstance(stream, ExecutionResult):
        return stream
    followed = await anext(stream)
    await stream.aclose()
    return cast("Followed", followed)


async def _answer_each(executor: Executor[Any], context: Context, items: Sequence[Item]) -> list[Reply]:
    replies = []
    for item in items:
        own = executor.build_per_event_executor(item)
        own.context_value = context
        result: Any = own.execute_operation()
        if isawaitable(result):
            result = await result
        body: dict[str, object] = {"data": result.data}
        if result.errors:
            body = {"errors": public_errors(result.errors, BAD_USER_INPUT, context.request_id), **body}
        replies.append(Reply(encode_json(body), str(item.seq)))
    return replies


def _subscribes(text: str, operation_name: str | None) -> Document | None:
    """The document, where it has no error and the operation that is meant is a subscription."""
    document = read_document(load_schema().core, text)
    if document.node is None or document.operation_error(operation_name) is not None:
        return None
    return document if document.subscribes(operation_name) else None


def _refusal(errors: Sequence[GraphQLError], request_id: str) -> Answer:
    return Answer({"errors": public_errors(errors, BAD_USER_INPUT, request_id)}, executed=False)


def _to_reply(given: Answer) -> Reply:
    errors = [] if given.executed else cast("list[object]", given.body["errors"])
    return Reply(encode_json(given.body) if given.encoded is None else given.encoded, errors=errors)
