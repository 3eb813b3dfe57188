"""Names that were compared: which entities are worth comparing, and how alike they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from kb.domain.curation import Likeness, NamedEntity, Verdict
from kb.domain.entity import EntityKind
from kb.storage.batches import BATCH, rows_in
from kb.storage.insertion import insert_new, insert_rows
from kb.storage.names import CURATOR, list_best_names
from kb.storage.paging import MAX_PAGE
from kb.storage.tables import ALIAS, ENTITY, ENTITY_BLOCK, JUDGEMENT, LIKENESS


def list_named_entities(session: Session, entity_ids: Iterable[str]) -> tuple[NamedEntity, ...]:
    """The entities with these ids, themselves and not their canonical ones, by id.

    Each has the name that others than curators call it by, where they do: how it is shown must not change what it is alike.
    """
    ids = sorted(set(entity_ids))
    rows = list(rows_in(session, select(ENTITY), ENTITY.c.id, ids))
    by_curators = select(ALIAS.c.entity_id).where(ALIAS.c.origin == CURATOR, ALIAS.c.is_name)
    named = [row.entity_id for row in rows_in(session, by_curators, ALIAS.c.entity_id, ids)]
    names = list_best_names(session, named, of_curators=False)
    return tuple(
        NamedEntity(row.id, EntityKind(row.kind), names.get(row.id, row.name), row.wikidata_id, row.article_id, row.is_reference)
        for row in rows
    )


def list_uncompared(session: Session, entity_ids: Iterable[str]) -> tuple[NamedEntity, ...]:
    """Those of the entities that have no block key, by id."""
    ids = sorted(set(entity_ids))
    statement = select(ENTITY_BLOCK.c.entity_id).distinct()
    compared = {row.entity_id for row in rows_in(session, statement, ENTITY_BLOCK.c.entity_id, ids)}
    return list_named_entities(session, [each for each in ids if each not in compared])


def save_entity_blocks(session: Session, blocks: Mapping[str, Collection[str]]) -> None:
    """Writes the block keys of each entity id, of entities that have none yet."""
    rows = [{"block_key": key, "entity_id": entity_id} for entity_id, keys in blocks.items() for key in sorted(keys)]
    insert_rows(session, ENTITY_BLOCK, rows)


def list_block_neighbours(session: Session, keys: Iterable[str]) -> tuple[NamedEntity, ...]:
    """All entities that have one of the block keys."""
    statement = select(ENTITY_BLOCK.c.entity_id).distinct()
    found = {row.entity_id for row in rows_in(session, statement, ENTITY_BLOCK.c.block_key, sorted(set(keys)))}
    return list_named_entities(session, found)


def save_likenesses(session: Session, likenesses: Sequence[Likeness]) -> None:
    """Writes likenesses of pairs; those of pairs that have one stay as they are."""
    rows = [
        {"left_id": each.left_id, "right_id": each.right_id, "score": each.score, "parts": [list(part) for part in each.parts]}
        for each in likenesses
    ]
    insert_new(session, LIKENESS, rows)


def list_likenesses_of_entities(session: Session, entity_ids: Iterable[str], least: float = 0.0) -> tuple[Likeness, ...]:
    """The likenesses of at least `least` that one of the entities is a side of, by their ids."""
    ids = sorted(set(entity_ids))
    statement = select(LIKENESS).where(LIKENESS.c.score >= least)
    rows = {
        (row.left_id, row.right_id): row
        for side in (LIKENESS.c.left_id, LIKENESS.c.right_id)
        for row in rows_in(session, statement, side, ids)
    }
    return tuple(_to_likeness(row) for _, row in sorted(rows.items()))


def list_suggestions(session: Session, first: int = MAX_PAGE) -> tuple[Likeness, ...]:
    """Pairs that are alike and stand for different entities, on which nobody has judged, the most alike first.

    Two entities come once, with the likeness of those of their ids that are most alike.
    """
    left, right = ENTITY.alias(), ENTITY.alias()
    statement = (
        select(LIKENESS, left.c.canonical_id.label("one"), right.c.canonical_id.label("other"))
        .join(left, left.c.id == LIKENESS.c.left_id)
        .join(right, right.c.id == LIKENESS.c.right_id)
        .where(left.c.canonical_id != right.c.canonical_id)
        .order_by(LIKENESS.c.score.desc(), LIKENESS.c.left_id, LIKENESS.c.right_id)
    )
    done = _list_judged(session)
    found: list[Likeness] = []
    offset = 0
    there_is_more = True
    while len(found) < first and there_is_more:
        rows = session.execute(statement.limit(BATCH).offset(offset)).all()
        offset += BATCH
        there_is_more = len(rows) == BATCH
        for row in rows:
            pair = frozenset((row.one, row.other))
            if pair not in done:
                done.add(pair)
                found.append(_to_likeness(row))
    return tuple(found[:first])


def _list_judged(session: Session) -> set[frozenset[str]]:
    """The pairs of canonical ids that a judgement is about."""
    left, right = ENTITY.alias(), ENTITY.alias()
    statement = (
        select(left.c.canonical_id, right.c.canonical_id)
        .select_from(JUDGEMENT)
        .join(left, left.c.id == JUDGEMENT.c.left_id)
        .join(right, right.c.id == JUDGEMENT.c.right_id)
        .where(JUDGEMENT.c.undone_at.is_(None), JUDGEMENT.c.verdict != str(Verdict.UNSURE))
    )
    return {frozenset(pair) for pair in session.execute(statement)}


def _to_likeness(row: Row[Any]) -> Likeness:
    return Likeness(row.left_id, row.right_id, row.score, tuple((str(sign), float(factor)) for sign, factor in row.parts))
