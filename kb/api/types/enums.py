"""Enums of the API: the ontology's identifiers and the domain's, in capitals and described.

A type checker sees the domain's own enums; at run time each is mirrored, so that its GraphQL description does not have to be
hung on a class of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

import strawberry

from kb.domain import access, changes, claim, curation, entity, order, posted, result
from kb.ontology.loader import load_ontology


def _described(name: str, description: str, values: Mapping[str, tuple[str, str]]) -> type[Enum]:
    """A GraphQL enum; `values` lead from the name shown to the value inside and its description."""
    members = {shown: strawberry.enum_value(value, description=text) for shown, (value, text) in values.items()}
    plain = Enum(name, members)  # type: ignore[misc]
    plain.__doc__ = description
    return strawberry.enum(plain, name=name, description=description)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


if TYPE_CHECKING:

    class EventType(StrEnum):
        """An identifier of schema/ontology/event_types.yaml."""

    class PredicateName(StrEnum):
        """An identifier of schema/ontology/predicates.yaml."""

    Modality = claim.Modality
    DatePrecision = claim.DatePrecision
    QuantityBound = claim.Bound
    EntityKind = entity.EntityKind
    AliasKind = entity.AliasKind
    MentionForm = entity.MentionForm
    HitKind = result.HitKind
    EventOrder = order.EventOrder
    ClaimOrder = order.ClaimOrder
    EntityOrder = order.EntityOrder
    RelationOrder = order.RelationOrder
    ArticleOrder = order.ArticleOrder
    Interval = order.Interval
    Role = access.Role
    Verdict = curation.Verdict
    ChangeKind = changes.ChangeKind
    IntakeState = posted.IntakeState
else:
    _ontology = load_ontology()
    EventType = _described(
        "EventType",
        "What the subject does to the object; the types of the ontology.",
        {
            key.upper(): (key, f"The subject {row.description} the object (CAMEO {', '.join(row.cameo)}).")
            for key, row in _ontology.event_types.items()
        },
    )
    PredicateName = _described(
        "PredicateName",
        "What a fact says of its subject; the predicates of the ontology.",
        {key.upper(): (key, f"The subject {row.label} the object.") for key, row in _ontology.predicates.items()},
    )
    EntityKind = _described(
        "EntityKind",
        "What an entity is.",
        {kind.name: (kind.value, _sentence(row.description)) for kind, row in _ontology.entity_types.items()},
    )
    Modality = _described(
        "Modality",
        "How a claim is put.",
        {
            "ACTUAL": ("actual", "It is said to have happened or to be going on."),
            "PLANNED": ("planned", "Announced, vowed, decided or ordered for later."),
            "THREATENED": ("threatened", "Held out in case somebody else acts, or warned of."),
            "REQUESTED": ("requested", "Somebody asks or demands that it be done."),
            "POSSIBLE": ("possible", "It could or may be; speculation."),
            "DENIED": ("denied", "Somebody denies that it is so, or it is said not to be."),
        },
    )
    DatePrecision = _described(
        "DatePrecision",
        "How much of a date the text fixes.",
        {
            "DAY": ("day", "The day."),
            "WEEK": ("week", "The week; the day given is its Monday."),
            "MONTH": ("month", "The month; the day given is its first."),
            "YEAR": ("year", "The year; month and day given are its first."),
        },
    )
    QuantityBound = _described(
        "QuantityBound",
        "How a source bounds the number it gives.",
        {
            "EXACT": ("exact", "The number, or both ends of a range, as given."),
            "ABOUT": ("about", "Near the number or the range, such as about 600."),
            "AT_LEAST": ("at_least", "The number or more, such as over 130,000."),
            "AT_MOST": ("at_most", "The number or less, such as nearly 600."),
        },
    )
    AliasKind = _described(
        "AliasKind",
        "How a name stands for its entity.",
        {
            "NAME": ("name", "A name or a spelling of it."),
            "ACRONYM": ("acronym", "An acronym, matched in capitals only."),
            "DEMONYM": ("demonym", "An adjective or noun of belonging, such as Russian."),
            "METONYM": ("metonym", "Another name that stands for it when it acts, such as Kremlin."),
            "NOMINAL": ("nominal", "A role that picks it out, such as the Russian president."),
        },
    )
    MentionForm = _described(
        "MentionForm",
        "How a mention refers.",
        {
            "NAME": ("name", "By a name."),
            "NOMINAL": ("nominal", "By a role or description."),
            "PRONOUN": ("pronoun", "By a pronoun."),
        },
    )
    HitKind = _described(
        "HitKind",
        "What a search hit is.",
        {
            "ENTITY": ("entity", "An entity, found by one of its names."),
            "ARTICLE": ("article", "An article, found by title or text."),
            "CLAIM": ("claim", "A claim, found by its sentence."),
        },
    )
    EventOrder = _described(
        "EventOrder",
        "The order of events; those without a date come last.",
        {
            "DATE_DESC": ("date_desc", "The latest first."),
            "DATE_ASC": ("date_asc", "The earliest first."),
            "SOURCES_DESC": ("sources_desc", "Those that most publishers tell of first."),
            "CLAIMS_DESC": ("claims_desc", "Those with most claims first."),
        },
    )
    ClaimOrder = _described(
        "ClaimOrder",
        "The order of claims; those without a date come last.",
        {
            "DATE_DESC": ("date_desc", "The latest first."),
            "DATE_ASC": ("date_asc", "The earliest first."),
            "CONFIDENCE_DESC": ("confidence_desc", "The surest first."),
            "TEXT": ("text", "By article, then by place in it."),
        },
    )
    EntityOrder = _described(
        "EntityOrder",
        "The order of entities.",
        {
            "NAME_ASC": ("name_asc", "By name, whatever case and accents."),
            "NAME_DESC": ("name_desc", "By name, backwards."),
            "MENTIONS_DESC": ("mentions_desc", "The most mentioned first."),
        },
    )
    RelationOrder = _described(
        "RelationOrder",
        "The order of relations; those without a date come last.",
        {
            "EVENTS_DESC": ("events_desc", "Those of most events first."),
            "SOURCES_DESC": ("sources_desc", "Those that most publishers make first."),
            "LAST_DATE_DESC": ("last_date_desc", "Those with the latest event first."),
        },
    )
    ArticleOrder = _described(
        "ArticleOrder",
        "The order of articles; those without a date come last.",
        {
            "PUBLISHED_DESC": ("published_desc", "The latest first."),
            "PUBLISHED_ASC": ("published_asc", "The earliest first."),
        },
    )
    Role = _described(
        "Role",
        "What a caller may do; each may do what those before it may.",
        {
            "READER": ("reader", "Ask."),
            "CURATOR": ("curator", "Decide who is one with whom, give names, retract articles."),
            "ADMIN": ("admin", "All there is."),
        },
    )
    Verdict = _described(
        "Verdict",
        "What a judgement says of two entities.",
        {
            "SAME": ("same", "They are one."),
            "DIFFERENT": ("different", "They certainly are not one, however alike their names."),
            "UNSURE": ("unsure", "Nobody can tell; on record only, it changes nothing."),
        },
    )
    ChangeKind = _described(
        "ChangeKind",
        "What happened to something that is followed.",
        {
            "ADDED": ("came", "It is new."),
            "CHANGED": ("changed", "It is not what it was; to a filter's follower it may be new."),
            "REMOVED": ("went", "It is gone, or the filter does not let it through any more."),
        },
    )
    IntakeState = _described(
        "IntakeState",
        "What became of an article that was handed in.",
        {
            "ADDED": ("added", "It was read and is in the knowledge base."),
            "KNOWN": ("known", "It was there already; nothing has changed."),
            "RETRACTED": ("retracted", "It was withdrawn once and is not taken again; undoDecision of its retraction allows it."),
            "REJECTED": ("rejected", "It cannot be read; reason and message say why."),
        },
    )
    Interval = _described(
        "Interval",
        "How wide the buckets of a timeline are.",
        {
            "DAY": ("day", "A day."),
            "WEEK": ("week", "A week from Monday."),
            "MONTH": ("month", "A calendar month."),
            "YEAR": ("year", "A calendar year."),
        },
    )
