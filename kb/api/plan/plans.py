"""Plans of one operation, one for each shape of its variables, and executing them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode

from kb.api.documents import Document
from kb.api.plan.bindings import Bindings
from kb.api.plan.compile import compile_operation
from kb.api.plan.errors import NotCompiledError
from kb.api.plan.inputs import Shape, Values, Variables
from kb.api.schema import load_schema
from kb.storage.select.execution import Execution, UnparsableError
from kb.storage.select.statement import Statement, UnknownFieldError, Value, make_statement
from kb.storage.session import Database

_log: Final = logging.getLogger("kb.api")
# An operation whose variables come in ever other shapes must not fill the memory: what is beyond goes to the resolvers.
_MAX_SHAPES: Final = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement, how to fill its slots, and the JSON around what comes back."""

    statement: Statement
    bindings: Bindings
    around: tuple[bytes, ...]

    def run(self, execution: Execution, values: Values) -> bytes | None:
        """The JSON of `data`; None where resolvers have to say what is wrong."""
        roots = execution.run(self.statement, self.bindings.fill(values))
        return None if roots is None else self.join(roots)

    def join(self, roots: tuple[bytes, ...]) -> bytes:
        """The JSON of `data` from that of its roots."""
        pieces: list[bytes] = []
        for before, root in zip(self.around, roots, strict=True):
            pieces += (before, root)
        return b"".join((*pieces, b"}"))


class Plans:
    """The plans of one operation against one kind of database."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        dialect: str,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = fragments
        self._dialect = dialect
        self._by_shape: dict[Shape, Plan | None] = {}
        try:
            self._variables: Variables | None = Variables(schema, operation)
        except NotCompiledError:
            self._variables = None

    def run(self, execution: Execution, variables: Mapping[str, Any] | None) -> tuple[bytes, bool] | None:
        """The JSON of `data`, and whether its plan was there already; None where the resolvers have to answer.

        Raises StorageError where the database does not answer.
        """
        if self._variables is None:
            return None
        try:
            shape, values = self._variables.read(variables or {})
            known = shape in self._by_shape
            plan = self._by_shape[shape] if known else self._compile(shape)
            answered = None if plan is None else plan.run(execution, values)
        except NotCompiledError:
            return None
        except UnparsableError:
            # SQLite's parser takes a hundred levels, and what counts as one is its own affair.
            _log.debug("%s is nested too deeply for one statement", self._operation.name and self._operation.name.value)
            self._by_shape[shape] = None
            return None
        return None if answered is None else (answered, known)

    def find(self, variables: Mapping[str, Any] | None) -> tuple[Plan, dict[str, Value]] | None:
        """The plan that is there already, with what fills its slots; None where there is none."""
        if self._variables is None:
            return None
        try:
            shape, values = self._variables.read(variables or {})
            plan = self._by_shape.get(shape)
            return None if plan is None else (plan, plan.bindings.fill(values))
        except NotCompiledError:
            return None

    def _compile(self, shape: Shape) -> Plan | None:
        if len(self._by_shape) >= _MAX_SHAPES:
            return None
        # Two threads may both compile it; they come to the same.
        plan = self._by_shape[shape] = self._make(shape)
        return plan

    def _make(self, shape: Shape) -> Plan | None:
        assert self._variables is not None  # noqa: S101 - checked before
        bindings = Bindings(self._dialect)
        try:
            request = compile_operation(self._schema, self._operation, self._fragments, self._variables, shape, bindings)
            statement = make_statement(request, self._dialect)
        except (NotCompiledError, UnknownFieldError) as error:
            _log.debug("left to the resolvers: %s", error)
            return None
        if not request.roots:
            # Everything is skipped: there is nothing to ask a database.
            return None
        around = [f'{"," if number else "{"}"{root.key}":'.encode() for number, root in enumerate(request.roots)]
        return Plan(statement, bindings, tuple(around))


# A database's connections go when it goes.
_EXECUTIONS: Final[WeakKeyDictionary[Database, Execution]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def run_plan(
    database: Database, document: Document, operation_name: str | None, variables: Mapping[str, Any] | None
) -> tuple[bytes, bool] | None:
    """The JSON of `data` for an operation of a document without errors, and whether its plan was there already.

    None where resolvers have to answer. Raises StorageError where the database does not answer.
    """
    key = _key(database, operation_name)
    plans = document.plans.get(key)
    if plans is None:
        schema = load_schema().core
        plans = document.plans[key] = Plans(schema, document.operation(operation_name), document.fragments, database.dialect)
    answered: tuple[bytes, bool] | None = plans.run(_execution_of(database), variables)
    return answered


def find_plan(
    database: Database, document: Document, operation_name: str | None, variables: Mapping[str, Any] | None
) -> tuple[Plan, dict[str, Value]] | None:
    """The plan that `run_plan` has made for variables of this shape, with what fills its slots; None where there is none yet."""
    plans: Plans | None = document.plans.get(_key(database, operation_name))
    return None if plans is None else plans.find(variables)


def _key(database: Database, operation_name: str | None) -> str:
    return f"{database.dialect} {operation_name or ''}"


def _execution_of(database: Database) -> Execution:
    execution = _EXECUTIONS.get(database)
    if execution is None:
        with _LOCK:
            execution = _EXECUTIONS.setdefault(database, Execution(database))
    return execution
