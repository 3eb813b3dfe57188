"""Publishers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.domain.article import Source
from kb.domain.query import Page, Slice
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.cursors import Ordering, SortKey
from kb.storage.paging import FIRST_PAGE, count_rows, iterate_in_order, list_page
from kb.storage.tables import ARTICLE, SOURCE

BY_NAME: Final = Ordering("source.name", (SortKey(SOURCE.c.name, str), SortKey(SOURCE.c.id, str)))


def list_sources(session: Session, page: Page = FIRST_PAGE) -> Slice[Source]:
    """All publishers, by name."""
    return list_page(session, select(SOURCE.c.id), BY_NAME, page, list_sources_by_ids)


def count_sources(session: Session) -> int:
    """How many publishers there are."""
    return count_rows(session, select(SOURCE.c.id), SOURCE.c.id)


def get_source(session: Session, source_id: str) -> Source:
    """The publisher with this id; raises NotFoundError."""
    found = list_sources_by_ids(session, [source_id])
    if source_id not in found:
        raise NotFoundError("source", source_id)
    return found[source_id]


def list_sources_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Source]:
    """The publisher of each id that names one."""
    return {row.id: Source(row.id, row.name, row.domain) for row in rows_in(session, select(SOURCE), SOURCE.c.id, ids)}


def list_sources_of_articles(session: Session, article_ids: Iterable[str]) -> dict[str, Source]:
    """The publisher of each article that has one."""
    statement = select(ARTICLE.c.id, ARTICLE.c.source_id).where(ARTICLE.c.source_id.is_not(None))
    owners = {row.id: row.source_id for row in rows_in(session, statement, ARTICLE.c.id, article_ids)}
    found = list_sources_by_ids(session, owners.values())
    return {article_id: found[source_id] for article_id, source_id in owners.items()}


def count_articles_of_sources(session: Session, source_ids: Iterable[str]) -> dict[str, int]:
    """How many articles each publisher has."""
    ids = list(dict.fromkeys(source_ids))
    statement = select(ARTICLE.c.source_id, func.count().label("articles")).group_by(ARTICLE.c.source_id)
    counts = {row.source_id: row.articles for row in rows_in(session, statement, ARTICLE.c.source_id, ids)}
    return {each: counts.get(each, 0) for each in ids}


def iterate_all(session: Session) -> Iterator[Source]:
    """Every publisher, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(SOURCE.c.id), SOURCE.c.id, list_sources_by_ids)
