"""Reads seeds/reference: the entities that are known before any article is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from kb.domain.entity import EntityKind
from kb.domain.reference import Office, ReferenceEntity
from kb.errors import ConfigError

NOUNS: Final = ("countries", "regions", "organisations", "bodies", "people")
"""The files of the reference set, each NOUN.jsonl, in the order they are read."""

_KINDS: Final = {kind.value: kind for kind in EntityKind}
_FIELDS: Final = frozenset(ReferenceEntity.__dataclass_fields__)


def load_reference(reference_dir: Path) -> tuple[ReferenceEntity, ...]:
    """All entities of the set, file by file in the order of `NOUNS`, within a file by key.

    `names` starts with the entity's own name, so that matching needs no other field. Raises ConfigError where a file is missing,
    a line is broken, or a key occurs twice.
    """
    entities: dict[str, ReferenceEntity] = {}
    for noun in NOUNS:
        path = reference_dir / f"{noun}.jsonl"
        for number, entity in _read_file(path):
            if entity.key in entities:
                raise ConfigError(
                    f"{path}, line {number}: the key {entity.key!r} occurs twice in the set; run its build.py again"
                )
            entities[entity.key] = entity
    return tuple(entities.values())


def _read_file(path: Path) -> Iterator[tuple[int, ReferenceEntity]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: the reference set cannot be read ({error}); install the package again or fix KB_DATA_DIR"
        ) from error
    if not lines:
        raise ConfigError(f"{path}: the file is empty; run seeds/reference/build.py again")
    for number, line in enumerate(lines, start=1):
        try:
            yield number, _to_entity(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(
                f"{path}, line {number}: no reference entity ({error!r}); run seeds/reference/build.py again"
            ) from error


def _to_entity(row: dict[str, object]) -> ReferenceEntity:
    unknown = row.keys() - _FIELDS
    if unknown:
        raise ValueError(f"unknown fields {', '.join(sorted(unknown))}")
    name, population = _text(row["name"]), row.get("population", 0)
    if not isinstance(population, int):
        raise TypeError("population is no whole number")
    return ReferenceEntity(
        key=_text(row["key"]),
        kind=_KINDS[_text(row["kind"])],
        name=name,
        wikidata_id=_optional(row.get("wikidata_id")),
        names=(name, *_texts(row.get("names"))),
        acronyms=_texts(row.get("acronyms")),
        demonyms=_texts(row.get("demonyms")),
        metonyms=_texts(row.get("metonyms")),
        capital=_optional(row.get("capital")),
        country=_optional(row.get("country")),
        offices=_to_offices(row["offices"]) if "offices" in row else (),
        members=_texts(row.get("members")),
        population=population,
        origin=_text(row["origin"]),
    )


def _to_offices(rows: object) -> tuple[Office, ...]:
    if not isinstance(rows, list):
        raise TypeError("offices is no list")
    return tuple(Office(_text(row["title"]), _text(row["of"]), _date(row.get("since")), _date(row.get("until"))) for row in rows)


def _date(value: object) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no text")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise TypeError(f"{value!r} is no list of texts")
    return tuple(value)
