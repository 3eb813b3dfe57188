"""Parliaments, ministries, services and armed forces that act under a name of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from builders.rows import read_hand, to_slug
from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity


def build_bodies(hand: Path, countries: Mapping[str, str]) -> tuple[ReferenceEntity, ...]:
    """All bodies, each with its country; `countries` has the key of each country by its code."""
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
