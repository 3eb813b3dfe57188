"""The keys that claims, and articles, must share to be grouped together."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Column, Table, delete
from sqlalchemy.orm import Session

from kb.storage.batches import batches
from kb.storage.insertion import insert_rows
from kb.storage.tables import ARTICLE_BLOCK, CLAIM_BLOCK


def save_claim_blocks(session: Session, blocks: Mapping[str, Collection[str]]) -> None:
    """Gives each claim id its keys, in place of those that it had."""
    _save(session, CLAIM_BLOCK, CLAIM_BLOCK.c.claim_id, blocks)


def save_article_blocks(session: Session, blocks: Mapping[str, Collection[str]]) -> None:
    """Gives each article id its keys, in place of those that it had."""
    _save(session, ARTICLE_BLOCK, ARTICLE_BLOCK.c.article_id, blocks)


def _save(session: Session, table: Table, member: Column[str], blocks: Mapping[str, Collection[str]]) -> None:
    for batch in batches(blocks):
        session.execute(delete(table).where(member.in_(batch)))
    rows = [{"block_key": key, member.name: each} for each, keys in blocks.items() for key in sorted(keys)]
    insert_rows(session, table, rows)
