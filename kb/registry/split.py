"""Splits: in some articles a name means another entity than the one it was linked to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from kb.domain.curation import Split
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind
from kb.domain.ids import act_id
from kb.errors import ConflictError, UsageError
from kb.registry.follow import drop_unsupported
from kb.registry.groupers import Groupers
from kb.registry.regroup import list_reach, regroup
from kb.storage import canonical_writer, entity_writer, likenesses, relation_writer, splits
from kb.storage.canonical import require_entities
from kb.storage.changes import CHANGED, record_changes
from kb.storage.session import Session


def split(
    session: Session,
    groupers: Groupers,
    entity_id: str,
    article_ids: Sequence[str],
    author: str,
    reason: str,
    *,
    to_id: str | None = None,
    name: str | None = None,
) -> Split:
    """Moves all that the articles say of the entity to another one: `to_id`, or one made for it and called `name`, or as before.

    Returns the split, by which it is undone. Raises NotFoundError for ids that name nothing, UsageError where an article does not
    mention the entity.
    """
    require_entities(session, [entity_id] if to_id is None else [entity_id, to_id])
    if not article_ids:
        raise UsageError("name the articles in which another entity is meant")
    if to_id == entity_id:
        raise UsageError(f"{to_id} is what the articles are linked to already; give another entity")
    naming = canonical_writer.list_articles_naming(session, [entity_id])
    if strangers := sorted(set(article_ids) - naming):
        raise UsageError(f"{', '.join(strangers)}: no mention of {entity_id} there; list its mentions to see where it has some")
    split_id = act_id("spl", entity_id, *article_ids)
    made = Split(
        split_id,
        entity_id,
        to_id or _make_entity(session, split_id, entity_id, name),
        tuple(sorted(set(article_ids))),
        author,
        datetime.now(UTC),
        reason,
    )
    splits.save_split(session, made)
    splits.apply_split(session, made)
    _follow(session, groupers, made.article_ids, (made.entity_id, made.new_entity_id))
    return made


def undo_split(session: Session, groupers: Groupers, made: Split, author: str, reason: str = "") -> Split:
    """Moves back what the split moved; returns it as it is on record now.

    Raises ConflictError where what it moved was split further.
    """
    if later := splits.list_later_splits(session, made):
        raise ConflictError(f"what {made.id} moved was split again by {', '.join(s.id for s in later)}; undo that first")
    together = (made, *splits.undo_split(session, made, author, datetime.now(UTC), reason))
    _follow(session, groupers, made.article_ids, {i for each in together for i in (each.entity_id, each.new_entity_id)})
    drop_unsupported(session, groupers, (made.entity_id, made.new_entity_id))
    return splits.get_split(session, made.id)


def _make_entity(session: Session, split_id: str, entity_id: str, name: str | None) -> str:
    """A new entity of the same kind; its name is not compared with others', as it was told from its namesakes by a person."""
    (old,) = likenesses.list_named_entities(session, [entity_id])
    alias = Alias(name or old.name, AliasKind.NAME, entity_writer.CURATOR, is_name=True)
    new = Entity(f"ent_{split_id}", EntityKind(old.kind), alias.name, None, (alias,))
    entity_writer.save_entities(session, [new])
    return new.id


def _follow(session: Session, groupers: Groupers, article_ids: Collection[str], entity_ids: Collection[str]) -> None:
    """What the articles say of these entities is grouped anew, and mentions counted."""
    canonical_writer.refresh_mention_counts_of(session, entity_ids)
    claim_ids = _of_articles(session, canonical_writer.list_claims_naming(session, entity_ids), article_ids)
    before = list_reach(session, claim_ids, article_ids)
    regroup(session, groupers, claim_ids, article_ids, before)
    relation_writer.save_relations(session, claim_ids)
    # Mentions may have moved where no claim did, and what follows the sequence has to hear of it.
    record_changes(session, "entity", CHANGED, sorted(set(entity_ids)))


def _of_articles(session: Session, claim_ids: Collection[str], article_ids: Collection[str]) -> frozenset[str]:
    return frozenset(claim_ids) & canonical_writer.list_claims_of_articles(session, article_ids)
