"""Rows that lost the row they belong to."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Table, and_, exists, func, not_, select, true
from sqlalchemy.orm import Session

from kb.storage.tables import (
    ARTICLE,
    CLAIM,
    CLAIM_ARGUMENT,
    ENTITY,
    EVENT,
    EVENT_PARTICIPANT,
    METADATA,
    RELATION,
    RELATION_CLAIM,
    SEARCH_DOCUMENT,
)

_SEARCHED: Final = {"entity": ENTITY, "article": ARTICLE, "claim": CLAIM}


def list_orphans(session: Session) -> tuple[str, ...]:
    """One line for each kind of row whose owner is missing, with how many there are."""
    checks: list[tuple[str, Table, ColumnElement[bool]]] = []
    for table in METADATA.sorted_tables:
        for key in table.foreign_keys:
            owner = key.column.table.alias("owner")
            missing = and_(key.parent.is_not(None), not_(exists().where(owner.c[key.column.name] == key.parent)))
            checks.append((f"whose {key.parent.name} names no {key.column.table.name}", table, missing))
    checks += [
        ("told by no claim", EVENT, not_(exists().where(CLAIM.c.event_id == EVENT.c.id))),
        ("that belong to no event", CLAIM, CLAIM.c.event_id.is_(None)),
        ("that no claim states", RELATION, not_(exists().where(RELATION_CLAIM.c.relation_id == RELATION.c.id))),
        (
            "without a participant though claims name one",
            EVENT,
            and_(
                exists().where(CLAIM.c.event_id == EVENT.c.id, CLAIM_ARGUMENT.c.claim_id == CLAIM.c.id),
                not_(exists().where(EVENT_PARTICIPANT.c.event_id == EVENT.c.id)),
            ),
        ),
    ]
    checks += [
        (
            f"of a {kind} that is gone",
            SEARCH_DOCUMENT,
            and_(SEARCH_DOCUMENT.c.kind == kind, not_(exists().where(table.c.id == SEARCH_DOCUMENT.c.noun_id))),
        )
        for kind, table in _SEARCHED.items()
    ]
    problems = []
    for what, table, condition in checks:
        count = session.execute(select(func.count()).select_from(table).where(true(), condition)).scalar_one()
        if count:
            problems.append(f"{count} rows of {table.name} {what}; restore a backup or ingest again into a new database")
    return tuple(problems)
