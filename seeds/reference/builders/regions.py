"""Places that are no sovereign state: dependencies, provinces and breakaway republics, parts of the world, seas."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rigour.territories import Territory, get_territories

from builders.rows import read_hand, to_slug, unique
from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity
from kb.resolve.names import fold_name

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
    qid = hand.get("wikidata_id", territory.qid)
    return ReferenceEntity(
        key=qid,
        kind=EntityKind.REGION,
        name=name,
        wikidata_id=qid,
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


def build_provinces(hand: Path, countries: Mapping[str, str], taken: Iterable[ReferenceEntity]) -> tuple[ReferenceEntity, ...]:
    """First-level regions by hand; where one of `taken` bears the bare name, it has its word behind it ("Kano State")."""
    known = {fold_name(name) for entity in taken for name in (entity.name, *entity.names)}
    provinces: list[ReferenceEntity] = []
    for code, row in read_hand(hand, "provinces").items():
        for bare in row["names"]:
            forms = [] if row.get("plain") else [f"{bare} {row['word']}", f"{bare} {row['word'].lower()}"]
            short = fold_name(bare) not in known and bare not in row.get("long_only", ())
            names = unique([*([bare] if short else []), *forms, *row.get("also", {}).get(bare, ())])
            free = [name for name in names if fold_name(name) not in known]
            # "Helmand Province" is in the other lists with more to say of it.
            if not free or any(fold_name(form) in known for form in forms):
                continue
            known.update(fold_name(name) for name in free)
            provinces.append(
                ReferenceEntity(
                    key=to_slug("region", f"{bare} {code}"),
                    kind=EntityKind.REGION,
                    name=free[0],
                    wikidata_id=None,
                    names=tuple(free[1:]),
                    country=countries[code],
                    origin="hand",
                )
            )
    return tuple(provinces)
