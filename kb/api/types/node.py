"""What everything with an id of its own has in common.

The GraphQL types of this package are views: resolvers return the rows that storage handed out, and a type only says which fields
of a row are shown and how the others are found. Nothing is wrapped or copied.
"""

from __future__ import annotations

from typing import ClassVar

import strawberry
from strawberry.types.base import StrawberryObjectDefinition

from kb.domain.article import Article, Source
from kb.domain.claim import Claim, Fact, Quantity
from kb.domain.curation import Judgement, Retraction, Split
from kb.domain.entity import Entity, EntityKind, Mention
from kb.domain.event import Event, Relation, Story
from kb.domain.result import IngestRun

_BY_ENTITY_KIND = {
    EntityKind.PERSON: "Person",
    EntityKind.COUNTRY: "Country",
    EntityKind.ORGANISATION: "Organisation",
    EntityKind.REGION: "Region",
}
_BY_ROW: dict[type[object], str] = {
    row: row.__name__
    for row in (Article, Source, Claim, Fact, Quantity, Mention, Event, Relation, Story, Judgement, Split, Retraction, IngestRun)
}


def type_name_of(row: object) -> str | None:
    """The GraphQL type that shows `row`; None for a row that is no node."""
    return _BY_ENTITY_KIND[row.kind] if isinstance(row, Entity) else _BY_ROW.get(type(row))


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    """Relay's Node. The id is the storage's own: stable over runs and databases, its prefix says what it names."""

    __strawberry_definition__: ClassVar[StrawberryObjectDefinition]

    id: strawberry.ID = strawberry.field(description="Stable and opaque; node(id:) finds everything by it.")

    @classmethod
    def resolve_type(cls, row: object, info: object, abstract: object) -> str | None:
        """The name of the type that shows `row`."""
        return type_name_of(row)

    @classmethod
    def is_type_of(cls, row: object, info: object) -> bool:
        """Whether this type shows `row`."""
        return type_name_of(row) == cls.__strawberry_definition__.name
