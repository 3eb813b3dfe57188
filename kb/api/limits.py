"""What one request may ask for at most."""

from __future__ import annotations

from typing import Final

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

from kb.api.errors import LimitError

MAX_DEPTH: Final = 16
MAX_TOKENS: Final = 10_000
MAX_BODY_BYTES: Final = 1_000_000
# The words of a text filter or search; a longer one is somebody's whole article.
MAX_TEXT: Final = 1_000
# Ids in one list of a filter.
MAX_IDS: Final = 500


class DepthRule(ASTValidationRule):
    """Refuses operations whose fields lie more than `MAX_DEPTH` levels deep; introspection is left alone."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Reports `node` where it is too deep."""
        depth = self._depth(node.selection_set, frozenset(), {})
        if depth > MAX_DEPTH:
            message = f"the query is {depth} levels deep and {MAX_DEPTH} are allowed; ask in several queries"
            self.report_error(GraphQLError(message, node, extensions={"code": LimitError.code}))

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
