"""Entities known before any article is read: what the reference set says of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.domain.entity import Alias, AliasKind, Entity, EntityKind
from kb.domain.ids import reference_entity_id


@dataclass(frozen=True, slots=True)
class Office:
    """An office held: `title` ("president", "prime minister") of the country or organisation `of`; None is open or unknown."""

    title: str
    of: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ReferenceEntity:
    """One row of seeds/reference.

    `key` is its Wikidata id or, where none is known, a slug of the set's own; `names` are full names and spellings, `acronyms`
    are matched in capitals only, `demonyms` are adjectives and nouns of belonging ("Russian", "Russians"), `metonyms` mean it
    when they act ("Kremlin", and the capital). `country` is the key of the country it belongs to, `members` keys of members,
    `population` ranks places, `kind` what it is.
    """

    key: str
    kind: EntityKind
    name: str
    wikidata_id: str | None
    names: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    capital: str | None = None
    country: str | None = None
    offices: tuple[Office, ...] = ()
    members: tuple[str, ...] = ()
    population: int = 0
    origin: str = ""


def entity_id(known: ReferenceEntity) -> str:
    """The id of the entity that it is in the store."""
    return reference_entity_id(known.wikidata_id or known.key)


def to_entity(known: ReferenceEntity) -> Entity:
    """The entity that it is in the store; a name that stands for it in several ways is there once, in the narrowest."""
    origin = known.origin or "reference"
    aliases: dict[str, Alias] = {}
    for names, kind in (
        ((known.name, *known.names), AliasKind.NAME),
        (known.acronyms, AliasKind.ACRONYM),
        (known.demonyms, AliasKind.DEMONYM),
        (known.metonyms, AliasKind.METONYM),
    ):
        for name in names:
            aliases[name] = Alias(name, kind, origin, is_name=name == known.name)
    return Entity(entity_id(known), known.kind, known.name, known.wikidata_id, tuple(aliases.values()))
