"""What hangs together through shared block keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from kb.storage.batches import rows_in

_TURNED: Final = str.maketrans("<>", "><")


def list_closure(session: Session, key: Column[Any], member: Column[Any], start: Iterable[str]) -> list[str]:
    """The members reachable from `start` through shared keys (`_counterpart`), `start` included, in order.

    Every key and every member is visited once, which a recursive query over pairs of members would not do.
    """
    members = set(start)
    keys: set[str] = set()
    frontier = sorted(members)
    while frontier:
        new_keys = {row[0] for row in rows_in(session, select(key).distinct(), member, frontier)} - keys
        keys |= new_keys
        sought = sorted({_counterpart(new_key) for new_key in new_keys})
        frontier = sorted({row[0] for row in rows_in(session, select(member).distinct(), key, sought)} - members)
        members.update(frontier)
    return sorted(members)


def _counterpart(key: str) -> str:
    """What a member with `key` hangs together with: `<x` with `>x` and the other way round, any other key with itself."""
    return key[0].translate(_TURNED) + key[1:] if key[:1] in ("<", ">") else key
