"""Answers that need no thread: to queries whose plan is there already, from those whom nobody has to look up.

A thread costs more than a small answer does. Whatever is not as usual is left to it, and so is whatever takes long.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
from typing import Final

from kb.api.documents import Document, find_document
from kb.api.errors import LARGEST_SHOWN
from kb.api.guard.reception import Guest, Reception
from kb.api.plan.plans import Plan, find_plan
from kb.api.request import GraphQLRequest
from kb.api.run import Answer
from kb.api.schema import load_schema
from kb.errors import KbError
from kb.storage.select.prompt import NotPromptError, open_prompt
from kb.storage.session import Database

# A statement that took long once is not tried here again for so many requests.
_SHUNNED: Final = 1_000
_KEPT: Final = 500
_BODY: Final = b'{"data":%b,"extensions":{"cost":{"price":%d,"limit":%d}}}'


class Prompter:
    """For the event loop that asks; should another one come, it begins anew with connections of its own."""

    def __init__(self, database: Database, reception: Reception) -> None:
        self._database = database
        self._reception = reception
        self._execution = open_prompt(database)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slow: OrderedDict[str, int] = OrderedDict()

    async def answer(self, request: GraphQLRequest, host: str | None, size: int) -> tuple[Answer | None, Guest | None]:
        """The answer; where it is None a thread has to give it, to the guest who has paid already if there is one."""
        if request.query is None or request.document_id is not None or self._reception.library.only or self._database.is_watched:
            return None, None
        document = find_document(load_schema().core, request.query)
        if document is None or document.errors or document.operation_error(request.operation_name) is not None:
            return None, None
        found = find_plan(self._database, document, request.operation_name, request.variables)
        if found is None or self._is_slow(found[0]):
            return None, None
        plan, filled = found
        try:
            guest = self._reception.admit(None, host, size)
            price = guest.terms.agree(document, request.operation_name, request.variables)
        except KbError:
            return None, None
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._execution = loop, open_prompt(self._database)
        try:
            roots = await self._execution.run(plan.statement, filled)
        except NotPromptError:
            self._shun(plan)
            return None, _paid(guest)
        except KbError:
            return None, _paid(guest)
        if roots is None:
            return None, _paid(guest)
        # What `wrap` and `shown_cost` write, which take as long as the rest together.
        body = _BODY % (plan.join(roots), min(price, LARGEST_SHOWN), guest.terms.max_cost)
        return Answer({}, True, None, body, "plan", price, _name_of(document, request.operation_name), True), guest

    def _is_slow(self, plan: Plan) -> bool:
        left = self._slow.get(plan.statement.sql)
        if left is None:
            return False
        if left <= 1:
            del self._slow[plan.statement.sql]
        else:
            self._slow[plan.statement.sql] = left - 1
        return True

    def _shun(self, plan: Plan) -> None:
        self._slow[plan.statement.sql] = _SHUNNED
        if len(self._slow) > _KEPT:
            self._slow.popitem(last=False)


def _paid(guest: Guest) -> Guest:
    return Guest(guest.caller, replace(guest.terms, charge=None))


def _name_of(document: Document, operation_name: str | None) -> str | None:
    node = document.operation(operation_name).name
    return None if node is None else node.value
