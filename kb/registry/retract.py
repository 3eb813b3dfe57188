"""Retraction: an article is withdrawn, and all that only it said goes with it."""

from __future__ import annotations

from datetime import UTC, datetime

from kb.domain.curation import Retraction
from kb.domain.ids import act_id
from kb.registry.follow import drop_unsupported
from kb.registry.groupers import Groupers
from kb.registry.regroup import list_reach, regroup
from kb.storage import articles, canonical_writer, copies, event_writer, retractions, stories
from kb.storage.session import Session


def retract(session: Session, groupers: Groupers, article_id: str, author: str, reason: str) -> Retraction:
    """Takes the article away with its claims, mentions, facts and quantities, and events and entities left without support.

    Counts, stories and groups of copies are right afterwards; the record that is returned stays, and while it is not undone the
    article is not ingested again. Raises NotFoundError for an id that names no article.
    """
    article = articles.get_article(session, article_id)
    claim_count, mention_count = retractions.count_claims_and_mentions(session, article_id)
    claim_ids = canonical_writer.list_claims_of_articles(session, [article_id])
    entity_ids = retractions.list_entities_of_article(session, article_id)
    told = event_writer.list_told(session, claim_ids)
    story = stories.lookup_story_of_article(session, article_id)
    copied = copies.list_group_members(session, article_id)
    reach = list_reach(session, claim_ids, [article_id]).without(claim_ids, [article_id])
    retractions.delete_article(session, article_id, entity_ids)
    regrouped = copies.form_groups_anew(session, copied, groupers.copies)
    stories.delete_stories(session, [] if story is None else [story.id])
    regroup(session, groupers, (), (), reach)
    event_writer.refresh_told(session, told)
    event_writer.refresh_source_counts(session, regrouped)
    canonical_writer.refresh_mention_counts_of(session, entity_ids)
    drop_unsupported(session, groupers, entity_ids)
    retraction = Retraction(
        act_id("ret", article_id),
        article_id,
        article.title,
        article.url,
        article.publisher,
        author,
        reason,
        datetime.now(UTC),
        claim_count,
        mention_count,
    )
    retractions.save_retraction(session, retraction)
    return retraction
