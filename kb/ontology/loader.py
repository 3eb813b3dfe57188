"""Reads schema/ontology into an `Ontology`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.errors import ConfigError
from kb.ontology.model import EntityType, EventType, Ontology, Predicate
from kb.settings import read_settings


def read_yaml(path: Path) -> Any:
    """The content of a schema file; raises ConfigError naming the file where it is missing or malformed."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing; reinstall the package or set KB_DATA_DIR to a checkout") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is no YAML: {error}") from error


def _event_type(identifier: str, row: dict[str, Any]) -> EventType:
    return EventType(
        id=identifier,
        label=row["label"],
        description=row["description"],
        root=row["root"],
        cameo=tuple(row["cameo"]),
        plover=row["plover"],
        symmetric=row.get("symmetric", False),
        speech=row.get("speech", False),
        empty_object=row.get("empty_object", False),
        empty_subject=row.get("empty_subject", False),
    )


def read_ontology(schema_dir: Path) -> Ontology:
    """The ontology of `schema_dir`; raises ConfigError where a file is missing or lacks a field."""
    folder = schema_dir / "ontology"
    try:
        events = {key: _event_type(key, row) for key, row in read_yaml(folder / "event_types.yaml").items()}
        predicates = {
            key: Predicate(
                key,
                row["label"],
                row["object"] == "entity",
                tuple(EntityKind(k) for k in row["subject_kinds"]),
                None if row.get("lasting") is None else int(row["lasting"]),
            )
            for key, row in read_yaml(folder / "predicates.yaml").items()
        }
        kinds = {
            EntityKind(key): EntityType(EntityKind(key), row["label"], row["description"], row["ftm"], row["stix"])
            for key, row in read_yaml(folder / "entity_types.yaml").items()
        }
        plover = {
            Modality(key): dict.fromkeys(row["roots"], row["plover"])
            for key, row in read_yaml(folder / "plover_by_modality.yaml").items()
        }
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise ConfigError(f"a file in {folder} lacks or misnames a field: {error}") from error
    return Ontology(events, predicates, kinds, plover)


@cache
def load_ontology() -> Ontology:
    """The installed ontology, read once a process."""
    return read_ontology(read_settings().schema_dir)
