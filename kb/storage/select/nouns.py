"""The nouns that statements can select, and how each of their fields is written and each of their neighbours found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, FromClause, Table, Text, case, literal_column, select

from kb.domain.claim import Role
from kb.domain.entity import EntityKind
from kb.storage.filters import conditions_on_event
from kb.storage.given import Given
from kb.storage.select import rows
from kb.storage.select.rows import Key, Rows
from kb.storage.select.text import JsonText, Piece
from kb.storage.select.tree import Filter
from kb.storage.tables import (
    ARTICLE,
    CLAIM,
    ENTITY,
    EVENT,
    FACT,
    MENTION,
    QUANTITY,
    RELATION,
    SOURCE,
    STORY,
)

Write = Callable[[JsonText, FromClause], list[Piece]]


@dataclass(frozen=True, slots=True)
class Link:
    """A row of another noun: `key` gives its id. It is always there unless `nullable`."""

    noun: str
    key: Key
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of another noun: `rows` selects (id, place), each id once. Where `own`, its rows are themselves what is shown.

    `conditions` puts a filter on the rows, where they can be filtered.
    """

    noun: str
    rows: Rows
    own: bool = False
    conditions: Callable[[Given, Filter], list[ColumnElement[bool]]] | None = None


@dataclass(frozen=True, slots=True)
class Noun:
    """What a selection can ask of a row. `parts` are objects made of columns of the same row, null where the key is."""

    table: Table | None
    plain: Mapping[str, Write]
    parts: Mapping[str, tuple[str, Key | None]] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    listings: Mapping[str, Listing] = field(default_factory=dict)


def _safe(name: str, *, nullable: bool = False) -> Write:
    return lambda json, row: json.safe(row.c[name], nullable=nullable)


def _capitals(name: str, *, nullable: bool = False) -> Write:
    return lambda json, row: json.capitals(row.c[name], nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Write:
    return lambda json, row: json.escaped(row.c[name], nullable=nullable)


def _integer(name: str) -> Write:
    return lambda json, row: json.integer(row.c[name])


def _number(name: str) -> Write:
    return lambda json, row: json.number(row.c[name])


def _day(name: str) -> Write:
    return lambda json, row: json.day(row.c[name], nullable=True)


def _span(start: str, end: str, text: str) -> Mapping[str, Write]:
    return {"start": _integer(start), "end": _integer(end), "text": _text(text)}


def _type_name(json: JsonText, entity: FromClause) -> list[Piece]:
    names = [(entity.c.kind == kind.value, literal_column(f"'{kind.value.capitalize()}'", Text())) for kind in EntityKind]
    return ['"', case(*names), '"']


def _former_ids(json: JsonText, entity: FromClause) -> list[Piece]:
    member = ENTITY.alias()
    others = (
        select(member.c.id)
        .where(member.c.canonical_id == entity.c.id, member.c.id != entity.c.id)
        .order_by(member.c.id)
        .correlate(entity)
        .subquery()
    )
    listed = json.listed(json.join(json.safe(others.c.id)), others.c.id)
    return ["[", select(listed).select_from(others).scalar_subquery(), "]"]


_ENTITY: Final = Noun(
    ENTITY,
    {
        "id": _safe("id"),
        "type_name": _type_name,
        "kind": _capitals("kind"),
        "name": _text("name"),
        "wikidata_id": _safe("wikidata_id", nullable=True),
        "former_ids": _former_ids,
    },
    listings={"aliases": Listing("alias", rows.aliases, own=True)},
)
_ALIAS: Final = Noun(None, {"name": _text("name"), "kind": _capitals("kind"), "origin": _text("origin")})
_EVENT: Final = Noun(
    EVENT,
    {
        "id": _safe("id"),
        "type": _capitals("type"),
        "modality": _capitals("modality"),
        "date": _day("date"),
        "date_precision": _capitals("date_precision", nullable=True),
        "source_count": _integer("source_count"),
    },
    links={"place": Link("entity", rows.canonical("place_id"), nullable=True)},
    listings={
        "subjects": Listing("entity", rows.participants(Role.SUBJECT)),
        "objects": Listing("entity", rows.participants(Role.OBJECT)),
        "about": Listing("event", rows.events_about),
        "articles": Listing("article", rows.articles_of_event),
        "reactions": Listing("event", rows.reactions, conditions=conditions_on_event),
        "quantities": Listing("quantity", rows.quantities_of_event),
    },
)
_CLAIM: Final = Noun(
    CLAIM,
    {
        "id": _safe("id"),
        "type": _capitals("type"),
        "modality": _capitals("modality"),
        "sentence": _text("sentence"),
        "start": _integer("sentence_start"),
        "end": _integer("sentence_end"),
        "date": _day("date"),
        "date_precision": _capitals("date_precision", nullable=True),
        "confidence": _number("confidence"),
    },
    parts={"trigger": ("claim_trigger", None)},
    links={
        "article": Link("article", rows.column("article_id")),
        "event": Link("event", rows.column("event_id")),
        "about": Link("claim", rows.column("about_claim_id"), nullable=True),
    },
    listings={
        "subjects": Listing("entity", rows.arguments(Role.SUBJECT)),
        "objects": Listing("entity", rows.arguments(Role.OBJECT)),
        "attributed_to": Listing("entity", rows.arguments(Role.SPEAKER)),
    },
)
_ARTICLE: Final = Noun(
    ARTICLE,
    {
        "id": _safe("id"),
        "title": _text("title"),
        "url": _text("url", nullable=True),
        "published_at": lambda json, row: json.moment(row.c.published_at, row.c.published_offset),
        "published_inferred": lambda json, row: json.truth(row.c.published_inferred),
        "language": _text("language"),
        "file": _text("file"),
        "text": _text("text"),
    },
    links={
        "source": Link("source", rows.column("source_id"), nullable=True),
        "story": Link("story", rows.story_of, nullable=True),
    },
)
_MENTION: Final = Noun(
    MENTION,
    {
        "id": _safe("id"),
        "start": _integer("start"),
        "end": _integer("end"),
        "text": _text("text"),
        "form": _capitals("form"),
        "score": _number("score"),
        "reason": _text("reason"),
    },
    links={"entity": Link("entity", rows.canonical("entity_id")), "article": Link("article", rows.column("article_id"))},
)
_FACT: Final = Noun(
    FACT,
    {
        "id": _safe("id"),
        "predicate": _capitals("predicate"),
        "object_text": _text("object_text", nullable=True),
        "origin": _text("origin", nullable=True),
        "valid_from": _day("valid_from"),
        "valid_to": _day("valid_to"),
        "held_on": _day("held_on"),
        "recorded_at": lambda json, row: json.moment(row.c.recorded_at),
        "superseded_at": lambda json, row: json.moment(row.c.superseded_at),
    },
    parts={"sentence": ("fact_sentence", rows.column("sentence"))},
    links={
        "subject": Link("entity", rows.canonical("subject_id")),
        "object": Link("entity", rows.canonical("object_id"), nullable=True),
        "article": Link("article", rows.column("article_id"), nullable=True),
    },
)
_QUANTITY: Final = Noun(
    QUANTITY,
    {
        "id": _safe("id"),
        "about": _text("about"),
        "low": _number("low"),
        "high": _number("high"),
        "bound": _capitals("bound"),
        "unit": _text("unit"),
    },
    parts={"span": ("quantity_span", None), "sentence": ("quantity_sentence", None)},
    links={"article": Link("article", rows.column("article_id"))},
    listings={"attributed_to": Listing("entity", rows.attributions)},
)
_RELATION: Final = Noun(
    RELATION,
    {
        "id": _safe("id"),
        "type": _capitals("type"),
        "modality": _capitals("modality"),
        "event_count": _integer("event_count"),
        "claim_count": _integer("claim_count"),
        "source_count": _integer("source_count"),
        "first_date": _day("first_date"),
        "last_date": _day("last_date"),
    },
    links={
        "subject": Link("entity", rows.end_of_relation("subject_id", "object_id")),
        "object": Link("entity", rows.end_of_relation("object_id", "subject_id")),
    },
)

NOUNS: Final[Mapping[str, Noun]] = {
    "alias": _ALIAS,
    "article": _ARTICLE,
    "claim": _CLAIM,
    "claim_trigger": Noun(None, _span("trigger_start", "trigger_end", "trigger")),
    "entity": _ENTITY,
    "event": _EVENT,
    "fact": _FACT,
    "fact_sentence": Noun(None, _span("sentence_start", "sentence_end", "sentence")),
    "mention": _MENTION,
    "quantity": _QUANTITY,
    "quantity_sentence": Noun(None, _span("sentence_start", "sentence_end", "sentence")),
    "quantity_span": Noun(None, _span("start", "end", "text")),
    "relation": _RELATION,
    "source": Noun(SOURCE, {"id": _safe("id"), "name": _text("name"), "domain": _text("domain", nullable=True)}),
    "story": Noun(
        STORY,
        {"id": _safe("id"), "title": _text("title")},
        listings={"articles": Listing("article", rows.articles_of_story)},
    ),
}


def rows_of(noun: str) -> Table:
    """The table of a noun that has one."""
    table = NOUNS[noun].table
    assert table is not None, noun  # noqa: S101 - the registry's own consistency
    return table
