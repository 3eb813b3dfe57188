"""The statements that our server makes of the operations, to be run by a server that does nothing else with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.graphql_bench.asking import BadReplyError, encode_body
from benchmarks.graphql_bench.operations import Operation, Variables
from kb.api.documents import read_document
from kb.api.plan.plans import Plans
from kb.api.schema import load_schema
from kb.storage.dialect import SQLITE
from kb.storage.select.statement import Statement, Value


class _Recorder:
    """Takes the place of what executes statements, and remembers the one that came last."""

    def __init__(self) -> None:
        self.sql = ""
        self.parameters: dict[str, Value] = {}

    def run(self, statement: Statement, values: Mapping[str, Value]) -> None:
        self.sql = statement.sql
        self.parameters = {name: values[name] if own is None else own for name, own in statement.parameters}


class Statements:
    """The SQLite statements of operations. `encode` gives the body with which the bare server is asked for one."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._recorder = _Recorder()
        self._plans: dict[str, Plans] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        schema = load_schema().core
        for operation in operations:
            document = read_document(schema, operation.ours)
            self._plans[operation.name] = Plans(schema, document.operation(operation.name), document.fragments, SQLITE)

    def encode(self, operation: Operation, variables: Variables) -> bytes:
        """The number of the statement and its parameters; raises BadReplyError where our server has no plan for it."""
        self._recorder.sql = ""
        self._plans[operation.name].run(self._recorder, variables)  # type: ignore[arg-type]
        if not self._recorder.sql:
            raise BadReplyError(f"our server makes no statement of {operation.title}")
        key = (operation.root, self._recorder.sql)
        number = self._numbers.setdefault(key, str(len(self._numbers)))
        given = {name: _plain(value) for name, value in self._recorder.parameters.items()}
        return encode_body("", number, given)

    def write(self, path: Path, operations: Iterable[Operation], variables: Mapping[str, Sequence[Variables]]) -> None:
        """Writes the statements of all that will be asked, in the order of their numbers."""
        for operation in operations:
            for asked in variables[operation.key]:
                self.encode(operation, asked)
                if operation.second_page:
                    # Of the same shape as every cursor of events by date.
                    self.encode(operation, {**asked, "after": _ANY_CURSOR})
        path.write_text(json.dumps(list(self._numbers)), "utf-8")


# The cursor of ["event.date.desc","2022-01-01","evt_0"].
_ANY_CURSOR = "WyJldmVudC5kYXRlLmRlc2MiLCIyMDIyLTAxLTAxIiwiZXZ0XzAiXQ"


def _plain(value: Value) -> str | int | float:
    """As SQLite is given it: lists as JSON."""
    return value if isinstance(value, str | int | float) else json.dumps(list(value), separators=(",", ":"))
