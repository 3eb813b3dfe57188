"""What an operation costs, known from its text and variables before anything is executed.

The text is walked once; what is left to do for each request is a short list of sums and products of those variables that it hangs
on. Nested pages multiply. Fields that two fragments both ask for are counted twice, and of rows that can be of several types the
dearest counts, so that nothing costs more than its price says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionNode,
    SelectionSetNode,
    TypeMetaFieldDef,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    value_from_ast_untyped,
)

from kb.api.guard.prices import (
    ASSUMED,
    ASSUMED_ROWS,
    FIELD_POINTS,
    INTROSPECTION_SHARE,
    MUTATION_POINTS,
    TOTAL_COUNT_POINTS,
)
from kb.storage.paging import DEFAULT_PAGE, MAX_PAGE

Variables: TypeAlias = Mapping[str, Any]
Fragments: TypeAlias = Mapping[str, FragmentDefinitionNode]

_META_FIELDS: Final[Mapping[str, GraphQLField]] = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
_FREE: Final = frozenset({"PageInfo"})


@dataclass(frozen=True, slots=True)
class _Later:
    """A number that the variables decide: the result of the step at this place."""

    place: int


_Number: TypeAlias = int | _Later
_Step: TypeAlias = Callable[[Variables, Sequence[int]], int]


@dataclass(frozen=True, slots=True)
class Pricing:
    """The price of one operation for any variables."""

    fixed: int
    steps: tuple[_Step, ...]

    def price(self, variables: Variables | None = None) -> int:
        """Points, at least 1. Variables of a wrong type count as if they were not given; executing refuses them."""
        if not self.steps:
            return self.fixed
        results: list[int] = []
        given = variables or {}
        for step in self.steps:
            results.append(step(given, results))
        return max(1, results[-1])


def compile_pricing(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments) -> Pricing:
    """How to price `operation`, which must be valid."""
    compiler = _Compiler(schema, operation, fragments)
    root = schema.get_root_type(operation.operation)
    assert root is not None  # noqa: S101 - validation has seen to it
    total = compiler.selections(operation.selection_set, root, None)
    if isinstance(total, int):
        return Pricing(max(1, total), ())
    if total.place != len(compiler.steps) - 1:
        compiler.steps.append(lambda _, results: results[total.place])
    return Pricing(0, tuple(compiler.steps))


class _Compiler:
    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments) -> None:
        self.steps: list[_Step] = []
        self._schema = schema
        self._fragments = fragments
        self._mutates = operation.operation is OperationType.MUTATION
        self._root = schema.get_root_type(operation.operation)
        self._defaults = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        }
        self._known: dict[tuple[int, str, _Number | None], _Number] = {}
        self._sizes: dict[tuple[str, int], _Later] = {}

    def selections(self, node: SelectionSetNode | None, parent: GraphQLCompositeType, page: _Number | None) -> _Number:
        """What is selected below one row of `parent`; `page` is how many rows its lists have, where the row is a page of them."""
        if node is None:
            return 0
        # A fragment may be spread in many places that themselves are repeated; it is walked once.
        key = (id(node), parent.name, page)
        if key not in self._known:
            self._known[key] = self._selections(node, parent, page)
        return self._known[key]

    def _selections(self, node: SelectionSetNode, parent: GraphQLCompositeType, page: _Number | None) -> _Number:
        always: list[_Number] = []
        by_type: defaultdict[str, list[_Number]] = defaultdict(list)
        everything = self._possible(parent)
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                always.append(self._on_condition(selection, self._field(selection, parent, page)))
                continue
            target, inner = self._fragment(selection, parent)
            price = self._on_condition(selection, self.selections(inner, target, page))
            types = self._possible(target)
            if types >= everything:
                always.append(price)
            else:
                for name in types & everything:
                    by_type[name].append(price)
        if by_type:
            always.append(self._largest([self._sum(prices) for prices in by_type.values()]))
        return self._sum(always)

    def _fragment(self, node: SelectionNode, parent: GraphQLCompositeType) -> tuple[GraphQLCompositeType, SelectionSetNode]:
        fragment = node if isinstance(node, InlineFragmentNode) else self._fragments[node.name.value]  # type: ignore[attr-defined]
        if fragment.type_condition is None:
            return parent, fragment.selection_set
        target = self._schema.get_type(fragment.type_condition.name.value)
        assert is_composite_type(target)  # noqa: S101 - validation has seen to it
        return target, fragment.selection_set

    def _possible(self, kind: GraphQLCompositeType) -> frozenset[str]:
        if is_abstract_type(kind):
            return frozenset(each.name for each in self._schema.get_possible_types(kind))
        return frozenset({kind.name})

    def _field(self, node: FieldNode, parent: GraphQLCompositeType, page: _Number | None) -> _Number:
        name = node.name.value
        if name == "__typename":
            return 0
        if name in _META_FIELDS:
            meta = get_named_type(_META_FIELDS[name].type)
            assert is_composite_type(meta)  # noqa: S101 - both are object types
            return self._share(self.selections(node.selection_set, meta, None))
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)  # noqa: S101 - unions have no fields of their own
        field = parent.fields[name]
        own = _lookup(FIELD_POINTS, parent, name)
        kind = get_named_type(field.type)
        if not is_composite_type(kind):
            return own if own is not None else TOTAL_COUNT_POINTS if name == "totalCount" else 0
        is_list = is_list_type(get_nullable_type(field.type))
        size = self._size(node, field)
        if own is None:
            own = MUTATION_POINTS if self._mutates and parent is self._root else int(not is_list and kind.name not in _FREE)
        if not is_list:
            # What is counted with the edge around it is not counted again.
            own = 0 if name == "node" and parent.name.endswith("Edge") else own
            return self._sum([own, self.selections(node.selection_set, kind, size)])
        if size is None:
            size = page if page is not None else _lookup(ASSUMED, parent, name)
        row = self._sum([1, self.selections(node.selection_set, kind, None)])
        return self._sum([own, self._product(ASSUMED_ROWS if size is None else size, row)])

    def _size(self, node: FieldNode, field: GraphQLField) -> _Number | None:
        """How many rows are asked for; None where the field does not let one say."""
        names = [name for name in ("first", "last") if name in field.args]
        if not names:
            return None
        given = {each.name.value: each.value for each in node.arguments or () if each.name.value in names}
        fallback = field.args[names[0]].default_value
        default = fallback if isinstance(fallback, int) else DEFAULT_PAGE
        sizes = [self._count(value, default) for value in given.values()]
        if len(sizes) == 1:
            return sizes[0]
        # Both are refused, unless a variable leaves one out.
        return self._largest(sizes) if sizes else default

    def _count(self, value: ValueNode, default: int) -> _Number:
        if isinstance(value, IntValueNode):
            return _bounded(int(value.value), default)
        if not isinstance(value, VariableNode):
            return default
        name, instead = value.name.value, self._defaults.get(value.name.value)
        if (name, default) not in self._sizes:
            self._sizes[name, default] = self._later(lambda variables, _: _bounded(variables.get(name, instead), default))
        return self._sizes[name, default]

    def _on_condition(self, node: SelectionNode, price: _Number) -> _Number:
        for directive in node.directives or ():
            wanted = {"include": True, "skip": False}.get(directive.name.value)
            if wanted is None:
                continue
            for argument in directive.arguments or ():
                price = self._where(argument.value, price, wanted=wanted)
        return price

    def _where(self, value: ValueNode, price: _Number, *, wanted: bool) -> _Number:
        if isinstance(value, BooleanValueNode):
            return price if value.value is wanted else 0
        if not isinstance(value, VariableNode) or price == 0:
            return price
        name, instead = value.name.value, self._defaults.get(value.name.value)
        number = self._place(price)
        return self._later(lambda variables, results: 0 if variables.get(name, instead) is (not wanted) else results[number])

    def _sum(self, numbers: Sequence[_Number]) -> _Number:
        fixed = sum(each for each in numbers if isinstance(each, int))
        places = [each.place for each in numbers if isinstance(each, _Later)]
        if not places:
            return fixed
        if len(places) == 1 and fixed == 0:
            return _Later(places[0])
        return self._later(lambda _, results: fixed + sum([results[place] for place in places]))

    def _product(self, left: _Number, right: _Number) -> _Number:
        if isinstance(left, int) and isinstance(right, int):
            return left * right
        a, b = self._place(left), self._place(right)
        return self._later(lambda _, results: results[a] * results[b])

    def _largest(self, numbers: Sequence[_Number]) -> _Number:
        fixed = max((each for each in numbers if isinstance(each, int)), default=0)
        places = [each.place for each in numbers if isinstance(each, _Later)]
        if not places:
            return fixed
        return self._later(lambda _, results: max(fixed, *[results[place] for place in places]))

    def _share(self, number: _Number) -> _Number:
        if isinstance(number, int):
            return 1 + number // INTROSPECTION_SHARE
        place = number.place
        return self._later(lambda _, results: 1 + results[place] // INTROSPECTION_SHARE)

    def _place(self, number: _Number) -> int:
        return number.place if isinstance(number, _Later) else self._later(lambda *_: number).place

    def _later(self, step: _Step) -> _Later:
        self.steps.append(step)
        return _Later(len(self.steps) - 1)


def _bounded(value: object, default: int) -> int:
    """The size of a page; what cannot be one is refused when it is asked for, and then with a better message."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    return min(max(value, 0), MAX_PAGE)


def _lookup(table: Mapping[str, int], parent: GraphQLObjectType | GraphQLInterfaceType, name: str) -> int | None:
    for each in (parent, *parent.interfaces):
        found = table.get(f"{each.name}.{name}")
        if found is not None:
            return found
    return None
