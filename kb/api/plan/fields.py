"""Which fields an operation asks of a type, with fragments and directives worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)

from kb.api.plan.arguments import Arguments
from kb.api.plan.errors import NotCompiledError


class Fields:
    """Collects the fields of selection sets for one type of object."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], arguments: Arguments) -> None:
        self._schema = schema
        self._fragments = fragments
        self._arguments = arguments

    def collect(self, sets: Iterable[SelectionSetNode], kind: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """The fields by response key, in the order of the response; those with one key are merged by whoever reads them."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for each in sets:
            self._collect(each, kind, found, spread)
        return found

    def _collect(
        self, selections: SelectionSetNode, kind: GraphQLObjectType, found: dict[str, list[FieldNode]], spread: set[str]
    ) -> None:
        for selection in selections.selections:
            if not self._is_asked(selection):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                found.setdefault(key, []).append(selection)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                if condition is None or self._holds(condition.name.value, kind):
                    self._collect(selection.selection_set, kind, found, spread)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
                spread.add(selection.name.value)
                fragment = self._fragments[selection.name.value]
                if self._holds(fragment.type_condition.name.value, kind):
                    self._collect(fragment.selection_set, kind, found, spread)

    def _is_asked(self, selection: SelectionNode) -> bool:
        for directive in selection.directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                raise NotCompiledError(f"@{name}")
            (condition,) = directive.arguments or ()
            if self._arguments.truth(condition.value) == (name == "skip"):
                return False
        return True

    def _holds(self, name: str, kind: GraphQLObjectType) -> bool:
        condition = self._schema.get_type(name)
        if condition is kind:
            return True
        return isinstance(condition, GraphQLInterfaceType) and self._schema.is_sub_type(condition, kind)
