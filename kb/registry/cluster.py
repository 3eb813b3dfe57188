"""Finds which entities are one, by judgements and by names, and makes everything follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kb.domain.curation import Verdict
from kb.resolve.clusters import choose_canonical
from kb.resolve.likeness import SURE, counterpart, list_alike, list_block_keys
from kb.storage import canonical_writer, entity_writer, likenesses
from kb.storage.session import Session


def compare_names(session: Session, entity_ids: Iterable[str]) -> frozenset[str]:
    """Compares the names of those of the entities that were not compared yet with all that are worth it, and keeps what is alike.

    Returns the ids of those that could be compared.
    """
    new = likenesses.list_uncompared(session, entity_ids)
    keys = {each.id: of for each in new if (of := list_block_keys(each))}
    known = likenesses.list_block_neighbours(session, {counterpart(key) for of in keys.values() for key in of})
    likenesses.save_entity_blocks(session, keys)
    likenesses.save_likenesses(session, list_alike([each for each in new if each.id in keys], known))
    return frozenset(keys)


def list_region(session: Session, entity_ids: Iterable[str]) -> canonical_writer.Region:
    """All that is or could be one with the entities, directly or through others."""
    return canonical_writer.list_region(session, entity_ids, SURE)


def recluster(session: Session, region: canonical_writer.Region, gone: Collection[str] = ()) -> frozenset[str]:
    """Chooses the canonical ids of the region anew, as if those `gone` were not there; returns the ids that have another one now.

    Counts and search follow; events, relations and stories are `kb.registry.regroup`'s.
    """
    staying = [each for each in region.entities if each.id not in gone]
    ids = {each.id for each in staying}
    judged = {verdict: [(j.left_id, j.right_id) for j in region.judgements if j.verdict is verdict] for verdict in Verdict}
    alike = [each for each in region.likenesses if each.left_id in ids and each.right_id in ids]
    canonical = choose_canonical(staying, judged[Verdict.SAME], judged[Verdict.DIFFERENT], alike)
    changed = canonical_writer.save_canonical_ids(session, canonical)
    entity_writer.refresh_documents(session, ids if changed else ())
    return changed
