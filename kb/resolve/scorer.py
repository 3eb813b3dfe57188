"""How likely a name means a candidate: signs with weights, added up and kept to be shown."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse, held
from kb.domain.mention import NameMention, Usage
from kb.domain.reference import Office, ReferenceEntity
from kb.resolve.candidates import Closeness, Match
from kb.resolve.context import Context
from kb.resolve.names import spelling_key

Parts: TypeAlias = tuple[tuple[str, float], ...]
"""The name of each sign and what it added, in the order in which they were looked at."""

LEAST: Final = 2.0
"""A candidate with a lower score is not meant: the name is somebody's whom nobody knows yet."""

MARGIN: Final = 0.25
"""Of two candidates closer than this neither is meant."""

FULL: Final = 5.0
"""From this score on a link is certain."""

# The weights are round numbers in the order of how often each sign was right on gold/train. Where a sign has a counterpart, its
# weight is what turns the decision in the clearest case that the sign is for, which stands beside it.
_KIND: Final = {EntityKind.COUNTRY: 3.0, EntityKind.ORGANISATION: 2.0, EntityKind.PERSON: 1.5, EntityKind.REGION: 1.0}
_USE: Final = {NameUse.NAME: 1.0, NameUse.ACRONYM: 1.0, NameUse.DEMONYM: 1.0, NameUse.METONYM: 0.5, NameUse.SURNAME: 0.0}
_CLOSENESS: Final = {
    Closeness.EXACT: 0.0,
    Closeness.SPELLING: -0.25,
    Closeness.MIDDLE: -0.5,
    Closeness.CUT: -1.0,
    Closeness.INITIAL: -1.0,
    Closeness.FUZZY: -1.0,
}
# What they are called among the signs; an enumeration's values cost more to ask for than to look up.
_BY_USE: Final = {use: f"by {use.value}" for use in NameUse}
_BY_CLOSENESS: Final = {closeness: closeness.value for closeness in Closeness}
# What the tagger and the patterns take a name for is right nine times in ten; single words taken for people, half as often, and
# least where the article speaks of the country of the place that bears the name.
_READ_AS_THIS_KIND: Final = 2.0
_READ_AS_A_PERSON: Final = -3.0
_READ_AS_A_PLACE: Final = -3.0
_READ_AS_A_PLACE_BUT_ACTS: Final = -1.0
# A seat or capital that is used as a place is one, whatever else the article says of the country.
_METONYM_USED_AS_PLACE: Final = -9.0
# Ten times the people: a candidate alone wins.
_SIZE: Final = 0.3
_LEAST_SIZE: Final = 10_000
# A city of this size is rarely meant as somebody's name, whatever the tagger says.
_LARGE_CITY: Final = 300_000
# "Congo" behind "Democratic Republic of the Congo"; a short name of somebody named in full is his.
_NAMED_IN_FULL: Final = 3.0
_NAMED_OTHERWISE: Final = 1.0
# "Michel" behind "Michel Barnier" is not Charles Michel.
_FORENAME_OF_ANOTHER: Final = -3.0
# "Alabama and Georgia", "Georgia and Moldova".
_IN_A_ROW: Final = 1.5
# "Georgia Governor Brian Kemp", "New York Governor Kathy Hochul": more than a country is by its kind and a city by its size.
_GOVERNED: Final = 4.0
# Tbilisi makes Georgia the country, Atlanta the state; the whole of it is for an article that speaks of nowhere else.
_OTHER_PLACES: Final = 2.0
_COUNTRY_NAMED: Final = 0.5
# "Congress", "the Supreme Court": every country has one, and the article's own is meant.
_GENERIC: Final = -6.0
_GENERIC_AT_HOME: Final = 7.0
_GENERIC_COUNTRIES: Final = 3
_SMALL_WORDS: Final = frozenset({"of", "the", "for", "and", "on", "in"})
# A full name is a known person's unless his time was another: a minister of 2024 was no public figure in 1990.
_IN_OFFICE: Final = 1.0
_BEFORE_HIS_TIME: Final = -3.0
_YEARS_BEFORE: Final = 30
# A surname alone is somebody's who holds office: a head of government of a large country anywhere, others where their country is
# spoken of.
_SURNAME_IN_OFFICE: Final = 1.5
_SURNAME_UNDATED: Final = -3.5
_SURNAME_NEAR_OFFICE: Final = -0.5
_SURNAME_LATELY_IN_OFFICE: Final = -1.5
_SURNAME_NOT_IN_OFFICE: Final = -4.0
_SURNAME_COUNTRY_NAMED: Final = 1.0
_SURNAME_COUNTRY_NOT_NAMED: Final = -2.0
# Kims and Lees are many.
_SURNAME_OF_OTHERS: Final = -0.4
_MOST_OTHERS: Final = 3
_NEAR: Final = timedelta(days=365)
_LATELY: Final = timedelta(days=4 * 365)
# Parts of names and misspellings need somebody of that country in the article.
_UNSUPPORTED: Final = -1.5

_HEADS: Final = frozenset(
    {
        "president",
        "prime minister",
        "chancellor",
        "king",
        "queen",
        "emperor",
        "emir",
        "sultan",
        "leader",
        "supreme leader",
        "pope",
    }
    | {"secretary-general", "premier", "taoiseach", "chief executive"}
)
_RANK_OF_OTHERS: Final = 0.5
# Of the people in a country's large cities: of half a million nobody abroad knows whom they elect, of fifty million everybody.
_SMALL_COUNTRY: Final = 5.5
_DECADES: Final = 2.0
_SIZE_OF_BODIES: Final = 0.7


class Scorer:
    """Scores the candidates of one article's names."""

    def __init__(self, gazetteer: Gazetteer, context: Context, published_on: date | None) -> None:
        self._gazetteer = gazetteer
        self._context = context
        self._published_on = published_on
        self._sizes, self._generic = _survey(gazetteer)

    def weigh(self, name: NameMention, match: Match, *, alone: bool) -> Parts:
        """What speaks for and against `match`; `alone` says that `name` has no other candidate. The score is the sum."""
        entity = self._gazetteer.entities[match.candidate.key]
        parts = [
            ("kind of entity", _KIND[entity.kind]),
            (_BY_USE[match.candidate.use], _USE[match.candidate.use]),
            (_BY_CLOSENESS[match.closeness], _CLOSENESS[match.closeness]),
            *self._read_as(name, entity, match.candidate.use),
            *self._elsewhere(name, entity, match.candidate.use),
        ]
        if entity.kind is EntityKind.PERSON:
            parts += self._person(name, entity, match)
        elif entity.kind is EntityKind.ORGANISATION:
            parts += self._body(name, entity, match)
        else:
            parts += self._place(name, entity, match, alone=alone)
        return tuple([part for part in parts if part[1]])

    def is_generic(self, text: str) -> bool:
        """Whether `text` is what bodies of many countries are called."""
        return _key(text) in self._generic

    def _read_as(self, name: NameMention, entity: ReferenceEntity, use: NameUse) -> Iterator[tuple[str, float]]:
        """The kind that the tagger saw, the use that the sentence makes of the name."""
        if use is NameUse.METONYM and name.usage is Usage.PLACE:
            yield "used as a place", _METONYM_USED_AS_PLACE
        if name.kind is entity.kind or (name.kind is EntityKind.REGION and entity.kind is EntityKind.COUNTRY):
            yield "read as of this kind", _READ_AS_THIS_KIND
        elif name.kind is EntityKind.PERSON and " " not in name.text and use is not NameUse.METONYM:
            is_place = name.usage is Usage.PLACE or entity.population >= _LARGE_CITY
            is_at_home = entity.country is not None and self._context.is_spoken_of(entity.country, name.text)
            if not is_at_home and (entity.kind is EntityKind.ORGANISATION or (entity.kind is EntityKind.REGION and not is_place)):
                yield "read as a person", _READ_AS_A_PERSON
        elif name.kind in (EntityKind.REGION, EntityKind.COUNTRY) and use is NameUse.SURNAME:
            yield "read as a place", _READ_AS_A_PLACE_BUT_ACTS if name.usage is Usage.ACTS else _READ_AS_A_PLACE

    def _elsewhere(self, name: NameMention, entity: ReferenceEntity, use: NameUse) -> Iterator[tuple[str, float]]:
        """Other names in the article that are the candidate's, or somebody's who bears this one."""
        if self._context.is_named_in_full(entity.key, name.text):
            yield "named in full", _NAMED_IN_FULL
            return
        if " " in name.text:
            return
        if use is not NameUse.SURNAME and self._context.is_named_otherwise(entity.key, name.text):
            yield "named otherwise too", _NAMED_OTHERWISE
        if use is NameUse.SURNAME and (other := self._context.person_with_forename(name)) is not None:
            yield f"first name of {other.text}", _FORENAME_OF_ANOTHER

    def _place(self, name: NameMention, entity: ReferenceEntity, match: Match, *, alone: bool) -> Iterator[tuple[str, float]]:
        size = entity.population if entity.kind is EntityKind.REGION else self._sizes[entity.key]
        if size > _LEAST_SIZE:
            yield "population", round(_SIZE * math.log10(size / _LEAST_SIZE), 2)
        if match.closeness is Closeness.FUZZY and not (entity.country and self._context.is_named(entity.country)):
            yield "its country is not named", _UNSUPPORTED
        if alone:
            return
        is_country = entity.kind is EntityKind.COUNTRY
        country = entity.key if is_country else entity.country
        if country is None:
            return
        if entity.kind is EntityKind.REGION and not entity.population and self._context.is_governed(name.text):
            yield "has a governor", _GOVERNED
        share = self._context.share_in_rows(name.text, entity)
        if share:
            yield "in a row with its like", round(_IN_A_ROW * share, 2)
        places = self._context.regions[country] - {entity.key}
        if places:
            yield "other places of its country", round(_OTHER_PLACES * self._context.share(country), 2)
        elif not is_country and self._context.is_named(country):
            yield "its country is named", _COUNTRY_NAMED

    def _body(self, name: NameMention, entity: ReferenceEntity, match: Match) -> Iterator[tuple[str, float]]:
        country = entity.country
        if country is None:
            return
        if match.closeness is not Closeness.EXACT and not self._context.is_named(country):
            yield "its country is not named", _UNSUPPORTED
        if not self.is_generic(name.text) and match.closeness is not Closeness.CUT:
            if self._context.is_named(country):
                yield "its country is named", _COUNTRY_NAMED
            return
        yield "every country has one", _GENERIC
        # "Congress" in an article on Russia and the United States, named by more than that: Russia has none.
        rivals = self._generic.get(_key(name.text)) if self._context.is_spoken_of(country, name.text) else None
        yield "what the article says of its country", round(_GENERIC_AT_HOME * self._context.share(country, rivals), 2)

    def _person(self, name: NameMention, entity: ReferenceEntity, match: Match) -> Iterator[tuple[str, float]]:
        where = [office.of for office in entity.offices] + ([entity.country] if entity.country else [])
        supported = any(self._context.is_named(key) for key in where)
        if match.candidate.use is not NameUse.SURNAME:
            yield from self._date(entity)
            if supported:
                yield "country or body is named", _COUNTRY_NAMED
            elif match.closeness not in (Closeness.EXACT, Closeness.SPELLING):
                yield "neither country nor body is named", _UNSUPPORTED
            return
        if self._context.is_named_in_full(entity.key, name.text):
            return
        yield from self._surname_date(entity)
        others = min(_MOST_OTHERS, sum(map(self._can_be_meant_by_surname, name.candidates)) - 1)
        if others > 0:
            yield "others bear it", _SURNAME_OF_OTHERS * others
        if supported:
            yield "country or body is named", _SURNAME_COUNTRY_NAMED
        else:
            yield "neither country nor body is named", _SURNAME_COUNTRY_NOT_NAMED

    def _date(self, entity: ReferenceEntity) -> Iterator[tuple[str, float]]:
        on = self._published_on
        if on is None or not entity.offices:
            return
        if any(held(office, on) for office in entity.offices):
            yield "in office on the day", _IN_OFFICE
            return
        starts = [office.since for office in entity.offices if office.since is not None]
        if len(starts) == len(entity.offices) and min(starts).year - on.year > _YEARS_BEFORE:
            yield "long before he held office", _BEFORE_HIS_TIME

    def _surname_date(self, entity: ReferenceEntity) -> Iterator[tuple[str, float]]:
        on = self._published_on
        prominence = {office: self._prominence(office) for office in entity.offices}
        if on is None:
            yield "office", round(_SURNAME_IN_OFFICE * max(prominence.values(), default=0.0), 2)
            yield "on no known day", _SURNAME_UNDATED
        elif holding := [value for office, value in prominence.items() if held(office, on)]:
            yield "in office on the day", round(_SURNAME_IN_OFFICE * max(holding), 2)
        elif any(held(office, on - _NEAR) or held(office, on + _NEAR) for office in entity.offices):
            yield "in office a year from the day", _SURNAME_NEAR_OFFICE
        elif any(held(office, on - _LATELY) for office in entity.offices):
            yield "in office years before the day", _SURNAME_LATELY_IN_OFFICE
        else:
            yield "not in office on the day", _SURNAME_NOT_IN_OFFICE

    def _can_be_meant_by_surname(self, candidate: Candidate) -> bool:
        """Whether somebody of that surname holds an office on the day, where the day is known."""
        if candidate.use is not NameUse.SURNAME:
            return False
        offices = self._gazetteer.entities[candidate.key].offices
        return self._published_on is None or any(held(office, self._published_on) for office in offices)

    def _prominence(self, office: Office) -> float:
        """How widely known who holds an office is, from 0 to 1: by its rank and its country's size."""
        rank = 1.0 if office.title in _HEADS else _RANK_OF_OTHERS
        size = self._sizes.get(office.of)
        if size is None:
            return rank * _SIZE_OF_BODIES
        return rank * min(1.0, max(0.1, (math.log10(max(size, 1)) - _SMALL_COUNTRY) / _DECADES))


@lru_cache(maxsize=4)
def _survey(gazetteer: Gazetteer) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
    """People in the large cities of each country by its key; names of bodies, in the form that all spellings share, that consist
    of words which bodies of many countries have in theirs ("Congress", "Supreme Court"), with the keys of those countries.
    """
    sizes = {key: 0 for key, entity in gazetteer.entities.items() if entity.kind is EntityKind.COUNTRY}
    users: defaultdict[str, set[str]] = defaultdict(set)
    names: set[str] = set()
    for entity in gazetteer.entities.values():
        if entity.kind is EntityKind.REGION and entity.country in sizes:
            sizes[entity.country] += entity.population
        elif entity.kind is EntityKind.ORGANISATION and entity.country is not None:
            for name in map(_key, (entity.name, *entity.names)):
                names.add(name)
                for word in name.split():
                    users[word].add(entity.country)
    generic: dict[str, frozenset[str]] = {}
    for name in names:
        words = [word for word in name.split() if word not in _SMALL_WORDS]
        if words and all(len(users[word]) >= _GENERIC_COUNTRIES for word in words):
            generic[name] = frozenset(set.intersection(*(users[word] for word in words)))
    return sizes, generic


@lru_cache(maxsize=16_384)
def _key(name: str) -> str:
    return spelling_key(name)
