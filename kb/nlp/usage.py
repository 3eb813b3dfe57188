"""How a sentence uses a name: what metonyms are decided by."""

from __future__ import annotations

from typing import Final

from spacy.tokens import Span, Token

from kb.domain.mention import Usage

_PLACE_PREPOSITIONS: Final = frozenset(
    [
        "in",
        "at",
        "near",
        "outside",
        "around",
        "into",
        "through",
        "across",
        "inside",
        "within",
        "off",
        "throughout",
        "over",
        "toward",
        "towards",
        "onto",
        "along",
        "beyond",
    ]
)
_MOTION: Final = frozenset(
    [
        "travel",
        "fly",
        "go",
        "return",
        "arrive",
        "come",
        "head",
        "drive",
        "sail",
        "move",
        "march",
        "send",
        "flee",
        "visit",
        "trip",
        "journey",
        "way",
        "flight",
        "route",
        "road",
        "train",
        "deploy",
        "land",
    ]
)
_PLACE_HEADS: Final = frozenset(
    [
        "city",
        "capital",
        "town",
        "suburb",
        "street",
        "airport",
        "square",
        "neighbourhood",
        "neighborhood",
        "region",
        "time",
        "river",
        "metro",
    ]
)


def find_usage(span: Span) -> Usage:
    """ACTS for a subject, an owner of acts, a target of speech; PLACE after prepositions of place, in datelines; else OTHER."""
    head = span.root
    while head.dep_ == "conj" and head.head != head:
        head = head.head
    if head.dep_ in {"nsubj", "nsubjpass", "agent", "dobj", "iobj", "dative", "poss", "nmod"}:
        if head.dep_ in {"poss", "nmod"} and head.head.lemma_.lower() in _PLACE_HEADS:
            return Usage.PLACE
        if head.dep_ == "dobj" and head.head.lemma_.lower() in {
            "visit",
            "leave",
            "reach",
            "enter",
            "take",
            "seize",
            "capture",
            "storm",
        }:
            return Usage.PLACE
        return Usage.ACTS
    if head.dep_ == "pobj":
        return _after_preposition(head)
    if head.dep_ == "ROOT" and span.start == span.sent.start and _is_dateline(span):
        return Usage.PLACE
    if head.dep_ in {"compound", "amod"}:
        return Usage.ACTS if head.head.lemma_.lower() not in _PLACE_HEADS else Usage.PLACE
    if head.dep_ == "appos":
        return Usage.PLACE if head.head.lemma_.lower() in _PLACE_HEADS else Usage.OTHER
    return Usage.OTHER


def _after_preposition(token: Token) -> Usage:
    preposition = token.head.lower_
    governor = token.head.head.lemma_.lower()
    if preposition in _PLACE_PREPOSITIONS:
        return Usage.PLACE
    if preposition in {"to", "from"}:
        return Usage.PLACE if governor in _MOTION else Usage.ACTS
    if preposition == "of":
        return Usage.PLACE if governor in _PLACE_HEADS else Usage.OTHER
    if preposition in {"by", "with", "between", "against", "on", "for", "upon", "about"}:
        return Usage.ACTS
    return Usage.OTHER


def _is_dateline(span: Span) -> bool:
    after = span.doc[span.end : span.end + 4].text
    return span.text.isupper() or any(mark in after for mark in ("—", "–", "--", "(", ":"))
