"""What a reaction is about: "condemned THE RECOGNITION", "rejected THE MOVE" mean an event told elsewhere in the article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.domain.mention import Referent
from kb.nlp.lexicon import Triggers
from kb.ontology.model import EventType

_REAL: Final = {Modality.ACTUAL, Modality.PLANNED}
# How many claims back an event without an owner ("the move") may lie.
_NEAR: Final = 6


@dataclass(frozen=True, slots=True)
class Told:
    """A claim as far as `about` needs it: where it stands, who acts, and the word that its object was found at."""

    type: EventType
    modality: Modality
    sentence: tuple[int, int]
    token: Token
    subjects: frozenset[int]
    objects: frozenset[int]
    object_head: Token | None


class About:
    """Answers for the claims of one article, given in the order of the text."""

    def __init__(self, told: Sequence[Told], referents: Sequence[Referent], triggers: Triggers) -> None:
        self._told = told
        self._referents = referents
        self._nouns: Mapping[str, frozenset[str]] = {
            lemma: frozenset(frame.type for frame in frames) for lemma, frames in triggers.nouns.items()
        }
        self._event_nouns = triggers.event_nouns

    def find(self, position: int) -> int | None:
        """The position of the claim that claim `position` is about, or None."""
        reaction = self._told[position]
        if not reaction.type.speech:
            return None
        head = reaction.object_head
        if head is not None and (found := self._meant_by(position, head)) is not None:
            return found
        for token in reaction.token.sent if not reaction.objects else ():
            if token.i > reaction.token.i and token.pos_ == "NOUN" and token.lemma_.lower() in self._nouns:
                return self._meant_by(position, token)
        return None

    def _meant_by(self, position: int, head: Token) -> int | None:
        reaction = self._told[position]
        for other, claim in enumerate(self._told):
            if other != position and claim.sentence == reaction.sentence and claim.token.i == head.i:
                return other
        lemma = head.lemma_.lower()
        types = self._nouns.get(lemma, frozenset())
        if types:
            return next((other for other in self._nearest(position) if self._told[other].type.id in types), None)
        if lemma not in self._event_nouns:
            return None
        owners = {self._stands_for(r) for r in reaction.objects}
        for distance, other in enumerate(self._nearest(position)):
            claim = self._told[other]
            acts = {self._stands_for(r) for r in claim.subjects}
            if claim.type.speech or claim.modality not in _REAL or not acts:
                continue
            if owners & acts or (not owners and distance < _NEAR):
                return other
        return None

    def _nearest(self, position: int) -> Iterator[int]:
        """The other claims: those before from the latest to the first, then those after."""
        yield from range(position - 1, -1, -1)
        yield from range(position + 1, len(self._told))

    def _stands_for(self, number: int) -> str:
        """The country that a referent acts for, else itself: the president's move is his country's."""
        referent = self._referents[number]
        if referent.kind is EntityKind.COUNTRY and referent.key is not None:
            return referent.key
        return referent.country or f"#{number}"
