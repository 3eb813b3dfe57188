"""What one request may ask for at most, whatever it would cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
)

from kb.api.errors import LimitError

MAX_DEPTH: Final = 16
MAX_TOKENS: Final = 10_000
MAX_BODY_BYTES: Final = 1_000_000
# The words of a text filter or search; a longer one is somebody's whole article.
MAX_TEXT: Final = 1_000
# Ids in one list of a filter.
MAX_IDS: Final = 500
# Fields of one operation's root, aliases in one document, and how often one answer's key may be asked for in one place.
MAX_ROOT_FIELDS: Final = 50
MAX_ALIASES: Final = 200
MAX_REPEATED: Final = 10
# Spreads of fragments in one document: those that meet are compared with each other.
MAX_SPREADS: Final = 100
# On one place, and in one document.
MAX_DIRECTIVES: Final = 5
MAX_DIRECTIVES_IN_ALL: Final = 200
MAX_OPERATIONS: Final = 50
MAX_VARIABLES: Final = 200
# Values in one list, of a query or of its variables, and all that the variables of one request hold.
MAX_LIST: Final = 500
MAX_VALUES: Final = 10_000


def find_excess(document: DocumentNode) -> GraphQLError | None:
    """The first limit that the text exceeds; None where it keeps to them all. Takes time in proportion to the text."""
    seen: Counter[str] = Counter()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            seen["operations"] += 1
            if seen["operations"] > MAX_OPERATIONS:
                return _excess(definition, f"the document has more than {MAX_OPERATIONS} operations; send those of one page")
            if len(definition.variable_definitions or ()) > MAX_VARIABLES:
                return _excess(definition, f"the operation has more than {MAX_VARIABLES} variables; ask in several queries")
            if sum(1 for _ in _flat(definition.selection_set)) > MAX_ROOT_FIELDS:
                message = f"the operation asks for more than {MAX_ROOT_FIELDS} fields at its root; ask in several queries"
                return _excess(definition, message)
        elif not isinstance(definition, FragmentDefinitionNode):
            continue
        found = _of_directives(definition, seen) or _of_selections(definition.selection_set, seen)
        if found is not None:
            return found
    return None


def _of_selections(root: SelectionSetNode, seen: Counter[str]) -> GraphQLError | None:
    pending = [root]
    while pending:
        keys: Counter[str] = Counter()
        for selection in _flat(pending.pop()):
            found = _of_directives(selection, seen)
            if found is not None:
                return found
            if isinstance(selection, FragmentSpreadNode):
                seen["spreads"] += 1
                if seen["spreads"] > MAX_SPREADS:
                    return _excess(selection, f"fragments are spread in more than {MAX_SPREADS} places; ask in several queries")
            if not isinstance(selection, FieldNode):
                continue
            seen["aliases"] += selection.alias is not None
            if seen["aliases"] > MAX_ALIASES:
                return _excess(selection, f"the query has more than {MAX_ALIASES} aliases; ask in several queries")
            key = (selection.alias or selection.name).value
            keys[key] += 1
            if keys[key] > MAX_REPEATED:
                return _excess(selection, f"{key!r} is asked for more than {MAX_REPEATED} times in one place; once is enough")
            found = _of_arguments(selection)
            if found is not None:
                return found
            if selection.selection_set is not None:
                pending.append(selection.selection_set)
    return None


def _flat(root: SelectionSetNode) -> Iterator[SelectionNode]:
    """What is selected in one place, with what inline fragments there select."""
    pending = [root]
    while pending:
        for selection in pending.pop().selections:
            yield selection
            if isinstance(selection, InlineFragmentNode):
                pending.append(selection.selection_set)


def _of_directives(node: Node, seen: Counter[str]) -> GraphQLError | None:
    directives = getattr(node, "directives", None) or ()
    seen["directives"] += len(directives)
    if len(directives) > MAX_DIRECTIVES:
        return _excess(node, f"more than {MAX_DIRECTIVES} directives stand in one place; one of a kind is enough")
    if seen["directives"] > MAX_DIRECTIVES_IN_ALL:
        return _excess(node, f"the query has more than {MAX_DIRECTIVES_IN_ALL} directives; ask in several queries")
    return None


def _of_arguments(field: FieldNode) -> GraphQLError | None:
    pending: list[ValueNode] = [argument.value for argument in field.arguments or ()]
    while pending:
        value = pending.pop()
        if isinstance(value, ListValueNode):
            if len(value.values) > MAX_LIST:
                return _excess(value, f"a list of {len(value.values)} values is too long; give up to {MAX_LIST}")
            pending.extend(value.values)
        elif isinstance(value, ObjectValueNode):
            pending.extend(each.value for each in value.fields)
    return None


def _excess(node: Node, message: str) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": LimitError.code})


def named_in(document: DocumentNode) -> frozenset[str]:
    """The names of all fields that are selected anywhere, and of the types that fragments are on."""
    names: set[str] = set()
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            continue
        if isinstance(definition, FragmentDefinitionNode):
            names.add(definition.type_condition.name.value)
        pending = [definition.selection_set]
        while pending:
            for selection in _flat(pending.pop()):
                if isinstance(selection, InlineFragmentNode) and selection.type_condition is not None:
                    names.add(selection.type_condition.name.value)
                if isinstance(selection, FieldNode):
                    names.add(selection.name.value)
                    if selection.selection_set is not None:
                        pending.append(selection.selection_set)
    return frozenset(names)


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raises LimitError where variables hold more than a request may."""
    total = 0
    pending: list[Any] = [each for each in variables.values() if isinstance(each, list | dict)]
    while pending:
        value = pending.pop()
        if isinstance(value, list) and len(value) > MAX_LIST:
            raise LimitError(f"variables: a list of {len(value)} values is too long; give up to {MAX_LIST}")
        total += len(value)
        if total > MAX_VALUES:
            raise LimitError(f"variables hold more than {MAX_VALUES} values; ask in several queries")
        inner = value if isinstance(value, list) else value.values()
        pending.extend(each for each in inner if isinstance(each, list | dict))


class DepthRule(ASTValidationRule):
    """Refuses operations whose fields lie more than `MAX_DEPTH` levels deep; introspection has a rule of its own."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Reports `node` where it is too deep."""
        depth = self._depth(node.selection_set, frozenset(), {})
        if depth > MAX_DEPTH:
            message = f"the query is {depth} levels deep and {MAX_DEPTH} are allowed; ask in several queries"
            self.report_error(_excess(node, message))

    def _depth(self, selections: SelectionSetNode | None, open_fragments: frozenset[str], known: dict[str, int]) -> int:
        deepest = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                if selection.name.value.startswith("__"):
                    continue
                depth = 1 + self._depth(selection.selection_set, open_fragments, known)
            elif isinstance(selection, FragmentSpreadNode):
                depth = self._fragment_depth(selection.name.value, open_fragments, known)
            else:
                depth = self._depth(getattr(selection, "selection_set", None), open_fragments, known)
            deepest = max(deepest, depth)
        return deepest

    def _fragment_depth(self, name: str, open_fragments: frozenset[str], known: dict[str, int]) -> int:
        # A fragment that spreads itself is another rule's to report; here it must only not go on for ever.
        if name in open_fragments:
            return 0
        if name not in known:
            fragment: FragmentDefinitionNode | None = self.context.get_fragment(name)
            known[name] = self._depth(fragment.selection_set, open_fragments | {name}, known) if fragment else 0
        return known[name]
