"""What a full-text search finds."""

from __future__ import annotations

import strawberry

from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.paging import Connection
from kb.api.types.enums import HitKind
from kb.api.types.node import Node
from kb.domain.result import SearchHit as Row


async def _node(row: strawberry.Parent[Row], info: Info) -> object:
    return await info.context.loaders.of(row.kind.value).load(row.id)


@strawberry.type(description="A stretch of a snippet that a word of the search matched.")
class Highlight:
    """Shows `kb.domain.result.Highlight`."""

    start: int = strawberry.field(description="The first character in the snippet, from 0.")
    end: int = strawberry.field(description="One behind the last character.")


@strawberry.type(description="One thing that a search found.")
class SearchHit:
    """Shows `kb.domain.result.SearchHit`."""

    kind: HitKind = strawberry.field(description="What was found.")
    node: Node = found_by(_node, "The entity, article or claim itself.")
    title: str = strawberry.field(description="Its name or headline.")
    snippet: str = strawberry.field(description="Text around the matches.")
    highlights: list[Highlight] = strawberry.field(description="Where the words of the search stand in the snippet.")
    score: float = strawberry.field(description="Larger is better; comparable within one search only.")


@strawberry.type(description="A page of what a search found, the best first.")
class SearchConnection(Connection[SearchHit]):
    """Search hits."""
