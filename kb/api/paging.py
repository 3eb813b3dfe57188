"""Relay's connections over slices that storage hands out; rows and totals are fetched only when a query asks for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from kb.api.fields import found_by
from kb.domain.query import Page, Slice
from kb.errors import UsageError
from kb.storage.paging import DEFAULT_PAGE, MAX_PAGE, check_page

NodeT = TypeVar("NodeT")
RowT = TypeVar("RowT")

First = Annotated[int | None, strawberry.argument(description=f"How many, {DEFAULT_PAGE} if not said; up to {MAX_PAGE}.")]
After = Annotated[str | None, strawberry.argument(description="Go on behind this cursor.")]
Last = Annotated[int | None, strawberry.argument(description=f"How many from the end; up to {MAX_PAGE}. Not with first.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]


def check_count(name: str, count: int | None) -> None:
    """Raises UsageError where `count` rows cannot be asked for at once."""
    if count is not None and not 0 <= count <= MAX_PAGE:
        raise UsageError(f"{name}: {count} cannot be; ask for 0 to {MAX_PAGE}")


def to_page(first: int | None, after: str | None, last: int | None = None, before: str | None = None) -> Page:
    """The page asked for; raises UsageError where a size is out of bounds or first and last are both given.

    Checked here although storage checks as well, since a query that asks for totals only never loads the page.
    """
    page = Page(first, after, last, before)
    check_page(page)
    return page


@dataclass(frozen=True, slots=True)
class Place(Generic[RowT]):
    """A row and its cursor."""

    cursor: str
    node: RowT


class Feed(Generic[RowT]):
    """What a connection shows: how to get its rows and its total, either only when asked for and once."""

    def __init__(self, load: Callable[[], Awaitable[Slice[RowT]]], count: Callable[[], Awaitable[int]]) -> None:
        self._load = load
        self._rows: Slice[RowT] | None = None
        self.count = count

    async def rows(self) -> Slice[RowT]:
        """The page."""
        if self._rows is None:
            self._rows = await self._load()
        return self._rows


@strawberry.type(description="Where a page lies among all rows.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether there is more behind this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first row; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last row; null on an empty page.")


async def _edges(feed: strawberry.Parent[Feed[Any]]) -> list[Place[Any]]:
    page = await feed.rows()
    return [Place(cursor, node) for cursor, node in zip(page.cursors, page.items, strict=True)]


async def _nodes(feed: strawberry.Parent[Feed[Any]]) -> tuple[Any, ...]:
    return (await feed.rows()).items


async def _page_info(feed: strawberry.Parent[Feed[Any]]) -> PageInfo:
    page = await feed.rows()
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.cursors[0] if page.cursors else None,
        end_cursor=page.cursors[-1] if page.cursors else None,
    )


async def _total_count(feed: strawberry.Parent[Feed[Any]]) -> int:
    return await feed.count()


@strawberry.type(description="A row of a connection and its place there.")
class Edge(Generic[NodeT]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="The row's place, for after and before; opaque.")
    node: NodeT = strawberry.field(description="The row itself.")


@strawberry.type(description="A page of rows, after Relay's cursor connections.")
class Connection(Generic[NodeT]):
    """Relay's connection over a `Feed`."""

    edges: list[Edge[NodeT]] = found_by(_edges, "The rows of this page with their cursors.")
    nodes: list[NodeT] = found_by(_nodes, "The rows of this page without their cursors.")
    page_info: PageInfo = found_by(_page_info, "Where this page lies among all rows.")
    total_count: int = found_by(_total_count, "How many rows there are on all pages; counted only when asked for.")
