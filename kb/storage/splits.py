"""Splits: in some articles another entity is meant. What they moved is on record, so that undoing moves just that back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Row, Select, Table, bindparam, delete, insert, literal, select, update
from sqlalchemy.orm import Session

from kb.domain.curation import Split
from kb.errors import NotFoundError
from kb.storage.batches import batches, rows_in
from kb.storage.paging import MAX_PAGE
from kb.storage.tables import (
    CLAIM,
    CLAIM_ARGUMENT,
    FACT,
    MENTION,
    QUANTITY,
    QUANTITY_ATTRIBUTION,
    SPLIT,
    SPLIT_ARTICLE,
    SPLIT_MOVE,
)

_COLUMNS: Final = ("id", "entity_id", "new_entity_id", "author", "made_at", "reason", "undone_at", "undone_by", "undone_reason")
_NO_POSITION: Final = literal(0)


class _Place:
    """A column that names an entity: how its rows are found in an article, and how one of them is set."""

    def __init__(
        self, table: Table, key: Column[Any], entity: Column[Any], rows: Select[Any], position: Column[Any] | None
    ) -> None:
        self.table = table
        self.key = key
        self.entity = entity
        self.rows = rows
        self.position = position


_PLACES: Final = {
    "mention": _Place(
        MENTION,
        MENTION.c.id,
        MENTION.c.entity_id,
        select(MENTION.c.id.label("row_id"), _NO_POSITION.label("position"), MENTION.c.article_id),
        None,
    ),
    "argument": _Place(
        CLAIM_ARGUMENT,
        CLAIM_ARGUMENT.c.claim_id,
        CLAIM_ARGUMENT.c.entity_id,
        select(CLAIM_ARGUMENT.c.claim_id.label("row_id"), CLAIM_ARGUMENT.c.position, CLAIM.c.article_id).join(
            CLAIM, CLAIM.c.id == CLAIM_ARGUMENT.c.claim_id
        ),
        CLAIM_ARGUMENT.c.position,
    ),
    "subject of a fact": _Place(
        FACT,
        FACT.c.id,
        FACT.c.subject_id,
        select(FACT.c.id.label("row_id"), _NO_POSITION.label("position"), FACT.c.article_id),
        None,
    ),
    "object of a fact": _Place(
        FACT,
        FACT.c.id,
        FACT.c.object_id,
        select(FACT.c.id.label("row_id"), _NO_POSITION.label("position"), FACT.c.article_id),
        None,
    ),
    "attribution of a figure": _Place(
        QUANTITY_ATTRIBUTION,
        QUANTITY_ATTRIBUTION.c.quantity_id,
        QUANTITY_ATTRIBUTION.c.entity_id,
        select(QUANTITY_ATTRIBUTION.c.quantity_id.label("row_id"), QUANTITY_ATTRIBUTION.c.position, QUANTITY.c.article_id).join(
            QUANTITY, QUANTITY.c.id == QUANTITY_ATTRIBUTION.c.quantity_id
        ),
        QUANTITY_ATTRIBUTION.c.position,
    ),
}


def save_split(session: Session, split: Split) -> None:
    """Writes a new split; nothing is moved before `apply_splits`."""
    session.execute(insert(SPLIT), [{name: getattr(split, name) for name in _COLUMNS}])
    session.execute(
        insert(SPLIT_ARTICLE), [{"split_id": split.id, "article_id": each} for each in sorted(set(split.article_ids))]
    )


def apply_splits(session: Session, article_ids: Collection[str]) -> tuple[Split, ...]:
    """Moves what active splits say of these articles, where nothing is moved yet, the earliest first; returns those splits."""
    active = _list_active_splits(session, article_ids)
    for split in active:
        for article_id in sorted(set(split.article_ids) & set(article_ids)):
            _move(session, split, article_id)
    return active


def _list_active_splits(session: Session, article_ids: Collection[str]) -> tuple[Split, ...]:
    of_articles = select(SPLIT_ARTICLE.c.split_id).distinct()
    ids = {row.split_id for row in rows_in(session, of_articles, SPLIT_ARTICLE.c.article_id, sorted(article_ids))}
    active = (each for each in list_splits_by_ids(session, ids) if each.undone_at is None)
    return tuple(sorted(active, key=lambda split: (split.made_at, split.id)))


def apply_split(session: Session, split: Split) -> None:
    """Moves what a new split says."""
    for article_id in split.article_ids:
        _move(session, split, article_id)


def _move(session: Session, split: Split, article_id: str) -> None:
    for name, place in _PLACES.items():
        in_article = place.rows.where(place.entity == split.entity_id, _article_column(place) == article_id)
        rows = [{"row_id": row.row_id, "position": row.position} for row in session.execute(in_article)]
        if rows:
            _set(session, place, rows, split.new_entity_id)
            moved = [{"split_id": split.id, "place": name, "article_id": article_id} | row for row in rows]
            session.execute(insert(SPLIT_MOVE), moved)


def _article_column(place: _Place) -> Column[Any]:
    owner: Column[Any] = {CLAIM_ARGUMENT: CLAIM.c.article_id, QUANTITY_ATTRIBUTION: QUANTITY.c.article_id}.get(
        place.table, place.table.c.get("article_id", place.key)
    )
    return owner


def _set(session: Session, place: _Place, rows: Iterable[dict[str, Any]], entity_id: str) -> None:
    statement = update(place.table).where(place.key == bindparam("of_row"))
    if place.position is not None:
        statement = statement.where(place.position == bindparam("of_position"))
    session.connection().execute(
        statement.values({place.entity.name: bindparam("entity")}),
        [{"of_row": row["row_id"], "of_position": row["position"], "entity": entity_id} for row in rows]
        if place.position is not None
        else [{"of_row": row["row_id"], "entity": entity_id} for row in rows],
    )


def undo_split(session: Session, split: Split, author: str, moment: datetime, reason: str = "") -> tuple[Split, ...]:
    """Moves back what the split moved and marks it as undone; returns the other active splits of its articles.

    Those are taken back and applied again: what comes back to an entity may be what one of them moves on.
    """
    together = _list_active_splits(session, split.article_ids)
    for each in reversed(together):
        _take_back(session, each, split.article_ids)
    session.execute(update(SPLIT).where(SPLIT.c.id == split.id).values(undone_at=moment, undone_by=author, undone_reason=reason))
    return apply_splits(session, split.article_ids)


def _take_back(session: Session, split: Split, article_ids: Collection[str]) -> None:
    of_split = (SPLIT_MOVE.c.split_id == split.id, SPLIT_MOVE.c.article_id.in_(sorted(article_ids)))
    moved: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(select(SPLIT_MOVE).where(*of_split)):
        moved[row.place].append({"row_id": row.row_id, "position": row.position})
    for name, rows in sorted(moved.items()):
        _set(session, _PLACES[name], rows, split.entity_id)
    session.execute(delete(SPLIT_MOVE).where(*of_split))


def list_later_splits(session: Session, split: Split) -> tuple[Split, ...]:
    """The active splits that start from what this one made, in one of its articles: they have to be undone before it."""
    statement = select(SPLIT.c.id).where(SPLIT.c.entity_id == split.new_entity_id, SPLIT.c.undone_at.is_(None))
    found = list_splits_by_ids(session, session.execute(statement).scalars().all())
    mine = set(split.article_ids)
    return tuple(each for each in found if each.id != split.id and mine & set(each.article_ids) and each.made_at >= split.made_at)


def lookup_split(session: Session, split_id: str) -> Split | None:
    """The split with this id, undone or not."""
    return next(iter(list_splits_by_ids(session, [split_id])), None)


def get_split(session: Session, split_id: str) -> Split:
    """The split with this id, undone or not; raises NotFoundError."""
    found = lookup_split(session, split_id)
    if found is None:
        raise NotFoundError("split", split_id)
    return found


def list_splits(session: Session, first: int = MAX_PAGE) -> tuple[Split, ...]:
    """The latest splits, undone ones included, the latest first."""
    statement = select(SPLIT.c.id).order_by(SPLIT.c.made_at.desc(), SPLIT.c.id).limit(first)
    return tuple(sorted(list_splits_by_ids(session, session.execute(statement).scalars().all()), key=_latest_first))


def list_splits_of_entities(session: Session, entity_ids: Iterable[str], *, active: bool = True) -> tuple[Split, ...]:
    """The splits that move something from or to one of the entities, by time; without those undone unless `active` is False."""
    ids = sorted(set(entity_ids))
    statement = select(SPLIT.c.id).where(SPLIT.c.undone_at.is_(None)) if active else select(SPLIT.c.id)
    found = {row.id for side in (SPLIT.c.entity_id, SPLIT.c.new_entity_id) for row in rows_in(session, statement, side, ids)}
    return tuple(sorted(list_splits_by_ids(session, found), key=lambda split: (split.made_at, split.id)))


def _latest_first(split: Split) -> tuple[float, str]:
    return -split.made_at.timestamp(), split.id


def list_splits_by_ids(session: Session, ids: Iterable[str]) -> tuple[Split, ...]:
    """The split of each id that names one, by id."""
    wanted = sorted(set(ids))
    articles: defaultdict[str, list[str]] = defaultdict(list)
    for batch in batches(wanted):
        of_splits = select(SPLIT_ARTICLE).where(SPLIT_ARTICLE.c.split_id.in_(batch)).order_by(SPLIT_ARTICLE.c.article_id)
        for row in session.execute(of_splits):
            articles[row.split_id].append(row.article_id)
    return tuple(_to_splits(rows_in(session, select(SPLIT).order_by(SPLIT.c.id), SPLIT.c.id, wanted), articles))


def _to_splits(rows: Iterable[Row[Any]], articles: dict[str, list[str]]) -> Iterator[Split]:
    for row in rows:
        yield Split(
            row.id,
            row.entity_id,
            row.new_entity_id,
            tuple(articles[row.id]),
            row.author,
            row.made_at,
            row.reason,
            row.undone_at,
            row.undone_by,
            row.undone_reason,
        )
