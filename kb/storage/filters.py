"""Filters as conditions, shared by lists, counts, facets, timelines and compiled statements. Entity ids may be former ones."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Float, FromClause, and_, exists, false, not_, or_, select, true
from sqlalchemy.orm import Session

from kb.domain.claim import Modality, Role
from kb.domain.query import ArticleFilter, EntityFilter, EventFilter, RelationFilter
from kb.domain.result import HitKind
from kb.ontology.loader import load_ontology
from kb.storage.dates import check_range, date_conditions
from kb.storage.dialect import matches_query
from kb.storage.given import Given, Known, is_found
from kb.storage.parts import ArticleParts, EntityParts, EventParts, RelationParts
from kb.storage.tables import (
    ARTICLE,
    CLAIM,
    CLAIM_ARGUMENT,
    ENTITY,
    EVENT,
    EVENT_LINK,
    EVENT_PARTICIPANT,
    MENTION,
    NAME_START,
    RELATION,
    RELATION_CLAIM,
    SEARCH_DOCUMENT,
)

_BOTH_ENDS = (Role.SUBJECT, Role.OBJECT)
_NO_RELATION_FILTER = RelationFilter()


def event_conditions(session: Session, wanted: EventFilter | None) -> list[ColumnElement[bool]]:
    """`conditions_on_event` of values that are known. Raises UsageError for a range of days that ends before it begins."""
    if wanted is None:
        return []
    check_range(wanted.date)
    return conditions_on_event(Known(session), wanted)


def claim_conditions(session: Session, wanted: EventFilter | None) -> list[ColumnElement[bool]]:
    """`conditions_on_claim` of values that are known. Raises UsageError for a range of days that ends before it begins."""
    if wanted is None:
        return []
    check_range(wanted.date)
    return conditions_on_claim(Known(session), wanted)


def entity_conditions(session: Session, wanted: EntityFilter | None) -> list[ColumnElement[bool]]:
    """`conditions_on_entity` of values that are known."""
    return conditions_on_entity(Known(session), wanted)


def relation_conditions(session: Session, wanted: RelationFilter | None) -> list[ColumnElement[bool]]:
    """`conditions_on_relation` of values that are known."""
    return conditions_on_relation(Known(session), wanted or _NO_RELATION_FILTER)


def article_conditions(session: Session, wanted: ArticleFilter | None) -> list[ColumnElement[bool]]:
    """`conditions_on_article` of values that are known. Raises UsageError for a range of days that ends before it begins."""
    if wanted is None:
        return []
    check_range(wanted.date)
    return conditions_on_article(Known(session), wanted)


def conditions_on_event(given: Given, wanted: EventParts) -> list[ColumnElement[bool]]:
    """On EVENT. Source, text, attribution and confidence must all hold of one and the same claim of the event.

    So must subject and object where both are asked for, in a modality asked for: an event unites claims, and that one has an
    entity as subject and another has one as object does not say that the first did anything to the second.
    """
    conditions = own_conditions_on_event(given, wanted)
    for ids, roles in ((wanted.subject, (Role.SUBJECT,)), (wanted.object, (Role.OBJECT,)), (wanted.participant, _BOTH_ENDS)):
        if ids is not None:
            conditions.append(_takes_part(given, ids, roles, wanted))
    return conditions


def own_conditions_on_event(given: Given, wanted: EventParts) -> list[ColumnElement[bool]]:
    """On EVENT, as `conditions_on_event`, but for who takes part in it."""
    conditions = date_conditions(given, EVENT.c.sort_date, wanted.date)
    if wanted.type is not None:
        conditions.append(given.among(EVENT.c.type, wanted.type))
    if wanted.modality is not None:
        conditions.append(given.among(EVENT.c.modality, wanted.modality))
    if wanted.about is not None:
        linked = select(EVENT_LINK.c.event_id).where(given.among(EVENT_LINK.c.about_event_id, wanted.about))
        conditions.append(EVENT.c.id.in_(linked))
    if wanted.relation is not None:
        teller = CLAIM.alias()
        stating = select(teller.c.event_id).join(RELATION_CLAIM, RELATION_CLAIM.c.claim_id == teller.c.id)
        conditions.append(EVENT.c.id.in_(stating.where(given.among(RELATION_CLAIM.c.relation_id, wanted.relation))))
    evidence = _evidence_conditions(given, wanted)
    if wanted.subject is not None and wanted.object is not None:
        evidence += [
            _has_argument(given, wanted.subject, (Role.SUBJECT,)),
            _has_argument(given, wanted.object, (Role.OBJECT,)),
        ]
        if wanted.modality is not None:
            evidence.append(given.among(CLAIM.c.modality, wanted.modality))
    if evidence:
        conditions.append(EVENT.c.id.in_(select(CLAIM.c.event_id).where(CLAIM.c.event_id.is_not(None), *evidence)))
    return conditions


def _takes_part(given: Given, ids: object, roles: Sequence[Role], wanted: EventParts) -> ColumnElement[bool]:
    row = EVENT_PARTICIPANT.alias()
    return EVENT.c.id.in_(select(row.c.event_id).where(*participant_conditions(given, row, ids, roles, wanted)))


def participant_conditions(
    given: Given, row: FromClause, ids: object | None, roles: Sequence[Role], wanted: EventParts
) -> list[ColumnElement[bool]]:
    """On rows of EVENT_PARTICIPANT: that one of the entities, or whoever it is, is in one of the roles."""
    conditions: list[ColumnElement[bool]] = [row.c.role.in_([str(role) for role in roles])]
    if ids is not None:
        conditions.append(given.stands_for(row.c.entity_id, ids))
    # Said again of the participant's own copies, which is what its index is for.
    if wanted.type is not None:
        conditions.append(given.among(row.c.type, wanted.type))
    return conditions + date_conditions(given, row.c.sort_date, wanted.date)


def _evidence_conditions(given: Given, wanted: EventParts) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.source is not None:
        conditions.append(CLAIM.c.article_id.in_(select(ARTICLE.c.id).where(given.among(ARTICLE.c.source_id, wanted.source))))
    if wanted.attributed_to is not None:
        conditions.append(_has_argument(given, wanted.attributed_to, (Role.SPEAKER,)))
    if wanted.text is not None:
        conditions.append(_has_text(given, CLAIM.c.id, HitKind.CLAIM, wanted.text))
    if wanted.min_confidence is not None:
        conditions.append(CLAIM.c.confidence >= given.value(wanted.min_confidence, Float()))
    return conditions


def _has_argument(given: Given, ids: object, roles: Sequence[Role]) -> ColumnElement[bool]:
    chosen = select(CLAIM_ARGUMENT.c.claim_id).where(
        given.names(CLAIM_ARGUMENT.c.entity_id, ids), CLAIM_ARGUMENT.c.role.in_([str(role) for role in roles])
    )
    return CLAIM.c.id.in_(chosen)


def _has_text(given: Given, key: ColumnElement[str], kind: HitKind, text: object) -> ColumnElement[bool]:
    query = given.terms(text)
    if query is None:
        return false()
    found = select(SEARCH_DOCUMENT.c.noun_id).where(SEARCH_DOCUMENT.c.kind == str(kind), matches_query(given.dialect, query))
    return key.in_(found)


def conditions_on_claim(given: Given, wanted: EventParts) -> list[ColumnElement[bool]]:
    """On CLAIM, by what the claim itself says."""
    conditions = date_conditions(given, CLAIM.c.sort_date, wanted.date) + _evidence_conditions(given, wanted)
    if wanted.type is not None:
        conditions.append(given.among(CLAIM.c.type, wanted.type))
    if wanted.modality is not None:
        conditions.append(given.among(CLAIM.c.modality, wanted.modality))
    for ids, roles in ((wanted.subject, (Role.SUBJECT,)), (wanted.object, (Role.OBJECT,)), (wanted.participant, _BOTH_ENDS)):
        if ids is not None:
            conditions.append(_has_argument(given, ids, roles))
    if wanted.relation is not None:
        stating = select(RELATION_CLAIM.c.claim_id).where(given.among(RELATION_CLAIM.c.relation_id, wanted.relation))
        conditions.append(CLAIM.c.id.in_(stating))
    if wanted.about is not None:
        target = CLAIM.alias()
        conditions.append(
            exists().where(target.c.id == CLAIM.c.about_claim_id, given.among(target.c.event_id, wanted.about)).correlate(CLAIM)
        )
    return conditions


def is_spoken_of(canonical: FromClause) -> ColumnElement[bool]:
    """That articles, or people, brought a canonical entity or speak of it; that the reference set knows it is not enough."""
    return or_(canonical.c.mention_count > 0, not_(canonical.c.is_reference))


def conditions_on_entity(given: Given, wanted: EntityParts | None) -> list[ColumnElement[bool]]:
    """On ENTITY, of which only canonical ones are listed."""
    conditions: list[ColumnElement[bool]] = [ENTITY.c.id == ENTITY.c.canonical_id]
    if wanted is None or (wanted.name is None and not wanted.with_unmentioned):
        conditions.append(is_spoken_of(ENTITY))
    if wanted is None:
        return conditions
    if wanted.kind is not None:
        conditions.append(given.among(ENTITY.c.kind, wanted.kind))
    if wanted.has_wikidata is not None:
        known = ENTITY.c.wikidata_id
        conditions.append(known.is_not(None) if wanted.has_wikidata else known.is_(None))
    if wanted.name is not None:
        begins = given.starts(NAME_START.c.start, wanted.name)
        if begins is None:
            return [false()]
        conditions.append(is_found(given.dialect, ENTITY.c.id, select(NAME_START.c.entity_id).where(begins)))
    return conditions


def conditions_on_relation(given: Given, wanted: RelationParts) -> list[ColumnElement[bool]]:
    """On RELATION; of modality actual where the filter names none, and whichever way round where the type has no direction."""
    if wanted.modality is None:
        conditions = [RELATION.c.modality == str(Modality.ACTUAL)]
    else:
        conditions = [given.among(RELATION.c.modality, wanted.modality)]
    if wanted.type is not None:
        conditions.append(given.among(RELATION.c.type, wanted.type))
    if wanted.subject is not None or wanted.object is not None:
        undirected = RELATION.c.type.in_(sorted(load_ontology().symmetric_types))
        along = _leads(given, RELATION.c.subject_id, RELATION.c.object_id, wanted)
        against = _leads(given, RELATION.c.object_id, RELATION.c.subject_id, wanted)
        conditions.append(or_(along, and_(undirected, against)))
    if wanted.participant is not None:
        ends = (RELATION.c.subject_id, RELATION.c.object_id)
        conditions.append(or_(*(given.stands_for(end, wanted.participant) for end in ends)))
    return conditions


def _leads(given: Given, start: ColumnElement[str], end: ColumnElement[str], wanted: RelationParts) -> ColumnElement[bool]:
    """That `start` is one of the filter's subjects and `end` one of its objects, where these are given."""
    ends = ((start, wanted.subject), (end, wanted.object))
    return and_(true(), *(given.stands_for(column, ids) for column, ids in ends if ids is not None))


def conditions_on_article(given: Given, wanted: ArticleParts) -> list[ColumnElement[bool]]:
    """On ARTICLE."""
    conditions = date_conditions(given, ARTICLE.c.sort_date, wanted.date)
    if wanted.source is not None:
        conditions.append(given.among(ARTICLE.c.source_id, wanted.source))
    if wanted.text is not None:
        conditions.append(_has_text(given, ARTICLE.c.id, HitKind.ARTICLE, wanted.text))
    if wanted.mentions is not None:
        mentioning = select(MENTION.c.article_id).where(given.names(MENTION.c.entity_id, wanted.mentions))
        conditions.append(ARTICLE.c.id.in_(mentioning))
    return conditions
