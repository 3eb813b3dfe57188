"""Articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from kb.domain.article import Article, OffsetMap
from kb.domain.order import ArticleOrder
from kb.domain.query import ArticleFilter, Page, Slice
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.cursors import Ordering, SortKey
from kb.storage.dates import in_zone, undated_last
from kb.storage.filters import article_conditions
from kb.storage.paging import FIRST_PAGE, count_rows, iterate_in_order, list_page
from kb.storage.tables import ARTICLE

_ID: Final = SortKey(ARTICLE.c.id, str)
ORDERINGS: Final = {
    ArticleOrder.PUBLISHED_DESC: Ordering("article.published.desc", (SortKey(ARTICLE.c.sort_date, date), _ID), descending=True),
    ArticleOrder.PUBLISHED_ASC: Ordering("article.published", (SortKey(undated_last(ARTICLE.c.sort_date), date), _ID)),
}


def list_articles(
    session: Session,
    wanted: ArticleFilter | None = None,
    page: Page = FIRST_PAGE,
    order: ArticleOrder = ArticleOrder.PUBLISHED_DESC,
) -> Slice[Article]:
    """Articles of the filter, the latest first unless ordered otherwise."""
    statement = select(ARTICLE.c.id).where(*article_conditions(session, wanted))
    return list_page(session, statement, ORDERINGS[order], page, list_articles_by_ids)


def count_articles(session: Session, wanted: ArticleFilter | None = None) -> int:
    """How many articles the filter lets through."""
    return count_rows(session, select(ARTICLE.c.id).where(*article_conditions(session, wanted)), ARTICLE.c.id)


def get_article(session: Session, article_id: str) -> Article:
    """The article with this id; raises NotFoundError."""
    found = list_articles_by_ids(session, [article_id])
    if article_id not in found:
        raise NotFoundError("article", article_id)
    return found[article_id]


def list_articles_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Article]:
    """The article of each id that names one."""
    return {row.id: _to_article(row) for row in rows_in(session, select(ARTICLE), ARTICLE.c.id, ids)}


def _to_article(row: Row[Any]) -> Article:
    clean_starts, original_starts, lengths = row.offsets
    return Article(
        id=row.id,
        file=row.file,
        title=row.title,
        text=row.text,
        original=row.original,
        paragraphs=tuple((start, end) for start, end in row.paragraphs),
        offsets=OffsetMap(tuple(clean_starts), tuple(original_starts), tuple(lengths)),
        url=row.url,
        publisher=row.publisher,
        published_at=in_zone(row.published_at, row.published_offset),
        published_inferred=row.published_inferred,
        language=row.language,
        repairs=tuple(row.repairs),
    )


def iterate_all(session: Session) -> Iterator[Article]:
    """Every article, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(ARTICLE.c.id), ARTICLE.c.id, list_articles_by_ids)
