"""The SQLModel tables. `METADATA` is what migrations are compared with; queries use the core tables (`ARTICLE.c.title`)."""

from __future__ import annotations

from typing import Final

from kb.storage.tables.access import ANSWERED, API_TOKEN
from kb.storage.tables.article import ARTICLE, ARTICLE_BAND, ARTICLE_BLOCK, ARTICLE_SKETCH, SOURCE
from kb.storage.tables.base import METADATA
from kb.storage.tables.claim import CLAIM, CLAIM_ARGUMENT, CLAIM_BLOCK, FACT, QUANTITY, QUANTITY_ATTRIBUTION
from kb.storage.tables.curation import ENTITY_BLOCK, JUDGEMENT, LIKENESS, RETRACTION, SPLIT, SPLIT_ARTICLE, SPLIT_MOVE
from kb.storage.tables.entity import ALIAS, ENTITY, MENTION
from kb.storage.tables.event import EVENT, EVENT_LINK, EVENT_PARTICIPANT, RELATION, RELATION_CLAIM
from kb.storage.tables.ingest import CHANGE, INGEST_FAILURE, INGEST_RUN
from kb.storage.tables.persisted import PERSISTED_DOCUMENT
from kb.storage.tables.search import NAME_START, SEARCH_DOCUMENT
from kb.storage.tables.story import STORY, STORY_ARTICLE

__all__: Final = [
    "ALIAS",
    "ANSWERED",
    "API_TOKEN",
    "ARTICLE",
    "ARTICLE_BAND",
    "ARTICLE_BLOCK",
    "ARTICLE_SKETCH",
    "CHANGE",
    "CLAIM",
    "CLAIM_ARGUMENT",
    "CLAIM_BLOCK",
    "ENTITY",
    "ENTITY_BLOCK",
    "EVENT",
    "EVENT_LINK",
    "EVENT_PARTICIPANT",
    "FACT",
    "INGEST_FAILURE",
    "INGEST_RUN",
    "JUDGEMENT",
    "LIKENESS",
    "MENTION",
    "METADATA",
    "NAME_START",
    "PERSISTED_DOCUMENT",
    "QUANTITY",
    "QUANTITY_ATTRIBUTION",
    "RELATION",
    "RELATION_CLAIM",
    "RETRACTION",
    "SEARCH_DOCUMENT",
    "SOURCE",
    "SPLIT",
    "SPLIT_ARTICLE",
    "SPLIT_MOVE",
    "STORY",
    "STORY_ARTICLE",
]
