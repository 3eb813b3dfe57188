"""What is asked for, as a tree: nouns, their fields, filters and pages, with slots for what every execution brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from kb.storage.given import Slot


@dataclass(frozen=True, slots=True)
class Fixed:
    """A field whose JSON is known beforehand."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A field of a row that is no row itself: `name` is the noun's."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Single:
    """Another row, or null."""

    key: str
    name: str
    of: Selection


@dataclass(frozen=True, slots=True)
class Several:
    """All rows of a list."""

    key: str
    name: str
    of: Selection
    where: Filter | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days; an end that is left out is open."""

    from_: Slot | None = None
    to: Slot | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """The parts of a filter of whichever noun. Lists and texts are slots; what is a choice between two statements is a value."""

    type: Slot | None = None
    modality: Slot | None = None
    subject: Slot | None = None
    object: Slot | None = None
    participant: Slot | None = None
    attributed_to: Slot | None = None
    source: Slot | None = None
    date: Days | None = None
    text: Slot | None = None
    min_confidence: Slot | None = None
    about: Slot | None = None
    relation: Slot | None = None
    mentions: Slot | None = None
    kind: Slot | None = None
    name: Slot | None = None
    has_wikidata: bool | None = None
    with_unmentioned: bool = False


NO_FILTER = Filter()


@dataclass(frozen=True, slots=True)
class Page:
    """`size` rows from the start, or `backwards` from the end; the slots of a bound are those of its ordering's keys in turn.

    `beyond` is more than `size` brings, to know whether there is more; the statement itself says it, as the way to get few rows
    is another than the way to get many.
    """

    size: Slot
    beyond: int
    after: tuple[Slot, ...] | None = None
    before: tuple[Slot, ...] | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor of an edge, or of the first or last row of a page."""

    key: str


@dataclass(frozen=True, slots=True)
class Node:
    """The row of an edge."""

    key: str
    of: Selection


@dataclass(frozen=True, slots=True)
class Edges:
    """The rows of a page, each with what belongs to its place."""

    key: str
    of: tuple[Fixed | Cursor | Node, ...]


@dataclass(frozen=True, slots=True)
class Nodes:
    """The rows of a page."""

    key: str
    of: Selection


@dataclass(frozen=True, slots=True)
class Bound:
    """Something about where a page lies."""

    key: str
    name: Literal["has_next_page", "has_previous_page", "start_cursor", "end_cursor"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a page lies among all rows."""

    key: str
    of: tuple[Fixed | Bound, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows there are on all pages."""

    key: str


PagePart: TypeAlias = "Fixed | Edges | Nodes | Bounds | Total"


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of a list; `order` is the noun's own where it is None."""

    key: str
    name: str
    page: Page
    of: tuple[PagePart, ...]
    where: Filter = NO_FILTER
    order: str | None = None


Field: TypeAlias = "Fixed | Plain | Single | Several | Paged"


@dataclass(frozen=True, slots=True)
class Selection:
    """Fields of a noun's rows. `by_kind` holds those of each kind of entity where they differ, instead of `fields`."""

    noun: str
    fields: tuple[Field, ...]
    by_kind: Mapping[str, tuple[Field, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One row by `by`, which is `id`, `wikidata_id` or `name`; null where there is none."""

    key: str
    of: Selection
    by: str
    value: Slot


@dataclass(frozen=True, slots=True)
class Check:
    """That each of the ids in the slot names one of the noun; `count` brings how many they are."""

    noun: str
    ids: Slot
    count: Slot


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that one statement answers."""

    roots: tuple[Fixed | Found | Paged, ...]
    checks: tuple[Check, ...]
