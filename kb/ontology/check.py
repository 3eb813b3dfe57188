"""What must hold between the files of an ontology."""

from __future__ import annotations

from typing import Final

from kb.domain.entity import EntityKind
from kb.ontology.model import Ontology

# CAMEO's, of two digits each.
_ROOTS: Final = frozenset(f"{number:02}" for number in range(1, 21))


def list_problems(ontology: Ontology) -> tuple[str, ...]:
    """One sentence for each thing that is wrong; empty when the ontology is sound."""
    problems = [f"entity kind {kind} is not described" for kind in EntityKind if kind not in ontology.entity_types]
    for event_type in ontology.event_types.values():
        if not event_type.id.isidentifier() or event_type.id != event_type.id.lower():
            problems.append(f"event type {event_type.id!r} is no lower-case identifier, so it can be no GraphQL enum value")
        if not any(code.startswith(event_type.root) for code in event_type.cameo):
            problems.append(f"event type {event_type.id!r} has CAMEO root {event_type.root} but no code below it")
    for modality, types in ontology.plover_by_modality.items():
        for root, plover in types.items():
            if root not in _ROOTS:
                problems.append(f"plover_by_modality: {modality} names CAMEO root {root!r}, and there is none such")
            if not plover.isupper():
                problems.append(f"plover_by_modality: {modality} has {plover!r}, and PLOVER's types are written in capitals")
    return tuple(dict.fromkeys(problems))
