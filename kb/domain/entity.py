"""Canonical people, countries, organisations and regions, the names they bear, and where a text refers to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EntityKind(StrEnum):
    """What an entity is. A region is any place that is not a sovereign country."""

    PERSON = "PERSON"
    COUNTRY = "COUNTRY"
    ORGANISATION = "ORGANISATION"
    REGION = "REGION"


class AliasKind(StrEnum):
    """How a name stands for its entity."""

    NAME = "name"
    ACRONYM = "acronym"
    DEMONYM = "demonym"
    METONYM = "metonym"
    NOMINAL = "nominal"


class MentionForm(StrEnum):
    """How a mention refers."""

    NAME = "name"
    NOMINAL = "nominal"
    PRONOUN = "pronoun"


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that an entity bears. `origin` is the reference source, the article it was read in, or the curator who gave it.

    `is_name` marks what the origin calls the entity in full, from which it has the name that is shown.
    """

    name: str
    kind: AliasKind
    origin: str
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A canonical entity. `article_id` is set where it exists in one article only: nameless, or with a name others bear."""

    id: str
    kind: EntityKind
    name: str
    wikidata_id: str | None = None
    aliases: tuple[Alias, ...] = ()
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters `start` to `end` of an article's text that refer to an entity, with why they were linked to it.

    `parts` are the signs that make up the score, each with what it added.
    """

    id: str
    article_id: str
    entity_id: str
    start: int
    end: int
    text: str
    form: MentionForm
    score: float
    reason: str
    parts: tuple[tuple[str, float], ...] = ()
