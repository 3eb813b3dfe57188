"""The names that entities bear, by who gave them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.domain.entity import Alias, AliasKind
from kb.storage.batches import rows_in
from kb.storage.tables import ALIAS

CURATOR: Final = "curator"
"""The origin of names that people gave."""


def list_names(session: Session, entity_ids: Iterable[str]) -> tuple[tuple[str, Alias], ...]:
    """Each name of the entities, themselves and not their canonical ones, once for every origin, with whose it is."""
    rows = rows_in(session, select(ALIAS), ALIAS.c.entity_id, sorted(set(entity_ids)))
    return tuple((row.entity_id, Alias(row.name, AliasKind(row.kind), row.origin, row.is_name)) for row in rows)


def list_best_names(session: Session, entity_ids: Iterable[str], *, of_curators: bool = True) -> dict[str, str]:
    """The best full name of each entity that has one: a curator's unless not asked for, else what is neither all capitals nor all
    small letters, else the first by its letters.

    Articles may spell a name differently; which was read first must not decide how it is shown.
    """
    statement = select(ALIAS.c.entity_id, ALIAS.c.name, ALIAS.c.origin).where(ALIAS.c.is_name)
    if not of_curators:
        statement = statement.where(ALIAS.c.origin != CURATOR)
    names: defaultdict[str, list[tuple[bool, bool, str]]] = defaultdict(list)
    for row in rows_in(session, statement, ALIAS.c.entity_id, sorted(set(entity_ids))):
        names[row.entity_id].append((row.origin != CURATOR, row.name.isupper() or row.name.islower(), row.name))
    return {entity_id: min(found)[2] for entity_id, found in names.items()}
