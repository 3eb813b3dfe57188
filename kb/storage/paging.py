"""Pages by keyset: of one list, or of the children of many parents in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Row, Select, asc, desc, func, literal, select, tuple_
from sqlalchemy.orm import Session

from kb.domain.query import Page, Slice
from kb.errors import UsageError
from kb.storage.batches import BATCH, storable
from kb.storage.cursors import Ordering, decode_cursor, encode_cursor

T = TypeVar("T")

MAX_PAGE: Final = 500
DEFAULT_PAGE: Final = 50
FIRST_PAGE: Final = Page()

Load = Callable[[Session, Sequence[str]], Mapping[str, T]]


def check_page(page: Page) -> int:
    """How many rows the page asks for; raises UsageError for what cannot be."""
    for name, size in (("first", page.first), ("last", page.last)):
        if size is not None and size < 0:
            raise UsageError(f"{name}: {size} is below 0; ask for 0 to {MAX_PAGE} rows")
        if size is not None and size > MAX_PAGE:
            raise UsageError(f"{name}: {size} is more than {MAX_PAGE} rows; ask for fewer and go on with the cursor")
    if page.first is not None and page.last is not None:
        raise UsageError("first and last exclude each other; give first with after, or last with before")
    size = page.last if page.last is not None else page.first
    return DEFAULT_PAGE if size is None else size


def list_page(session: Session, statement: Select[Any], ordering: Ordering, page: Page, load: Load[T]) -> Slice[T]:
    """One page of what `statement` (whose columns do not matter) selects; `load` turns ids into rows in a few statements."""
    size = check_page(page)
    keyed = _bounded(statement, ordering, page).with_only_columns(*_labelled(ordering), maintain_column_froms=True)
    rows = session.execute(keyed.order_by(*_directions(ordering, page)).limit(size + 1)).all()
    found = load(session, [row[-1] for row in rows[:size]])
    return _to_slice(ordering, page, size, rows, found)


def list_child_pages(
    session: Session,
    statement: Select[Any],
    parent: ColumnElement[str],
    parent_ids: Iterable[str],
    ordering: Ordering,
    page: Page,
    load: Load[T],
) -> dict[str, Slice[T]]:
    """One page for each parent, in one statement and one `load`; parents without children get an empty page.

    `statement` may give a child of a parent several times; it counts once.
    """
    size = check_page(page)
    parents = list(dict.fromkeys(parent_ids))
    # One row for each child first: the numbers of a window must not count what a join repeats.
    children = (
        _bounded(statement, ordering, page)
        .where(parent.in_(list(storable(parents))))
        .with_only_columns(parent.label("parent"), *_labelled(ordering), maintain_column_froms=True)
        .distinct()
        .subquery()
    )
    keys = list(children.c)[1:]
    turn = desc if _runs_down(ordering, page) else asc
    place = func.row_number().over(partition_by=children.c.parent, order_by=[turn(key) for key in keys])
    numbered = select(children, place.label("place")).subquery()
    chosen = select(numbered).where(numbered.c.place <= size + 1).order_by(numbered.c.parent, numbered.c.place)
    rows: defaultdict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in session.execute(chosen):
        rows[row[0]].append(row[1:-1])
    found = load(session, list(dict.fromkeys(row[-1] for group in rows.values() for row in group[:size])))
    return {key: _to_slice(ordering, page, size, rows[key], found) for key in parents}


def count_rows(session: Session, statement: Select[Any], key: ColumnElement[str]) -> int:
    """How many different keys `statement` selects."""
    inner = statement.with_only_columns(key, maintain_column_froms=True).distinct().subquery()
    return session.execute(select(func.count()).select_from(inner)).scalar_one()


def count_children(
    session: Session, statement: Select[Any], parent: ColumnElement[str], parent_ids: Iterable[str], key: ColumnElement[str]
) -> dict[str, int]:
    """How many different children each parent has, 0 for those without."""
    parents = list(dict.fromkeys(parent_ids))
    counted = statement.where(parent.in_(list(storable(parents)))).with_only_columns(
        parent, func.count(key.distinct()), maintain_column_froms=True
    )
    counts = {row[0]: int(row[1]) for row in session.execute(counted.group_by(parent))}
    return {key: counts.get(key, 0) for key in parents}


def iterate_in_order(session: Session, statement: Select[Any], key: ColumnElement[str], load: Load[T]) -> Iterator[T]:
    """All rows that `statement` selects, by id, a batch at a time in memory."""
    last = ""
    while True:
        batch = statement.where(key > last).with_only_columns(key, maintain_column_froms=True).order_by(key).limit(BATCH // 2)
        ids = list(session.execute(batch).scalars())
        if not ids:
            return
        found = load(session, ids)
        yield from (found[each] for each in ids)
        last = ids[-1]


def _runs_down(ordering: Ordering, page: Page) -> bool:
    return ordering.descending != _is_backwards(page)


def _is_backwards(page: Page) -> bool:
    return page.last is not None


def _labelled(ordering: Ordering) -> list[ColumnElement[Any]]:
    return [key.column.label(f"key{number}") for number, key in enumerate(ordering.keys)]


def _directions(ordering: Ordering, page: Page) -> list[ColumnElement[Any]]:
    turn = desc if _runs_down(ordering, page) else asc
    return [turn(key.column) for key in ordering.keys]


def _bounded(statement: Select[Any], ordering: Ordering, page: Page) -> Select[Any]:
    """Only rows after `after` and before `before`, as the ordering (not the direction of reading) has it."""
    columns = tuple_(*(key.column for key in ordering.keys))
    for cursor, later in ((page.after, True), (page.before, False)):
        if cursor is not None:
            values = decode_cursor(ordering, cursor)
            limit = tuple_(*(literal(value, key.column.type) for value, key in zip(values, ordering.keys, strict=True)))
            statement = statement.where(columns > limit if later != ordering.descending else columns < limit)
    return statement


def _to_slice(
    ordering: Ordering, page: Page, size: int, rows: Sequence[Row[Any] | Sequence[Any]], found: Mapping[str, T]
) -> Slice[T]:
    more = len(rows) > size
    kept = list(rows[:size])
    if _is_backwards(page):
        kept.reverse()
    return Slice(
        items=tuple(found[row[-1]] for row in kept),
        cursors=tuple(encode_cursor(ordering, row) for row in kept),
        has_next=page.before is not None or (more and not _is_backwards(page)),
        has_previous=page.after is not None or (more and _is_backwards(page)),
    )
