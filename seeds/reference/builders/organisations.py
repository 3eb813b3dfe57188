"""International organisations from supraverden, with members from the World Factbook, and what is added by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from builders.rows import drop, read_hand, to_slug, unique
from kb.domain.entity import EntityKind
from kb.domain.reference import ReferenceEntity
from kb.resolve.names import fold_name

_QID = re.compile(r"Q[1-9]\d*")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9/&-]+")


def build_organisations(
    sources: Path, hand: Path, factbook: Mapping[str, Mapping[str, str]], countries: Mapping[str, str]
) -> tuple[ReferenceEntity, ...]:
    """All organisations; `countries` has the key of each country by its code."""
    additions = read_hand(hand, "organisations")
    members = _read_members(factbook, countries)
    changes: dict[str, Mapping[str, Any]] = dict(additions["change"])
    short, unwanted = frozenset(additions["short_acronyms"]), frozenset(additions["not_acronyms"])
    unlisted = frozenset(additions["not_sources"])
    entities: list[ReferenceEntity] = []
    listed = yaml.safe_load((sources / "organisations" / "general_list.yaml").read_text(encoding="utf-8"))
    for row in listed.values():
        qid = row["Wikidata_code"] if _QID.fullmatch(str(row.get("Wikidata_code", ""))) else None
        if {qid, _clean(row["Name_en"])} & unlisted:
            continue
        entities.append(_build_listed(row, qid, changes.pop(qid or "", {}), short, unwanted, members))
    if changes:
        raise SystemExit(f"organisations: nothing to change for {', '.join(changes)}")
    known = {fold_name(entity.name): entity for entity in entities}
    for row in additions["add"]:
        entity = _build_added(row, members, countries)
        if fold_name(entity.name) in known or entity.key in {other.key for other in entities}:
            raise SystemExit(f"organisations: {entity.name} is in the sources already; move it to `change`")
        entities.append(entity)
    entities.extend(_read_groups(hand, countries))
    return tuple(entities)


def _read_groups(hand: Path, countries: Mapping[str, str]) -> Iterator[ReferenceEntity]:
    for code, lines in read_hand(hand, "groups").items():
        for line in lines:
            named, _, acronyms = (part.strip() for part in line.partition("|"))
            name, _, others = (part.strip() for part in named.partition("="))
            country = countries[code] if code != "international" else None
            yield ReferenceEntity(
                key=to_slug("org", f"{name} {code if country else ''}"),
                kind=EntityKind.ORGANISATION,
                name=name,
                wikidata_id=None,
                names=unique(part for part in others.split(";")),
                acronyms=unique(acronyms.split(",")),
                country=country,
                origin="hand",
            )


def _build_listed(
    row: Mapping[str, Any],
    qid: str | None,
    hand: Mapping[str, Any],
    short: frozenset[str],
    unwanted: frozenset[str],
    members: Mapping[str, tuple[str, ...]],
) -> ReferenceEntity:
    own = _clean(row["Name_en"])
    name = hand.get("name", own)
    names = [own, *(_clean(row[field]) for field in row if row[field] and re.fullmatch(r"Name_(?:other|former).*_en", field))]
    short_forms = [str(row[field]).strip() for field in row if row[field] and re.fullmatch(r"Abbreviation_(?!former).*en", field)]
    acronyms = [
        form for form in short_forms if _ACRONYM.fullmatch(form) and (len(form) > 3 or form in short) and form not in unwanted
    ]
    # What is no plain run of capitals ("Eurojust", "UN Tourism") reads like a name and is matched like one.
    names += [form for form in short_forms if not _ACRONYM.fullmatch(form) and len(form) > 4 and form[0].isupper()]
    british = [re.sub(r"rganiz", "rganis", form) for form in names] + [re.sub(r"rganis", "rganiz", form) for form in names]
    qid = hand.get("wikidata_id", qid)
    return ReferenceEntity(
        key=qid or to_slug("org", own),
        kind=EntityKind.ORGANISATION,
        name=name,
        wikidata_id=qid,
        names=drop(unique([*hand.get("names", ()), *names, *british, *_with_un(names)]), hand.get("not_names", ())),
        acronyms=tuple(
            form for form in unique([*hand.get("acronyms", ()), *acronyms]) if form not in hand.get("not_acronyms", ())
        ),
        metonyms=tuple(hand.get("metonyms", ())),
        members=members.get(hand.get("factbook", ""), ()),
        origin="supraverden, factbook, hand" if hand else "supraverden",
    )


def _build_added(row: Mapping[str, Any], members: Mapping[str, tuple[str, ...]], countries: Mapping[str, str]) -> ReferenceEntity:
    country = row.get("country")
    return ReferenceEntity(
        key=row.get("wikidata_id") or to_slug("org", f"{row['name']} {country or ''}"),
        kind=EntityKind.ORGANISATION,
        name=row["name"],
        wikidata_id=row.get("wikidata_id"),
        names=tuple(row.get("names", ())),
        acronyms=tuple(row.get("acronyms", ())),
        demonyms=tuple(row.get("demonyms", ())),
        metonyms=tuple(row.get("metonyms", ())),
        country=countries[country] if country else None,
        members=members.get(row.get("factbook", ""), ()),
        origin="hand",
    )


def _with_un(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        short + name.removeprefix("United Nations")
        for name in names
        if name.startswith("United Nations ")
        for short in ("UN", "U.N.")
    )


def _clean(name: object) -> str:
    return " ".join(str(name).replace("’", "'").replace("‐", "-").split())


def _read_members(factbook: Mapping[str, Mapping[str, str]], countries: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Keys of full members by the factbook's label; observers, partners and the suspended are none."""
    members: dict[str, list[str]] = {}
    for code, row in factbook.items():
        for label in re.split(r",\s*(?![^()]*\))", row["int_orgs"]):
            if "(" not in label and code in countries:
                members.setdefault(label.strip(), []).append(countries[code])
    return {label: tuple(keys) for label, keys in members.items()}
