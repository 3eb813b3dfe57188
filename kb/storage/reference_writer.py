"""What the store has of the reference set, and keeping it what the set says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, not_, select, update
from sqlalchemy.orm import Session

from kb.domain.claim import Fact
from kb.domain.entity import Alias, AliasKind, EntityKind
from kb.storage.batches import batches, rows_in
from kb.storage.entity_writer import MAX_NAME, refresh_documents, refresh_names
from kb.storage.names import CURATOR
from kb.storage.tables import ALIAS, ARTICLE, ENTITY, FACT, MENTION

Named = tuple[str, Alias]
"""The id of an entity, and a name that it bears."""


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """An entity as far as the reference set has a say in it: `aliases` are the names that neither articles nor people gave."""

    kind: EntityKind
    name: str
    is_reference: bool
    aliases: frozenset[Alias]


def list_stored_entities(session: Session, entity_ids: Iterable[str]) -> dict[str, StoredEntity]:
    """Those of the ids that the store has, and all others that it has from the reference set."""
    columns = (ENTITY.c.id, ENTITY.c.kind, ENTITY.c.name, ENTITY.c.is_reference)
    rows = {row.id: row for row in session.execute(select(*columns).where(ENTITY.c.is_reference))}
    rows |= {row.id: row for row in rows_in(session, select(*columns), ENTITY.c.id, (i for i in entity_ids if i not in rows))}
    aliases: defaultdict[str, set[Alias]] = defaultdict(set)
    of_articles = select(ARTICLE.c.id).where(ARTICLE.c.id == ALIAS.c.origin).exists()
    given = select(ALIAS).where(ALIAS.c.origin != CURATOR, not_(of_articles))
    for row in rows_in(session, given, ALIAS.c.entity_id, rows):
        aliases[row.entity_id].add(Alias(row.name, AliasKind(row.kind), row.origin, row.is_name))
    return {
        each: StoredEntity(EntityKind(row.kind), row.name, row.is_reference, frozenset(aliases[each]))
        for each, row in rows.items()
    }


def is_storable_name(alias: Alias) -> bool:
    """Whether the store keeps the name."""
    return len(alias.name) <= MAX_NAME


def list_used_names(session: Session, entity_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Each of the entities with each text by which an article mentions it."""
    statement = select(MENTION.c.entity_id, MENTION.c.text).distinct()
    return {(row.entity_id, row.text) for row in rows_in(session, statement, MENTION.c.entity_id, sorted(set(entity_ids)))}


def list_renamed(session: Session, entity_ids: Iterable[str]) -> frozenset[str]:
    """Those of the entities that a curator gave a name."""
    statement = select(ALIAS.c.entity_id).where(ALIAS.c.origin == CURATOR)
    return frozenset(row.entity_id for row in rows_in(session, statement, ALIAS.c.entity_id, sorted(set(entity_ids))))


def delete_names(session: Session, names: Sequence[Named]) -> None:
    """Takes these names away; how the entities are shown and found is `refresh_entities`'s."""
    if not names:
        return
    key = and_(*(ALIAS.c[name] == bindparam(f"of_{name}") for name in ("entity_id", "name", "kind", "origin")))
    session.connection().execute(
        delete(ALIAS).where(key),
        [
            {"of_entity_id": entity_id, "of_name": alias.name, "of_kind": str(alias.kind), "of_origin": alias.origin}
            for entity_id, alias in names
        ],
    )


def save_kinds(session: Session, kinds: Mapping[str, EntityKind]) -> None:
    """Gives each entity its kind."""
    if kinds:
        statement = update(ENTITY).where(ENTITY.c.id == bindparam("key")).values(kind=bindparam("shown"))
        session.connection().execute(statement, [{"key": key, "shown": str(kind)} for key, kind in sorted(kinds.items())])


def unmark(session: Session, entity_ids: Collection[str]) -> None:
    """Makes the entities ones like those that articles brought: they stay while something speaks of them."""
    for batch in batches(sorted(entity_ids)):
        session.execute(update(ENTITY).where(ENTITY.c.id.in_(batch)).values(is_reference=False))


def refresh_entities(session: Session, entity_ids: Collection[str]) -> None:
    """Shows and finds each entity by the names that it has now."""
    refresh_names(session, entity_ids)
    refresh_documents(session, entity_ids)


def list_reference_facts(session: Session) -> tuple[Fact, ...]:
    """All facts of the reference set, superseded ones included, by id; subjects and objects are not canonical ones."""
    statement = select(FACT).where(FACT.c.article_id.is_(None)).order_by(FACT.c.id)
    return tuple(
        Fact(
            row.id,
            row.subject_id,
            row.predicate,
            row.object_id,
            row.object_text,
            None,
            None,
            row.valid_from,
            row.valid_to,
            row.recorded_at,
            row.superseded_at,
            origin=row.origin,
        )
        for row in session.execute(statement)
    )


def supersede_facts(session: Session, fact_ids: Iterable[str], moment: datetime) -> None:
    """Keeps the facts as what was believed until now."""
    for batch in batches(sorted(fact_ids)):
        session.execute(update(FACT).where(FACT.c.id.in_(batch)).values(superseded_at=moment))


def save_origins(session: Session, origins: Mapping[str, str | None]) -> None:
    """Names another part of the reference set for each fact, by its id."""
    if origins:
        statement = update(FACT).where(FACT.c.id == bindparam("key")).values(origin=bindparam("part"))
        session.connection().execute(statement, [{"key": key, "part": origin} for key, origin in sorted(origins.items())])
