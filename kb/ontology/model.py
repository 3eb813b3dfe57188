"""What an ontology consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind


@dataclass(frozen=True, slots=True)
class EventType:
    """One of the claim types. `root` and `cameo` are CAMEO codes, `plover` PLOVER's name.

    `symmetric`: subject and object have no direction; `speech`: the act is an utterance; `empty_object`, `empty_subject`: a claim
    of this type may rightly name none.
    """

    id: str
    label: str
    description: str
    root: str
    cameo: tuple[str, ...]
    plover: str
    symmetric: bool
    speech: bool
    empty_object: bool
    empty_subject: bool


@dataclass(frozen=True, slots=True)
class Predicate:
    """A kind of static fact; `object_is_entity` is false where the object is free text.

    `lasting` is for how many days around one on which it held it is taken to hold where nobody says more; None is for good.
    """

    id: str
    label: str
    object_is_entity: bool
    subject_kinds: tuple[EntityKind, ...]
    lasting: int | None = None


@dataclass(frozen=True, slots=True)
class EntityType:
    """A kind of entity with its counterpart in FollowTheMoney and STIX."""

    kind: EntityKind
    label: str
    description: str
    ftm: str
    stix: str


@dataclass(frozen=True, slots=True)
class Ontology:
    """All types by identifier, in the order of the files.

    `plover_by_modality` leads from modality and CAMEO root to a PLOVER type; where it has none, the event type has its own.
    """

    event_types: Mapping[str, EventType]
    predicates: Mapping[str, Predicate]
    entity_types: Mapping[EntityKind, EntityType]
    plover_by_modality: Mapping[Modality, Mapping[str, str]]

    def plover_type(self, event_type: str, modality: Modality) -> str:
        """PLOVER's type of a claim: a promise of aid is AGREE and no AID, a refusal of talks REJECT and no CONSULT."""
        row = self.event_types[event_type]
        return self.plover_by_modality.get(modality, {}).get(row.root, row.plover)

    @property
    def symmetric_types(self) -> frozenset[str]:
        """The event types without direction."""
        return frozenset(each.id for each in self.event_types.values() if each.symmetric)
