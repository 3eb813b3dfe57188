"""From any id of an entity to its canonical one and to its whole cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.tables import ENTITY


def list_canonical_ids(session: Session, entity_ids: Iterable[str]) -> dict[str, str]:
    """The canonical id of each id that names an entity; ids that name none are left out."""
    statement = select(ENTITY.c.id, ENTITY.c.canonical_id)
    return {row.id: row.canonical_id for row in rows_in(session, statement, ENTITY.c.id, entity_ids)}


def require_entities(session: Session, entity_ids: Iterable[str]) -> None:
    """Raises NotFoundError for the first of the ids that names no entity."""
    wanted = list(dict.fromkeys(entity_ids))
    known = list_canonical_ids(session, wanted)
    for each in wanted:
        if each not in known:
            raise NotFoundError("entity", each)


def list_former_ids(session: Session, entity_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each id the others that stand for the same entity, without the canonical one, in order."""
    canonical = list_canonical_ids(session, entity_ids)
    others: defaultdict[str, list[str]] = defaultdict(list)
    statement = select(ENTITY.c.id, ENTITY.c.canonical_id).where(ENTITY.c.id != ENTITY.c.canonical_id)
    for row in rows_in(session, statement, ENTITY.c.canonical_id, sorted(set(canonical.values()))):
        others[row.canonical_id].append(row.id)
    return {each: tuple(sorted(others[target])) for each, target in canonical.items()}


def list_cluster_ids(session: Session, entity_ids: Iterable[str]) -> list[str]:
    """Every id that stands for the same entities as those given, in order."""
    canonical = sorted(set(list_canonical_ids(session, entity_ids).values()))
    members = rows_in(session, select(ENTITY.c.id), ENTITY.c.canonical_id, canonical)
    return sorted(row.id for row in members)
