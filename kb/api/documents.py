"""Reads a query's text once: parsed, validated and measured, or with the errors that say why not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)

from kb.api.errors import OPERATION_UNRESOLVED, PARSE_FAILED, VALIDATION_FAILED, LimitError
from kb.api.limits import MAX_TOKENS, DepthRule

if TYPE_CHECKING:
    from graphql import GraphQLSchema

_GAVE_UP: Final = "Parsing aborted."
_TOO_MUCH: Final = f"the query has more than {MAX_TOKENS} tokens or is nested too deeply to be read; ask in several queries"


@dataclass(frozen=True, slots=True)
class Document:
    """A query's text as read. `node` is None, and `code` says in which step, where `errors` are there."""

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()
    code: str = ""

    def mutates(self, name: str | None) -> bool:
        """Whether the operation that `name` means, which must be clear, changes something."""
        assert self.node is not None  # noqa: S101 - asked of documents without errors only
        operations = [node for node in self.node.definitions if isinstance(node, OperationDefinitionNode)]
        return any(
            node.operation is OperationType.MUTATION
            for node in operations
            if name is None or (node.name is not None and node.name.value == name)
        )

    def operation_error(self, name: str | None) -> GraphQLError | None:
        """Why it is not clear which operation `name` means; None when it is."""
        assert self.node is not None  # noqa: S101 - asked of documents without errors only
        operations = [node for node in self.node.definitions if isinstance(node, OperationDefinitionNode)]
        names = [node.name.value for node in operations if node.name]
        extensions = {"code": OPERATION_UNRESOLVED}
        if not operations:
            return GraphQLError("the document holds fragments only; add a query", extensions=extensions)
        if name is None and len(operations) > 1:
            return GraphQLError(f"say with operationName which one is meant: {', '.join(names)}", extensions=extensions)
        if name is not None and name not in names:
            there = f"there are {', '.join(names)}" if names else "leave operationName out, the query has no name"
            return GraphQLError(f"there is no operation {name!r}; {there}", extensions=extensions)
        return None


@lru_cache(maxsize=256)
def read_document(schema: GraphQLSchema, text: str) -> Document:
    """`text` parsed and validated against `schema`. Never raises; results are kept for as long as the text keeps coming."""
    try:
        node = parse(text, max_tokens=MAX_TOKENS)
        errors = validate(schema, node, (*specified_rules, DepthRule))
    except GraphQLSyntaxError as error:
        # graphql-core gives up on a limit in the same way as on a misplaced bracket; only its words tell them apart.
        if error.message.endswith(_GAVE_UP):
            return Document(None, (GraphQLError(_TOO_MUCH),), LimitError.code)
        return Document(None, (error,), PARSE_FAILED)
    except RecursionError:
        return Document(None, (GraphQLError(_TOO_MUCH),), LimitError.code)
    if errors:
        return Document(None, tuple(errors), VALIDATION_FAILED)
    return Document(node)
