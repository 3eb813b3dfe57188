"""All that one article yields, ready to be saved in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from kb.domain.article import Article, Source
from kb.domain.claim import Claim, Fact, Quantity
from kb.domain.entity import Entity, Mention


@dataclass(frozen=True, slots=True)
class Extraction:
    """One article with everything read from it. `entities` holds every entity that the other parts name."""

    article: Article
    source: Source | None
    entities: tuple[Entity, ...]
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...]
    quantities: tuple[Quantity, ...]
