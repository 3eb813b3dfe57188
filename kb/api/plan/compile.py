"""From a validated operation and the shape of its variables to the tree that storage makes a statement of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from kb.api.plan.arguments import Argument, Arguments
from kb.api.plan.bindings import Bindings
from kb.api.plan.errors import NotCompiledError
from kb.api.plan.fields import Fields
from kb.api.plan.filters import compile_filter
from kb.api.plan.inputs import Shape, Variables
from kb.domain.entity import EntityKind
from kb.domain.ids import is_wikidata_id
from kb.storage.select.lists import LISTS, ROOT_LISTS, PagedList
from kb.storage.select.nouns import NOUNS
from kb.storage.select.tree import (
    Bound,
    Bounds,
    Cursor,
    Edges,
    Field,
    Fixed,
    Found,
    Node,
    Nodes,
    Page,
    Paged,
    PagePart,
    Plain,
    Request,
    Selection,
    Several,
    Single,
    Total,
)

_CAPITAL: Final = re.compile("(?<=[a-z0-9])([A-Z])")
_TYPENAME: Final = "__typename"
_ENTITY: Final = "entity"
_BOUNDS: Final = {
    "hasNextPage": "has_next_page",
    "hasPreviousPage": "has_previous_page",
    "startCursor": "start_cursor",
    "endCursor": "end_cursor",
}
# The arguments of `entity`, of which there has to be one.
_BY: Final = {"id": "id", "wikidataId": "wikidata_id", "name": "name"}
_PAGED: Final = frozenset({"filter", "first", "after", "last", "before", "orderBy"})


def compile_operation(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Variables,
    shapes: Shape,
    bindings: Bindings,
) -> Request:
    """The tree; its slots are in `bindings`. Raises NotCompiledError for what only resolvers can answer."""
    if operation.operation is not OperationType.QUERY or operation.directives:
        raise NotCompiledError(operation.operation.value)
    return _Compiler(schema, fragments, Arguments(variables.types, variables.by_name(shapes)), bindings).request(operation)


class _Compiler:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        arguments: Arguments,
        bindings: Bindings,
    ) -> None:
        self._schema = schema
        self._arguments = arguments
        self._bindings = bindings
        self._fields = Fields(schema, fragments, arguments)

    def request(self, operation: OperationDefinitionNode) -> Request:
        query = self._schema.query_type
        assert query is not None  # noqa: S101 - the operation was validated
        asked = self._fields.collect([operation.selection_set], query)
        roots = tuple(self._root(query, key, nodes) for key, nodes in asked.items())
        return Request(roots, tuple(self._bindings.checks))

    def _root(self, query: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Fixed | Found | Paged:
        name = nodes[0].name.value
        if name == _TYPENAME:
            return Fixed(key, f'"{query.name}"')
        field = _field_of(query, name)
        if name in ROOT_LISTS:
            return self._paged(key, ROOT_LISTS[name], name, field, nodes)
        given = self._arguments.of(nodes[0], field)
        if name == _ENTITY and len(given) == 1:
            return self._entity(key, given, field, nodes)
        if name in ("event", "article"):
            return Found(key, self._selection(field, nodes), "id", self._bindings.id(name, given["id"]))
        if name == "node" and isinstance(noun := given["id"].shape, str):
            return Found(key, self._of_noun(noun, nodes), "id", self._bindings.id(noun, given["id"]))
        raise NotCompiledError(name)

    def _entity(self, key: str, given: Mapping[str, Argument], field: GraphQLField, nodes: list[FieldNode]) -> Found:
        ((by, value),) = given.items()
        if by == "id":
            slot = self._bindings.id(_ENTITY, value)
        elif by == "wikidataId":
            slot = self._bindings.value(value.find, _wikidata_id)
        else:
            slot = self._bindings.name(value)
        return Found(key, self._selection(field, nodes), _BY[by], slot)

    def _selection(self, field: GraphQLField, nodes: list[FieldNode]) -> Selection:
        """What is asked of the object that a field leads to."""
        kind = get_named_type(field.type)
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        if isinstance(kind, GraphQLObjectType):
            return Selection(_noun_of(kind), self._members(kind, sets))
        if isinstance(kind, GraphQLInterfaceType) and kind.name == "Entity":
            return self._of_entity(kind, sets)
        raise NotCompiledError(kind.name)

    def _of_noun(self, noun: str, nodes: list[FieldNode]) -> Selection:
        """What is asked of a node, which is known to be of this noun."""
        kind = self._schema.get_type(noun.capitalize())
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        if isinstance(kind, GraphQLInterfaceType):
            return self._of_entity(kind, sets)
        if not isinstance(kind, GraphQLObjectType) or noun not in NOUNS:
            raise NotCompiledError(noun)
        return Selection(noun, self._members(kind, sets))

    def _of_entity(self, kind: GraphQLInterfaceType, sets: list[SelectionSetNode]) -> Selection:
        possible = {each.name.upper(): each for each in self._schema.get_possible_types(kind)}
        if not self._differs(sets, list(possible.values())):
            return Selection(_ENTITY, self._members(next(iter(possible.values())), sets))
        by_kind = {kind.value: self._members(possible[kind.value], sets) for kind in EntityKind}
        return Selection(_ENTITY, (), by_kind)

    def _differs(self, sets: list[SelectionSetNode], kinds: list[GraphQLObjectType]) -> bool:
        first, *others = (self._fields.collect(sets, kind) for kind in kinds)
        return any(list(other.items()) != list(first.items()) for other in others)

    def _members(self, kind: GraphQLObjectType, sets: list[SelectionSetNode]) -> tuple[Field, ...]:
        return tuple(self._member(kind, key, nodes) for key, nodes in self._fields.collect(sets, kind).items())

    def _member(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Field:
        name = nodes[0].name.value
        noun = _noun_of(kind)
        if name == _TYPENAME:
            return Plain(key, "type_name") if noun == _ENTITY else Fixed(key, f'"{kind.name}"')
        field = _field_of(kind, name)
        plain = snake_case(name)
        if (noun, plain) in LISTS:
            return self._paged(key, LISTS[noun, plain], plain, field, nodes)
        if field.args.keys() - {"filter"}:
            raise NotCompiledError(f"{kind.name}.{name}")
        if isinstance(get_named_type(field.type), GraphQLScalarType | GraphQLEnumType):
            return Plain(key, plain)
        selection = self._selection(field, nodes)
        if not is_list_type(get_nullable_type(field.type)):
            return Single(key, plain, selection)
        given = self._arguments.of(nodes[0], field).get("filter")
        where = None if given is None else compile_filter(self._bindings, get_named_type(given.kind).name, given)
        return Several(key, plain, selection, where)

    def _paged(self, key: str, of: PagedList, name: str, field: GraphQLField, nodes: list[FieldNode]) -> Paged:
        given = self._arguments.of(nodes[0], field)
        if unknown := given.keys() - _PAGED:
            raise NotCompiledError(f"{name}({', '.join(sorted(unknown))})")
        order = given["orderBy"].shape if "orderBy" in given else None
        ordering = of.orders[order or next(iter(of.orders))]
        if "first" in given and "last" in given:
            raise NotCompiledError("first and last")
        size, beyond = self._bindings.size(given.get("last", given.get("first")))
        bounds = {side: self._bindings.cursor(ordering, given[side]) if side in given else None for side in ("after", "before")}
        page = Page(size, beyond, bounds["after"], bounds["before"], backwards="last" in given)
        kind = get_named_type(field.args["filter"].type).name if "filter" in field.args else ""
        where = compile_filter(self._bindings, kind, given.get("filter"))
        connection = get_named_type(field.type)
        assert isinstance(connection, GraphQLObjectType)  # noqa: S101 - lists are connections
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        asked = self._fields.collect(sets, connection)
        parts = tuple(self._part(connection, part, nodes_of_part) for part, nodes_of_part in asked.items())
        return Paged(key, name, page, parts, where, order)

    def _part(self, connection: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> PagePart:
        name = nodes[0].name.value
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        if name == _TYPENAME:
            return Fixed(key, f'"{connection.name}"')
        if name == "totalCount":
            return Total(key)
        field = _field_of(connection, name)
        if name == "nodes":
            return Nodes(key, self._selection(field, nodes))
        kind: Any = get_named_type(field.type)
        asked = self._fields.collect(sets, kind)
        if name == "edges":
            return Edges(key, tuple(self._in_edge(kind, part, of) for part, of in asked.items()))
        if name == "pageInfo":
            return Bounds(key, tuple(_bound(kind, part, of[0].name.value) for part, of in asked.items()))
        raise NotCompiledError(f"{connection.name}.{name}")

    def _in_edge(self, edge: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Fixed | Cursor | Node:
        name = nodes[0].name.value
        if name == _TYPENAME:
            return Fixed(key, f'"{edge.name}"')
        return Cursor(key) if name == "cursor" else Node(key, self._selection(_field_of(edge, name), nodes))


def snake_case(name: str) -> str:
    """The name of a field as the domain has it."""
    return _CAPITAL.sub(lambda match: f"_{match.group(1).lower()}", name)


def _noun_of(kind: GraphQLObjectType) -> str:
    return _ENTITY if any(each.name == "Entity" for each in kind.interfaces) else snake_case(kind.name).lower()


def _field_of(kind: GraphQLObjectType, name: str) -> GraphQLField:
    if name not in kind.fields:
        raise NotCompiledError(name)
    field: GraphQLField = kind.fields[name]
    return field


def _bound(kind: GraphQLObjectType, key: str, name: str) -> Fixed | Bound:
    return Fixed(key, f'"{kind.name}"') if name == _TYPENAME else Bound(key, _BOUNDS[name])  # type: ignore[arg-type]


def _wikidata_id(text: str) -> str:
    if not is_wikidata_id(text):
        raise NotCompiledError("wikidataId")
    return text
