"""Writes entities, the names they bear, and what search knows of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from kb.domain.entity import Alias, Entity
from kb.domain.result import HitKind
from kb.storage.batches import batches, rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.changes import CAME, CHANGED, record_changes
from kb.storage.insertion import insert_new, insert_rows
from kb.storage.names import CURATOR as CURATOR
from kb.storage.names import list_best_names
from kb.storage.search_writer import delete_documents, save_documents, save_name_starts
from kb.storage.tables import ALIAS, ENTITY
from kb.storage.terms import fold

# A B-tree of PostgreSQL refuses keys beyond 2,700 bytes, and no name of anything is as long.
MAX_NAME: Final = 300
"""Longer names are not kept."""
_MAX_SORT: Final = 200
# Names of the reference set come back with every article that speaks of their bearers.
_fold_name: Final = lru_cache(maxsize=16_384)(fold)


def save_entities(session: Session, entities: Sequence[Entity], *, reference: bool = False) -> tuple[str, ...]:
    """Writes entities with their aliases; returns the ids of those that the store did not have.

    What is known already gets the aliases it lacks; `reference` marks all of them as staying without an article.
    """
    named: dict[str, Entity] = {}
    for entity in sorted(entities, key=lambda entity: entity.id):
        named.setdefault(entity.id, entity)
    known = {row.id: row for row in rows_in(session, select(ENTITY), ENTITY.c.id, named)}
    new = [entity for entity in named.values() if entity.id not in known]
    if new:
        insert_rows(session, ENTITY, [_entity_row(entity, reference=reference) for entity in new])
        record_changes(session, "entity", CAME, [entity.id for entity in new])
    # A curated one that outlived the only article it existed in belongs to it again.
    for entity in named.values():
        if entity.article_id is not None and entity.id in known and known[entity.id].article_id is None:
            session.execute(update(ENTITY).where(ENTITY.c.id == entity.id).values(article_id=entity.article_id))
    if reference:
        for batch in batches(sorted(known)):
            session.execute(update(ENTITY).where(ENTITY.c.id.in_(batch)).values(is_reference=True))
    _save_aliases(session, entities, {entity.id for entity in new})
    spelled = {
        entity.id for entity in entities if entity.name != (known[entity.id] if entity.id in known else named[entity.id]).name
    }
    refresh_names(session, spelled)
    return tuple(entity.id for entity in new)


def _entity_row(entity: Entity, *, reference: bool) -> dict[str, object]:
    return {
        "id": entity.id,
        "canonical_id": entity.id,
        "kind": str(entity.kind),
        "name": entity.name,
        "name_sort": fold(entity.name)[:_MAX_SORT],
        "wikidata_id": entity.wikidata_id,
        "article_id": entity.article_id,
        "mention_count": 0,
        "is_reference": reference,
    }


def _save_aliases(session: Session, entities: Sequence[Entity], new: Collection[str]) -> None:
    wanted: dict[tuple[str, str, str, str], bool] = {}
    for entity in entities:
        for alias in entity.aliases:
            if len(alias.name) <= MAX_NAME:
                key = (entity.id, alias.name, str(alias.kind), alias.origin)
                wanted[key] = wanted.get(key, False) or alias.is_name
    # A name has as many rows as articles use it; what is asked is only whether there is one.
    names = select(ALIAS.c.entity_id, ALIAS.c.name).distinct()
    known = {tuple(row) for row in rows_in(session, names, ALIAS.c.entity_id, (entity.id for entity in entities))}
    folded = {name: _fold_name(name) for _, name, _, _ in wanted}
    columns = ("entity_id", "name", "kind", "origin")
    rows = [
        dict(zip(columns, key, strict=True)) | {"name_folded": folded[key[1]], "is_name": is_name}
        for key, is_name in sorted(wanted.items())
    ]
    insert_new(session, ALIAS, rows)
    # A further origin of a name that is known adds no word to look for.
    refresh_documents(session, {key[0] for key in wanted if key[:2] not in known} | set(new))


def save_alias(session: Session, entity_id: str, alias: Alias) -> None:
    """Adds a name to an entity; where `alias.is_name` it takes the place of the full name that its origin gave before."""
    if alias.is_name:
        mine = (ALIAS.c.entity_id == entity_id, ALIAS.c.origin == alias.origin)
        session.execute(update(ALIAS).where(*mine).values(is_name=False))
    key = {"entity_id": entity_id, "name": alias.name[:MAX_NAME], "kind": str(alias.kind), "origin": alias.origin}
    insert_new(session, ALIAS, [key | {"name_folded": fold(alias.name), "is_name": alias.is_name}])
    if alias.is_name:
        same = [ALIAS.c[column] == value for column, value in key.items()]
        session.execute(update(ALIAS).where(*same).values(is_name=True))
    refresh_names(session, [entity_id])
    refresh_documents(session, [entity_id])
    record_changes(session, "entity", CHANGED, [entity_id])


def delete_alias(session: Session, entity_id: str, name: str, origin: str) -> None:
    """Takes a name away that `origin` gave the entity, whatever its kind; where it was shown, another full name is."""
    mine = (ALIAS.c.entity_id == entity_id, ALIAS.c.name == name, ALIAS.c.origin == origin)
    session.execute(delete(ALIAS).where(*mine))
    refresh_names(session, [entity_id])
    refresh_documents(session, [entity_id])
    record_changes(session, "entity", CHANGED, [entity_id])


def delete_aliases(session: Session, entity_ids: Iterable[str], origin: str) -> None:
    """Takes the names away that only `origin` has for the entities."""
    for batch in batches(sorted(set(entity_ids))):
        session.execute(delete(ALIAS).where(ALIAS.c.entity_id.in_(batch), ALIAS.c.origin == origin))


def refresh_names(session: Session, entity_ids: Iterable[str]) -> None:
    """Shows each entity by the best of its full names."""
    best = list_best_names(session, entity_ids)
    before = {row.id: row.name for row in rows_in(session, select(ENTITY.c.id, ENTITY.c.name), ENTITY.c.id, best)}
    changed = [
        {"key": each, "shown": name, "sort": fold(name)[:_MAX_SORT]}
        for each, name in sorted(best.items())
        if before[each] != name
    ]
    if changed:
        statement_of_name = update(ENTITY).where(ENTITY.c.id == bindparam("key"))
        session.connection().execute(statement_of_name.values(name=bindparam("shown"), name_sort=bindparam("sort")), changed)
        record_changes(session, "entity", CHANGED, [str(row["key"]) for row in changed])


def refresh_documents(session: Session, entity_ids: Iterable[str]) -> None:
    """Indexes canonical entities by the names of their whole clusters, and those that another stands for no more."""
    canonical = list_canonical_ids(session, entity_ids)
    clusters: defaultdict[str, list[str]] = defaultdict(list)
    members = select(ENTITY.c.id, ENTITY.c.canonical_id, ENTITY.c.name)
    names: defaultdict[str, set[str]] = defaultdict(set)
    owner: dict[str, str] = {}
    for row in rows_in(session, members, ENTITY.c.canonical_id, sorted(set(canonical.values()))):
        clusters[row.canonical_id].append(row.id)
        owner[row.id] = row.canonical_id
        names[row.canonical_id].add(row.name)
    for row in rows_in(session, select(ALIAS.c.entity_id, ALIAS.c.name).distinct(), ALIAS.c.entity_id, sorted(owner)):
        names[owner[row.entity_id]].add(row.name)
    save_documents(session, HitKind.ENTITY, {each: (" ".join(sorted(found)), "") for each, found in sorted(names.items())})
    members_only = [each for each in sorted(owner) if owner[each] != each]
    delete_documents(session, HitKind.ENTITY, members_only)
    save_name_starts(session, dict(names) | dict.fromkeys(members_only, ()))


def count_new_mentions(session: Session, counts: Mapping[str, int]) -> None:
    """Adds mentions of entities to the counts of their canonical ones."""
    canonical: Counter[str] = Counter()
    for each, target in list_canonical_ids(session, counts).items():
        canonical[target] += counts[each]
    if canonical:
        statement = update(ENTITY).where(ENTITY.c.id == bindparam("key"))
        session.connection().execute(
            statement.values(mention_count=ENTITY.c.mention_count + bindparam("more")),
            [{"key": key, "more": more} for key, more in sorted(canonical.items())],
        )
