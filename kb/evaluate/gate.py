"""Floors: what no figure may fall below without anybody noticing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.errors import UsageError
from kb.evaluate.gold import read_mapping
from kb.evaluate.score import Figure

_SUFFIX: Final = ".yaml"
_STEM: Final = "floors"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A figure below its floor."""

    name: str
    value: float
    floor: float

    def __str__(self) -> str:
        return f"{self.name} is {self.value:.3f}, below its floor of {self.floor:.3f}"


def lookup_floors_file(gold_dir: Path, reader: str) -> Path | None:
    """The floors that hold for a folder of gold where nobody names others: in it, or else beside it.

    Those of a reader ("floors.rules.yaml") go before those of all ("floors.yaml").
    """
    folder = gold_dir.resolve()
    names = (f"{_STEM}.{reader}{_SUFFIX}", f"{_STEM}{_SUFFIX}")
    return next((path for place in (folder, folder.parent) for name in names if (path := place / name).is_file()), None)


def read_floors(path: Path) -> dict[str, float]:
    """The least value of each figure named in `path`, or of its precision or recall ("links.precision").

    Raises UsageError where it holds none, or something that is no share.
    """
    floors = read_mapping(path)
    wrong = [
        name
        for name, floor in floors.items()
        if not isinstance(name, str) or isinstance(floor, bool) or not isinstance(floor, int | float) or not 0 <= floor <= 1
    ]
    if wrong or not floors:
        what = f"{wrong[0]!r} has no number from 0 to 1" if wrong else "there is none"
        raise UsageError(f"{path} is no list of floors: {what}; write lines such as 'entities: 0.88'")
    return {name: float(floor) for name, floor in floors.items()}


def list_shortfalls(figures: Iterable[Figure], floors: Mapping[str, float]) -> tuple[Shortfall, ...]:
    """The figures below their floors, in the order of the floors; raises UsageError for a floor under no figure."""
    named = {figure.name: figure for figure in figures}
    values = {name: figure.value for name, figure in named.items()}
    values |= {f"{name}.precision": figure.precision for name, figure in named.items()}
    values |= {f"{name}.recall": figure.recall for name, figure in named.items()}
    unknown = [name for name in floors if name not in values]
    if unknown:
        # A misspelt name would otherwise be a floor that nothing ever falls below.
        raise UsageError(f"there is no figure {unknown[0]!r}; the figures are {', '.join(named)}")
    return tuple(Shortfall(name, values[name], floor) for name, floor in floors.items() if values[name] < floor)
