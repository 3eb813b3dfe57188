"""Arguments of fields at the time of compiling: what shape they have, and how to find their values in a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
    value_from_ast_untyped,
)

from kb.api.plan.errors import NotCompiledError
from kb.api.plan.inputs import MISSING, Shape, Values, read_as

Find = Callable[[Values], Any]


@dataclass(frozen=True, slots=True)
class Argument:
    """A value that is not null: its type, its shape, and what finds it among the variables; `parts` are the fields of an object
    whose text holds variables, None those that are null."""

    kind: GraphQLInputType
    shape: Shape
    find: Find
    parts: Mapping[str, Argument | None] | None = None

    def field(self, name: str) -> Argument | None:
        """A field of an input object, None where it is not given or null."""
        if self.parts is not None:
            return self.parts.get(name)
        kind = get_nullable_type(self.kind)
        assert isinstance(kind, GraphQLInputObjectType)  # noqa: S101 - asked of those only
        shape = self.shape[list(kind.fields).index(name)]
        if shape is None or shape == MISSING:
            return None
        find = self.find
        return Argument(kind.fields[name].type, shape, lambda values: find(values)[name])

    def given_fields(self) -> list[str]:
        """The names of the fields that are given and not null."""
        kind = get_nullable_type(self.kind)
        assert isinstance(kind, GraphQLInputObjectType)  # noqa: S101 - asked of those only
        return [name for name in kind.fields if self.field(name) is not None]


class Arguments:
    """Evaluates arguments against the shapes of the variables."""

    def __init__(self, kinds: Mapping[str, GraphQLInputType], shapes: Mapping[str, Shape]) -> None:
        self._kinds = kinds
        self._shapes = shapes

    def of(self, node: FieldNode, field: GraphQLField) -> dict[str, Argument]:
        """The arguments of a field by name, without those that are null or not given and have no default."""
        given = {each.name.value: each.value for each in node.arguments or ()}
        found: dict[str, Argument] = {}
        for name, argument in field.args.items():
            value: Any = self._value(argument.type, given[name]) if name in given else Undefined
            if value is Undefined:
                value = _default(argument.type, argument.default_value)
            if value is not None:
                found[name] = value
        return found

    def truth(self, node: ValueNode) -> bool:
        """What @skip or @include was given."""
        if isinstance(node, VariableNode):
            shape = self._shapes[node.name.value]
            if not isinstance(shape, bool):
                raise NotCompiledError(node.name.value)
            return shape
        return bool(value_from_ast_untyped(node))

    def _value(self, kind: GraphQLInputType, node: ValueNode) -> Any:
        """An Argument, None for null, Undefined where a variable is not given."""
        if isinstance(node, VariableNode):
            return self._variable(node.name.value)
        if not _has_variable(node):
            return _known(kind, value_from_ast_untyped(node))
        plain = get_nullable_type(kind)
        if isinstance(node, ObjectValueNode) and isinstance(plain, GraphQLInputObjectType):
            return self._object(plain, node)
        if isinstance(node, ListValueNode) and isinstance(plain, GraphQLList):
            return self._list(plain, node)
        raise NotCompiledError("a variable where none was expected")

    def _variable(self, name: str) -> Any:
        shape = self._shapes[name]
        if shape is None:
            return None
        # A variable that is missing: its shape is a text, and no enum has a value of that name.
        if shape == MISSING:
            return Undefined
        return Argument(self._kinds[name], shape, lambda values: values[name])

    def _object(self, kind: GraphQLInputObjectType, node: ObjectValueNode) -> Argument:
        given = {each.name.value: self._value(kind.fields[each.name.value].type, each.value) for each in node.fields}
        parts: dict[str, Argument | None] = {}
        shapes: list[Shape] = []
        for name, field in kind.fields.items():
            value = given.get(name, Undefined)
            if value is Undefined and field.default_value is not Undefined:
                value = _default(field.type, field.default_value)
            if value is Undefined:
                shapes.append(MISSING)
                continue
            parts[name] = value
            shapes.append(None if value is None else value.shape)
        finds = {name: part.find for name, part in parts.items() if part is not None}
        return Argument(kind, tuple(shapes), lambda values: {name: find(values) for name, find in finds.items()}, parts)

    def _list(self, kind: GraphQLList[Any], node: ListValueNode) -> Argument:
        items = [self._value(kind.of_type, each) for each in node.values]
        if any(item is None or item is Undefined for item in items):
            raise NotCompiledError("null in a list")
        finds = [item.find for item in items]
        return Argument(kind, min(len(finds), 2), lambda values: [find(values) for find in finds])


def _has_variable(node: ValueNode) -> bool:
    if isinstance(node, ListValueNode):
        return any(map(_has_variable, node.values))
    if isinstance(node, ObjectValueNode):
        return any(_has_variable(each.value) for each in node.fields)
    return isinstance(node, VariableNode)


def _known(kind: GraphQLInputType, plain: Any) -> Argument | None:
    shape, value = read_as(kind)(plain)
    return None if shape is None else Argument(kind, shape, lambda values: value)


def _default(kind: GraphQLInputType, value: Any) -> Argument | None:
    if value is Undefined or value is None:
        return None
    plain = getattr(value, "value", value)
    # Only enums and booleans have defaults, and sizes of what is not compiled.
    return Argument(kind, plain, lambda values: plain)
