"""The parts of filters, as conditions need them: whether a part is there, and something that stands for its value.

`kb.domain.query` has filters whose values are known; statements that are made once have slots in their place.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from kb.storage.dates import Days

# ruff: noqa: D102 - what each part means stands at the domain's filters.

Part: TypeAlias = "object | None"


class EventParts(Protocol):
    """Of `kb.domain.query.EventFilter`."""

    @property
    def type(self) -> Part: ...
    @property
    def modality(self) -> Part: ...
    @property
    def subject(self) -> Part: ...
    @property
    def object(self) -> Part: ...
    @property
    def participant(self) -> Part: ...
    @property
    def attributed_to(self) -> Part: ...
    @property
    def source(self) -> Part: ...
    @property
    def date(self) -> Days | None: ...
    @property
    def text(self) -> Part: ...
    @property
    def min_confidence(self) -> Part: ...
    @property
    def about(self) -> Part: ...
    @property
    def relation(self) -> Part: ...


class EntityParts(Protocol):
    """Of `kb.domain.query.EntityFilter`."""

    @property
    def kind(self) -> Part: ...
    @property
    def name(self) -> Part: ...
    @property
    def has_wikidata(self) -> bool | None: ...
    @property
    def with_unmentioned(self) -> bool: ...


class RelationParts(Protocol):
    """Of `kb.domain.query.RelationFilter`."""

    @property
    def type(self) -> Part: ...
    @property
    def modality(self) -> Part: ...
    @property
    def subject(self) -> Part: ...
    @property
    def object(self) -> Part: ...
    @property
    def participant(self) -> Part: ...


class ArticleParts(Protocol):
    """Of `kb.domain.query.ArticleFilter`."""

    @property
    def source(self) -> Part: ...
    @property
    def date(self) -> Days | None: ...
    @property
    def text(self) -> Part: ...
    @property
    def mentions(self) -> Part: ...
