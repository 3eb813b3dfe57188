"""Parliaments, ministries, services and armed forces that act under a name of their own."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from builders.rows import read_hand, to_slug, unique
from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity
from kb.resolve.names import fold_name


def build_bodies(hand: Path, countries: Mapping[str, str], states: Mapping[str, ReferenceEntity]) -> tuple[ReferenceEntity, ...]:
    """All bodies, each with its country; `countries` has the key of each country by its code, `states` the country by its key."""
    bodies = _read_bodies(hand, countries)
    taken = {fold_name(name) for body in bodies for name in (body.name, *body.names)}
    return (*bodies, *_read_parliaments(hand, countries, states, taken))


def _read_parliaments(
    hand: Path, countries: Mapping[str, str], states: Mapping[str, ReferenceEntity], taken: Container[str]
) -> Iterator[ReferenceEntity]:
    for line in read_hand(hand, "parliaments"):
        code, name, qid, others = (*(field.strip() for field in line.split("|")), "", "")[:4]
        state = states[countries[code]]
        known = qid if qid not in ("", "-") else None
        belonging = state.demonyms[:1]
        rule = [f"{demonym} {noun}" for demonym in belonging for noun in ("parliament", "Parliament")]
        made = [made for made in (*rule, f"Parliament of {state.name}") if fold_name(made) not in taken]
        yield ReferenceEntity(
            key=known or to_slug("body", f"{name} {code}"),
            kind=EntityKind.ORGANISATION,
            name=name,
            wikidata_id=known,
            names=unique([*others.split(", "), *made], without=(name,)),
            country=state.key,
            origin="hand, wikidata" if known else "hand",
        )


def _read_bodies(hand: Path, countries: Mapping[str, str]) -> tuple[ReferenceEntity, ...]:
    return tuple(
        ReferenceEntity(
            key=row.get("wikidata_id") or to_slug("body", f"{row['name']} {code}"),
            kind=EntityKind.ORGANISATION,
            name=row["name"],
            wikidata_id=row.get("wikidata_id"),
            names=tuple(row.get("names", ())),
            acronyms=tuple(row.get("acronyms", ())),
            country=countries[code],
            origin="hand",
        )
        for code, rows in read_hand(hand, "bodies").items()
        for row in rows
    )
