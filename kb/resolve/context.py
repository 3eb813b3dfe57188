"""What the rest of an article says about whom a name in it means."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse
from kb.domain.mention import NameMention
from kb.domain.reference import ReferenceEntity
from kb.domain.surnames import list_surnames

# People and bodies are spoken of abroad more than places are.
_WEIGHT_OF_OTHERS: Final = 0.5
# What stands between the names of a list.
_COMMA: Final = ", "
_IN_A_ROW: Final = frozenset({_COMMA, " and ", ", and ", " or ", " & "})

# "London-based", "Geneva-headquartered": where somebody sits, whatever the sentence makes of it.
_BASED: Final = re.compile(r" ?[-‐‑] ?(?:based|born|headquartered)\b")
# Offices and bodies that parts of a country have, and neither countries nor cities.
_GOVERNED: Final = re.compile(
    r"(?:['’]s)? (?:(?:[Ll]ieutenant |Lt\. )?(?:Gov\.|[Gg]overnor\b(?![- ][Gg]eneral))|[Ss]ecretary of [Ss]tate\b"
    r"|[Ss]tate (?:[Ss]enat|[Rr]epresentative|[Ll]egislat|[Ll]awmaker|[Tt]rooper))"
)
_GOVERNS: Final = re.compile(r"\b(?:[Gg]overnor|[Ss]enator|Democrat|Republican) (?:of|from) $")
_LONGEST_OFFICE: Final = 20
_DIRECTIONS: Final = frozenset({"North", "South", "East", "West"})


def country_of(entity: ReferenceEntity) -> str | None:
    """The key of the country an entity is or belongs to."""
    return entity.key if entity.kind is EntityKind.COUNTRY else entity.country


class _Rank(Enum):
    COUNTRY = 1
    REGION = 2
    CITY = 3
    CITY_IN_IT = 4


class _Neighbour(NamedTuple):
    """A place beside a name: of which country, and what it is to the name."""

    country: str | None
    rank: _Rank


class Context:
    """One article's names seen together. Whatever could be several is left out, so that no guess supports another.

    `in_full` and `named` lead from keys of entities to the names that the article has for them: those of several words, and those
    that only they bear. `weights` say by country key how much of the article is about it, `regions` which of its regions occur.
    """

    def __init__(self, names: Sequence[NameMention], gazetteer: Gazetteer, text: str) -> None:
        self.gazetteer = gazetteer
        self.in_full: defaultdict[str, set[str]] = defaultdict(set)
        self.named: defaultdict[str, set[str]] = defaultdict(set)
        self.weights: defaultdict[str, float] = defaultdict(float)
        self._said_of: defaultdict[str, set[str]] = defaultdict(set)
        self.regions: defaultdict[str, set[str]] = defaultdict(set)
        self._people: defaultdict[str, list[NameMention]] = defaultdict(list)
        self._forenames: defaultdict[str, list[NameMention]] = defaultdict(list)
        self._tails: defaultdict[str, list[NameMention]] = defaultdict(list)
        self._names = names
        self._text = text
        self._rows: dict[str | int, Counter[_Neighbour]] | None = None
        self._governed: frozenset[str] | None = None
        for (candidates, text), number in Counter((name.candidates, name.text) for name in names if name.candidates).items():
            self._note(candidates, text, number)
        for name in names:
            if " " in name.text and self._is_person(name):
                for surname in list_surnames(name.text):
                    self._people[surname].append(name)
                self._forenames[name.text.split()[0]].append(name)
            elif " " in name.text and self._is_body(name):
                words = name.text.split()
                for start in range(1, len(words)):
                    self._tails[" ".join(words[start:])].append(name)
        self._heaviest = max(self.weights.values(), default=1.0)

    def _note(self, candidates: tuple[Candidate, ...], text: str, number: int) -> None:
        entities = self.gazetteer.entities
        plain = [c for c in candidates if c.use is not NameUse.SURNAME]
        if " " in text:
            for candidate in plain:
                if candidate.use in (NameUse.NAME, NameUse.ACRONYM):
                    self.in_full[candidate.key].add(text)
        countries = {country_of(entities[c.key]) for c in plain}
        if len(countries) != 1 or len(plain) < len(candidates):
            return
        country = country_of(entities[plain[0].key])
        if len(plain) == 1:
            self.named[plain[0].key].add(text)
        if country is not None:
            self._said_of[country].add(text)
            kinds = {entities[c.key].kind for c in plain}
            is_place = bool(kinds & {EntityKind.COUNTRY, EntityKind.REGION})
            self.weights[country] += number * (1.0 if is_place else _WEIGHT_OF_OTHERS)
            if kinds == {EntityKind.REGION}:
                self.regions[country].update(c.key for c in plain)

    def _is_person(self, name: NameMention) -> bool:
        if name.kind is EntityKind.PERSON:
            return True
        known = [c for c in name.candidates if c.use is NameUse.NAME]
        return bool(known) and all(self.gazetteer.entities[c.key].kind is EntityKind.PERSON for c in known)

    def _is_body(self, name: NameMention) -> bool:
        if name.candidates:
            return all(self.gazetteer.entities[c.key].kind is EntityKind.ORGANISATION for c in name.candidates)
        return name.kind is EntityKind.ORGANISATION

    def share(self, country: str, among: Iterable[str] | None = None) -> float:
        """How much the article speaks of a country, from 0 to 1 for the one it speaks of most, of all or of those `among`."""
        weight = self.weights.get(country, 0.0)
        if among is None:
            return weight / self._heaviest
        return weight / max(weight, *(self.weights.get(other, 0.0) for other in among)) if weight else 0.0

    def is_base(self, name: NameMention) -> bool:
        """Whether somebody is said to be based at a name: "the London-based group"."""
        return bool(_BASED.match(self._text, name.end))

    def is_governed(self, text: str) -> bool:
        """Whether a name is, somewhere in the article, that of what has a governor: "Georgia Governor Brian Kemp"."""
        if self._governed is None:
            self._governed = frozenset(
                name.text
                for name in self._names
                if len(name.candidates) > 1
                and (
                    _GOVERNED.match(self._text, name.end)
                    or _GOVERNS.search(self._text[max(0, name.start - _LONGEST_OFFICE) : name.start])
                )
            )
        return text in self._governed

    def is_named_in_full(self, key: str, text: str) -> bool:
        """Whether an entity has a name of several words in the article, other than `text`."""
        return key in self.in_full and bool(self.in_full[key] - {text})

    def is_named_otherwise(self, key: str, text: str) -> bool:
        """Whether an entity has another name than `text` in the article that is only its own."""
        return key in self.named and bool(self.named[key] - {text})

    def is_named(self, key: str) -> bool:
        """Whether a country (by whatever belongs to it) or a body occurs in the article."""
        return key in self.named or key in self.weights

    def is_spoken_of(self, country: str, text: str) -> bool:
        """Whether another name than `text` is a country's or of what belongs to it."""
        return country in self._said_of and bool(self._said_of[country] - {text})

    def person_called(self, name: NameMention) -> NameMention | None:
        """Who is named in full and has `name` for a surname: the last one before it, else the first after it."""
        return _nearest(self._people.get(name.text, ()), name)

    def person_with_forename(self, name: NameMention) -> NameMention | None:
        """Who is named in full and has `name` for a first name; None where several have."""
        found = self._forenames.get(name.text, [])
        return found[0] if len({other.text for other in found}) == 1 else None

    def longer_form(self, name: NameMention) -> NameMention | None:
        """The last name before `name` that ends in it and is a body's: "Russian Security Council" for "the Security Council".

        A single word ("the Council") is short for no other than the article's only one.
        """
        longer = self._tails.get(name.text, ())
        if " " not in name.text and len({other.text for other in longer}) > 1:
            return None
        return next((other for other in reversed(longer) if other.start < name.start), None)

    def country_in(self, direction: NameMention) -> str | None:
        """The key of the one country in the article that "the North" or "the South" can be short for."""
        if direction.text not in _DIRECTIONS:
            return None
        keys = {
            key
            for key, names in self.in_full.items()
            if self.gazetteer.entities[key].kind is EntityKind.COUNTRY
            and any(name.startswith(f"{direction.text} ") for name in names)
        }
        return next(iter(keys)) if len(keys) == 1 else None

    @property
    def surnames(self) -> frozenset[str]:
        """The surnames of whom the article names in full."""
        return frozenset(self._people)

    def share_in_rows(self, text: str, entity: ReferenceEntity) -> float:
        """How often `text`, of the times it stands in a row with other places, stands with such as `entity`, from 0 to 1.

        For a country these are countries and its own places, for a region regions of its country and cities in it ("Seattle,
        Washington"), for a city cities of its country.
        """
        row = self._find_rows().get(text)
        if not row:
            return 0.0
        like: Iterable[_Neighbour] = row
        if entity.kind is EntityKind.COUNTRY:
            like = (each for each in row if each.country == entity.key or each.rank is _Rank.COUNTRY)
        elif entity.kind is EntityKind.REGION:
            ranks = {_Rank.CITY} if entity.population else {_Rank.REGION, _Rank.CITY_IN_IT}
            like = (each for each in row if each.country == entity.country and each.rank in ranks)
        return sum(row[each] for each in like) / row.total()

    def stands_among_regions(self, name: NameMention, country: str) -> bool:
        """Whether this very mention stands in a row with regions of `country`: "Oregon and Washington"."""
        row = self._find_rows().get(name.start, ())
        return any(each.country == country and each.rank in (_Rank.REGION, _Rank.CITY_IN_IT) for each in row)

    def _find_rows(self) -> dict[str | int, Counter[_Neighbour]]:
        """The neighbours in rows by text, and by where a mention starts."""
        if self._rows is not None:
            return self._rows
        rows: defaultdict[str | int, Counter[_Neighbour]] = defaultdict(Counter)
        for left, right in zip(self._names, self._names[1:], strict=False):
            between = self._text[left.end : right.start]
            if between not in _IN_A_ROW:
                continue
            for name, other in ((left, right), (right, left)):
                neighbour = self._neighbour(other)
                if neighbour is None:
                    continue
                if neighbour.rank is _Rank.CITY and between == _COMMA and other is left:
                    neighbour = _Neighbour(neighbour.country, _Rank.CITY_IN_IT)
                rows[name.text][neighbour] += 1
                rows[name.start][neighbour] += 1
        self._rows = dict(rows)
        return self._rows

    def _neighbour(self, name: NameMention) -> _Neighbour | None:
        """What a name is to those beside it, if it is a place in any case."""
        places = [self.gazetteer.entities[c.key] for c in name.candidates if c.use in (NameUse.NAME, NameUse.ACRONYM)]
        kinds = {(country_of(place), place.kind, bool(place.population)) for place in places}
        if len(kinds) != 1:
            return None
        country, kind, is_city = kinds.pop()
        if kind is EntityKind.COUNTRY:
            return _Neighbour(country, _Rank.COUNTRY)
        return _Neighbour(country, _Rank.CITY if is_city else _Rank.REGION) if kind is EntityKind.REGION else None


def _nearest(people: Sequence[NameMention], name: NameMention) -> NameMention | None:
    before = [person for person in people if person.start < name.start]
    return before[-1] if before else (people[0] if people else None)
