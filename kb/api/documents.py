"""Reads a query's text once: parsed, validated, measured and priced, or with the errors that say why not."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)

from kb.api.errors import OPERATION_UNRESOLVED, PARSE_FAILED, VALIDATION_FAILED, LimitError
from kb.api.guard.cost import Pricing, compile_pricing
from kb.api.limits import MAX_TOKENS, DepthRule, find_excess, named_in

if TYPE_CHECKING:
    from graphql import GraphQLSchema

_GAVE_UP: Final = "Parsing aborted."
_TOO_MUCH: Final = f"the query has more than {MAX_TOKENS} tokens or is nested too deeply to be read; ask in several queries"
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
# Who asks, and what people decided that changes nothing of what is known.
_VOLATILE: Final = frozenset({"viewer", "decisions", "suggestedMerges", "ingestRun", "ingestRuns"}) | frozenset(
    {"Decision", "Judgement", "Split", "Retraction", "IngestRun"}
)
# A token takes about a kilobyte as read: together the documents that are kept take 100 MB at most, whatever is sent.
_KEPT_TOKENS: Final = 100_000
_KEPT_DOCUMENTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """A query's text as read. `node` is None, and `code` says in which step, where `errors` are there.

    `fragments` are those of the document by name, `introspects` says whether anything of it asks for the schema, `volatile`
    whether its answer can change without a change in the sequence. `plans` is where whoever compiles operations keeps what came
    out, by operation name.
    """

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()
    code: str = ""
    operations: tuple[OperationDefinitionNode, ...] = ()
    fragments: Mapping[str, FragmentDefinitionNode] = field(default_factory=dict)
    introspects: bool = False
    volatile: bool = False
    tokens: int = MAX_TOKENS
    plans: dict[str | None, Any] = field(default_factory=dict, compare=False)
    _pricings: dict[str | None, Pricing] = field(default_factory=dict, compare=False)
    _schema: GraphQLSchema | None = field(default=None, compare=False, repr=False)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation that `name` means, which must be clear (`operation_error`)."""
        for node in self.operations:
            if name is None or (node.name is not None and node.name.value == name):
                return node
        raise LookupError(name)

    def price(self, name: str | None, variables: Mapping[str, Any] | None = None) -> int:
        """What the operation that `name` means costs with these variables, in points, at least 1."""
        pricing = self._pricings.get(name)
        if pricing is None:
            assert self._schema is not None  # noqa: S101 - asked of documents without errors only
            # Two threads may both compile it; they come to the same.
            pricing = self._pricings[name] = compile_pricing(self._schema, self.operation(name), self.fragments)
        return pricing.price(variables)

    def mutates(self, name: str | None) -> bool:
        """Whether the operation that `name` means, which must be clear, changes something."""
        return self.operation(name).operation is OperationType.MUTATION

    def subscribes(self, name: str | None) -> bool:
        """Whether the operation that `name` means, which must be clear, is answered again and again."""
        return self.operation(name).operation is OperationType.SUBSCRIPTION

    def operation_error(self, name: str | None) -> GraphQLError | None:
        """Why it is not clear which operation `name` means; None when it is."""
        extensions = {"code": OPERATION_UNRESOLVED}
        if name is None and len(self.operations) == 1:
            return None
        if not self.operations:
            return GraphQLError("the document holds fragments only; add a query", extensions=extensions)
        names = [node.name.value for node in self.operations if node.name]
        if name is None:
            return GraphQLError(f"say with operationName which one is meant: {', '.join(names)}", extensions=extensions)
        if name not in names:
            there = f"there are {', '.join(names)}" if names else "leave operationName out, the query has no name"
            return GraphQLError(f"there is no operation {name[:80]!r}; {there}", extensions=extensions)
        return None


class _Kept:
    """The documents that came last, as many as their size allows. Safe to share between threads."""

    def __init__(self) -> None:
        self._documents: OrderedDict[tuple[int, str], Document] = OrderedDict()
        self._tokens = 0
        self._lock = threading.Lock()

    def find(self, key: tuple[int, str]) -> Document | None:
        with self._lock:
            found = self._documents.get(key)
            if found is not None:
                self._documents.move_to_end(key)
            return found

    def keep(self, key: tuple[int, str], document: Document) -> None:
        with self._lock:
            before = self._documents.pop(key, None)
            self._tokens += document.tokens - (before.tokens if before else 0)
            self._documents[key] = document
            while len(self._documents) > 1 and (self._tokens > _KEPT_TOKENS or len(self._documents) > _KEPT_DOCUMENTS):
                self._tokens -= self._documents.popitem(last=False)[1].tokens


_KEPT: Final = _Kept()


def find_document(schema: GraphQLSchema, text: str) -> Document | None:
    """The document that `read_document` has read before and still keeps."""
    return _KEPT.find((id(schema), text))


def read_document(schema: GraphQLSchema, text: str) -> Document:
    """`text` parsed and validated against `schema`. Never raises; results are kept for as long as the text keeps coming."""
    key = (id(schema), text)
    document = _KEPT.find(key)
    if document is None:
        document = _read(schema, text)
        _KEPT.keep(key, document)
    return document


def _read(schema: GraphQLSchema, text: str) -> Document:
    try:
        node = parse(text, max_tokens=MAX_TOKENS, allow_empty_selection_sets=False)
        # Before validation, some rules of which take the square of what they are given.
        excess = find_excess(node)
        if excess is not None:
            return _refused(text, LimitError.code, excess)
        errors = validate(schema, node, (*specified_rules, DepthRule))
    except GraphQLSyntaxError as error:
        # graphql-core gives up on a limit in the same way as on a misplaced bracket; only its words tell them apart.
        if error.message.endswith(_GAVE_UP):
            return _refused(text, LimitError.code, GraphQLError(_TOO_MUCH))
        return _refused(text, PARSE_FAILED, error)
    except RecursionError:
        return _refused(text, LimitError.code, GraphQLError(_TOO_MUCH))
    if errors:
        return _refused(text, VALIDATION_FAILED, *errors)
    names = named_in(node)
    return Document(
        node,
        operations=tuple(each for each in node.definitions if isinstance(each, OperationDefinitionNode)),
        fragments={each.name.value: each for each in node.definitions if isinstance(each, FragmentDefinitionNode)},
        introspects=not names.isdisjoint(_INTROSPECTION),
        volatile=not names.isdisjoint(_VOLATILE),
        tokens=node.token_count,
        _schema=schema,
    )


def _refused(text: str, code: str, *errors: GraphQLError) -> Document:
    # Errors keep what they point at.
    return Document(None, errors, code, tokens=min(MAX_TOKENS, 1 + len(text) // 2))
