"""Whom a phrase without a name means: states by their troops and governments, places, pairs, and actors nobody names."""

from __future__ import annotations

from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind
from kb.domain.mention import ResolvedMention
from kb.nlp.cast import HYPHENS, Cast, is_definite, modifiers, phrase_start
from kb.nlp.pairs import Pairs
from kb.nlp.titles import Titles

_SOVEREIGN: Final = frozenset({"country", "nation", "state"})
_ASSOCIATIONS: Final = frozenset({"alliance", "bloc", "union", "organisation", "organization"})
_BODIES: Final = frozenset({"organisation", "organization", "agency", "ministry"})
_POSSESSED: Final = frozenset({"country", "nation", "homeland"})


class Nominals:
    """Resolves phrases of one article; `resolve` is asked for every common noun that no name covers, in the order of the text."""

    def __init__(self, cast: Cast, titles: Titles) -> None:
        self._cast = cast
        self._titles = titles
        self._pairs = Pairs(cast, titles)
        self._nameless: dict[str, int] = {}
        self._latest_of_lemma: dict[str, int] = {}

    def resolve(self, paragraph: int, token: Token) -> ResolvedMention | None:
        """The mention that ends at `token`, or None where it means nobody."""
        found = (
            self._republics(token)
            or self._pairs.resolve(paragraph, token)
            or self._state(paragraph, token)
            or self._country(paragraph, token)
            or self._place(token)
            or self._body(token)
        )
        return self._cast.nominal(paragraph, token, found) if found else self._nobody(paragraph, token)

    def resolve_pair(self, paragraph: int, token: Token) -> ResolvedMention | None:
        """The two that a bare "both" or "the two" means, or None."""
        found = self._pairs.resolve(paragraph, token)
        return self._cast.nominal(paragraph, token, found) if found else None

    def state_of(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """The place or body named at `token`; for a leader before "government" or the like the country he leads."""
        found: list[int] = []
        for referent in self._cast.at_token(paragraph, token):
            if self._cast.kind(referent) is not EntityKind.PERSON:
                found.append(referent)
            elif token.head.lemma_.lower() in self._cast.roles.government:
                found.extend(self._titles.country_led_by(referent))
        return tuple(found)

    def _state(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """ "Russian troops", "U.S. officials", "Syria's government": the state or region beside the head."""
        roles = self._cast.roles
        lemma = token.lemma_.lower()
        if lemma not in roles.stand_for_state:
            return ()
        beside = modifiers(token)
        if roles.titles.get(lemma) == "spokesperson":
            beside += [g for child in token.children if child.lower_ in {"for", "of"} for g in child.children]
        elif not beside and token.tag_ == "NNS":
            # "The leaders of Germany and France", "officials from Iran".
            owners = [g for child in token.children if child.lower_ in {"of", "from"} for g in child.children]
            beside = [each for owner in owners for each in (owner, *owner.conjuncts)]
        found = tuple(dict.fromkeys(r for child in beside for r in self.state_of(paragraph, child)))
        if not found and lemma in roles.government:
            possessed = self._possessors_country(paragraph, token)
            return possessed or (self._country_before(paragraph, token) if is_definite(token) else ())
        return found

    def _country_before(self, paragraph: int, token: Token) -> tuple[int, ...]:
        position = self._cast.parsed.offset(paragraph, token)
        before = [m for m in self._cast.names if m.start < position and self._cast.kind(m.referents[0]) is EntityKind.COUNTRY]
        return before[-1].referents if before else ()

    def _possessors_country(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """ "his country", "her government": the country of the person's office."""
        for child in token.lefts:
            if child.dep_ == "poss":
                people = [r for r in self._cast.at_token(paragraph, child) if self._cast.kind(r) is EntityKind.PERSON]
                return tuple(self._titles.country_led_by(people[0])) if people else ()
        return ()

    def _republics(self, token: Token) -> tuple[int, ...]:
        """ "the breakaway regions", "both republics": the unrecognised states that the article names."""
        lemma = token.lemma_.lower()
        if lemma not in self._cast.roles.place_nominals or token.tag_ not in {"NNS", "NNPS"}:
            return ()
        before = [t for t in token.subtree if t.i <= token.i]
        words = {t.lower_ for t in before} | {t.lemma_.lower() for t in before}
        if not words & self._cast.roles.breakaway or (lemma in _SOVEREIGN and words & {"two", "both"}):
            return ()
        republics = [r.number for r in self._cast.referents if r.kind is EntityKind.REGION and "Republic" in r.name]
        return tuple(republics) if len(republics) > 1 else ()

    def _country(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """ "the country", "his country": the state mentioned last, or the one the owner leads."""
        if token.lemma_.lower() not in _POSSESSED or token.tag_ != "NN":
            return ()
        if owned := self._possessors_country(paragraph, token):
            return owned
        if any(c.lower_ in {"the", "his", "her", "their"} for c in token.children):
            return tuple(self._cast.latest(EntityKind.COUNTRY)[:1])
        return ()

    def _place(self, token: Token) -> tuple[int, ...]:
        """ "the territory", "the town": the region mentioned last."""
        lemma = token.lemma_.lower()
        if lemma in _SOVEREIGN or lemma not in self._cast.roles.place_nominals or token.tag_ != "NN" or not is_definite(token):
            return ()
        if any(child.dep_ in {"prep", "relcl", "acl", "compound"} for child in token.children):
            return ()
        return tuple(self._cast.latest(EntityKind.REGION)[:1])

    def _body(self, token: Token) -> tuple[int, ...]:
        """ "the alliance", "the ministry": the association of states, or the body, mentioned last."""
        lemma = token.lemma_.lower()
        if not is_definite(token):
            return ()
        bodies = self._cast.latest(EntityKind.ORGANISATION)
        if lemma in _ASSOCIATIONS and (association := self._association(bodies)) is not None:
            return (association,)
        if lemma in _BODIES:
            return tuple([r for r in bodies if not self._cast.referents[r].nameless][:1])
        return ()

    def _association(self, bodies: list[int]) -> int | None:
        """The first of `bodies` that has members, or belongs to a body that has ("the Commission" to the Union)."""
        for number in bodies:
            owner = self._cast.referents[number].country
            if self._has_members(number):
                return number
            if owner is not None and owner in self._cast.gazetteer.entities and self._cast.gazetteer.entities[owner].members:
                return self._cast.add_known(owner, "one of its bodies was just named")
        return None

    def _has_members(self, number: int) -> bool:
        key = self._cast.referents[number].key
        return key is not None and bool(self._cast.gazetteer.entities[key].members)

    def _nobody(self, paragraph: int, token: Token) -> ResolvedMention | None:
        """An actor without a name: the same where the phrase, or the bare noun after it, is the same."""
        roles = self._cast.roles
        lemma = token.lemma_.lower()
        if lemma not in roles.collective or token.dep_ in {"compound", "amod", "npadvmod", "nmod"}:
            return None
        singular = token.tag_ == "NN"
        if singular and lemma in roles.relational:
            return self._counterpart(paragraph, token)
        _, start, last = self._titles.find_title(paragraph, token)
        first = phrase_start(token, start)
        bare = start
        while bare > first and not self._says_nothing(token.doc[bare - 1]):
            bare -= 1
        while bare < start and token.doc[bare].text in HYPHENS:
            # What a number began: "the 45-year-old economist".
            bare += 2
        phrase = token.doc[bare:last].text
        number = self._nameless.get(phrase.lower())
        if number is None and bare == start:
            number = self._latest_of_lemma.get(lemma)
        if number is None:
            kind = EntityKind.PERSON if singular and lemma in roles.titles else EntityKind.ORGANISATION
            number = self._cast.add_nameless(kind, phrase, plural=not singular)
        self._nameless[phrase.lower()] = number
        self._latest_of_lemma[lemma] = number
        self._cast.add_surfaces(number, (phrase, token.doc[first : token.i + 1].text, _with_complement(token, first)))
        return self._cast.nominal(paragraph, token, (number,))

    def _says_nothing(self, word: Token) -> bool:
        """Whether a word before a noun is no part of what somebody is called."""
        stops = word.is_punct and (word.text not in HYPHENS or bool(word.whitespace_))
        return stops or word.dep_ in {"det", "nummod", "poss", "case"} or word.lower_ in self._cast.roles.untelling

    def _counterpart(self, paragraph: int, token: Token) -> ResolvedMention | None:
        """ "his U.S. counterpart": whoever holds the speaker's office there, by the article or on its date."""
        possessors = [r for child in token.lefts if child.dep_ == "poss" for r in self._cast.at_token(paragraph, child)]
        people = [r for r in possessors if self._cast.kind(r) is EntityKind.PERSON]
        places = [r for child in modifiers(token) for r in self.state_of(paragraph, child)]
        if token.lemma_ != "counterpart" or not people or not places:
            return None
        holder = self._titles.holder_of_same_office(people[0], places[0])
        return None if holder is None else self._cast.nominal(paragraph, token, (holder,))


def _with_complement(token: Token, first: int) -> str:
    """The phrase with what follows the noun by a preposition: "lawyers at the United Nations"."""
    behind = [t.i for child in token.rights if child.dep_ == "prep" and child.i == token.i + 1 for t in child.subtree]
    last = max(behind, default=token.i)
    return str(token.doc[first : last + 1].text)
