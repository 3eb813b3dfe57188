"""The gold standard: what careful readers found in an article, one YAML file each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.errors import UsageError

# What lies beside the gold files and is none.
_ASIDE: Final = frozenset({"floors", "story"})
_DEBATABLE: Final = "debatable"


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """An entity of one article; `id` is a slug that holds in that file only.

    `names` are those it is recognised by: its own, then its mentions or, where it is nowhere named, its nominals; `surfaces` are
    the names that the article has for it, empty where it is nowhere named. On what is `debatable` careful readers differ, so it
    counts neither way.
    """

    id: str
    kind: EntityKind
    names: tuple[str, ...]
    wikidata_id: str | None
    debatable: bool
    surfaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """A claim that the article makes, with subjects, objects and speakers as ids of the file's entities.

    `modalities` are all that a reader may take it for; `story` names the real event, None where nobody said which; `evidence`
    are the sentences that make the claim.
    """

    id: str
    type: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    modalities: frozenset[Modality]
    speakers: tuple[str, ...]
    story: str | None
    evidence: tuple[str, ...]
    debatable: bool


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """The gold of one article; `file` is the article file's name without its ending."""

    name: str
    file: str
    entities: tuple[GoldEntity, ...]
    events: tuple[GoldEvent, ...]


def list_gold_files(folder: Path) -> tuple[Path, ...]:
    """The gold files that lie in `folder` itself, by name."""
    return tuple(sorted(path for path in folder.glob("*.yaml") if path.name.partition(".")[0] not in _ASIDE))


def read_gold(folder: Path, types: Collection[str]) -> tuple[GoldArticle, ...]:
    """The gold files of `folder` by name; `types` are the event types there are.

    Raises UsageError where there is none, and for a file that is no gold, naming it and what is wrong.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name one with gold files (.yaml)")
    paths = list_gold_files(folder)
    if not paths:
        raise UsageError(f"{folder} holds no gold; name a folder with one .yaml file an article, or with .exercises files")
    return tuple(_read_file(path, types) for path in paths)


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds; raises UsageError naming the file where it cannot be read or holds something else."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a file that is there") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path} is no YAML: {error}") from error
    if not isinstance(content, dict):
        raise UsageError(f"{path} holds no mapping; see the files in tests/gold for the form")
    return content


def _read_file(path: Path, types: Collection[str]) -> GoldArticle:
    content = read_mapping(path)
    try:
        gold = GoldArticle(
            name=path.stem,
            file=str(content["article"].get("file") or path.stem),
            entities=tuple(map(_entity, content["entities"] or [])),
            events=tuple(map(_event, content["events"] or [])),
        )
    except KeyError as error:
        raise UsageError(f"{path} lacks the field {error}; see the files in tests/gold for the form") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no gold: {error}; see the files in tests/gold for the form") from error
    problem = _find_problem(gold, types)
    if problem:
        raise UsageError(f"{path}: {problem}")
    return gold


def _entity(row: Mapping[str, Any]) -> GoldEntity:
    names = (row["name"], *(row.get("mentions") or row.get("nominals") or ()))
    return GoldEntity(
        id=str(row["id"]),
        kind=EntityKind(row["type"]),
        names=tuple(map(str, names)),
        wikidata_id=row.get("qid") or None,
        debatable=row.get("certainty") == _DEBATABLE,
        surfaces=tuple(map(str, row.get("mentions") or ())),
    )


def _event(row: Mapping[str, Any]) -> GoldEvent:
    return GoldEvent(
        id=str(row["id"]),
        type=row["type"],
        subjects=tuple(map(str, row["subject"] or ())),
        objects=tuple(map(str, row["object"] or ())),
        modalities=frozenset(map(Modality, (row["modality"], *(row.get("modality_also") or ())))),
        speakers=tuple(map(str, row.get("attributed_to") or ())),
        story=row.get("story") or None,
        evidence=tuple(map(str, row["evidence"] or ())),
        debatable=row.get("certainty") == _DEBATABLE,
    )


def _find_problem(gold: GoldArticle, types: Collection[str]) -> str | None:
    """The first thing in which the parts of a file do not fit each other or the ontology."""
    declared = {entity.id for entity in gold.entities}
    if len(declared) < len(gold.entities):
        return "two entities have the same id; give each its own"
    for event in gold.events:
        if event.type not in types:
            return f"event {event.id!r} has the unknown type {event.type!r}; use one of the ontology"
        unknown = [name for name in (*event.subjects, *event.objects, *event.speakers) if name not in declared]
        if unknown:
            return f"event {event.id!r} names {unknown[0]!r}, which is no entity of the file; add it"
    return None
