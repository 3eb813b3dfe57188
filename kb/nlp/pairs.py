"""Which two are meant by "both sides", "the two countries", "the two leaders": those the article has spoken of most."""

from __future__ import annotations

from collections import Counter
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind
from kb.nlp.cast import MODIFIERS, Cast
from kb.nlp.titles import Titles

_TWO: Final = frozenset({"two", "both", "either", "neither"})
# "the parties", "each side" are two where the noun itself means one of two.
_OPPOSED: Final = frozenset({"side", "party", "neighbour", "neighbor", "camp", "foe", "rival", "capital"})
_OPPOSING: Final = frozenset({"the", "each", "all"})
_PLURALS: Final = frozenset({"NNS", "NNPS"})
_STATES: Final = frozenset({EntityKind.COUNTRY})
_BODIES: Final = frozenset({EntityKind.COUNTRY, EntityKind.ORGANISATION})
_PEOPLE: Final = frozenset({EntityKind.PERSON})
# Two people named together so few sentences ago are whom a bare "the two" means.
_NEAR: Final = 3


class Pairs:
    """Resolves the pairs of one article; `resolve` is asked for in the order of the text."""

    def __init__(self, cast: Cast, titles: Titles) -> None:
        self._cast = cast
        self._titles = titles

    def resolve(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """The two referents, in their order of numbers; empty where `token` heads no pair or the article has not named two."""
        kinds = self._kinds(paragraph, token)
        if not kinds:
            return ()
        bearers = self._titles.bearers(token.lemma_.lower()) if kinds == _PEOPLE else frozenset()
        # Who was mentioned lately counts no more than others: weighting the last three sentences threefold lost 12 pairs in 123.
        weight: Counter[int] = Counter()
        for spot in self._cast.spots:
            if len(spot.referents) <= 2:
                together = len(spot.referents)
                weight.update({r: together for r in spot.referents if self._cast.kind(r) in kinds and self._is_named(r)})
        if len(bearers & weight.keys()) > 1:
            weight = Counter({r: n for r, n in weight.items() if r in bearers})
        most = [referent for referent, _ in weight.most_common(2)]
        return tuple(sorted(most)) if len(most) == 2 else ()

    def _kind_of_last_pair(self, paragraph: int, token: Token) -> frozenset[EntityKind]:
        """People where two people were just named together, else states or bodies."""
        sentence, _ = self._cast.place(paragraph, token)
        for spot in reversed(self._cast.spots):
            if sentence - spot.sentence >= _NEAR:
                break
            if len(spot.referents) == 2:
                return _PEOPLE if self._cast.kind(spot.referents[0]) is EntityKind.PERSON else _BODIES
        return _BODIES

    def _is_named(self, referent: int) -> bool:
        return not self._cast.referents[referent].nameless

    def _kinds(self, paragraph: int, token: Token) -> frozenset[EntityKind]:
        """What two of `token` are; empty where it does not say two."""
        lemma = token.lemma_.lower()
        before = {child.lower_ for child in token.children}
        opposed = lemma in _OPPOSED and bool(before & _OPPOSING) and (token.tag_ in _PLURALS or "each" in before)
        counted = bool(before & _TWO) or (opposed and not any(c.dep_ in MODIFIERS | {"nummod", "prep"} for c in token.children))
        if any(child.dep_ == "prep" and child.lower_ == "of" for child in token.children) and token.lower_ in _TWO:
            return frozenset()
        if token.lower_ == "both" and token.dep_ not in {"preconj", "predet", "det", "cc"}:
            return self._kind_of_last_pair(paragraph, token)
        if token.lower_ == "two" and token.dep_ in {"nsubj", "nsubjpass", "pobj", "dobj"} and _has_article(token):
            return self._kind_of_last_pair(paragraph, token)
        if token.pos_ not in {"NOUN", "PROPN"} or not counted:
            return frozenset()
        roles = self._cast.roles
        if lemma in roles.paired_states:
            return _STATES
        if lemma in roles.paired_bodies:
            return _BODIES
        if lemma in roles.titles or lemma in roles.paired_people:
            return _PEOPLE
        return frozenset()


def _has_article(token: Token) -> bool:
    return any(child.lower_ == "the" for child in token.children)
