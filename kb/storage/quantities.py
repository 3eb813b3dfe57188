"""Quantities, with those whose figures they are resolved to canonical entities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from kb.domain.claim import Bound, Quantity
from kb.domain.query import Page, Slice
from kb.domain.span import Span
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.cursors import Ordering, SortKey
from kb.storage.paging import FIRST_PAGE, count_children, iterate_in_order, list_child_pages
from kb.storage.tables import CLAIM, ENTITY, QUANTITY, QUANTITY_ATTRIBUTION

_IN_TEXT: Final = Ordering("quantity_in_text", (SortKey(QUANTITY.c.start, int), SortKey(QUANTITY.c.id, str)))


def get_quantity(session: Session, quantity_id: str) -> Quantity:
    """The quantity with this id; raises NotFoundError."""
    found = list_quantities_by_ids(session, [quantity_id])
    if quantity_id not in found:
        raise NotFoundError("quantity", quantity_id)
    return found[quantity_id]


def list_quantities_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Quantity]:
    """The quantity of each id that names one."""
    wanted = list(dict.fromkeys(ids))
    owners: defaultdict[str, list[str]] = defaultdict(list)
    attributed = (
        select(QUANTITY_ATTRIBUTION.c.quantity_id, ENTITY.c.canonical_id)
        .join(ENTITY, ENTITY.c.id == QUANTITY_ATTRIBUTION.c.entity_id)
        .order_by(QUANTITY_ATTRIBUTION.c.quantity_id, QUANTITY_ATTRIBUTION.c.position)
    )
    for row in rows_in(session, attributed, QUANTITY_ATTRIBUTION.c.quantity_id, wanted):
        owners[row.quantity_id].append(row.canonical_id)
    return {
        row.id: Quantity(
            id=row.id,
            article_id=row.article_id,
            about=row.about,
            low=row.low,
            high=row.high,
            bound=Bound(row.bound),
            unit=row.unit,
            span=Span(row.start, row.end, row.text),
            sentence=Span(row.sentence_start, row.sentence_end, row.sentence),
            attributed_to=tuple(dict.fromkeys(owners[row.id])),
        )
        for row in rows_in(session, select(QUANTITY), QUANTITY.c.id, wanted)
    }


def list_quantities_of_events(session: Session, event_ids: Iterable[str]) -> dict[str, tuple[Quantity, ...]]:
    """The quantities in sentences that tell of each event, by article and place in it."""
    ids = list(dict.fromkeys(event_ids))
    same_sentence = and_(
        QUANTITY.c.article_id == CLAIM.c.article_id,
        QUANTITY.c.sentence_start < CLAIM.c.sentence_end,
        QUANTITY.c.sentence_end > CLAIM.c.sentence_start,
    )
    statement = (
        select(CLAIM.c.event_id, QUANTITY.c.id, QUANTITY.c.article_id, QUANTITY.c.start)
        .join(QUANTITY, same_sentence)
        .distinct()
        .order_by(QUANTITY.c.article_id, QUANTITY.c.start, QUANTITY.c.id)
    )
    rows = list(rows_in(session, statement, CLAIM.c.event_id, ids))
    found = list_quantities_by_ids(session, (row.id for row in rows))
    grouped: dict[str, list[Quantity]] = {each: [] for each in ids}
    for row in rows:
        grouped[row.event_id].append(found[row.id])
    return {each: tuple(quantities) for each, quantities in grouped.items()}


def list_quantities_of_articles(
    session: Session, article_ids: Iterable[str], page: Page = FIRST_PAGE
) -> dict[str, Slice[Quantity]]:
    """A page of the quantities in each article, in the order of its text."""
    return list_child_pages(
        session, select(QUANTITY.c.id), QUANTITY.c.article_id, article_ids, _IN_TEXT, page, list_quantities_by_ids
    )


def count_quantities_of_articles(session: Session, article_ids: Iterable[str]) -> dict[str, int]:
    """How many quantities each article gives."""
    return count_children(session, select(QUANTITY.c.id), QUANTITY.c.article_id, article_ids, QUANTITY.c.id)


def iterate_all(session: Session) -> Iterator[Quantity]:
    """Every quantity, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(QUANTITY.c.id), QUANTITY.c.id, list_quantities_by_ids)
