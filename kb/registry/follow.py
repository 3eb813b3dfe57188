"""Lets claims, relations, events and stories follow when entities come to stand for others, or for others than before."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kb.registry.cluster import list_region, recluster
from kb.registry.groupers import Groupers
from kb.registry.regroup import list_reach, regroup
from kb.storage import canonical_writer, relation_writer, retractions
from kb.storage.session import Session


def follow(session: Session, groupers: Groupers, changed: Collection[str]) -> None:
    """Groups anew what is said of the entities that `changed` whom they stand for, and what it was grouped with before."""
    claim_ids = canonical_writer.list_claims_naming(session, changed)
    article_ids = canonical_writer.list_articles_naming(session, changed)
    # Block keys are still those of before.
    before = list_reach(session, claim_ids, article_ids)
    regroup(session, groupers, claim_ids, article_ids, before)
    relation_writer.save_relations(session, claim_ids)


def drop_unsupported(session: Session, groupers: Groupers, entity_ids: Iterable[str]) -> None:
    """Takes away those of the entities that nothing speaks of any more; what they held together falls apart."""
    gone = retractions.list_unsupported(session, entity_ids)
    if gone:
        follow(session, groupers, recluster(session, list_region(session, gone), gone))
        retractions.delete_entities(session, gone)
