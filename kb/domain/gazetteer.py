"""Looks surfaces up in the reference set: which known entities can this string of characters be?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kb.domain.entity import EntityKind
from kb.domain.reference import Office, ReferenceEntity
from kb.domain.surnames import list_surnames

# "Georgia (U.S. state)" tells the set's readers which Georgia; no article writes it.
_QUALIFIER: Final = re.compile(r" \(.*?\)$")
_SPACES: Final = re.compile(r"\s+")
# Where a tokeniser may split: before whatever follows a letter or digit and is none, and after it.
_BOUNDARY: Final = re.compile(r"(?<=\w)(?=\W)|(?<=\W)(?=\w)")


class NameUse(StrEnum):
    """How a surface stands for a reference entity."""

    NAME = "name"
    ACRONYM = "acronym"
    DEMONYM = "demonym"
    METONYM = "metonym"
    SURNAME = "surname"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entity that a surface can be."""

    key: str
    use: NameUse


def plain(surface: str) -> str:
    """`surface` without accents, with straight apostrophes and single spaces; case is kept, for case tells names from words."""
    if surface.isascii():
        return " ".join(surface.replace("-", " ").split())
    text = unicodedata.normalize("NFKD", surface).replace("’", "'").replace("‘", "'")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return _SPACES.sub(" ", text.replace("-", " ")).strip()


class Gazetteer:
    """All surfaces of the reference set. Immutable after construction and shared by every article."""

    def __init__(self, entities: Iterable[ReferenceEntity], spellings: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """`spellings` gives further full names by key (transliteration variants)."""
        self.entities: dict[str, ReferenceEntity] = {}
        self._candidates: dict[str, list[Candidate]] = {}
        self._beginnings: set[str] = set()
        self._holders: dict[str, list[tuple[Office, str]]] = {}
        for entity in entities:
            self.entities[entity.key] = entity
            for name in (entity.name, *entity.names, *(spellings or {}).get(entity.key, ())):
                self._add(name, entity.key, NameUse.NAME)
            for acronym in entity.acronyms:
                self._add(acronym, entity.key, NameUse.ACRONYM)
            for demonym in entity.demonyms:
                self._add(demonym, entity.key, NameUse.DEMONYM)
            for metonym in entity.metonyms:
                self._add(metonym, entity.key, NameUse.METONYM)
            if entity.kind is EntityKind.PERSON:
                for name in (entity.name, *entity.names, *(spellings or {}).get(entity.key, ())):
                    for surname in list_surnames(name):
                        self._add(surname, entity.key, NameUse.SURNAME)
            for office in entity.offices:
                self._holders.setdefault(office.of, []).append((office, entity.key))

    def _add(self, surface: str, key: str, use: NameUse) -> None:
        text = plain(_QUALIFIER.sub("", surface))
        if len(text) < 2:
            return
        entries = self._candidates.setdefault(text, [])
        if all(entry.key != key for entry in entries):
            entries.append(Candidate(key, use))
        for boundary in _BOUNDARY.finditer(text, 1):
            self._beginnings.add(text[: boundary.start()].rstrip())

    def candidates(self, surface: str) -> tuple[Candidate, ...]:
        """The entities that `surface` can be, in the order of the reference set; all capitals are read as a name too."""
        text = plain(surface)
        found = self._candidates.get(text)
        if found is None and text.isupper() and len(text) > 3:
            found = [c for c in self._candidates.get(text.title(), ()) if c.use is not NameUse.DEMONYM]
        return tuple(found or ())

    def begins(self, surface: str) -> bool:
        """Whether some longer surface begins with the words or parts of words ("People" of "People's") of `surface`."""
        text = plain(surface)
        return text in self._beginnings or (text.isupper() and text.title() in self._beginnings)

    def holders(self, titles: Iterable[str], of: str, on: date | None) -> tuple[str, ...]:
        """The keys of people who held one of the offices of `of` on the day (now where it is None), latest first."""
        wanted = set(titles)
        found = [
            (office.since or date.min, key)
            for office, key in self._holders.get(of, ())
            if office.title in wanted and held(office, on)
        ]
        return tuple(key for _, key in sorted(found, reverse=True))


def held(office: Office, on: date | None) -> bool:
    """Whether the office was held on the day; without a day, whether it still is."""
    if on is None:
        return office.until is None
    if office.since is not None and on < office.since:
        return False
    return office.until is None or on <= office.until
