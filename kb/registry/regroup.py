"""Brings events, relations, stories and counts up to date with what articles say and whom their names mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kb.registry.groupers import Groupers
from kb.storage import blocks, claims, event_writer, stories
from kb.storage.session import Session


@dataclass(frozen=True, slots=True)
class Reach:
    """Claims and articles that hang together: whatever is grouped with one of them is among them."""

    claim_ids: frozenset[str] = frozenset()
    article_ids: frozenset[str] = frozenset()

    def without(self, claim_ids: Collection[str], article_ids: Collection[str]) -> Reach:
        """All but these."""
        return Reach(self.claim_ids - set(claim_ids), self.article_ids - set(article_ids))


def list_reach(session: Session, claim_ids: Iterable[str], article_ids: Iterable[str]) -> Reach:
    """What hangs together with these claims and articles at the moment."""
    return Reach(
        frozenset(claims.list_closure_ids(session, claim_ids)), frozenset(stories.list_block_closure(session, article_ids))
    )


def regroup(
    session: Session, groupers: Groupers, claim_ids: Collection[str], article_ids: Collection[str], before: Reach
) -> None:
    """Groups anew what these claims and articles hang together with now and what they hung together with `before`.

    To be called after they came, or whom they name has changed; `before` is their reach from before that, without those that are
    gone.
    """
    dated = claims.list_dated_claims(session, claim_ids)
    blocks.save_claim_blocks(session, {each.claim.id: groupers.events.block_keys(each) for each in dated})
    told = stories.list_told_articles(session, article_ids)
    blocks.save_article_blocks(session, {each.article_id: groupers.stories.block_keys(each) for each in told})
    together = claims.list_block_closure(session, before.claim_ids | set(claim_ids))
    event_writer.save_events(session, groupers.events.group_claims(together))
    neighbours = stories.list_block_closure(session, before.article_ids | set(article_ids))
    stories.save_stories(session, groupers.stories.group_articles(stories.list_told_articles(session, neighbours)))
