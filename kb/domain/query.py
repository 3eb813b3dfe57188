"""What can be asked of the store: filters, pages and slices, shared by the API, the command line and exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DateRange:
    """Both ends included; None is open."""

    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Every part given must hold; inside a part any value will do. Entity ids are canonical or former ids.

    `relation` lets through what states one of these relations.
    """

    type: tuple[str, ...] | None = None
    modality: tuple[Modality, ...] | None = None
    subject: tuple[str, ...] | None = None
    object: tuple[str, ...] | None = None
    participant: tuple[str, ...] | None = None
    attributed_to: tuple[str, ...] | None = None
    source: tuple[str, ...] | None = None
    date: DateRange | None = None
    text: str | None = None
    min_confidence: float | None = None
    about: tuple[str, ...] | None = None
    relation: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """`name` matches any alias by folded prefix of one of its words; `has_wikidata` whether it has a Wikidata id.

    What the reference set knows and no article mentions is found by a name, and otherwise `with_unmentioned` only.
    """

    kind: tuple[EntityKind, ...] | None = None
    name: str | None = None
    has_wikidata: bool | None = None
    with_unmentioned: bool = False


@dataclass(frozen=True, slots=True)
class RelationFilter:
    """Relations by end, type and modality (actual alone where none is given).

    Where the type has no direction, either end is subject and object.
    """

    type: tuple[str, ...] | None = None
    modality: tuple[Modality, ...] | None = None
    subject: tuple[str, ...] | None = None
    object: tuple[str, ...] | None = None
    participant: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Articles by publisher, day of publication, words of the title or text, and entities mentioned (by any of their ids)."""

    source: tuple[str, ...] | None = None
    date: DateRange | None = None
    text: str | None = None
    mentions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class QuantityFilter:
    """Figures by the words of what they are about, publisher, day of publication and whose figure it is."""

    about: str | None = None
    source: tuple[str, ...] | None = None
    date: DateRange | None = None
    attributed_to: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Relay's arguments: forwards (`first`, `after`) or backwards (`last`, `before`); cursors are opaque."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of rows in order, with a cursor for each and whether there is more on either side."""

    items: tuple[T, ...]
    cursors: tuple[str, ...]
    has_next: bool
    has_previous: bool
