"""Which entity of a gold file an extracted entity is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from kb.domain.entity import Alias, Entity
from kb.domain.extraction import Extraction
from kb.evaluate.gold import GoldEntity

# What no gold entity is called: an entity that gold does not have goes by its name behind this sign.
UNKNOWN: Final = "?"
_NO_WORD: Final = re.compile(r"[\W_]+")


def fold(name: str) -> str:
    """The form in which gold and extracted names are compared: lower case, words alone, no accents, no leading "the".

    Not the folding that linking uses: a measure must not move with what it measures.
    """
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    joined = decomposed.replace("’", "'").replace("'s", "s")
    bare = "".join(letter for letter in joined if not unicodedata.combining(letter))
    words = _NO_WORD.sub(" ", bare).split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


class Matcher:
    """Leads from extracted entities to the entities of one gold file, by Wikidata id and, failing that, by name."""

    def __init__(self, gold: Iterable[GoldEntity], found: Mapping[str, Entity]) -> None:
        """`found` are the extracted entities by id, with all names that they bear anywhere."""
        self._by_wikidata: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        for entity in gold:
            if entity.wikidata_id:
                self._by_wikidata[entity.wikidata_id] = entity.id
            for name in entity.names:
                self._by_name.setdefault(fold(name), entity.id)
        self._found = found

    def gold_id(self, entity_id: str) -> str:
        """The gold entity's id, or `?` and the extracted entity's name where gold does not have it."""
        entity = self._found[entity_id]
        known = self._by_wikidata.get(entity.wikidata_id or "")
        if known is not None:
            return known
        for name in (entity.name, *(alias.name for alias in entity.aliases)):
            known = self._by_name.get(fold(name))
            if known is not None:
                return known
        return UNKNOWN + entity.name


def merge_entities(extractions: Iterable[Extraction]) -> dict[str, Entity]:
    """Every entity by id, with the names of all its articles in the order of the alphabet, as a knowledge base has them."""
    entities: dict[str, Entity] = {}
    aliases: dict[str, dict[str, Alias]] = {}
    for extraction in extractions:
        for entity in extraction.entities:
            entities.setdefault(entity.id, entity)
            for alias in entity.aliases:
                aliases.setdefault(entity.id, {}).setdefault(alias.name, alias)
    return {
        key: replace(entity, aliases=tuple(alias for _, alias in sorted(aliases.get(key, {}).items())))
        for key, entity in entities.items()
    }
