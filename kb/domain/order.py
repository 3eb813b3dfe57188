"""The orders in which lists of each noun can be asked for. Ties are broken by id, so that every order is total."""

from __future__ import annotations

from enum import StrEnum


class EventOrder(StrEnum):
    """Undated events come last, whichever way dates run."""

    DATE_DESC = "date_desc"
    DATE_ASC = "date_asc"
    SOURCES_DESC = "sources_desc"
    CLAIMS_DESC = "claims_desc"


class ClaimOrder(StrEnum):
    """TEXT is by article, then by place in it. Undated claims come last."""

    DATE_DESC = "date_desc"
    DATE_ASC = "date_asc"
    CONFIDENCE_DESC = "confidence_desc"
    TEXT = "text"


class EntityOrder(StrEnum):
    """By name without case and accents, or by how often an entity is mentioned."""

    NAME_ASC = "name_asc"
    NAME_DESC = "name_desc"
    MENTIONS_DESC = "mentions_desc"


class RelationOrder(StrEnum):
    """By what relations add up to; relations without a date come last."""

    EVENTS_DESC = "events_desc"
    SOURCES_DESC = "sources_desc"
    LAST_DATE_DESC = "last_date_desc"


class ArticleOrder(StrEnum):
    """By day of publication; undated articles come last."""

    PUBLISHED_DESC = "published_desc"
    PUBLISHED_ASC = "published_asc"


class Interval(StrEnum):
    """How wide the buckets of a timeline are; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
