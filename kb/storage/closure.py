"""What hangs together through shared block keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from kb.storage.batches import rows_in


def list_closure(session: Session, key: Column[Any], member: Column[Any], start: Iterable[str]) -> list[str]:
    """The members reachable from `start` through shared keys, `start` included, in order.

    Every key and every member is visited once, which a recursive query over pairs of members would not do.
    """
    members = set(start)
    keys: set[str] = set()
    frontier = sorted(members)
    while frontier:
        new_keys = {row[0] for row in rows_in(session, select(key).distinct(), member, frontier)} - keys
        keys |= new_keys
        frontier = sorted({row[0] for row in rows_in(session, select(member).distinct(), key, sorted(new_keys))} - members)
        members.update(frontier)
    return sorted(members)
