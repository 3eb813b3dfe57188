"""Claims, with the entities they name resolved to canonical ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from kb.domain.claim import Argument, Claim, DatePrecision, Modality, Role
from kb.domain.event import DatedClaim
from kb.domain.order import ClaimOrder
from kb.domain.query import EventFilter, Page, Slice
from kb.domain.span import Span
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.closure import list_closure
from kb.storage.cursors import Ordering, SortKey
from kb.storage.dates import undated_last
from kb.storage.filters import claim_conditions
from kb.storage.paging import FIRST_PAGE, count_children, count_rows, iterate_in_order, list_child_pages, list_page
from kb.storage.tables import ARTICLE, CLAIM, CLAIM_ARGUMENT, CLAIM_BLOCK, ENTITY, RELATION_CLAIM

_ID: Final = SortKey(CLAIM.c.id, str)
ORDERINGS: Final = {
    ClaimOrder.DATE_DESC: Ordering("claim.date.desc", (SortKey(CLAIM.c.sort_date, date), _ID), descending=True),
    ClaimOrder.DATE_ASC: Ordering("claim.date", (SortKey(undated_last(CLAIM.c.sort_date), date), _ID)),
    ClaimOrder.TEXT: Ordering("claim.text", (SortKey(CLAIM.c.article_id, str), SortKey(CLAIM.c.sentence_start, int), _ID)),
    ClaimOrder.CONFIDENCE_DESC: Ordering("claim.confidence", (SortKey(CLAIM.c.confidence, float), _ID), descending=True),
}


def list_claims(
    session: Session, wanted: EventFilter | None = None, page: Page = FIRST_PAGE, order: ClaimOrder = ClaimOrder.DATE_DESC
) -> Slice[Claim]:
    """Claims of the filter, the latest first unless ordered otherwise."""
    statement = select(CLAIM.c.id).where(*claim_conditions(session, wanted))
    return list_page(session, statement, ORDERINGS[order], page, list_claims_by_ids)


def count_claims(session: Session, wanted: EventFilter | None = None) -> int:
    """How many claims the filter lets through."""
    return count_rows(session, select(CLAIM.c.id).where(*claim_conditions(session, wanted)), CLAIM.c.id)


def get_claim(session: Session, claim_id: str) -> Claim:
    """The claim with this id; raises NotFoundError."""
    found = list_claims_by_ids(session, [claim_id])
    if claim_id not in found:
        raise NotFoundError("claim", claim_id)
    return found[claim_id]


def list_claims_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Claim]:
    """The claim of each id that names one."""
    wanted = list(dict.fromkeys(ids))
    arguments = _list_arguments(session, wanted)
    target = CLAIM.alias()
    statement = select(CLAIM, target.c.event_id.label("about_event_id")).outerjoin(target, target.c.id == CLAIM.c.about_claim_id)
    return {
        row.id: replace(_to_claim(row, arguments[row.id]), event_id=row.event_id, about_event_id=row.about_event_id)
        for row in rows_in(session, statement, CLAIM.c.id, wanted)
    }


def _list_arguments(session: Session, ids: list[str]) -> defaultdict[str, list[Argument]]:
    statement = (
        select(CLAIM_ARGUMENT.c.claim_id, CLAIM_ARGUMENT.c.role, ENTITY.c.canonical_id, CLAIM_ARGUMENT.c.mention_id)
        .join(ENTITY, ENTITY.c.id == CLAIM_ARGUMENT.c.entity_id)
        .order_by(CLAIM_ARGUMENT.c.claim_id, CLAIM_ARGUMENT.c.position)
    )
    arguments: defaultdict[str, list[Argument]] = defaultdict(list)
    for row in rows_in(session, statement, CLAIM_ARGUMENT.c.claim_id, ids):
        arguments[row.claim_id].append(Argument(Role(row.role), row.canonical_id, row.mention_id))
    return arguments


def _to_claim(row: Row[Any], arguments: list[Argument]) -> Claim:
    """Without the events of the moment: grouping is a function of what claims say."""
    return Claim(
        id=row.id,
        article_id=row.article_id,
        type=row.type,
        modality=Modality(row.modality),
        arguments=tuple(arguments),
        sentence=Span(row.sentence_start, row.sentence_end, row.sentence),
        trigger=Span(row.trigger_start, row.trigger_end, row.trigger),
        confidence=row.confidence,
        date=row.date,
        date_precision=DatePrecision(row.date_precision) if row.date_precision else None,
        about_claim_id=row.about_claim_id,
    )


def list_claims_of_events(
    session: Session,
    event_ids: Iterable[str],
    wanted: EventFilter | None = None,
    page: Page = FIRST_PAGE,
    order: ClaimOrder = ClaimOrder.CONFIDENCE_DESC,
) -> dict[str, Slice[Claim]]:
    """A page of claims for each event, the surest first unless ordered otherwise."""
    statement = select(CLAIM.c.id).where(*claim_conditions(session, wanted))
    return list_child_pages(session, statement, CLAIM.c.event_id, event_ids, ORDERINGS[order], page, list_claims_by_ids)


def count_claims_of_events(session: Session, event_ids: Iterable[str], wanted: EventFilter | None = None) -> dict[str, int]:
    """How many claims tell of each event."""
    statement = select(CLAIM.c.id).where(*claim_conditions(session, wanted))
    return count_children(session, statement, CLAIM.c.event_id, event_ids, CLAIM.c.id)


def list_claims_of_articles(
    session: Session,
    article_ids: Iterable[str],
    wanted: EventFilter | None = None,
    page: Page = FIRST_PAGE,
    order: ClaimOrder = ClaimOrder.TEXT,
) -> dict[str, Slice[Claim]]:
    """A page of claims for each article, in the order of its text unless ordered otherwise."""
    statement = select(CLAIM.c.id).where(*claim_conditions(session, wanted))
    return list_child_pages(session, statement, CLAIM.c.article_id, article_ids, ORDERINGS[order], page, list_claims_by_ids)


def count_claims_of_articles(session: Session, article_ids: Iterable[str], wanted: EventFilter | None = None) -> dict[str, int]:
    """How many claims each article makes."""
    statement = select(CLAIM.c.id).where(*claim_conditions(session, wanted))
    return count_children(session, statement, CLAIM.c.article_id, article_ids, CLAIM.c.id)


def list_claims_of_relations(
    session: Session, relation_ids: Iterable[str], page: Page = FIRST_PAGE, order: ClaimOrder = ClaimOrder.CONFIDENCE_DESC
) -> dict[str, Slice[Claim]]:
    """A page of the claims that state each relation, the surest first unless ordered otherwise."""
    statement = select(CLAIM.c.id).join(RELATION_CLAIM, RELATION_CLAIM.c.claim_id == CLAIM.c.id)
    return list_child_pages(
        session, statement, RELATION_CLAIM.c.relation_id, relation_ids, ORDERINGS[order], page, list_claims_by_ids
    )


def list_closure_ids(session: Session, claim_ids: Iterable[str]) -> list[str]:
    """The ids of all claims that share a block key with those given, directly or through others, in order."""
    return list_closure(session, CLAIM_BLOCK.c.block_key, CLAIM_BLOCK.c.claim_id, claim_ids)


def list_block_closure(session: Session, claim_ids: Iterable[str]) -> tuple[DatedClaim, ...]:
    """All claims that share a block key with those given, directly or through others, by id, as grouping sees them."""
    return list_dated_claims(session, list_closure_ids(session, claim_ids))


def list_dated_claims(session: Session, claim_ids: Iterable[str]) -> tuple[DatedClaim, ...]:
    """The claims with these ids as grouping sees them, by id."""
    ids = sorted(set(claim_ids))
    arguments = _list_arguments(session, ids)
    source_key = func.coalesce(ARTICLE.c.source_id, ARTICLE.c.id).label("source_key")
    of_article = (ARTICLE.c.published_on, source_key, ARTICLE.c.copy_group)
    statement = select(CLAIM, *of_article).join(ARTICLE, ARTICLE.c.id == CLAIM.c.article_id)
    found = {row.id: row for row in rows_in(session, statement, CLAIM.c.id, ids)}
    return tuple(
        DatedClaim(
            _to_claim(found[each], arguments[each]), found[each].published_on, found[each].source_key, found[each].copy_group
        )
        for each in ids
        if each in found
    )


def iterate_all(session: Session) -> Iterator[Claim]:
    """Every claim with its arguments and events, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(CLAIM.c.id), CLAIM.c.id, list_claims_by_ids)
