"""Which entity stands for which: what decides it, and what follows for counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from kb.domain.curation import Judgement, Likeness, NamedEntity, Verdict
from kb.storage.batches import rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.changes import CHANGED, record_changes
from kb.storage.judgements import list_judgements_of_entities
from kb.storage.likenesses import list_likenesses_of_entities, list_named_entities
from kb.storage.tables import CLAIM, CLAIM_ARGUMENT, ENTITY, MENTION


@dataclass(frozen=True, slots=True)
class Region:
    """Entities that hang together through judgements and likenesses, with all of these among them."""

    entities: tuple[NamedEntity, ...]
    judgements: tuple[Judgement, ...]
    likenesses: tuple[Likeness, ...]


def list_region(session: Session, entity_ids: Iterable[str], least: float) -> Region:
    """All that is joined with the entities, directly or through others, by a judgement that they are the same or by a likeness
    of at least `least`; whatever joins them now or did before, as clusters are made of nothing else."""
    ids = set(entity_ids)
    judgements: dict[str, Judgement] = {}
    likenesses: dict[tuple[str, str], Likeness] = {}
    frontier = set(ids)
    while frontier:
        found: set[str] = set()
        for judgement in list_judgements_of_entities(session, frontier):
            judgements[judgement.id] = judgement
            if judgement.verdict is Verdict.SAME:
                found |= {judgement.left_id, judgement.right_id}
        for likeness in list_likenesses_of_entities(session, frontier, least):
            likenesses[likeness.left_id, likeness.right_id] = likeness
            found |= {likeness.left_id, likeness.right_id}
        frontier = found - ids
        ids |= frontier
    entities = list_named_entities(session, ids)
    return Region(entities, tuple(judgements.values()), tuple(likenesses.values()))


def save_canonical_ids(session: Session, wanted: Mapping[str, str]) -> frozenset[str]:
    """Makes each id stand for its canonical one and counts mentions anew; returns the ids that have another one than before."""
    before = list_canonical_ids(session, wanted)
    changed = {each: target for each, target in wanted.items() if before.get(each, target) != target}
    if changed:
        statement = update(ENTITY).where(ENTITY.c.id == bindparam("key")).values(canonical_id=bindparam("target"))
        session.connection().execute(statement, [{"key": key, "target": target} for key, target in sorted(changed.items())])
        refresh_mention_counts(session, {before[each] for each in changed} | set(changed.values()))
        record_changes(
            session, "entity", CHANGED, sorted(changed.keys() | {before[each] for each in changed} | set(changed.values()))
        )
    return frozenset(changed)


def refresh_mention_counts(session: Session, entity_ids: Collection[str]) -> None:
    """Counts the mentions of the clusters that these entities stand for again; those that stand for none have none."""
    totals = dict.fromkeys(sorted(entity_ids), 0)
    statement = (
        select(ENTITY.c.canonical_id, func.count(MENTION.c.id).label("mentions"))
        .join(MENTION, MENTION.c.entity_id == ENTITY.c.id)
        .group_by(ENTITY.c.canonical_id)
    )
    for row in rows_in(session, statement, ENTITY.c.canonical_id, totals):
        totals[row.canonical_id] = row.mentions
    if totals:
        counted = update(ENTITY).where(ENTITY.c.id == bindparam("key")).values(mention_count=bindparam("mentions"))
        session.connection().execute(counted, [{"key": key, "mentions": count} for key, count in totals.items()])


def refresh_mention_counts_of(session: Session, entity_ids: Iterable[str]) -> None:
    """Counts the mentions of the clusters that these entities belong to again."""
    refresh_mention_counts(session, set(list_canonical_ids(session, entity_ids).values()))


def list_claims_of_articles(session: Session, article_ids: Iterable[str]) -> frozenset[str]:
    """The ids of all claims of the articles."""
    rows = rows_in(session, select(CLAIM.c.id), CLAIM.c.article_id, sorted(set(article_ids)))
    return frozenset(row.id for row in rows)


def list_claims_naming(session: Session, entity_ids: Iterable[str]) -> frozenset[str]:
    """The ids of the claims that name one of the entities, themselves and not their canonical ones, in any role."""
    statement = select(CLAIM_ARGUMENT.c.claim_id).distinct()
    return frozenset(row.claim_id for row in rows_in(session, statement, CLAIM_ARGUMENT.c.entity_id, sorted(set(entity_ids))))


def list_articles_naming(session: Session, entity_ids: Iterable[str]) -> frozenset[str]:
    """The ids of the articles that mention one of the entities or say something of it, itself and not its canonical one."""
    ids = sorted(set(entity_ids))
    mentioned = rows_in(session, select(MENTION.c.article_id).distinct(), MENTION.c.entity_id, ids)
    named = select(CLAIM.c.article_id).join(CLAIM_ARGUMENT, CLAIM_ARGUMENT.c.claim_id == CLAIM.c.id).distinct()
    return frozenset(row.article_id for row in mentioned) | {
        row.article_id for row in rows_in(session, named, CLAIM_ARGUMENT.c.entity_id, ids)
    }
