"""Filters of the schema as filters with slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kb.api.plan.arguments import Argument
from kb.api.plan.bindings import Bindings
from kb.api.plan.errors import NotCompiledError
from kb.storage.select.tree import Filter

_Make = Callable[[Bindings, Argument], Any]


def _ids(noun: str) -> _Make:
    return lambda bindings, argument: bindings.ids(noun, argument)


def _shape(bindings: Bindings, argument: Argument) -> bool:
    """True or false makes another statement."""
    return bool(argument.shape)


# The part of `kb.storage.select.tree.Filter` that a field of an input type fills, and how.
_PARTS: Final[Mapping[str, tuple[str, _Make]]] = {
    "about": ("about", _ids("event")),
    "attributedTo": ("attributed_to", _ids("entity")),
    "date": ("date", Bindings.days),
    "hasWikidata": ("has_wikidata", _shape),
    "kind": ("kind", Bindings.choices),
    "mentions": ("mentions", _ids("entity")),
    "minConfidence": ("min_confidence", Bindings.share),
    "modality": ("modality", Bindings.choices),
    "name": ("name", Bindings.start),
    "object": ("object", _ids("entity")),
    "participant": ("participant", _ids("entity")),
    "source": ("source", _ids("source")),
    "subject": ("subject", _ids("entity")),
    "text": ("text", Bindings.terms),
    "type": ("type", Bindings.choices),
    "withUnmentioned": ("with_unmentioned", _shape),
}
_COMPILED: Final = frozenset({"ArticleFilter", "EntityFilter", "EventFilter", "RelationFilter"})


def compile_filter(bindings: Bindings, kind: str, argument: Argument | None) -> Filter:
    """The filter; raises NotCompiledError for one of another kind or with a part that is not known here."""
    if argument is None:
        return Filter()
    parts: dict[str, Any] = {}
    for name in argument.given_fields():
        if kind not in _COMPILED or name not in _PARTS:
            raise NotCompiledError(f"{kind}.{name}")
        part, make = _PARTS[name]
        value = argument.field(name)
        assert value is not None  # noqa: S101 - it is among the given ones
        parts[part] = make(bindings, value)
    return Filter(**parts)
