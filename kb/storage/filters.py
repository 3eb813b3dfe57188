"""Filters as conditions, shared by lists, counts, facets and timelines. Entity ids may be former ones."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, not_, or_, select, true
from sqlalchemy.orm import Session

from kb.domain.claim import Modality, Role
from kb.domain.query import ArticleFilter, EntityFilter, EventFilter, RelationFilter
from kb.domain.result import HitKind
from kb.ontology.loader import load_ontology
from kb.storage.batches import storable
from kb.storage.canonical import list_cluster_ids
from kb.storage.dates import date_conditions
from kb.storage.dialect import matches_terms
from kb.storage.tables import (
    ALIAS,
    ARTICLE,
    CLAIM,
    CLAIM_ARGUMENT,
    ENTITY,
    EVENT,
    EVENT_LINK,
    EVENT_PARTICIPANT,
    RELATION,
    RELATION_CLAIM,
    SEARCH_DOCUMENT,
)
from kb.storage.terms import fold, query_terms

_BOTH_ENDS = (Role.SUBJECT, Role.OBJECT)


def event_conditions(session: Session, wanted: EventFilter | None) -> list[ColumnElement[bool]]:
    """On EVENT. Source, text, attribution and confidence must all hold of one and the same claim of the event.

    So must subject and object where both are asked for, in a modality asked for: an event unites claims, and that one has an
    entity as subject and another has one as object does not say that the first did anything to the second.
    """
    if wanted is None:
        return []
    conditions = date_conditions(EVENT.c.sort_date, wanted.date)
    if wanted.type is not None:
        conditions.append(EVENT.c.type.in_(list(storable(wanted.type))))
    if wanted.modality is not None:
        conditions.append(EVENT.c.modality.in_([str(each) for each in wanted.modality]))
    for ids, roles in ((wanted.subject, (Role.SUBJECT,)), (wanted.object, (Role.OBJECT,)), (wanted.participant, _BOTH_ENDS)):
        if ids is not None:
            conditions.append(_takes_part(session, ids, roles, wanted))
    if wanted.about is not None:
        conditions.append(
            EVENT.c.id.in_(select(EVENT_LINK.c.event_id).where(EVENT_LINK.c.about_event_id.in_(list(storable(wanted.about)))))
        )
    if wanted.relation is not None:
        teller = CLAIM.alias()
        stating = select(teller.c.event_id).join(RELATION_CLAIM, RELATION_CLAIM.c.claim_id == teller.c.id)
        conditions.append(EVENT.c.id.in_(stating.where(RELATION_CLAIM.c.relation_id.in_(list(storable(wanted.relation))))))
    evidence = _evidence_conditions(session, wanted)
    if wanted.subject is not None and wanted.object is not None:
        evidence += [
            _has_argument(session, wanted.subject, (Role.SUBJECT,)),
            _has_argument(session, wanted.object, (Role.OBJECT,)),
        ]
        if wanted.modality is not None:
            evidence.append(CLAIM.c.modality.in_([str(each) for each in wanted.modality]))
    if evidence:
        conditions.append(EVENT.c.id.in_(select(CLAIM.c.event_id).where(CLAIM.c.event_id.is_not(None), *evidence)))
    return conditions


def _takes_part(session: Session, ids: Sequence[str], roles: Sequence[Role], wanted: EventFilter) -> ColumnElement[bool]:
    row = EVENT_PARTICIPANT.alias()
    chosen = select(row.c.event_id).where(row.c.entity_id.in_(list_cluster_ids(session, ids)), row.c.role.in_(roles))
    # Said again of the participant's own copies, which is what its index is for.
    if wanted.type is not None:
        chosen = chosen.where(row.c.type.in_(list(storable(wanted.type))))
    return EVENT.c.id.in_(chosen.where(*date_conditions(row.c.sort_date, wanted.date)))


def _evidence_conditions(session: Session, wanted: EventFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.source is not None:
        conditions.append(
            CLAIM.c.article_id.in_(select(ARTICLE.c.id).where(ARTICLE.c.source_id.in_(list(storable(wanted.source)))))
        )
    if wanted.attributed_to is not None:
        conditions.append(_has_argument(session, wanted.attributed_to, (Role.SPEAKER,)))
    if wanted.text is not None:
        conditions.append(_has_text(session, CLAIM.c.id, HitKind.CLAIM, wanted.text))
    if wanted.min_confidence is not None:
        conditions.append(CLAIM.c.confidence >= wanted.min_confidence)
    return conditions


def _has_argument(session: Session, ids: Sequence[str], roles: Sequence[Role]) -> ColumnElement[bool]:
    members = list_cluster_ids(session, ids)
    chosen = select(CLAIM_ARGUMENT.c.claim_id).where(
        CLAIM_ARGUMENT.c.entity_id.in_(members), CLAIM_ARGUMENT.c.role.in_([str(role) for role in roles])
    )
    return CLAIM.c.id.in_(chosen)


def _has_text(session: Session, key: ColumnElement[str], kind: HitKind, text: str) -> ColumnElement[bool]:
    terms = query_terms(text)
    if not terms:
        return false()
    found = select(SEARCH_DOCUMENT.c.noun_id).where(SEARCH_DOCUMENT.c.kind == kind, matches_terms(session, terms))
    return key.in_(found)


def claim_conditions(session: Session, wanted: EventFilter | None) -> list[ColumnElement[bool]]:
    """On CLAIM, by what the claim itself says."""
    if wanted is None:
        return []
    conditions = date_conditions(CLAIM.c.sort_date, wanted.date) + _evidence_conditions(session, wanted)
    if wanted.type is not None:
        conditions.append(CLAIM.c.type.in_(list(storable(wanted.type))))
    if wanted.modality is not None:
        conditions.append(CLAIM.c.modality.in_([str(each) for each in wanted.modality]))
    for ids, roles in ((wanted.subject, (Role.SUBJECT,)), (wanted.object, (Role.OBJECT,)), (wanted.participant, _BOTH_ENDS)):
        if ids is not None:
            conditions.append(_has_argument(session, ids, roles))
    if wanted.relation is not None:
        stating = select(RELATION_CLAIM.c.claim_id).where(RELATION_CLAIM.c.relation_id.in_(list(storable(wanted.relation))))
        conditions.append(CLAIM.c.id.in_(stating))
    if wanted.about is not None:
        target = CLAIM.alias()
        conditions.append(
            exists()
            .where(target.c.id == CLAIM.c.about_claim_id, target.c.event_id.in_(list(storable(wanted.about))))
            .correlate(CLAIM)
        )
    return conditions


def is_spoken_of(canonical: FromClause) -> ColumnElement[bool]:
    """That articles, or people, brought a canonical entity or speak of it; that the reference set knows it is not enough."""
    return or_(canonical.c.mention_count > 0, not_(canonical.c.is_reference))


def entity_conditions(wanted: EntityFilter | None) -> list[ColumnElement[bool]]:
    """On ENTITY, of which only canonical ones are listed."""
    conditions: list[ColumnElement[bool]] = [ENTITY.c.id == ENTITY.c.canonical_id]
    if wanted is None or (wanted.name is None and not wanted.with_unmentioned):
        conditions.append(is_spoken_of(ENTITY))
    if wanted is None:
        return conditions
    if wanted.kind is not None:
        conditions.append(ENTITY.c.kind.in_([str(each) for each in wanted.kind]))
    if wanted.has_wikidata is not None:
        known = ENTITY.c.wikidata_id
        conditions.append(known.is_not(None) if wanted.has_wikidata else known.is_(None))
    if wanted.name is not None:
        # Folded text has letters, digits and spaces alone, so nothing in it is a wildcard.
        start = fold(wanted.name)
        member = ENTITY.alias()
        bearing = (
            select(member.c.canonical_id)
            .join(ALIAS, ALIAS.c.entity_id == member.c.id)
            .where(or_(ALIAS.c.name_folded.like(f"{start}%"), ALIAS.c.name_folded.like(f"% {start}%")))
        )
        conditions.append(ENTITY.c.id.in_(bearing) if start else false())
    return conditions


def relation_conditions(session: Session, wanted: RelationFilter | None) -> list[ColumnElement[bool]]:
    """On RELATION; of modality actual where the filter names none, and whichever way round where the type has no direction."""
    wanted = wanted or RelationFilter()
    modalities = wanted.modality if wanted.modality is not None else (Modality.ACTUAL,)
    conditions: list[ColumnElement[bool]] = [RELATION.c.modality.in_([str(each) for each in modalities])]
    if wanted.type is not None:
        conditions.append(RELATION.c.type.in_(list(storable(wanted.type))))
    subjects, objects = (None if ids is None else list_cluster_ids(session, ids) for ids in (wanted.subject, wanted.object))
    if subjects is not None or objects is not None:
        undirected = RELATION.c.type.in_(sorted(load_ontology().symmetric_types))
        against = _leads(RELATION.c.object_id, RELATION.c.subject_id, subjects, objects)
        conditions.append(or_(_leads(RELATION.c.subject_id, RELATION.c.object_id, subjects, objects), and_(undirected, against)))
    if wanted.participant is not None:
        members = list_cluster_ids(session, wanted.participant)
        conditions.append(or_(RELATION.c.subject_id.in_(members), RELATION.c.object_id.in_(members)))
    return conditions


def _leads(
    start: ColumnElement[str], end: ColumnElement[str], from_ids: Sequence[str] | None, to_ids: Sequence[str] | None
) -> ColumnElement[bool]:
    """That `start` is one of `from_ids` and `end` one of `to_ids`, where these are given."""
    given = [column.in_(ids) for column, ids in ((start, from_ids), (end, to_ids)) if ids is not None]
    return and_(true(), *given)


def article_conditions(session: Session, wanted: ArticleFilter | None) -> list[ColumnElement[bool]]:
    """On ARTICLE."""
    if wanted is None:
        return []
    conditions = date_conditions(ARTICLE.c.sort_date, wanted.date)
    if wanted.source is not None:
        conditions.append(ARTICLE.c.source_id.in_(list(storable(wanted.source))))
    if wanted.text is not None:
        conditions.append(_has_text(session, ARTICLE.c.id, HitKind.ARTICLE, wanted.text))
    return conditions
