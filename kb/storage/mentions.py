"""Mentions, with the entity resolved to its canonical one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.domain.entity import Mention, MentionForm
from kb.domain.query import Page, Slice
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.cursors import Ordering, SortKey
from kb.storage.paging import FIRST_PAGE, count_children, iterate_in_order, list_child_pages, list_page
from kb.storage.tables import ENTITY, MENTION

IN_TEXT: Final = Ordering(
    "mention.text", (SortKey(MENTION.c.article_id, str), SortKey(MENTION.c.start, int), SortKey(MENTION.c.id, str))
)


def list_mentions(session: Session, page: Page = FIRST_PAGE) -> Slice[Mention]:
    """All mentions, by article and place in it."""
    return list_page(session, select(MENTION.c.id), IN_TEXT, page, list_mentions_by_ids)


def get_mention(session: Session, mention_id: str) -> Mention:
    """The mention with this id; raises NotFoundError."""
    found = list_mentions_by_ids(session, [mention_id])
    if mention_id not in found:
        raise NotFoundError("mention", mention_id)
    return found[mention_id]


def list_mentions_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Mention]:
    """The mention of each id that names one."""
    statement = select(MENTION, ENTITY.c.canonical_id).join(ENTITY, ENTITY.c.id == MENTION.c.entity_id)
    return {
        row.id: Mention(
            row.id,
            row.article_id,
            row.canonical_id,
            row.start,
            row.end,
            row.text,
            MentionForm(row.form),
            row.score,
            row.reason,
            tuple((str(sign), float(added)) for sign, added in row.parts),
        )
        for row in rows_in(session, statement, MENTION.c.id, ids)
    }


def list_mentions_of_entities(session: Session, entity_ids: Iterable[str], page: Page = FIRST_PAGE) -> dict[str, Slice[Mention]]:
    """A page of the mentions of each entity (by any of its ids), by article and place in it."""
    canonical = list_canonical_ids(session, entity_ids)
    statement = select(MENTION.c.id).join(ENTITY, ENTITY.c.id == MENTION.c.entity_id)
    slices = list_child_pages(session, statement, ENTITY.c.canonical_id, canonical.values(), IN_TEXT, page, list_mentions_by_ids)
    return {each: slices[target] for each, target in canonical.items()}


def count_mentions_of_entities(session: Session, entity_ids: Iterable[str]) -> dict[str, int]:
    """How often each entity is mentioned."""
    canonical = list_canonical_ids(session, entity_ids)
    statement = select(ENTITY.c.id, ENTITY.c.mention_count)
    counts = {row.id: row.mention_count for row in rows_in(session, statement, ENTITY.c.id, canonical.values())}
    return {each: counts[target] for each, target in canonical.items()}


def list_mentions_of_articles(session: Session, article_ids: Iterable[str], page: Page = FIRST_PAGE) -> dict[str, Slice[Mention]]:
    """A page of the mentions in each article, in the order of its text."""
    return list_child_pages(session, select(MENTION.c.id), MENTION.c.article_id, article_ids, IN_TEXT, page, list_mentions_by_ids)


def count_mentions_of_articles(session: Session, article_ids: Iterable[str]) -> dict[str, int]:
    """How many mentions each article has."""
    return count_children(session, select(MENTION.c.id), MENTION.c.article_id, article_ids, MENTION.c.id)


def iterate_all(session: Session) -> Iterator[Mention]:
    """Every mention, by id, a batch at a time in memory."""
    return iterate_in_order(session, select(MENTION.c.id), MENTION.c.id, list_mentions_by_ids)
