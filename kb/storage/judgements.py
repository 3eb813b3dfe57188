"""Judgements on pairs of entities: never overwritten, only undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.orm import Session

from kb.domain.curation import Judgement, Verdict
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.paging import MAX_PAGE
from kb.storage.tables import JUDGEMENT


def save_judgement(session: Session, judgement: Judgement) -> None:
    """Writes a new judgement."""
    row = {name: getattr(judgement, name) for name in judgement.__dataclass_fields__} | {"verdict": str(judgement.verdict)}
    session.execute(insert(JUDGEMENT), [row])


def undo_judgement(session: Session, judgement_id: str, author: str, moment: datetime, reason: str = "") -> None:
    """Marks a judgement as undone."""
    statement = update(JUDGEMENT).where(JUDGEMENT.c.id == judgement_id)
    session.execute(statement.values(undone_at=moment, undone_by=author, undone_reason=reason))


def lookup_judgement(session: Session, judgement_id: str) -> Judgement | None:
    """The judgement with this id, undone or not."""
    row = next(rows_in(session, select(JUDGEMENT), JUDGEMENT.c.id, [judgement_id]), None)
    return None if row is None else _to_judgement(row)


def get_judgement(session: Session, judgement_id: str) -> Judgement:
    """The judgement with this id, undone or not; raises NotFoundError."""
    found = lookup_judgement(session, judgement_id)
    if found is None:
        raise NotFoundError("judgement", judgement_id)
    return found


def list_judgements_by_ids(session: Session, ids: Iterable[str]) -> tuple[Judgement, ...]:
    """The judgement of each id that names one, undone or not."""
    return tuple(_to_judgement(row) for row in rows_in(session, select(JUDGEMENT), JUDGEMENT.c.id, sorted(set(ids))))


def list_judgements(session: Session, first: int = MAX_PAGE) -> tuple[Judgement, ...]:
    """The latest judgements, undone ones included, the latest first."""
    statement = select(JUDGEMENT).order_by(JUDGEMENT.c.judged_at.desc(), JUDGEMENT.c.id).limit(first)
    return tuple(_to_judgement(row) for row in session.execute(statement))


def list_judgements_of_entities(session: Session, entity_ids: Iterable[str], *, active: bool = True) -> tuple[Judgement, ...]:
    """Judgements that name one of the entities, the earliest first; without those undone unless `active` is False."""
    ids = sorted(set(entity_ids))
    statement = select(JUDGEMENT).where(JUDGEMENT.c.undone_at.is_(None)) if active else select(JUDGEMENT)
    rows = {row.id: row for side in (JUDGEMENT.c.left_id, JUDGEMENT.c.right_id) for row in rows_in(session, statement, side, ids)}
    return tuple(_to_judgement(row) for row in sorted(rows.values(), key=lambda row: (row.judged_at, row.id)))


def list_judged_pair(session: Session, left_id: str, right_id: str) -> tuple[Judgement, ...]:
    """The judgements on two entities that are not undone, whichever was named first."""
    pair = or_(
        (JUDGEMENT.c.left_id == left_id) & (JUDGEMENT.c.right_id == right_id),
        (JUDGEMENT.c.left_id == right_id) & (JUDGEMENT.c.right_id == left_id),
    )
    statement = select(JUDGEMENT).where(pair, JUDGEMENT.c.undone_at.is_(None)).order_by(JUDGEMENT.c.judged_at, JUDGEMENT.c.id)
    return tuple(_to_judgement(row) for row in session.execute(statement))


def _to_judgement(row: Row[Any]) -> Judgement:
    return Judgement(
        row.id,
        row.left_id,
        row.right_id,
        Verdict(row.verdict),
        row.author,
        row.judged_at,
        row.reason,
        row.undone_at,
        row.undone_by,
        row.undone_reason,
    )
