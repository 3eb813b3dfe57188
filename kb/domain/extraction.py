"""All that one article yields, ready to be saved in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kb.domain.article import Article, Source
from kb.domain.claim import Claim, Fact, Quantity, Role
from kb.domain.entity import Entity, Mention, MentionForm
from kb.domain.event import DatedClaim, ToldArticle


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

    def dated_claims(self) -> tuple[DatedClaim, ...]:
        """The claims as grouping sees them, in their order."""
        source_key = self.source.id if self.source else self.article.id
        return tuple(DatedClaim(claim, self.article.published_on, source_key) for claim in self.claims)

    def told_article(self) -> ToldArticle:
        """The article as the grouping of stories sees it."""
        occurrences = frozenset(
            (claim.type, subject, target)
            for claim in self.claims
            for subject in claim.entity_ids(Role.SUBJECT)
            for target in claim.entity_ids(Role.OBJECT)
        )
        names = Counter(mention.entity_id for mention in self.mentions if mention.form is MentionForm.NAME)
        article = self.article
        return ToldArticle(article.id, article.title, article.published_on, occurrences, frozenset(names.items()))
