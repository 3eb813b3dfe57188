"""Titles beside names: who bears which office of which country or body, by the article itself."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.mention import ResolvedMention
from kb.nlp.cast import HYPHENS, Cast

_TITLE_TOKENS: Final = (4, 3, 2, 1)
_REASON: Final = "held the office on the article's date"
_DEFINITE: Final = frozenset({"the", "his", "her", "its"})
# Titles that say no more than that somebody is at the head.
_AT_THE_HEAD: Final = frozenset({"leader", "chief", "head of state"})
_FORMER: Final = "former "
# So many mentions back a holder counts as just spoken of; before that, the one spoken of most is meant.
_JUST_SPOKEN_OF: Final = 6


@dataclass(frozen=True, slots=True)
class Office:
    """A title that the article gives a person, and of which country or body."""

    person: int
    title: str
    of: int | None


class Titles:
    """Reads the titles of one article and whom they mean."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.offices = self._find_offices(cast.names)

    def is_part_of_name(self, number: int, token: Token) -> bool:
        """ "spokeswoman Maria Zakharova": the title is part of how the person is named."""
        title, _, last = self.find_title(number, token)
        if title is None and token.lemma_.lower() not in self.cast.roles.collective:
            return False
        if token.dep_ in {"compound", "nmod"} and self.names_person(number, token.head):
            return True
        return last < len(token.doc) and self.names_person(number, token.doc[last])

    def resolve(self, number: int, token: Token) -> ResolvedMention | None:
        """The person that a title or role ending in `token` means, or None."""
        title, first, last = self.find_title(number, token)
        if (title is not None or token.lemma_.lower() in self.cast.roles.collective) and (
            beside := self._person_beside(number, token)
        ):
            return self.cast.nominal(number, token, beside, first, last)
        if title is None:
            return None
        found = () if token.tag_ in {"NNS", "NNPS"} else self._holder(number, token, title, first)
        return self.cast.nominal(number, token, found, first, last) if found else None

    def country_led_by(self, person: int) -> list[int]:
        """The country of a person's office, by the article or the reference set; empty where neither knows one."""
        key = self.cast.referents[person].key
        known = self.cast.gazetteer.entities[key].offices if key else ()
        of = [o.of for o in self.offices if o.person == person and o.of is not None]
        of += [self.cast.by_key[o.of] for o in known if o.of in self.cast.by_key]
        of = [r for r in of if self.cast.kind(r) is EntityKind.COUNTRY]
        if not of and known and known[-1].of in self.cast.gazetteer.entities:
            of = [self.cast.add_known(known[-1].of, _REASON)]
        return [r for r in of if self.cast.kind(r) is EntityKind.COUNTRY][:1]

    def holder_of_same_office(self, person: int, country: int) -> int | None:
        """Who holds `person`'s office in `country`."""
        key = self.cast.referents[person].key
        titles = {o.title for o in self.offices if o.person == person}
        titles |= {o.title for o in (self.cast.gazetteer.entities[key].offices if key else ())}
        holders = [o.person for o in self.offices if o.title in titles and o.of == country]
        return holders[0] if holders else self._known_holder(titles, country)

    def _person_beside(self, number: int, token: Token) -> tuple[int, ...]:
        """ "the foreign minister, Dmytro Kuleba" and "Kuleba, the foreign minister": the person in apposition."""
        beside = [child for child in token.children if child.dep_ == "appos"]
        beside += [token.head] if token.dep_ == "appos" else []
        return next((self.cast.at_token(number, t) for t in beside if self.names_person(number, t)), ())

    def bearers(self, title: str) -> frozenset[int]:
        """Whom the article gives a title; for "leader" whoever leads a country."""
        wanted = self._alike(title)
        return frozenset(o.person for o in self.offices if o.title in wanted)

    def _alike(self, title: str) -> Set[str]:
        """The offices that a title may mean: of a leader all those that lead a country."""
        plain = title.removeprefix(_FORMER)
        if plain not in _AT_THE_HEAD:
            return {title}
        return {title.removesuffix(plain) + each for each in self.cast.roles.leading}

    def _holder(self, number: int, token: Token, title: str, first: int) -> tuple[int, ...]:
        nobody = ResolvedMention(number, -1, -1, -1, -1, "", MentionForm.NOMINAL, ())
        of = self.find_owner(number, token, nobody)
        titles = self._alike(title)
        holders = [o.person for o in self.offices if o.title in titles and (of is None or o.of == of)]
        if of is None:
            before = [token.doc[first - 1]] if first else []
            definite = any(word.lower_ in _DEFINITE for word in (*token.children, *before))
            return self._spoken_of(holders) if definite else ()
        if not holders and title in _AT_THE_HEAD:
            at_hand = set(self.cast.roles.titles.values()) - {"spokesperson"}
            holders = [o.person for o in self.offices if o.of == of and o.title in at_hand]
        if not holders and title != "minister" and (known := self._known_holder(titles, of)) is not None:
            holders = [known]
        return self._spoken_of(holders)

    def _known_holder(self, titles: Iterable[str], of: int) -> int | None:
        """Who held one of the offices of `of` on the article's date by the reference set: somebody named before others."""
        key = self.cast.referents[of].key
        published_on = self.cast.parsed.published_on
        keys = self.cast.gazetteer.holders(titles, key, published_on) if key else ()
        named = [self.cast.by_key[k] for k in keys if k in self.cast.by_key]
        if named:
            return named[0]
        return self.cast.add_known(keys[0], _REASON) if keys and published_on else None

    def _spoken_of(self, holders: list[int]) -> tuple[int, ...]:
        """The holder mentioned last, if that was just now; else the one mentioned most."""
        if not holders:
            return ()
        just_now = [(r, subject) for r, subject in reversed(self.cast.recent[-_JUST_SPOKEN_OF:]) if r in holders]
        if just_now:
            return (next((r for r, subject in just_now if subject), just_now[0][0]),)
        return (max(holders, key=lambda person: self.cast.frequency[person]),)

    def _find_offices(self, names: Iterable[ResolvedMention]) -> list[Office]:
        """Titles before or in apposition to names: "Russian President Vladimir Putin", "Macron, the French president"."""
        found = []
        for name in names:
            if self.cast.referents[name.referents[0]].kind is not EntityKind.PERSON:
                continue
            doc = self.cast.parsed.paragraphs[name.paragraph].doc
            head = doc[name.first : name.last].root
            before = doc[name.first - 1] if name.first else None
            near = [before] if before is not None and before.pos_ in {"NOUN", "PROPN"} else []
            near += [
                child
                for child in head.children
                if child.dep_ in {"appos", "compound", "nmod"} and child.i not in range(name.first, name.last)
            ]
            near += [head.head] if head.dep_ == "appos" else []
            for token in near:
                title, _, _ = self.find_title(name.paragraph, token)
                if title is not None:
                    found.append(Office(name.referents[0], title, self.find_owner(name.paragraph, token, name)))
        return found

    def find_title(self, number: int, token: Token) -> tuple[str | None, int, int]:
        """The office of a phrase that `token` ends, or begins ("secretary of state"), and the phrase as tokens [first, last).

        A deputy's office is another than whose deputy he is, and so is one that somebody held once: "former president".
        """
        title, first, last = self._find_plain_title(token)
        if title is None:
            return None, first, last
        doc, roles = token.doc, self.cast.roles
        if last + 1 < len(doc) and doc[last].text in HYPHENS and doc[last + 1].lower_ in roles.coming:
            title, last = f"{title}-elect", last + 2
        for before in range(first - 1, -1, -1):
            word = doc[before].lower_
            hyphenated = doc[before + 1].text in HYPHENS
            if word in roles.former or (hyphenated and word in roles.former_before_hyphen):
                title, first = _FORMER + title, before
            elif word in roles.deputies:
                title, first = f"{word} {title}", before
            elif word not in HYPHENS and not self._is_body(number, before):
                break
        return title, first, last

    def _is_body(self, number: int, position: int) -> bool:
        """Whether a country or body is named there, as between "former" and "president"."""
        mention = self.cast.at.get((number, position))
        return mention is not None and self.cast.referents[mention.referents[0]].kind is not EntityKind.PERSON

    def _find_plain_title(self, token: Token) -> tuple[str | None, int, int]:
        doc = token.doc
        word = token.lemma_.lower() if token.tag_ in {"NNS", "NNPS"} else token.lower_
        roles = self.cast.roles
        if token.lower_ in roles.title_beginnings and (ahead := doc[token.i : token.i + 3].text.lower()) in roles.titles:
            return roles.titles[ahead], token.i, token.i + 3
        for length in _TITLE_TOKENS if word.replace("’", "'") in roles.title_endings else ():
            first = token.i - length + 1
            if first < 0:
                continue
            phrase = (doc[first : token.i].text_with_ws + word).lower().replace("’", "'") if length > 1 else word
            if phrase in roles.titles:
                return roles.titles[phrase], first, token.i + 1
        return None, token.i, token.i + 1

    def find_owner(self, number: int, token: Token, person: ResolvedMention) -> int | None:
        """The country or body that stands with a title: before it, owning it, or after "of" or "to"."""
        candidates = [t for t in token.subtree if person.first > t.i or t.i >= person.last]
        start = token.i
        while start > 0 and token.doc[start - 1].pos_ in {"ADJ", "PROPN", "NOUN", "PART", "PUNCT"} and token.i - start < 6:
            start -= 1
            candidates.append(token.doc[start])
        for candidate in candidates:
            mention = self.cast.at.get((number, candidate.i))
            if mention is not None and mention is not person:
                referent = self.cast.referents[mention.referents[0]]
                if referent.kind is not EntityKind.PERSON:
                    return referent.number
        return None

    def names_person(self, number: int, token: Token) -> bool:
        """Whether a person is named at `token`."""
        mention = self.cast.at.get((number, token.i))
        return mention is not None and self.cast.referents[mention.referents[0]].kind is EntityKind.PERSON
