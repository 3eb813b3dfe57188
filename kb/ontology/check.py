"""What must hold between the files of an ontology."""

from __future__ import annotations

from kb.domain.entity import EntityKind
from kb.ontology.model import Ontology


def list_problems(ontology: Ontology) -> tuple[str, ...]:
    """One sentence for each thing that is wrong; empty when the ontology is sound."""
    problems = [f"entity kind {kind} is not described" for kind in EntityKind if kind not in ontology.entity_types]
    for event_type in ontology.event_types.values():
        if not event_type.id.isidentifier() or event_type.id != event_type.id.lower():
            problems.append(f"event type {event_type.id!r} is no lower-case identifier, so it can be no GraphQL enum value")
        if not any(code.startswith(event_type.root) for code in event_type.cameo):
            problems.append(f"event type {event_type.id!r} has CAMEO root {event_type.root} but no code below it")
    return tuple(problems)
