"""What the reference set states: offices with their dates, members, capitals, and where places and bodies are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kb.domain.claim import Fact
from kb.domain.entity import EntityKind
from kb.domain.reference import Office, ReferenceEntity, entity_id
from kb.nlp.fact_patterns import FactPatterns
from kb.nlp.office_text import office_text, with_article

_OF: Final = " of "
_BEFORE_NAMES: Final = (_OF, " for ", " on ", " in ")
_LINKS: Final = frozenset({"of", "for", "to", "on", "in", "the", "and"})
# Shorter ones are words as well: "who", "us".
_SHORTEST_ACRONYM: Final = 3


def list_reference_facts(entities: Sequence[ReferenceEntity], patterns: FactPatterns) -> tuple[Fact, ...]:
    """The facts of the set in its order, without ids; what names an entity that the set lacks is left out."""
    names = _Names(entities, patterns)
    by_key = {each.key: each for each in entities}
    places: defaultdict[tuple[str, str], list[ReferenceEntity]] = defaultdict(list)
    for each in entities:
        if each.kind is EntityKind.REGION and each.country is not None:
            places[each.country, each.name].append(each)
    found: dict[Fact, None] = {}
    for each in entities:
        for fact in (*_offices(each, by_key, names), *_ties(each, by_key, places, patterns.predicates)):
            found.setdefault(fact)
    return tuple(found)


def _offices(entity: ReferenceEntity, by_key: Mapping[str, ReferenceEntity], names: _Names) -> Iterator[Fact]:
    predicates, speaking = names.patterns.predicates, names.patterns.offices.speaking
    for office in entity.offices:
        if office.of in by_key:
            owner, text = names.of_office(office, by_key[office.of])
            yield _fact(entity, predicates["holds"], owner, entity.origin, text, office)
            if any(office.title.endswith(word) for word in speaking):
                yield _fact(entity, predicates["speaks"], owner, entity.origin, None, office)


def _ties(
    entity: ReferenceEntity,
    by_key: Mapping[str, ReferenceEntity],
    places: Mapping[tuple[str, str], Sequence[ReferenceEntity]],
    predicates: Mapping[str, str],
) -> Iterator[Fact]:
    for key in entity.members:
        if key in by_key:
            yield _fact(by_key[key], predicates["member"], entity, entity.origin)
    country = by_key.get(entity.country or "")
    if country is not None and entity.kind in (EntityKind.REGION, EntityKind.ORGANISATION):
        # Of the places only those with inhabitants are towns; provinces and seas are parts of a country.
        is_part = entity.kind is EntityKind.REGION and not entity.population
        yield _fact(entity, predicates["part" if is_part else "inside"], country, entity.origin)
    if entity.capital is not None:
        capitals = places.get((entity.key, entity.capital), ())
        if len(capitals) == 1:
            yield _fact(capitals[0], predicates["capital"], entity, entity.origin)


def _fact(
    subject: ReferenceEntity,
    predicate: str,
    target: ReferenceEntity,
    origin: str,
    text: str | None = None,
    office: Office | None = None,
) -> Fact:
    since, until = (office.since, office.until) if office else (None, None)
    return Fact("", entity_id(subject), predicate, entity_id(target), text, None, None, since, until, origin=origin)


class _Names:
    """Writes titles, which the set keeps in small letters, with the names in them as names."""

    def __init__(self, entities: Sequence[ReferenceEntity], patterns: FactPatterns) -> None:
        self.patterns = patterns
        self.acronyms = {a.casefold(): a for e in entities for a in e.acronyms if a.isalnum() and len(a) >= _SHORTEST_ACRONYM}
        self.known: dict[str, tuple[str, ReferenceEntity]] = {}
        for entity in entities:
            if entity.kind is not EntityKind.PERSON:
                for name in (entity.name, *entity.names, *entity.acronyms):
                    self.known.setdefault(name.casefold(), (name, entity))

    def of_office(self, office: Office, owner: ReferenceEntity) -> tuple[ReferenceEntity, str]:
        """What the office is of, and how it is written with that: the mayor of Moscow is not Russia's."""
        of = with_article(owner.name, self.patterns)
        title, _, post = office.title.partition(" to ")
        if post:
            return owner, office_text(self._capitals(title), former=False, of=of, sent_to=self._name(post)[0])
        for link in _BEFORE_NAMES:
            head, found, tail = office.title.rpartition(link)
            if not found:
                continue
            if link == _OF and owner.name.casefold().endswith(tail.removeprefix("the ")):
                return owner, office_text(self._capitals(head), former=False, of=of, sent_to=None)
            name, named = self._name(tail)
            if named is not None:
                title = f"{self._capitals(head)}{link}{name}"
                return (named, title) if link == _OF else (owner, office_text(title, former=False, of=of, sent_to=None))
        return owner, office_text(self._capitals(office.title), former=False, of=of, sent_to=None)

    def _name(self, words: str) -> tuple[str, ReferenceEntity | None]:
        """The words as a name of the set where they are one."""
        article, bare = ("the ", words[4:]) if words.startswith("the ") else ("", words)
        name, entity = self.known.get(bare, (self._capitals(bare), None))
        return article + name, entity

    def _capitals(self, words: str) -> str:
        return " ".join(self._capital(word) for word in words.split())

    def _capital(self, word: str) -> str:
        if word in _LINKS:
            return word
        return self.acronyms.get(word) or "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
