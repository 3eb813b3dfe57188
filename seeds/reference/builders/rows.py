"""Rows of the reference set on their way to a file: merging names, reading YAML, writing JSON lines that diff well."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from kb.domain.reference import Office, ReferenceEntity
from kb.resolve.names import fold_name

_QID = re.compile(r"Q[1-9]\d*")


def read_hand(folder: Path, noun: str) -> Any:
    """The hand-written additions on `noun`, as YAML has them."""
    return yaml.safe_load((folder / f"{noun}.yaml").read_text(encoding="utf-8"))


def to_slug(prefix: str, name: str) -> str:
    """A key for an entity without a Wikidata id."""
    return f"{prefix}-{fold_name(name).replace(' ', '-')}"


def unique(names: Iterable[str | None], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """`names` in their order, once each, without empty ones and those that are written exactly as one of `without`."""
    seen = set(without)
    kept: list[str] = []
    for name in names:
        clean = " ".join((name or "").split())
        if clean and clean not in seen:
            seen.add(clean)
            kept.append(clean)
    return tuple(kept)


def drop(names: Iterable[str], unwanted: Iterable[str]) -> tuple[str, ...]:
    """`names` without those that fold like one of `unwanted`."""
    folded = {fold_name(name) for name in unwanted}
    return tuple(name for name in names if fold_name(name) not in folded)


def year_or_day(text: object, *, last: bool) -> date | None:
    """A date from "2014", "2014-05" or "2014-05-26"; of a bare year or month its last day if `last`, else its first."""
    if text is None or text in ("", "-"):
        return None
    if isinstance(text, date):
        return text
    parts = [int(part) for part in str(text).split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else (12 if last else 1)
    if not last:
        return date(parts[0], month, 1)
    following = date(parts[0] + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def write_rows(path: Path, entities: Iterable[ReferenceEntity]) -> int:
    """Writes `to_lines` of `entities`; returns how many they are."""
    text = to_lines(path.name, entities)
    path.write_text(text, encoding="utf-8")
    return text.count("\n")


def to_lines(file: str, entities: Iterable[ReferenceEntity]) -> str:
    """One line of JSON an entity, sorted by key, fields sorted and empty ones left out. Stops where a key occurs twice."""
    ordered = sorted(entities, key=lambda entity: _key_order(entity.key))
    keys = [entity.key for entity in ordered]
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    if twice:
        raise SystemExit(f"{file}: keys that occur twice: {', '.join(twice)}")
    lines = (json.dumps(_to_row(entity), ensure_ascii=False, sort_keys=True) for entity in ordered)
    return "".join(line + "\n" for line in lines)


def _key_order(key: str) -> tuple[int, int, str]:
    return (0, int(key[1:]), "") if _QID.fullmatch(key) else (1, 0, key)


def _to_row(entity: ReferenceEntity) -> Mapping[str, object]:
    row: dict[str, object] = {"key": entity.key, "kind": entity.kind.value, "name": entity.name, "origin": entity.origin}
    if entity.wikidata_id is not None:
        row["wikidata_id"] = entity.wikidata_id
    lists = {
        "names": unique(entity.names, without=(entity.name,)),
        "acronyms": unique(entity.acronyms),
        "demonyms": unique(entity.demonyms),
        "metonyms": unique(entity.metonyms),
        "members": tuple(sorted(set(entity.members), key=_key_order)),
    }
    row.update({field: list(values) for field, values in lists.items() if values})
    singles = (("capital", entity.capital), ("country", entity.country), ("population", entity.population))
    row.update({field: value for field, value in singles if value})
    if entity.offices:
        row["offices"] = [_to_office_row(office) for office in entity.offices]
    return row


def _to_office_row(office: Office) -> Mapping[str, str]:
    row = {"title": office.title, "of": office.of}
    if office.since is not None:
        row["since"] = office.since.isoformat()
    if office.until is not None:
        row["until"] = office.until.isoformat()
    return row
