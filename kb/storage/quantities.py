"""Quantities, with those whose figures they are resolved to canonical entities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import Session

from kb.domain.claim import Bound, Quantity
from kb.domain.query import Page, QuantityFilter, Slice
from kb.domain.span import Span
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.cursors import Ordering, SortKey
from kb.storage.dates import check_range, date_conditions
from kb.storage.dialect import POSTGRESQL
from kb.storage.given import Known
from kb.storage.paging import FIRST_PAGE, count_children, count_rows, iterate_in_order, list_child_pages, list_page
from kb.storage.tables import ARTICLE, CLAIM, ENTITY, QUANTITY, QUANTITY_ATTRIBUTION, STORY_ARTICLE

IN_TEXT: Final = Ordering("quantity_in_text", (SortKey(QUANTITY.c.start, int), SortKey(QUANTITY.c.id, str)))
BY_DATE: Final = Ordering(
    "quantity.date.desc", (SortKey(ARTICLE.c.sort_date, date), SortKey(QUANTITY.c.id, str)), descending=True
)


def list_quantities(session: Session, wanted: QuantityFilter | None = None, page: Page = FIRST_PAGE) -> Slice[Quantity]:
    """Quantities of the filter, those of the latest articles first."""
    return list_page(session, _of_filter(session, wanted), BY_DATE, page, list_quantities_by_ids)


def count_quantities(session: Session, wanted: QuantityFilter | None = None) -> int:
    """How many quantities the filter lets through."""
    return count_rows(session, _of_filter(session, wanted), QUANTITY.c.id)


def _of_filter(session: Session, wanted: QuantityFilter | None) -> Select[Any]:
    statement = select(QUANTITY.c.id).join(ARTICLE, ARTICLE.c.id == QUANTITY.c.article_id)
    return statement if wanted is None else statement.where(*_conditions(Known(session), wanted))


def _conditions(given: Known, wanted: QuantityFilter) -> list[ColumnElement[bool]]:
    """On QUANTITY joined with its ARTICLE."""
    check_range(wanted.date)
    conditions = date_conditions(given, ARTICLE.c.sort_date, wanted.date)
    if wanted.source is not None:
        conditions.append(given.among(ARTICLE.c.source_id, wanted.source))
    if wanted.about is not None:
        # Escaped, a word of the question is a word and never a wildcard. Case is that of a to z, which both databases agree on.
        about = func.lower(QUANTITY.c.about.collate("C") if given.dialect == POSTGRESQL else QUANTITY.c.about)
        words = wanted.about.encode().lower().decode().split()
        conditions += [about.contains(word, autoescape=True) for word in words] or [false()]
    if wanted.attributed_to is not None:
        owned = select(QUANTITY_ATTRIBUTION.c.quantity_id)
        conditions.append(QUANTITY.c.id.in_(owned.where(given.names(QUANTITY_ATTRIBUTION.c.entity_id, wanted.attributed_to))))
    return conditions


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


def list_quantities_of_stories(session: Session, story_ids: Iterable[str]) -> dict[str, tuple[Quantity, ...]]:
    """The quantities in the articles of each story, article by article as the story has them, in the order of their texts."""
    ids = list(dict.fromkeys(story_ids))
    statement = (
        select(STORY_ARTICLE.c.story_id, QUANTITY.c.id)
        .join(QUANTITY, QUANTITY.c.article_id == STORY_ARTICLE.c.article_id)
        .order_by(STORY_ARTICLE.c.story_id, STORY_ARTICLE.c.position, QUANTITY.c.start, QUANTITY.c.id)
    )
    rows = list(rows_in(session, statement, STORY_ARTICLE.c.story_id, ids))
    found = list_quantities_by_ids(session, (row.id for row in rows))
    grouped: dict[str, list[Quantity]] = {each: [] for each in ids}
    for row in rows:
        grouped[row.story_id].append(found[row.id])
    return {each: tuple(quantities) for each, quantities in grouped.items()}


def list_quantities_of_articles(
    session: Session, article_ids: Iterable[str], page: Page = FIRST_PAGE
) -> dict[str, Slice[Quantity]]:
    """A page of the quantities in each article, in the order of its text."""
    return list_child_pages(
        session, select(QUANTITY.c.id), QUANTITY.c.article_id, article_ids, IN_TEXT, page, list_quantities_by_ids
    )


def count_quantities_of_articles(session: Session, article_ids: Iterable[str]) -> dict[str, int]:
    """How many quantities each article gives."""
    return count_children(session, select(QUANTITY.c.id), QUANTITY.c.article_id, article_ids, QUANTITY.c.id)


def iterate_all(session: Session) -> Iterator[Quantity]:
    """Every quantity, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(QUANTITY.c.id), QUANTITY.c.id, list_quantities_by_ids)
