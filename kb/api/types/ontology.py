"""The ontology, as data."""

from __future__ import annotations

import strawberry

from kb.api.fields import found_by
from kb.api.types.enums import EntityKind, EventType, Modality, PredicateName
from kb.domain.claim import Modality as ModalityRow
from kb.ontology.loader import load_ontology
from kb.ontology.model import EntityType as EntityTypeRow
from kb.ontology.model import EventType as EventTypeRow
from kb.ontology.model import Ontology as Row
from kb.ontology.model import Predicate as PredicateRow


def _event_types(row: strawberry.Parent[Row]) -> list[EventTypeRow]:
    return list(row.event_types.values())


def _predicates(row: strawberry.Parent[Row]) -> list[PredicateRow]:
    return list(row.predicates.values())


def _entity_kinds(row: strawberry.Parent[Row]) -> list[EntityTypeRow]:
    return list(row.entity_types.values())


def _event_type_name(row: strawberry.Parent[EventTypeRow]) -> str:
    return row.id


def _plover_by_modality(row: strawberry.Parent[EventTypeRow]) -> list[PloverOfModality]:
    ontology = load_ontology()
    return [PloverOfModality(modality=each, plover=ontology.plover_type(row.id, each)) for each in ModalityRow]


def _predicate_name(row: strawberry.Parent[PredicateRow]) -> str:
    return row.id


@strawberry.type(description="PLOVER's event type for claims of one modality.")
class PloverOfModality:
    """What `kb.ontology.model.Ontology.plover_type` says of an event type."""

    modality: Modality = strawberry.field(description="Whether it happened, or is planned, requested, threatened and so on.")
    plover: str = strawberry.field(description="PLOVER's event type: what is promised is AGREE, what is refused REJECT.")


@strawberry.type(description="A type of event with its place in other ontologies.")
class EventTypeInfo:
    """Shows `kb.ontology.model.EventType`."""

    name: EventType = found_by(_event_type_name, "The identifier, as filters take it.")
    label: str = strawberry.field(description="What to call it between subject and object.")
    description: str = strawberry.field(description="What the subject does to the object.")
    root: str = strawberry.field(description="CAMEO's root code.")
    cameo: list[str] = strawberry.field(description="CAMEO's codes.")
    plover: str = strawberry.field(description="PLOVER's event type of what happened.")
    plover_by_modality: list[PloverOfModality] = found_by(_plover_by_modality, "PLOVER's event type by modality.")
    symmetric: bool = strawberry.field(description="Whether subject and object have no direction.")
    speech: bool = strawberry.field(description="Whether the act is an utterance.")
    empty_object: bool = strawberry.field(description="Whether a claim may rightly name no object.")
    empty_subject: bool = strawberry.field(description="Whether a claim may rightly name no subject.")


@strawberry.type(description="A kind of static statement.")
class PredicateInfo:
    """Shows `kb.ontology.model.Predicate`."""

    name: PredicateName = found_by(_predicate_name, "The identifier.")
    label: str = strawberry.field(description="What to call it between subject and object.")
    object_is_entity: bool = strawberry.field(description="Whether its object is an entity and not a text.")
    subject_kinds: list[EntityKind] = strawberry.field(description="What can be its subject.")


@strawberry.type(description="A kind of entity with its counterparts elsewhere.")
class EntityKindInfo:
    """Shows `kb.ontology.model.EntityType`."""

    kind: EntityKind = strawberry.field(description="The identifier.")
    label: str = strawberry.field(description="What to call it.")
    description: str = strawberry.field(description="What belongs to it.")
    ftm: str = strawberry.field(description="FollowTheMoney's schema.")
    stix: str = strawberry.field(description="STIX 2.1's object.")


@strawberry.type(description="What the knowledge base can say: types of events, predicates of facts and kinds of entities.")
class Ontology:
    """Shows `kb.ontology.model.Ontology`."""

    event_types: list[EventTypeInfo] = found_by(_event_types, "All types of events.")
    predicates: list[PredicateInfo] = found_by(_predicates, "All predicates of facts.")
    entity_kinds: list[EntityKindInfo] = found_by(_entity_kinds, "All kinds of entities.")
