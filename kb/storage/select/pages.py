"""One page of a list as a subquery: the ids of its rows, their sort keys and their places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Subquery, asc, desc, func, literal_column, select, tuple_

from kb.storage.cursors import Ordering
from kb.storage.filters import conditions_on_event, own_conditions_on_event, participant_conditions
from kb.storage.given import Awaited, await_value
from kb.storage.select.lists import BOTH_ENDS, PagedList
from kb.storage.select.tree import Filter, Page
from kb.storage.tables import EVENT, EVENT_PARTICIPANT

_DATE_DESC: Final = "event.date.desc"
_ROLES: Final = {"participant": BOTH_ENDS, "subject": BOTH_ENDS[:1], "object": BOTH_ENDS[1:]}


def select_page(
    given: Awaited, of: PagedList, ordering: Ordering, page: Page, where: Filter, parent: FromClause | None
) -> Subquery:
    """Columns id, key0, key1 ..., place (from 1 in the order of reading) and found (how many rows were looked at); in the order
    in which the page shows them."""
    keyed = _from_participants(given, of, ordering, page, where, parent)
    if keyed is None:
        conditions = of.conditions(given, where)
        if of.tie is not None and parent is not None:
            conditions.append(of.tie(parent))
        columns = [key.column for key in ordering.keys]
        keyed = _bounded(select(of.table.c.id, *_labels(columns)).where(*conditions), ordering, columns, page)
    keyed = keyed.limit(literal_column(str(page.beyond), Integer()))
    rows = (keyed if parent is None else keyed.correlate(parent)).subquery()
    keys = [rows.c[f"key{number}"] for number in range(len(ordering.keys))]
    turn = desc if _runs_down(ordering, page) else asc
    placed = select(
        *rows.c,
        func.row_number().over(order_by=[turn(key) for key in keys]).label("place"),
        func.count().over().label("found"),
    )
    # The order is SQLite's, which puts arrays together as rows come; PostgreSQL's arrays go by place.
    return placed.order_by(desc("place") if page.backwards else asc("place")).subquery()


def count_list(given: Awaited, of: PagedList, where: Filter, parent: FromClause | None) -> ColumnElement[Any]:
    """How many rows there are on all pages."""
    if of.count is not None and parent is not None:
        count: ColumnElement[Any] = parent.c[of.count]
        return count
    conditions = of.conditions(given, where)
    if of.tie is not None and parent is not None:
        conditions.append(of.tie(parent))
    counted = select(func.count()).select_from(of.table).where(*conditions)
    return (counted if parent is None else counted.correlate(parent)).scalar_subquery()


def _from_participants(
    given: Awaited, of: PagedList, ordering: Ordering, page: Page, where: Filter, parent: FromClause | None
) -> Select[Any] | None:
    """Events of one entity by date: its index hands them out in their order, so that nothing is sorted that isn't shown.

    None where nobody's events are asked for, or not in that order.
    """
    if of.table is not EVENT or ordering.name != _DATE_DESC:
        return None
    row = EVENT_PARTICIPANT.alias()
    rest = replace(where, type=None, date=None)
    if of.of_participant and parent is not None:
        driving = [row.c.entity_id == parent.c.id, *participant_conditions(given, row, None, BOTH_ENDS, where)]
        others = rest
    else:
        name = next((each for each in _ROLES if (slot := getattr(where, each)) is not None and slot.single), None)
        if name is None:
            return None
        driving = participant_conditions(given, row, getattr(where, name), _ROLES[name], where)
        others = _without(rest, name)
    conditions = own_conditions_on_event(given, rest) + _others_take_part(given, others)
    columns: list[ColumnElement[Any]] = [row.c.sort_date, row.c.event_id]
    chosen = select(row.c.event_id.label("id"), *_labels(columns)).where(*driving).distinct()
    if conditions:
        chosen = chosen.join(EVENT, EVENT.c.id == row.c.event_id).where(*conditions)
    return _bounded(chosen, ordering, columns, page)


def _without(where: Filter, part: str) -> Filter:
    return Filter(**{each: getattr(where, each) for each in where.__dataclass_fields__ if each != part})


def _others_take_part(given: Awaited, others: Filter) -> list[ColumnElement[bool]]:
    """Each on its own: what subject and object say together is among the event's own conditions."""
    return [
        condition
        for name in _ROLES
        if getattr(others, name) is not None
        for condition in conditions_on_event(given, Filter(**{name: getattr(others, name)}))
    ]


def _labels(columns: list[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.label(f"key{number}") for number, column in enumerate(columns)]


def _runs_down(ordering: Ordering, page: Page) -> bool:
    return ordering.descending != page.backwards


def _bounded(statement: Select[Any], ordering: Ordering, columns: list[ColumnElement[Any]], page: Page) -> Select[Any]:
    """In the order of reading, after `after` and before `before` as the ordering has it."""
    for slots, later in ((page.after, True), (page.before, False)):
        if slots is not None:
            limit = tuple_(*(await_value(slot, key.column.type) for slot, key in zip(slots, ordering.keys, strict=True)))
            place = tuple_(*columns)
            statement = statement.where(place > limit if later != ordering.descending else place < limit)
    turn = desc if _runs_down(ordering, page) else asc
    return statement.order_by(*(turn(column) for column in columns))
