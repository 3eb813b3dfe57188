"""Reads schema/lexicon/facts.yaml: by which titles, nouns and forms a text states static facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kb.domain.entity import EntityKind
from kb.errors import ConfigError
from kb.ontology.loader import load_ontology, read_yaml
from kb.ontology.model import Ontology
from kb.settings import read_settings


@dataclass(frozen=True, slots=True)
class OfficeWords:
    """What titles are made of (`offices` of schema/lexicon/facts.yaml)."""

    heads: frozenset[str]
    only_with: Mapping[str, frozenset[str]]
    speaking: frozenset[str]
    adjectives: frozenset[str]
    former: frozenset[str]
    still: frozenset[str]
    tails: frozenset[str]
    ranks: frozenset[str]
    of: frozenset[str]
    sent: frozenset[str]
    copulas: frozenset[str]
    beginning: frozenset[str]
    counterparts: frozenset[str]
    of_states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Relation:
    """One relational noun class: see `relations` of schema/lexicon/facts.yaml."""

    predicate: str
    nouns: frozenset[str]
    subjects: frozenset[EntityKind]
    kinds: frozenset[EntityKind]
    links: frozenset[str]
    holder_links: frozenset[str]
    own: bool
    named: bool
    known: bool


@dataclass(frozen=True, slots=True)
class FactPatterns:
    """What facts.yaml says.

    `predicates` maps a role of a rule (holds, speaks, inside, part, of_body, member, capital) to its predicate.
    """

    offices: OfficeWords
    predicates: Mapping[str, str]
    subject_kinds: Mapping[str, frozenset[EntityKind]]
    relations: tuple[Relation, ...]
    place_links: frozenset[str]
    body_links: frozenset[str]
    article_names: frozenset[str]
    article_words: frozenset[str]


def _kinds(names: Iterable[str]) -> frozenset[EntityKind]:
    return frozenset(EntityKind(name) for name in names)


def _relation(raw: Mapping[str, Any]) -> Relation:
    return Relation(
        predicate=raw["predicate"],
        nouns=frozenset(raw["nouns"]),
        subjects=_kinds(raw.get("subjects", ())),
        kinds=_kinds(raw["kinds"]),
        links=frozenset(raw["links"]),
        holder_links=frozenset(raw.get("holder_links", ())),
        own=raw.get("own", False),
        named=raw.get("named", False),
        known=raw.get("known", False),
    )


def read_fact_patterns(schema_dir: Path, ontology: Ontology) -> FactPatterns:
    """The patterns under `schema_dir`; raises ConfigError where the file lacks a part or names an unknown predicate."""
    path = schema_dir / "lexicon" / "facts.yaml"
    raw = read_yaml(path)
    try:
        words = raw["offices"]
        plain = {name: frozenset(words[name]) for name in OfficeWords.__dataclass_fields__ if name != "only_with"}
        patterns = FactPatterns(
            offices=OfficeWords(only_with={head: frozenset(needed) for head, needed in words["only_with"].items()}, **plain),
            predicates={
                "holds": words["holds"],
                "speaks": words["speaks"],
                "inside": raw["places"]["inside"],
                "part": raw["places"]["part"],
                "of_body": raw["of_body"]["predicate"],
                "member": raw["reference"]["member"],
                "capital": raw["reference"]["capital"],
            },
            subject_kinds={name: frozenset(p.subject_kinds) for name, p in ontology.predicates.items()},
            relations=tuple(_relation(row) for row in raw["relations"]),
            place_links=frozenset(raw["places"]["links"]),
            body_links=frozenset(raw["of_body"]["links"]),
            article_names=frozenset(raw["articles"]["names"]),
            article_words=frozenset(raw["articles"]["words"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"{path} lacks or misnames {error}") from error
    unknown = {*patterns.predicates.values(), *(r.predicate for r in patterns.relations)} - set(ontology.predicates)
    if unknown:
        raise ConfigError(f"{path} names the predicate {min(unknown)!r}, which the ontology lacks")
    return patterns


@cache
def load_fact_patterns() -> FactPatterns:
    """The installed patterns, read once a process."""
    return read_fact_patterns(read_settings().schema_dir, load_ontology())
