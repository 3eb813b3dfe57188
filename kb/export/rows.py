"""How each noun looks as a flat row; the names of the fields are fixed, since other programs read them."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from kb.domain.article import Article
from kb.domain.claim import Claim, Fact, Quantity, Role
from kb.domain.entity import Entity, Mention
from kb.domain.event import Event

RowValue: TypeAlias = "str | int | float | bool | tuple[str, ...] | None"
Row: TypeAlias = dict[str, RowValue]


def article_row(article: Article) -> Row:
    """An article; all offsets of the other rows count characters of its `text`."""
    return {
        "id": article.id,
        "file": article.file,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "published_at": _iso(article.published_at),
        "published_inferred": article.published_inferred,
        "text": article.text,
    }


def entity_row(entity: Entity) -> Row:
    """An entity; `aliases` are its names, each once."""
    return {
        "id": entity.id,
        "kind": entity.kind.value,
        "name": entity.name,
        "wikidata_id": entity.wikidata_id,
        "aliases": tuple(sorted({alias.name for alias in entity.aliases})),
    }


def mention_row(mention: Mention) -> Row:
    """Where an article refers to an entity, with how surely and why."""
    return {
        "article_id": mention.article_id,
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "entity_id": mention.entity_id,
        "form": mention.form.value,
        "score": mention.score,
        "reason": mention.reason,
    }


def claim_row(claim: Claim) -> Row:
    """What a sentence says; `start` and `end` are the sentence's."""
    return {
        "id": claim.id,
        "event_id": claim.event_id,
        "article_id": claim.article_id,
        "type": claim.type,
        "subjects": claim.entity_ids(Role.SUBJECT),
        "objects": claim.entity_ids(Role.OBJECT),
        "modality": claim.modality.value,
        "attributed_to": claim.entity_ids(Role.SPEAKER),
        "about_event_id": claim.about_event_id,
        "date": _iso(claim.date),
        "date_precision": claim.date_precision.value if claim.date_precision else None,
        "sentence": claim.sentence.text,
        "start": claim.sentence.start,
        "end": claim.sentence.end,
        "trigger": claim.trigger.text,
        "trigger_start": claim.trigger.start,
        "trigger_end": claim.trigger.end,
        "confidence": claim.confidence,
    }


def event_row(event: Event) -> Row:
    """An occurrence; `source_count` counts independent sources."""
    return {
        "id": event.id,
        "type": event.type,
        "subjects": event.subject_ids,
        "objects": event.object_ids,
        "date": _iso(event.date),
        "date_precision": event.date_precision.value if event.date_precision else None,
        "modality": event.modality.value,
        "place": event.place_id,
        "about_event_ids": event.about_event_ids,
        "article_ids": event.article_ids,
        "source_count": event.source_count,
    }


def fact_row(fact: Fact) -> Row:
    """A static statement; `object` is a text or, where there is none, an entity's id.

    `origin` names the part of the reference set that says so; then there is no article and no sentence.
    """
    sentence = fact.sentence
    return {
        "subject": fact.subject_id,
        "predicate": fact.predicate,
        "object": fact.object_text or fact.object_id,
        "valid_from": _iso(fact.valid_from),
        "valid_to": _iso(fact.valid_to),
        "held_on": _iso(fact.held_on),
        "article_id": fact.article_id,
        "sentence": sentence.text if sentence else None,
        "start": sentence.start if sentence else None,
        "end": sentence.end if sentence else None,
        "origin": fact.origin,
    }


def quantity_row(quantity: Quantity) -> Row:
    """A figure; `start` and `end` are the sentence's, the figure's own words have theirs.

    `bound` is exact, about, at_least or at_most.
    """
    return {
        "article_id": quantity.article_id,
        "about": quantity.about,
        "low": quantity.low,
        "high": quantity.high,
        "bound": quantity.bound.value,
        "unit": quantity.unit,
        "attributed_to": quantity.attributed_to,
        "sentence": quantity.sentence.text,
        "start": quantity.sentence.start,
        "end": quantity.sentence.end,
        "figure": quantity.span.text,
        "figure_start": quantity.span.start,
        "figure_end": quantity.span.end,
    }


def _iso(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None
