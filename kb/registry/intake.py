"""Takes in articles that were read: saves them, finds whom their new names mean, and groups what they tell."""

from __future__ import annotations

from collections.abc import Sequence

from kb.domain.extraction import Extraction
from kb.registry.cluster import compare_names, list_region, recluster
from kb.registry.groupers import Groupers
from kb.registry.regroup import list_reach, regroup
from kb.storage import canonical_writer, copies, event_writer, relation_writer, splits, writer
from kb.storage.session import Session


def take_in(
    session: Session, groupers: Groupers, extractions: Sequence[Extraction], run_id: str | None
) -> tuple[Extraction, ...]:
    """Saves articles and all that follows from them; returns those that the store did not have already.

    What comes out is the same in whatever order articles come.
    """
    new = writer.save_extractions(session, extractions, run_id)
    if not new:
        return ()
    claim_ids = {claim.id for each in new for claim in each.claims}
    article_ids = {each.article.id for each in new}
    moved = splits.apply_splits(session, article_ids)
    canonical_writer.refresh_mention_counts_of(session, {i for split in moved for i in (split.entity_id, split.new_entity_id)})
    named = compare_names(session, {each.id for one in new for each in one.entities})
    # Entities that were there may stand for others from now on, and what older articles say of them is told of others then.
    changed = recluster(session, list_region(session, named))
    older_claims = canonical_writer.list_claims_naming(session, changed) - claim_ids
    older_articles = canonical_writer.list_articles_naming(session, changed) - article_ids
    before = list_reach(session, older_claims, older_articles)
    regrouped = copies.group_copies(session, [each.article for each in new], groupers.copies)
    regroup(session, groupers, claim_ids | older_claims, article_ids | older_articles, before)
    relation_writer.save_relations(session, older_claims)
    # Copies tell of events that these articles need not tell of: what counts them as sources must follow.
    event_writer.refresh_source_counts(session, regrouped)
    return new
