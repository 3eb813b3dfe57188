"""Whom a pronoun means: the latest mention that agrees, for people subjects before others, never who acts on it."""

from __future__ import annotations

from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind
from kb.nlp.cast import Cast

_MALE: Final = frozenset({"he", "him", "his", "himself"})
_FEMALE: Final = frozenset({"she", "her", "hers", "herself"})
_NEUTER: Final = frozenset({"it", "its", "itself"})
_PLURAL: Final = frozenset({"they", "them", "their", "themselves", "theirs"})
# How many mentions back a pronoun may reach; further back the right answer was rarer than a wrong one on gold/train.
_REACH: Final = 12
_EXPLETIVE_VERBS: Final = frozenset({"be", "seem", "appear", "remain", "take"})


class Pronouns:
    """Resolves third persons; first persons are attribution's (whoever speaks)."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._female = {
            r.number
            for r in cast.referents
            if r.kind is EntityKind.PERSON and any(s.split()[0] in cast.roles.female_names for s in r.surfaces if s)
        }

    def resolve(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """The referents meant; empty where nobody agrees."""
        word = token.lower_
        acting = self._acting(paragraph, token)
        window = [entry for entry in self._cast.recent[-_REACH:] if entry[0] not in acting]
        if word in _MALE | _FEMALE:
            female = word in _FEMALE
            return _latest([e for e in window if self._is(e[0], EntityKind.PERSON) and (e[0] in self._female) == female])
        if word in _NEUTER and not _is_expletive(token):
            # The latest, subject or not: "will impose sanctions on Russia if it invades".
            bodies = [r for r, _ in window if self._is(r, EntityKind.COUNTRY, EntityKind.ORGANISATION)]
            return tuple([r for r in bodies if r not in self._cast.plural][-1:])
        if word in _PLURAL:
            return _latest([e for e in window if e[0] in self._cast.plural])
        return ()

    def _is(self, number: int, *kinds: EntityKind) -> bool:
        return self._cast.kind(number) in kinds

    def _acting(self, paragraph: int, token: Token) -> set[int]:
        """Who does what is done to a pronoun ("phoned Maduro, urging him"): it can't mean them."""
        if token.dep_ not in {"dobj", "pobj", "iobj", "dative"}:
            return set()
        for above in token.ancestors:
            for child in above.children:
                if child.dep_ == "nsubj" and (acting := self._cast.at_token(paragraph, child)):
                    return set(acting)
        return set()


def _latest(entries: list[tuple[int, bool]]) -> tuple[int, ...]:
    """The latest of the last three that was a subject, else the latest."""
    for referent, subject in reversed(entries[-3:]):
        if subject:
            return (referent,)
    return (entries[-1][0],) if entries else ()


def _is_expletive(token: Token) -> bool:
    """ "It was unclear": no one is meant."""
    return token.lower_ == "it" and token.dep_ in {"nsubj", "nsubjpass", "expl"} and token.head.lemma_ in _EXPLETIVE_VERBS
