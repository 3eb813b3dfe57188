"""Reads the variables of a request: their values, and their shape, which is all of them that a statement depends on.

The shape of a value is None where it is null, the value itself for booleans and single enums, how many a list holds (none, one,
more), for whole numbers, which are sizes of pages, a round one above it, for a single id the noun that it names, the shapes of an
input object's fields, and 1 for everything else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    type_from_ast,
    value_from_ast_untyped,
)

from kb.api.ids import NOUNS
from kb.api.plan.errors import NotCompiledError
from kb.storage.paging import MAX_PAGE

Shape: TypeAlias = Any
Values: TypeAlias = Mapping[str, Any]
Read: TypeAlias = Callable[[Any], tuple[Shape, Any]]

MISSING: Final = "missing"
"""The shape of a variable or field that is not given and has no default."""
_MANY: Final = 2
# Usual pages with the one row more that tells whether there is another page.
ROUND: Final = (2, 3, 4, 5, 6, 11, 21, 26, 31, 41, 51, 76, 101, 201, 301, MAX_PAGE + 1)
_MAX_INT: Final = 2**31


class Variables:
    """The variables that an operation declares."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.types: dict[str, GraphQLInputType] = {}
        self._reads: list[tuple[str, Read, Any, bool]] = []
        for definition in operation.variable_definitions or ():
            name = definition.variable.name.value
            kind: Any = type_from_ast(schema, definition.type)
            default = definition.default_value
            plain = Undefined if default is None else value_from_ast_untyped(default)
            self.types[name] = kind
            self._reads.append((name, read_as(kind), plain, isinstance(kind, GraphQLNonNull)))

    def read(self, given: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
        """The shape of all variables together, and the value of each that is there; raises NotCompiledError for what is wrong."""
        shapes = []
        values = {}
        for name, read, default, required in self._reads:
            value = given.get(name, default)
            if value is Undefined:
                if required:
                    raise NotCompiledError(name)
                shapes.append(MISSING)
                continue
            shape, values[name] = read(value)
            shapes.append(shape)
        return tuple(shapes), values

    def by_name(self, shapes: Shape) -> dict[str, Shape]:
        """The shape of each variable."""
        return {name: shape for (name, *_), shape in zip(self._reads, shapes, strict=True)}


def read_as(kind: GraphQLInputType) -> Read:
    """What reads a JSON value as `kind`: its shape and the value that the domain has in its place."""
    if isinstance(kind, GraphQLNonNull):
        return _required(_reader(kind.of_type))
    return _nullable(_reader(kind))


def _required(read: Read) -> Read:
    def required(value: Any) -> tuple[Shape, Any]:
        if value is None:
            raise NotCompiledError("null")
        return read(value)

    return required


def _nullable(read: Read) -> Read:
    return lambda value: (None, None) if value is None else read(value)


def _reader(kind: GraphQLInputType) -> Read:
    if isinstance(kind, GraphQLList):
        return _list_of(read_as(kind.of_type))
    if isinstance(kind, GraphQLEnumType):
        return _one_of({name: _plain(each.value) for name, each in kind.values.items()})
    if isinstance(kind, GraphQLInputObjectType):
        return _object_of(kind)
    assert isinstance(kind, GraphQLScalarType)  # noqa: S101 - there is no other input type
    if kind.name not in _SCALARS:
        raise NotCompiledError(kind.name)
    return _SCALARS[kind.name]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _list_of(read: Read) -> Read:
    def listed(value: Any) -> tuple[Shape, Any]:
        # One value stands for a list of it.
        items = value if isinstance(value, list) else [value]
        found = [read(each)[1] for each in items]
        if None in found:
            raise NotCompiledError("null in a list")
        return min(len(found), _MANY), found

    return listed


def _one_of(values: Mapping[str, Any]) -> Read:
    def enum(value: Any) -> tuple[Shape, Any]:
        if not isinstance(value, str) or value not in values:
            raise NotCompiledError("enum")
        chosen = values[value]
        return chosen, chosen

    return enum


def _object_of(kind: GraphQLInputObjectType) -> Read:
    fields: dict[str, tuple[Read, Any, bool]] = {}

    def read(value: Any) -> tuple[Shape, Any]:
        if not fields:
            # Not before: an input type may hold itself.
            for name, each in kind.fields.items():
                fields[name] = (read_as(each.type), each.default_value, isinstance(each.type, GraphQLNonNull))
        if not isinstance(value, dict) or not value.keys() <= fields.keys():
            raise NotCompiledError(kind.name)
        shapes = []
        found = {}
        for name, (read_field, default, required) in fields.items():
            if name in value:
                shape, found[name] = read_field(value[name])
            elif default is Undefined:
                if required:
                    raise NotCompiledError(name)
                shape = MISSING
            else:
                # Defaults of the schema are the domain's already; here they are null, true or false.
                shape = found[name] = default
            shapes.append(shape)
        return tuple(shapes), found

    return read


def _integer(value: Any) -> tuple[Shape, Any]:
    if type(value) is not int or not -_MAX_INT <= value < _MAX_INT:
        raise NotCompiledError("Int")
    return round_up(value + 1), value


def round_up(rows: int) -> int:
    """How many rows a statement is made for that may bring so many: the planner has to know it, and not every size can have a
    statement of its own."""
    return ROUND[min(bisect_left(ROUND, rows), len(ROUND) - 1)]


def _number(value: Any) -> tuple[Shape, Any]:
    if type(value) not in (int, float):
        raise NotCompiledError("Float")
    return 1, float(value)


def _string(value: Any) -> tuple[Shape, Any]:
    if type(value) is not str:
        raise NotCompiledError("String")
    return 1, value


def _identifier(value: Any) -> tuple[Shape, Any]:
    if type(value) is not str:
        raise NotCompiledError("ID")
    return NOUNS.get(value[:3], 1), value


def _boolean(value: Any) -> tuple[Shape, Any]:
    if type(value) is not bool:
        raise NotCompiledError("Boolean")
    return value, value


def _day(value: Any) -> tuple[Shape, Any]:
    if type(value) is not str or len(value) != len("YYYY-MM-DD"):
        raise NotCompiledError("Date")
    try:
        return 1, date.fromisoformat(value)
    except ValueError:
        raise NotCompiledError("Date") from None


_SCALARS: Final[Mapping[str, Read]] = {
    "Boolean": _boolean,
    "Date": _day,
    "Float": _number,
    "ID": _identifier,
    "Int": _integer,
    "String": _string,
}
