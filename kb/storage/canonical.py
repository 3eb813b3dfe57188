"""From any id of an entity to its canonical one and to its whole cluster."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.storage.batches import batches
from kb.storage.tables import ENTITY


def list_canonical_ids(session: Session, entity_ids: Iterable[str]) -> dict[str, str]:
    """The canonical id of each id that names an entity; ids that name none are left out."""
    found: dict[str, str] = {}
    for batch in batches(entity_ids):
        found |= {
            row[0]: row[1] for row in session.execute(select(ENTITY.c.id, ENTITY.c.canonical_id).where(ENTITY.c.id.in_(batch)))
        }
    return found


def list_cluster_ids(session: Session, entity_ids: Iterable[str]) -> list[str]:
    """Every id that stands for the same entities as those given, in order."""
    canonical = sorted(set(list_canonical_ids(session, entity_ids).values()))
    members: list[str] = []
    for batch in batches(canonical):
        members += session.execute(select(ENTITY.c.id).where(ENTITY.c.canonical_id.in_(batch)).order_by(ENTITY.c.id)).scalars()
    return members
