"""Claims as (label, subject, object): what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple, Protocol, TypeVar

from kb.ontology.model import EventType


class Triple(NamedTuple):
    """`label` is an event type or a CAMEO root; None is a side that the text leaves empty."""

    label: str
    subject: str | None
    object: str | None


class Told(Protocol):
    """What gold events and extracted claims have in common."""

    @property
    def type(self) -> str:
        """An event type of the ontology."""
        ...

    @property
    def subjects(self) -> Sequence[str]:
        """Gold ids."""
        ...

    @property
    def objects(self) -> Sequence[str]:
        """Gold ids."""
        ...


T = TypeVar("T", bound=Told)


def list_pairs(subjects: Sequence[str], objects: Sequence[str], *, symmetric: bool) -> tuple[tuple[str | None, str | None], ...]:
    """Each subject with each object, once; an empty side counts as one None.

    Where there is no direction a pair comes in the order of the alphabet, and several subjects without an object are paired with
    each other.
    """
    every: Iterable[tuple[str | None, str | None]]
    if symmetric and not objects and len(subjects) > 1:
        every = combinations(subjects, 2)
    else:
        every = product(subjects or (None,), objects or (None,))
    if symmetric:
        every = (pair if pair[1] is None else _sorted(pair) for pair in every)
    return tuple(dict.fromkeys(every))


def _sorted(pair: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    first, second = sorted(pair, key=str)
    return first, second


def group_by_triple(told: Iterable[T], types: Mapping[str, EventType], *, by_family: bool) -> dict[Triple, tuple[T, ...]]:
    """What tells each triple, in the order given; triples in the order in which they are first told."""
    groups: dict[Triple, list[T]] = {}
    for each in told:
        kind = types[each.type]
        label = kind.root if by_family else kind.id
        for subject, object_ in list_pairs(each.subjects, each.objects, symmetric=kind.symmetric):
            groups.setdefault(Triple(label, subject, object_), []).append(each)
    return {triple: tuple(tellers) for triple, tellers in groups.items()}
