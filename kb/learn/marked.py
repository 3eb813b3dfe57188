"""An annotated article: whom each mention means and what each sentence claims, by character offsets."""

from __future__ import annotations

from dataclasses import dataclass

from kb.domain.article import Article
from kb.domain.claim import Modality
from kb.evaluate.gold import GoldArticle


@dataclass(frozen=True, slots=True)
class MarkedMention:
    """Characters [start, end) that mean `entities` (several for "both countries")."""

    start: int
    end: int
    entities: frozenset[str]
    named: bool


@dataclass(frozen=True, slots=True)
class MarkedSide:
    """A participant, and the characters that name it in the claim's sentence where the annotation says which."""

    entity: str
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class MarkedClaim:
    """What a sentence claims; `trigger` are the characters of the word or words that say so.

    `modality` is None where a reader may take it for more than one.
    """

    type: str
    modality: Modality | None
    trigger: tuple[int, int]
    subjects: tuple[MarkedSide, ...]
    objects: tuple[MarkedSide, ...]
    speakers: tuple[MarkedSide, ...]
    debatable: bool


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """One article with its gold, and where in the text that stands."""

    gold: GoldArticle
    article: Article
    mentions: tuple[MarkedMention, ...]
    claims: tuple[MarkedClaim, ...]
