"""Figures of one thing side by side, and whether one number fits all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from kb.domain.claim import Bound, Quantity

# How far from the number given "about 150,000" may lie.
_ABOUT: Final = 0.1


@dataclass(frozen=True, slots=True)
class Figure:
    """What is said of one number. `low` and `high` are the smallest and the largest that anybody gives; `agreed` is whether there
    is a number that all quantities leave room for."""

    about: str
    unit: str
    low: float
    high: float
    agreed: bool
    quantities: tuple[Quantity, ...]


def compare_figures(quantities: Sequence[Quantity]) -> tuple[Figure, ...]:
    """The quantities by what they are about, in the order given.

    They are of one thing where the unit is the same and the words of the one say no less than those of the other: "Russian
    troops" are troops, people injured are not people killed.
    """
    words = {each.id: frozenset(each.about.casefold().split()) for each in quantities}
    grouped: dict[tuple[str, frozenset[str]], list[Quantity]] = {}
    for each in quantities:
        unit = each.unit.casefold()
        wider = (words[other.id] for other in quantities if other.unit.casefold() == unit and words[other.id] <= words[each.id])
        key = min(wider, key=lambda found: (len(found), sorted(found)))
        grouped.setdefault((unit, key), []).append(each)
    return tuple(_to_figure(group) for group in grouped.values())


def _to_figure(group: Sequence[Quantity]) -> Figure:
    ranges = [_range_of(each) for each in group]
    shortest = min(group, key=lambda each: len(each.about.split()))
    return Figure(
        about=shortest.about,
        unit=shortest.unit,
        low=min(each.low for each in group),
        high=max(each.high for each in group),
        agreed=max(low for low, _ in ranges) <= min(high for _, high in ranges),
        quantities=tuple(group),
    )


def _range_of(quantity: Quantity) -> tuple[float, float]:
    match quantity.bound:
        case Bound.AT_LEAST:
            return quantity.low, inf
        case Bound.AT_MOST:
            return -inf, quantity.high
        case Bound.ABOUT:
            return quantity.low - abs(quantity.low) * _ABOUT, quantity.high + abs(quantity.high) * _ABOUT
        case Bound.EXACT:
            return quantity.low, quantity.high
