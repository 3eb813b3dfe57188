"""Mutations that were answered under a key of the caller's, so that one sent twice is done once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from kb.errors import ConflictError
from kb.storage.tables import ANSWERED

KEPT: Final = timedelta(days=30)
"""How long a key is remembered."""


def lookup_answer(session: Session, caller: str, key: str, request: str) -> tuple[str, ...] | None:
    """The ids that the caller was answered under the key; None where there was no such request.

    Raises ConflictError where the key stood for another request.
    """
    statement = select(ANSWERED).where(ANSWERED.c.caller == caller, ANSWERED.c.key == key)
    row = session.execute(statement).first()
    if row is None:
        return None
    if row.request != request:
        raise ConflictError(f"the idempotencyKey {key!r} was given to another request; take a new one for each thing to be done")
    return tuple(row.ids)


def save_answer(session: Session, caller: str, key: str, request: str, ids: Sequence[str], moment: datetime) -> None:
    """Remembers an answer and forgets those that are older than `KEPT`."""
    session.execute(delete(ANSWERED).where(ANSWERED.c.answered_at < moment - KEPT))
    row = {"caller": caller, "key": key, "request": request, "ids": list(ids), "answered_at": moment}
    session.execute(insert(ANSWERED), [row])
