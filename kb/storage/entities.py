"""Entities: always the canonical ones, with the names of their whole cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, func, literal, select
from sqlalchemy.orm import Session

from kb.domain.entity import Alias, AliasKind, Entity, EntityKind
from kb.domain.order import EntityOrder
from kb.domain.query import EntityFilter, Page, Slice
from kb.domain.result import CoOccurrence
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.cursors import Ordering, SortKey
from kb.storage.filters import entity_conditions
from kb.storage.paging import FIRST_PAGE, check_page, count_rows, iterate_in_order, list_page
from kb.storage.tables import ALIAS, ENTITY, MENTION
from kb.storage.terms import fold

_BY_NAME: Final = (SortKey(ENTITY.c.name_sort, str), SortKey(ENTITY.c.id, str))
ORDERINGS: Final = {
    EntityOrder.NAME_ASC: Ordering("entity.name", _BY_NAME),
    EntityOrder.NAME_DESC: Ordering("entity.name.desc", _BY_NAME, descending=True),
    EntityOrder.MENTIONS_DESC: Ordering(
        "entity.mentions", (SortKey(ENTITY.c.mention_count, int), SortKey(ENTITY.c.id, str)), descending=True
    ),
}


def list_entities(
    session: Session, wanted: EntityFilter | None = None, page: Page = FIRST_PAGE, order: EntityOrder = EntityOrder.NAME_ASC
) -> Slice[Entity]:
    """Canonical entities of the filter, by name unless ordered otherwise."""
    statement = select(ENTITY.c.id).where(*entity_conditions(session, wanted))
    return list_page(session, statement, ORDERINGS[order], page, list_entities_by_ids)


def count_entities(session: Session, wanted: EntityFilter | None = None) -> int:
    """How many canonical entities the filter lets through."""
    return count_rows(session, select(ENTITY.c.id).where(*entity_conditions(session, wanted)), ENTITY.c.id)


def list_entities_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Entity]:
    """The canonical entity of each id, former ids included; ids that name nothing are left out."""
    canonical = list_canonical_ids(session, ids)
    wanted = list(dict.fromkeys(canonical.values()))
    aliases = _list_aliases(session, wanted)
    found = {
        row.id: Entity(row.id, EntityKind(row.kind), row.name, row.wikidata_id, aliases[row.id], row.article_id)
        for row in rows_in(session, select(ENTITY), ENTITY.c.id, wanted)
    }
    return {each: found[target] for each, target in canonical.items()}


def _list_aliases(session: Session, ids: Sequence[str]) -> defaultdict[str, tuple[Alias, ...]]:
    """Each name of each kind once, with the first of its origins."""
    statement = (
        select(ENTITY.c.canonical_id, ALIAS.c.name, ALIAS.c.kind, func.min(ALIAS.c.origin).label("origin"))
        .join(ENTITY, ENTITY.c.id == ALIAS.c.entity_id)
        .group_by(ENTITY.c.canonical_id, ALIAS.c.name, ALIAS.c.kind)
        .order_by(ENTITY.c.canonical_id, ALIAS.c.kind, ALIAS.c.name)
    )
    grouped: defaultdict[str, list[Alias]] = defaultdict(list)
    for row in rows_in(session, statement, ENTITY.c.canonical_id, ids):
        grouped[row.canonical_id].append(Alias(row.name, AliasKind(row.kind), row.origin))
    return defaultdict(tuple, {owner: tuple(names) for owner, names in grouped.items()})


def get_entity(session: Session, entity_id: str) -> Entity:
    """The canonical entity behind an id, a former one included; raises NotFoundError."""
    found = list_entities_by_ids(session, [entity_id])
    if entity_id not in found:
        raise NotFoundError("entity", entity_id)
    return found[entity_id]


def lookup_entity_by_name(session: Session, name: str) -> Entity | None:
    """The entity that bears exactly this name (case, accents and punctuation aside), the most mentioned one where several do."""
    found = session.execute(select_by_name(literal(fold(name), Text()))).scalar()
    return None if found is None else get_entity(session, found)


def select_by_name(folded: ColumnElement[str]) -> Select[Any]:
    """The canonical id of the entity that bears a name, which is given folded; the most mentioned one where several do.

    What it only stands for, as Paris does for France, comes after those whose name it is. Of those that no article mentions a
    country comes first, then what Wikidata took in earliest, which mostly is best known.
    """
    owner, member = ENTITY.alias(), ENTITY.alias()
    return (
        select(owner.c.id)
        .join(member, member.c.canonical_id == owner.c.id)
        .join(ALIAS, ALIAS.c.entity_id == member.c.id)
        .where(ALIAS.c.name_folded == folded)
        .order_by(
            ALIAS.c.kind.in_([str(AliasKind.DEMONYM), str(AliasKind.METONYM)]),
            owner.c.mention_count.desc(),
            owner.c.kind != str(EntityKind.COUNTRY),
            owner.c.wikidata_id.is_(None),
            func.length(owner.c.wikidata_id),
            owner.c.id,
        )
        .limit(1)
    )


def lookup_entity_by_wikidata(session: Session, wikidata_id: str) -> Entity | None:
    """The entity with this Wikidata id."""
    statement = select(ENTITY.c.canonical_id).order_by(ENTITY.c.id).limit(1)
    found = next(rows_in(session, statement, ENTITY.c.wikidata_id, [wikidata_id]), None)
    return None if found is None else get_entity(session, found.canonical_id)


def list_co_occurring(session: Session, entity_ids: Iterable[str], first: int = 10) -> dict[str, tuple[CoOccurrence, ...]]:
    """For each entity the `first` others mentioned in most of its articles, the most frequent first."""
    check_page(Page(first=first))
    canonical = list_canonical_ids(session, entity_ids)
    mine, other = ENTITY.alias(), ENTITY.alias()
    left, right = MENTION.alias(), MENTION.alias()
    shared = func.count(left.c.article_id.distinct()).label("shared")
    pairs = (
        select(mine.c.canonical_id.label("owner"), other.c.canonical_id.label("other"), shared)
        .select_from(left)
        .join(mine, mine.c.id == left.c.entity_id)
        .join(right, right.c.article_id == left.c.article_id)
        .join(other, other.c.id == right.c.entity_id)
        .where(mine.c.canonical_id.in_(sorted(set(canonical.values()))), other.c.canonical_id != mine.c.canonical_id)
        .group_by(mine.c.canonical_id, other.c.canonical_id)
        .subquery()
    )
    place = func.row_number().over(partition_by=pairs.c.owner, order_by=[pairs.c.shared.desc(), pairs.c.other])
    ranked = select(pairs, place.label("place")).subquery()
    rows = session.execute(select(ranked).where(ranked.c.place <= first).order_by(ranked.c.owner, ranked.c.place)).all()
    entities = list_entities_by_ids(session, [row.other for row in rows])
    grouped: defaultdict[str, list[CoOccurrence]] = defaultdict(list)
    for row in rows:
        grouped[row.owner].append(CoOccurrence(entities[row.other], row.shared))
    return {each: tuple(grouped[target]) for each, target in canonical.items()}


def iterate_all(session: Session) -> Iterator[Entity]:
    """Every canonical entity with its aliases, by id, a batch at a time in memory.

    What the reference set knows and nobody speaks of is left out.
    """
    statement = select(ENTITY.c.id).where(*entity_conditions(session, None))
    return iterate_in_order(session, statement, ENTITY.c.id, list_entities_by_ids)
