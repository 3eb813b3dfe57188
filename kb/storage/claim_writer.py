"""Writes claims, facts and quantities of a new article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from kb.domain.claim import Claim, Fact, Quantity
from kb.storage.dates import sort_date
from kb.storage.insertion import insert_rows
from kb.storage.tables import CLAIM, CLAIM_ARGUMENT, FACT, QUANTITY, QUANTITY_ATTRIBUTION


def save_claims(session: Session, claims: Sequence[Claim]) -> None:
    """Writes claims with their arguments, as yet without an event."""
    if not claims:
        return
    insert_rows(session, CLAIM, [_claim_row(claim) for claim in claims])
    # Afterwards, as a claim may be about one that comes later in the text.
    about = [{"key": claim.id, "about": claim.about_claim_id} for claim in claims if claim.about_claim_id]
    if about:
        statement = update(CLAIM).where(CLAIM.c.id == bindparam("key")).values(about_claim_id=bindparam("about"))
        session.connection().execute(statement, about)
    arguments = [
        {
            "claim_id": claim.id,
            "position": position,
            "role": str(argument.role),
            "entity_id": argument.entity_id,
            "mention_id": argument.mention_id,
        }
        for claim in claims
        for position, argument in enumerate(claim.arguments)
    ]
    insert_rows(session, CLAIM_ARGUMENT, arguments)


def _claim_row(claim: Claim) -> dict[str, object]:
    return {
        "id": claim.id,
        "article_id": claim.article_id,
        "type": claim.type,
        "modality": str(claim.modality),
        "confidence": claim.confidence,
        "date": claim.date,
        "date_precision": str(claim.date_precision) if claim.date_precision else None,
        "sort_date": sort_date(claim.date),
        "sentence_start": claim.sentence.start,
        "sentence_end": claim.sentence.end,
        "sentence": claim.sentence.text,
        "trigger_start": claim.trigger.start,
        "trigger_end": claim.trigger.end,
        "trigger": claim.trigger.text,
    }


def save_facts(session: Session, facts: Sequence[Fact]) -> None:
    """Writes facts; those without a time of record get the present one."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": fact.id,
            "subject_id": fact.subject_id,
            "predicate": fact.predicate,
            "object_id": fact.object_id,
            "object_text": fact.object_text,
            "article_id": fact.article_id,
            "sentence_start": fact.sentence and fact.sentence.start,
            "sentence_end": fact.sentence and fact.sentence.end,
            "sentence": fact.sentence and fact.sentence.text,
            "origin": fact.origin,
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
            "held_on": fact.held_on,
            "recorded_at": fact.recorded_at or now,
            "superseded_at": fact.superseded_at,
        }
        for fact in facts
    ]
    insert_rows(session, FACT, rows)


def save_quantities(session: Session, quantities: Sequence[Quantity]) -> None:
    """Writes quantities with those whose figures they are."""
    rows = [
        {
            "id": quantity.id,
            "article_id": quantity.article_id,
            "about": quantity.about,
            "low": quantity.low,
            "high": quantity.high,
            "bound": str(quantity.bound),
            "unit": quantity.unit,
            "start": quantity.span.start,
            "end": quantity.span.end,
            "text": quantity.span.text,
            "sentence_start": quantity.sentence.start,
            "sentence_end": quantity.sentence.end,
            "sentence": quantity.sentence.text,
        }
        for quantity in quantities
    ]
    insert_rows(session, QUANTITY, rows)
    owners = [
        {"quantity_id": quantity.id, "position": position, "entity_id": entity_id}
        for quantity in quantities
        for position, entity_id in enumerate(quantity.attributed_to)
    ]
    insert_rows(session, QUANTITY_ATTRIBUTION, owners)
