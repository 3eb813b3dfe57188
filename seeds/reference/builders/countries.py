"""Sovereign states, of today and of the past."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rigour.territories import get_territory

from builders.rows import drop, read_hand, unique
from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity
from kb.resolve.names import fold_name

# Nouns of belonging take an "s" in the plural unless they end like "Chinese", "British", "Swiss".
_PLURAL = re.compile(r"(?:an|in|er|ite|ian|ene|ar|ot|ot|ard|i|e|o|k|ch|g)$")
_UNCHANGED = re.compile(r"(?:ese|ish|ss|ch|ais|ois)$")


def read_mledoze(sources: Path) -> tuple[Mapping[str, Any], ...]:
    """The rows of mledoze/countries."""
    return tuple(json.loads((sources / "countries" / "countries.json").read_text(encoding="utf-8")))


def read_factbook(sources: Path, hand: Path) -> dict[str, dict[str, str]]:
    """The rows of the World Factbook by ISO code (lower case), HTML entities resolved."""
    codes: Mapping[str, str] = {}
    territories = read_hand(hand, "factbook_codes")
    for territory_code, gec in territories.items():
        codes = {**codes, gec: territory_code}
    rows: dict[str, dict[str, str]] = {}
    for line in (sources / "factbook" / "extract.jsonl").read_text(encoding="utf-8").splitlines():
        row = {field: html.unescape(value or "") for field, value in json.loads(line).items()}
        if row["gec"] in codes:
            rows[codes[row["gec"]]] = row
    missing = sorted(set(territories) - set(rows))
    if missing:
        raise SystemExit(f"factbook: no rows for {', '.join(missing)}")
    return rows


def build_countries(
    sources: Path, hand: Path, factbook: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[ReferenceEntity, ...], dict[str, str]]:
    """All countries, and the key of each by lower-case ISO code (or the hand-given code of a past state)."""
    additions: dict[str, dict[str, Any]] = read_hand(hand, "countries")
    entities: list[ReferenceEntity] = []
    keys: dict[str, str] = {}
    for row in read_mledoze(sources):
        code = row["cca2"].lower()
        if row["independent"] or code in ("xk", "tw", "ps"):
            entity = _build_country(row, factbook.get(code, {}), additions.pop(code, {}))
            entities.append(entity)
            keys[code] = entity.key
    for code, hand_row in additions.items():
        entities.append(_build_past(hand_row))
        keys[code] = entities[-1].key
    return _without_shared_names(entities), keys


def _build_country(row: Mapping[str, Any], facts: Mapping[str, str], hand: Mapping[str, Any]) -> ReferenceEntity:
    territory = get_territory(row["cca2"].lower())
    if territory is None:
        raise SystemExit(f"rigour knows no territory {row['cca2']}")
    name = hand.get("name", row["name"]["common"])
    candidates = [
        row["name"]["common"],
        row["name"]["official"],
        territory.name,
        territory.full_name,
        facts.get("long"),
        *row["altSpellings"],
    ]
    named = drop([name for name in candidates if name is not None and _is_name(name)], hand.get("not_names", ()))
    names = unique([*named, *hand.get("names", ())])
    demonyms = drop(
        unique(
            [
                *hand.get("demonyms", ()),
                *read_demonyms(facts.get("adjective", "")),
                *read_demonyms(facts.get("noun", "")),
                *_pluralise(row["demonyms"].get("eng", {}).get("m", "")),
            ]
        ),
        [*names, name, *hand.get("not_demonyms", ())],
    )
    capital = hand.get("capital", (row["capital"] or [None])[0])
    metonyms = drop(unique([capital, *hand.get("metonyms", ())]), [name, *hand.get("not_metonyms", ())])
    qid = hand.get("wikidata_id", territory.qid)
    return ReferenceEntity(
        key=qid,
        kind=EntityKind.COUNTRY,
        name=name,
        wikidata_id=qid,
        names=names,
        acronyms=tuple(hand.get("acronyms", ())),
        demonyms=demonyms,
        metonyms=metonyms,
        capital=capital,
        origin="rigour, mledoze/countries, factbook, hand" if hand else "rigour, mledoze/countries, factbook",
    )


def _build_past(hand: Mapping[str, Any]) -> ReferenceEntity:
    return ReferenceEntity(
        key=hand["wikidata_id"],
        kind=EntityKind.COUNTRY,
        name=hand["name"],
        wikidata_id=hand["wikidata_id"],
        names=tuple(hand.get("names", ())),
        acronyms=tuple(hand.get("acronyms", ())),
        demonyms=tuple(hand.get("demonyms", ())),
        metonyms=tuple(hand.get("metonyms", ())),
        capital=hand.get("capital"),
        origin="hand",
    )


def _is_name(name: str) -> bool:
    """Whether an English text could use it: Latin, longer than a code, without a comma that turns its order round."""
    latin = all(unicodedata.name(letter, "").startswith("LATIN") for letter in name if letter.isalpha())
    return (
        latin
        and len(fold_name(name)) > 3
        and name[0].isupper()
        and not name.isupper()
        and not re.search(r"[,();\d'’](?!s )", name[1:])
    )


def read_demonyms(text: str) -> tuple[str, ...]:
    """The forms that a factbook entry such as "Dane(s)" or "Frenchman(men), Frenchwoman(women)" stands for."""
    forms: list[str] = []
    bare = re.sub(r"\((?!s\)|men\)|women\))[^)]*\)", "", text)
    bare = re.sub(r"note - former term, (\w+\(?s?\)?), still used.*", r", \1", bare)
    for part in re.split(r",|;| or | and |/", bare):
        form = part.strip().removeprefix("or ").strip()
        plural = re.search(r"\((s|men|women)\)", form)
        singular = re.sub(r"\s*\(.*?\)", "", form).strip()
        if not singular or singular.casefold() in ("none", "na"):
            continue
        forms.append(singular)
        if plural and plural[1] == "s":
            forms.append(singular + "s")
        elif plural:
            forms.append(singular.removesuffix(plural[1][:-2] + "an") + plural[1])
    return tuple(form for form in forms if form[0].isupper() and len(form) > 2)


def _pluralise(text: str) -> tuple[str, ...]:
    forms: list[str] = []
    for part in re.split(r",|\||;| or ", text):
        form = part.strip()
        if form:
            forms.append(form)
            if _PLURAL.search(form) and not _UNCHANGED.search(form):
                forms.append(form + "s")
    return tuple(forms)


def _without_shared_names(entities: Sequence[ReferenceEntity]) -> tuple[ReferenceEntity, ...]:
    """A further name that is another country's own would link to the wrong one, so it goes."""
    own = {fold_name(entity.name): entity.key for entity in entities}
    kept: list[ReferenceEntity] = []
    for entity in entities:
        names = tuple(name for name in entity.names if own.get(fold_name(name), entity.key) == entity.key)
        fields = {field: getattr(entity, field) for field in ReferenceEntity.__dataclass_fields__}
        kept.append(ReferenceEntity(**{**fields, "names": names}))
    return tuple(kept)
