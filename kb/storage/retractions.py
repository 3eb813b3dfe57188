"""Withdrawn articles: taking away all that only they said, and keeping on record that they were there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from kb.domain.curation import Retraction
from kb.domain.result import HitKind
from kb.errors import NotFoundError
from kb.storage.batches import batches, rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.changes import WENT, record_changes
from kb.storage.entity_writer import delete_aliases, refresh_documents, refresh_names
from kb.storage.paging import MAX_PAGE
from kb.storage.search_writer import delete_documents
from kb.storage.tables import (
    ALIAS,
    ARTICLE,
    CLAIM,
    CLAIM_ARGUMENT,
    ENTITY,
    FACT,
    JUDGEMENT,
    MENTION,
    QUANTITY,
    QUANTITY_ATTRIBUTION,
    RETRACTION,
    SOURCE,
    SPLIT,
)


def save_retraction(session: Session, retraction: Retraction) -> None:
    """Writes the record of a retraction."""
    session.execute(insert(RETRACTION), [{name: getattr(retraction, name) for name in retraction.__dataclass_fields__}])


def undo_retraction(session: Session, retraction_id: str, author: str, moment: datetime, reason: str = "") -> None:
    """Marks a retraction as undone: the article may be ingested again."""
    statement = update(RETRACTION).where(RETRACTION.c.id == retraction_id)
    session.execute(statement.values(undone_at=moment, undone_by=author, undone_reason=reason))


def list_retractions_by_ids(session: Session, ids: Iterable[str]) -> tuple[Retraction, ...]:
    """The retraction of each id that names one, undone or not."""
    return tuple(_to_retraction(row) for row in rows_in(session, select(RETRACTION), RETRACTION.c.id, sorted(set(ids))))


def list_retractions(session: Session, first: int = MAX_PAGE) -> tuple[Retraction, ...]:
    """The latest retractions, undone ones included, the latest first."""
    statement = select(RETRACTION).order_by(RETRACTION.c.retracted_at.desc(), RETRACTION.c.id).limit(first)
    return tuple(_to_retraction(row) for row in session.execute(statement))


def list_retracted(session: Session, article_ids: Iterable[str]) -> frozenset[str]:
    """Those of the article ids that are retracted."""
    statement = select(RETRACTION.c.article_id).where(RETRACTION.c.undone_at.is_(None))
    return frozenset(row.article_id for row in rows_in(session, statement, RETRACTION.c.article_id, sorted(set(article_ids))))


def lookup_retraction(session: Session, article_id: str) -> Retraction | None:
    """The retraction of the article that is not undone, if there is one."""
    statement = select(RETRACTION).where(RETRACTION.c.article_id == article_id, RETRACTION.c.undone_at.is_(None))
    row = session.execute(statement).first()
    return None if row is None else _to_retraction(row)


def lookup_retraction_by_id(session: Session, retraction_id: str) -> Retraction | None:
    """The retraction with this id, undone or not."""
    row = session.execute(select(RETRACTION).where(RETRACTION.c.id == retraction_id)).first()
    return None if row is None else _to_retraction(row)


def get_retraction(session: Session, retraction_id: str) -> Retraction:
    """The retraction with this id, undone or not; raises NotFoundError."""
    found = lookup_retraction_by_id(session, retraction_id)
    if found is None:
        raise NotFoundError("retraction", retraction_id)
    return found


def _to_retraction(row: Row[Any]) -> Retraction:
    return Retraction(*(getattr(row, name) for name in Retraction.__dataclass_fields__))


def count_claims_and_mentions(session: Session, article_id: str) -> tuple[int, int]:
    """How many claims and how many mentions the article has."""
    claims = select(func.count()).select_from(CLAIM).where(CLAIM.c.article_id == article_id)
    mentions = select(func.count()).select_from(MENTION).where(MENTION.c.article_id == article_id)
    return session.execute(claims).scalar_one(), session.execute(mentions).scalar_one()


def list_entities_of_article(session: Session, article_id: str) -> frozenset[str]:
    """The ids of all entities that anything of the article names, themselves and not their canonical ones."""
    of_figures = select(QUANTITY_ATTRIBUTION.c.entity_id).join(QUANTITY, QUANTITY.c.id == QUANTITY_ATTRIBUTION.c.quantity_id)
    statements = (
        select(MENTION.c.entity_id).where(MENTION.c.article_id == article_id),
        select(CLAIM_ARGUMENT.c.entity_id)
        .join(CLAIM, CLAIM.c.id == CLAIM_ARGUMENT.c.claim_id)
        .where(CLAIM.c.article_id == article_id),
        select(FACT.c.subject_id).where(FACT.c.article_id == article_id),
        select(FACT.c.object_id).where(FACT.c.article_id == article_id, FACT.c.object_id.is_not(None)),
        of_figures.where(QUANTITY.c.article_id == article_id),
        select(ALIAS.c.entity_id).where(ALIAS.c.origin == article_id),
    )
    return frozenset(each for statement in statements for each in session.execute(statement.distinct()).scalars())


def delete_article(session: Session, article_id: str, entity_ids: Collection[str]) -> None:
    """Deletes an article with its mentions, claims, facts, quantities and the names that it alone gave these entities.

    Events, relations, stories and counts are the caller's to bring up to date; entities stay until `delete_unsupported`.
    """
    claims = session.execute(select(CLAIM.c.id).where(CLAIM.c.article_id == article_id)).scalars().all()
    source_id = session.execute(select(ARTICLE.c.source_id).where(ARTICLE.c.id == article_id)).scalar()
    delete_documents(session, HitKind.CLAIM, claims)
    delete_documents(session, HitKind.ARTICLE, [article_id])
    delete_aliases(session, entity_ids, article_id)
    # What exists in this article only must not go with it by cascade: curators may have judged it.
    session.execute(update(ENTITY).where(ENTITY.c.article_id == article_id).values(article_id=None))
    session.execute(delete(ARTICLE).where(ARTICLE.c.id == article_id))
    if (
        source_id is not None
        and session.execute(select(ARTICLE.c.id).where(ARTICLE.c.source_id == source_id).limit(1)).first() is None
    ):
        session.execute(delete(SOURCE).where(SOURCE.c.id == source_id))
    refresh_names(session, entity_ids)
    refresh_documents(session, entity_ids)
    record_changes(session, "article", WENT, [article_id])


def list_unsupported(session: Session, entity_ids: Iterable[str]) -> frozenset[str]:
    """Those of the entities that nothing speaks of and that neither the reference set nor an active judgement or split names."""
    left = set(entity_ids)
    supports = (
        (select(ENTITY.c.id.label("of")).where(ENTITY.c.is_reference), ENTITY.c.id),
        (select(MENTION.c.entity_id.label("of")), MENTION.c.entity_id),
        (select(CLAIM_ARGUMENT.c.entity_id.label("of")), CLAIM_ARGUMENT.c.entity_id),
        (select(FACT.c.subject_id.label("of")).where(FACT.c.article_id.is_not(None)), FACT.c.subject_id),
        (select(FACT.c.object_id.label("of")).where(FACT.c.article_id.is_not(None)), FACT.c.object_id),
        (select(QUANTITY_ATTRIBUTION.c.entity_id.label("of")), QUANTITY_ATTRIBUTION.c.entity_id),
        (select(JUDGEMENT.c.left_id.label("of")).where(JUDGEMENT.c.undone_at.is_(None)), JUDGEMENT.c.left_id),
        (select(JUDGEMENT.c.right_id.label("of")).where(JUDGEMENT.c.undone_at.is_(None)), JUDGEMENT.c.right_id),
        (select(SPLIT.c.entity_id.label("of")).where(SPLIT.c.undone_at.is_(None)), SPLIT.c.entity_id),
        (select(SPLIT.c.new_entity_id.label("of")).where(SPLIT.c.undone_at.is_(None)), SPLIT.c.new_entity_id),
    )
    for statement, column in supports:
        left -= {row.of for row in rows_in(session, statement.distinct(), column, sorted(left))}
    return frozenset(left)


def delete_entities(session: Session, entity_ids: Collection[str]) -> None:
    """Deletes entities that nothing refers to any more, with their names and with what the reference set said of them once.

    Raises IntegrityError where something refers to them.
    """
    ids = sorted(entity_ids)
    standing = set(list_canonical_ids(session, ids).values()) - set(ids)
    delete_documents(session, HitKind.ENTITY, ids)
    for batch in batches(ids):
        for end in (FACT.c.subject_id, FACT.c.object_id):
            session.execute(delete(FACT).where(end.in_(batch), FACT.c.article_id.is_(None)))
        session.execute(delete(ENTITY).where(ENTITY.c.id.in_(batch)))
    refresh_documents(session, standing)
    record_changes(session, "entity", WENT, ids)
