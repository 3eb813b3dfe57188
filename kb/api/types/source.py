"""Publishers."""

from __future__ import annotations

import strawberry

from kb.api.paging import Connection
from kb.api.types.node import Node


@strawberry.type(description="A publisher.")
class Source(Node):
    """Shows `kb.domain.article.Source`."""

    name: str = strawberry.field(description="Its name.")
    domain: str | None = strawberry.field(description="The host it publishes on, where known.")


@strawberry.type(description="A page of publishers.")
class SourceConnection(Connection[Source]):
    """Publishers by name."""
