"""Adds the single words that texts use for the very famous."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from builders.rows import read_hand, unique
from kb.domain.reference import ReferenceEntity


def add_short_names(people: Iterable[ReferenceEntity], hand: Path) -> tuple[ReferenceEntity, ...]:
    """`people` in their order, with the short names that hand/short_names.yaml has for them behind their others.

    Stops where it names nobody of them, or gives a name that another bears.
    """
    listed = tuple(people)
    short: dict[str, list[str]] = dict(read_hand(hand, "short_names"))
    bearers = {name: person.name for person in listed for name in (person.name, *person.names)}
    problems = [f"nobody is called {name}" for name in short if bearers.get(name) != name]
    problems += [
        f"{word} is {bearers[word]}, not {name}"
        for name, words in short.items()
        for word in words
        if bearers.get(word, name) != name
    ]
    if problems:
        raise SystemExit(f"short_names: {'; '.join(problems)}")
    return tuple(
        replace(person, names=unique([*person.names, *short[person.name]], without=(person.name,)))
        if person.name in short
        else person
        for person in listed
    )
