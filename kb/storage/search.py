"""Full text search over entities, articles and claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session

from kb.domain.query import Page, Slice
from kb.domain.result import HitKind, SearchHit
from kb.storage.batches import rows_in
from kb.storage.cursors import Ordering, SortKey
from kb.storage.dialect import search_matches
from kb.storage.entities import list_entities_by_ids
from kb.storage.filters import is_spoken_of
from kb.storage.paging import FIRST_PAGE, check_page, count_rows, list_page
from kb.storage.snippets import cut_snippet
from kb.storage.tables import ARTICLE, CLAIM, ENTITY, SEARCH_DOCUMENT
from kb.storage.terms import query_terms

# A name that was asked for is what was meant before every text in which it stands; first of all one that articles speak of.
_ENTITY_BOOST = 4.0
_UNMENTIONED_BOOST = 2.0


def search(session: Session, text: str, page: Page = FIRST_PAGE, kinds: Iterable[HitKind] | None = None) -> Slice[SearchHit]:
    """What has all the words of the text, in whatever form, the best first; a last word that ends in * may go on.

    A text without a word finds nothing.
    """
    terms = query_terms(text)
    if not terms:
        check_page(page)
        return Slice((), (), has_next=False, has_previous=False)
    prefix = terms[-1] if _is_prefix(text) else None
    statement, ordering = _matching(session, terms, prefix=prefix is not None, kinds=kinds)

    def load(session: Session, ids: Sequence[str]) -> dict[str, SearchHit]:
        return _list_hits(session, ids, terms, prefix, _list_scores(session, statement, ordering, ids))

    return list_page(session, statement, ordering, page, load)


def count_hits(session: Session, text: str, kinds: Iterable[HitKind] | None = None) -> int:
    """How much the same search finds in all."""
    terms = query_terms(text)
    if not terms:
        return 0
    statement, _ = _matching(session, terms, prefix=_is_prefix(text), kinds=kinds)
    return count_rows(session, statement, SEARCH_DOCUMENT.c.noun_id)


def _is_prefix(text: str) -> bool:
    return text.rstrip().endswith("*")


def _matching(
    session: Session,
    terms: Sequence[str],
    *,
    prefix: bool,
    kinds: Iterable[HitKind] | None,
) -> tuple[Select[Any], Ordering]:
    matches = search_matches(session, terms, prefix=prefix)
    mentioned = select(ENTITY.c.id).where(ENTITY.c.id == SEARCH_DOCUMENT.c.noun_id, is_spoken_of(ENTITY)).exists()
    boost = case((mentioned, _ENTITY_BOOST), else_=_UNMENTIONED_BOOST)
    score = matches.c.score * case((SEARCH_DOCUMENT.c.kind == HitKind.ENTITY, boost), else_=1.0)
    statement = select(SEARCH_DOCUMENT.c.noun_id).join(matches, matches.c.document_id == SEARCH_DOCUMENT.c.id)
    if kinds is not None:
        statement = statement.where(SEARCH_DOCUMENT.c.kind.in_([str(kind) for kind in kinds]))
    ordering = Ordering("search", (SortKey(score, float), SortKey(SEARCH_DOCUMENT.c.noun_id, str)), descending=True)
    return statement, ordering


def _list_scores(session: Session, statement: Select[Any], ordering: Ordering, ids: Sequence[str]) -> dict[str, float]:
    score = ordering.keys[0].column.label("score")
    scored = statement.with_only_columns(SEARCH_DOCUMENT.c.noun_id, score, maintain_column_froms=True)
    return {row.noun_id: float(row.score) for row in rows_in(session, scored, SEARCH_DOCUMENT.c.noun_id, ids)}


def _list_hits(
    session: Session, ids: Sequence[str], terms: Sequence[str], prefix: str | None, scores: dict[str, float]
) -> dict[str, SearchHit]:
    kinds = select(SEARCH_DOCUMENT.c.noun_id, SEARCH_DOCUMENT.c.kind)
    of_kind: dict[HitKind, list[str]] = {kind: [] for kind in HitKind}
    for row in rows_in(session, kinds, SEARCH_DOCUMENT.c.noun_id, ids):
        of_kind[HitKind(row.kind)].append(row.noun_id)
    texts: dict[str, tuple[HitKind, str, str]] = {}
    for entity_id, entity in list_entities_by_ids(session, of_kind[HitKind.ENTITY]).items():
        names = dict.fromkeys([entity.name, *(alias.name for alias in entity.aliases)])
        texts[entity_id] = (HitKind.ENTITY, entity.name, ", ".join(names))
    of_articles = select(ARTICLE.c.id, ARTICLE.c.title, ARTICLE.c.text)
    for row in rows_in(session, of_articles, ARTICLE.c.id, of_kind[HitKind.ARTICLE]):
        texts[row.id] = (HitKind.ARTICLE, row.title, row.text)
    of_claims = select(CLAIM.c.id, CLAIM.c.sentence, ARTICLE.c.title).join(ARTICLE, ARTICLE.c.id == CLAIM.c.article_id)
    for row in rows_in(session, of_claims, CLAIM.c.id, of_kind[HitKind.CLAIM]):
        texts[row.id] = (HitKind.CLAIM, row.title, row.sentence)
    hits = {}
    for noun_id, (kind, title, text) in texts.items():
        snippet, highlights = cut_snippet(text, frozenset(terms), prefix=prefix)
        hits[noun_id] = SearchHit(kind, noun_id, title, snippet, highlights, scores[noun_id])
    return hits
