"""Decides whom each name of an article means: a known entity, or one that nobody knows yet."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse, held
from kb.domain.mention import NameMention, Referent, ResolvedMention, Usage
from kb.domain.reference import ReferenceEntity
from kb.resolve.metonymy import stands_for_country
from kb.resolve.names import fold_name

# What each sign adds to a candidate's score. Round numbers, ordered by how often the sign was right on gold/train; no finer
# tuning moved entities F1 there by more than its standard error.
_KIND_PRIOR: Final = {EntityKind.COUNTRY: 3.0, EntityKind.ORGANISATION: 2.0, EntityKind.PERSON: 1.5, EntityKind.REGION: 1.0}
_USE_PRIOR: Final = {NameUse.NAME: 1.0, NameUse.ACRONYM: 1.0, NameUse.DEMONYM: 1.0, NameUse.METONYM: 0.5, NameUse.SURNAME: 0.0}
_KIND_AGREES: Final = 2.0
_IN_OFFICE: Final = 1.5
_NAMED_IN_FULL: Final = 3.0
# A city of this size is rarely meant as somebody's name, whatever the tagger says.
_LARGE_CITY: Final = 300_000
_FULL_SCORE: Final = 6.0


@dataclass(slots=True)
class _Group:
    """Mentions that mean the same, while they are being collected."""

    kind: EntityKind
    name: str
    key: str | None
    score: float
    reason: str
    country: str | None = None
    surfaces: Counter[str] = field(default_factory=Counter)


def resolve_names(
    names: Sequence[NameMention], gazetteer: Gazetteer, published_on: date | None
) -> tuple[tuple[Referent, ...], tuple[ResolvedMention, ...]]:
    """The article's referents and a mention of one for each name, in the order of the text."""
    linker = _Linker(names, gazetteer, published_on)
    numbers = [linker.group_of(name) for name in names]
    referents = tuple(
        Referent(
            number=number,
            kind=group.kind,
            name=group.name,
            key=group.key,
            surfaces=tuple(group.surfaces),
            score=group.score,
            reason=group.reason,
            country=group.country,
        )
        for number, group in enumerate(linker.groups)
    )
    mentions = tuple(
        ResolvedMention(
            paragraph=name.paragraph,
            first=name.first,
            last=name.last,
            start=name.start,
            end=name.end,
            text=name.text,
            form=MentionForm.NAME,
            referents=(number,),
            demonym=any(c.use is NameUse.DEMONYM for c in name.candidates),
        )
        for name, number in zip(names, numbers, strict=True)
    )
    return referents, mentions


class _Linker:
    def __init__(self, names: Sequence[NameMention], gazetteer: Gazetteer, published_on: date | None) -> None:
        self.gazetteer = gazetteer
        self.published_on = published_on
        self.groups: list[_Group] = []
        self.by_key: dict[str, int] = {}
        self.by_name: dict[tuple[EntityKind, str], int] = {}
        self.people_in_full = _people_in_full(names)
        self.full_keys = {
            c.key for name in names if " " in name.text for c in name.candidates if c.use in (NameUse.NAME, NameUse.ACRONYM)
        }
        self.initials = _organisations_by_initials(names)

    def group_of(self, name: NameMention) -> int:
        """The number of the group that `name` belongs to."""
        choice = self._choose(name)
        if choice is not None:
            candidate, score, reason = choice
            number = self._group_for_key(candidate, score, reason)
        else:
            number = self._group_for_unknown(name)
        self.groups[number].surfaces[name.text] += 1
        if name.styled is not None and self.groups[number].kind is EntityKind.PERSON:
            self.groups[number].surfaces[name.styled] += 1
        return number

    def _choose(self, name: NameMention) -> tuple[Candidate, float, str] | None:
        country = stands_for_country(name, self.gazetteer, self.people_in_full)
        if country is not None:
            return country, 1.0, f"{name.text!r} stands for the country"
        candidates = name.candidates
        if name.kind is EntityKind.PERSON and " " not in name.text and name.text in self.people_in_full:
            full = self.people_in_full[name.text]
            if not full.candidates:
                return None
            candidates = full.candidates
        scored = sorted(((self._score(name, c), i, c) for i, c in enumerate(candidates)), key=lambda entry: (-entry[0], entry[1]))
        for score, _, candidate in scored:
            if self._is_allowed(name, candidate):
                return candidate, min(1.0, score / _FULL_SCORE), self._explain(name, candidate)
        return None

    def _is_allowed(self, name: NameMention, candidate: Candidate) -> bool:
        entity = self.gazetteer.entities[candidate.key]
        if candidate.use is NameUse.SURNAME:
            # A surname alone is enough only for somebody in office, or named in full elsewhere in the article.
            in_office = any(held(office, self.published_on) for office in entity.offices)
            return (in_office or candidate.key in self.full_keys) and name.kind in (
                None,
                EntityKind.PERSON,
                EntityKind.ORGANISATION,
            )
        if candidate.use is NameUse.METONYM:
            return name.usage is not Usage.PLACE
        if name.kind is EntityKind.PERSON and " " not in name.text:
            if entity.kind is EntityKind.REGION:
                return name.usage is Usage.PLACE or entity.population >= _LARGE_CITY
            return entity.kind is not EntityKind.ORGANISATION
        return True

    def _score(self, name: NameMention, candidate: Candidate) -> float:
        entity = self.gazetteer.entities[candidate.key]
        score = _KIND_PRIOR[entity.kind] + _USE_PRIOR[candidate.use]
        if name.kind is entity.kind or (name.kind is EntityKind.REGION and entity.kind is EntityKind.COUNTRY):
            score += _KIND_AGREES
        if entity.kind is EntityKind.REGION and entity.population:
            score += math.log10(entity.population) / 10
        if entity.kind is EntityKind.PERSON and any(held(office, self.published_on) for office in entity.offices):
            score += _IN_OFFICE
        if candidate.key in self.full_keys:
            score += _NAMED_IN_FULL
        return score

    def _explain(self, name: NameMention, candidate: Candidate) -> str:
        entity = self.gazetteer.entities[candidate.key]
        return f"{name.text!r} is a {candidate.use.value} of {entity.name} ({entity.wikidata_id or entity.key})"

    def _group_for_key(self, candidate: Candidate, score: float, reason: str) -> int:
        entity = self.gazetteer.entities[candidate.key]
        number = self.by_key.get(entity.key)
        if number is None:
            number = self._new(_Group(entity.kind, entity.name, entity.key, score, reason, _acts_for(entity)))
            self.by_key[entity.key] = number
        return number

    def _group_for_unknown(self, name: NameMention) -> int:
        kind = name.kind or EntityKind.ORGANISATION
        full = self.people_in_full.get(name.text) if kind is EntityKind.PERSON else None
        spelled = full.text if full else self.initials.get(name.text, name.text)
        folded = fold_name(spelled)
        number = self.by_name.get((kind, folded))
        if number is None:
            number = self._new(_Group(kind, _tidy(spelled), None, 0.5, f"no known entity is called {name.text!r}", name.country))
            self.by_name[kind, folded] = number
        return number

    def _new(self, group: _Group) -> int:
        self.groups.append(group)
        return len(self.groups) - 1


def _acts_for(entity: ReferenceEntity) -> str | None:
    """The key of the country or body that a known entity acts for: that of its latest office, else its own."""
    return entity.offices[-1].of if entity.offices else entity.country


def _tidy(name: str) -> str:
    return re.sub(r"\s+", " ", name).replace("’", "'")


def _people_in_full(names: Sequence[NameMention]) -> dict[str, NameMention]:
    """Full names by surname; where two people share one, the first named."""
    people: dict[str, NameMention] = {}
    for name in names:
        is_person = name.kind is EntityKind.PERSON or any(c.use is NameUse.NAME for c in name.candidates)
        if is_person and " " in name.text and name.kind in (EntityKind.PERSON, None):
            people.setdefault(name.text.split()[-1], name)
    return people


def _organisations_by_initials(names: Sequence[NameMention]) -> dict[str, str]:
    """Full names of unknown organisations by the acronym that their capitals make."""
    found: dict[str, str] = {}
    for name in names:
        capitals = "".join(word[0] for word in name.text.split() if word[0].isupper())
        if name.kind is EntityKind.ORGANISATION and not name.candidates and len(capitals) > 2:
            found.setdefault(capitals, name.text)
    return found
