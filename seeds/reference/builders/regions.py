"""Places that are no sovereign state: dependencies, provinces and breakaway republics, parts of the world, seas."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rigour.territories import Territory, get_territories

from builders.rows import read_hand, to_slug, unique
from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity

_OBLAST = re.compile(r" (?:Oblast|Krai|Autonomous Okrug|Republic)$")


def build_regions(hand: Path, countries: Mapping[str, str]) -> tuple[ReferenceEntity, ...]:
    """Regions of rigour and by hand; `countries` has the key of each country by its code."""
    additions = read_hand(hand, "regions")
    changes: dict[str, Mapping[str, Any]] = dict(additions["change"])
    unwanted, prefixes = frozenset(additions["not_territories"]), tuple(additions["not_prefixes"])
    regions: list[ReferenceEntity] = []
    for territory in sorted(get_territories(), key=lambda territory: territory.code):
        code = territory.code
        if code in countries or code in unwanted or code.startswith(prefixes) or territory.is_historical:
            continue
        regions.append(_build_territory(territory, changes.pop(code, {}), countries))
    if changes:
        raise SystemExit(f"regions: nothing to change for {', '.join(changes)}")
    regions.extend(_build_added(row, countries) for row in additions["add"])
    return tuple(regions)


def _build_territory(territory: Territory, hand: Mapping[str, Any], countries: Mapping[str, str]) -> ReferenceEntity:
    name = hand.get("name", territory.name)
    full = territory.full_name if not re.search(r"[(\[]| - ", territory.full_name) else ""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))
    oblast = _OBLAST.search(name)
    # English texts say "Belgorod region" far more often than "Belgorod Oblast".
    regional = [_OBLAST.sub(" region", name)] if oblast and "Republic" not in name else []
    parent = territory.parent
    return ReferenceEntity(
        key=territory.qid,
        kind=EntityKind.REGION,
        name=name,
        wikidata_id=territory.qid,
        names=unique([full if "name" not in hand else "", plain, *regional, *hand.get("names", ())], without=(name,)),
        acronyms=tuple(hand.get("acronyms", ())),
        demonyms=tuple(hand.get("demonyms", ())),
        metonyms=tuple(hand.get("metonyms", ())),
        country=countries.get(parent.code) if parent is not None else None,
        origin="rigour, hand" if hand else "rigour",
    )


def _build_added(row: Mapping[str, Any], countries: Mapping[str, str]) -> ReferenceEntity:
    country = row.get("country")
    return ReferenceEntity(
        key=row.get("wikidata_id") or to_slug("region", row["name"]),
        kind=EntityKind.REGION,
        name=row["name"],
        wikidata_id=row.get("wikidata_id"),
        names=tuple(row.get("names", ())),
        acronyms=tuple(row.get("acronyms", ())),
        demonyms=tuple(row.get("demonyms", ())),
        metonyms=tuple(row.get("metonyms", ())),
        country=countries[country] if country else None,
        population=row.get("population", 0),
        origin="hand",
    )
