"""How values get into conditions: known now, or awaited, so that a statement is made once and executed with ever other values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Select, Text, and_, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from kb.storage.batches import storable
from kb.storage.canonical import list_cluster_ids
from kb.storage.dialect import POSTGRESQL, dialect_name, terms_query
from kb.storage.tables import ENTITY
from kb.storage.terms import name_start, query_terms


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that every execution of a statement brings, by its name; a list unless `single`."""

    name: str
    single: bool = False


def await_value(slot: Slot, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """The slot's value as SQL. None in its place marks it among values that a statement has of its own, which never are None."""
    return bindparam(slot.name, None, type_=kind)


class Given(Protocol):
    """Makes conditions of the parts of a filter, whatever stands for them."""

    dialect: str

    def among(self, column: ColumnElement[Any], values: object) -> ColumnElement[bool]:
        """That a text column holds one of the values."""

    def names(self, column: ColumnElement[str], entity_ids: object) -> ColumnElement[bool]:
        """That the column, which holds any ids of entities, names one of these, former ids included on both sides."""

    def stands_for(self, column: ColumnElement[str], entity_ids: object) -> ColumnElement[bool]:
        """That the column, which holds canonical ids only, names one of these, whose ids may be former ones."""

    def value(self, value: object, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """A single value as SQL."""

    def terms(self, text: object) -> ColumnElement[str] | None:
        """The full text query for all words of a text; None where there is no word in it."""

    def starts(self, column: ColumnElement[str], name: object) -> ColumnElement[bool] | None:
        """That a column of `kb.storage.terms.name_starts` begins so; None where there is nothing to begin with."""


class Known:
    """Values that are there: tuples, texts, numbers and days."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.dialect = dialect_name(session)

    def among(self, column: ColumnElement[Any], values: object) -> ColumnElement[bool]:
        """As `Given.among`."""
        return column.in_([str(each) for each in storable(cast("Sequence[str]", values))])

    def names(self, column: ColumnElement[str], entity_ids: object) -> ColumnElement[bool]:
        """As `Given.names`."""
        return column.in_(list_cluster_ids(self._session, cast("Sequence[str]", entity_ids)))

    def stands_for(self, column: ColumnElement[str], entity_ids: object) -> ColumnElement[bool]:
        """As `Given.stands_for`."""
        return self.names(column, entity_ids)

    def value(self, value: object, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """As `Given.value`."""
        return literal(value, kind)

    def terms(self, text: object) -> ColumnElement[str] | None:
        """As `Given.terms`."""
        terms = query_terms(cast("str", text))
        return literal(terms_query(self.dialect, terms), Text()) if terms else None

    def starts(self, column: ColumnElement[str], name: object) -> ColumnElement[bool] | None:
        """As `Given.starts`."""
        start = name_start(cast("str", name))
        return _begins(column, literal(start, Text())) if start else None


class Awaited:
    """Slots, whose values each execution brings. Where a list is known to have one value, the planner is told so."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect

    def among(self, column: ColumnElement[Any], values: object) -> ColumnElement[bool]:
        """As `Given.among`."""
        slot = cast("Slot", values)
        if slot.single:
            return column == await_value(slot, Text())
        if self.dialect == POSTGRESQL:
            return column == any_(await_value(slot, ARRAY(Text())))
        listed = func.json_each(await_value(slot, Text())).table_valued("value")
        return column.in_(select(listed.c.value))

    def names(self, column: ColumnElement[str], entity_ids: object) -> ColumnElement[bool]:
        """As `Given.names`."""
        named, member = ENTITY.alias(), ENTITY.alias()
        members = select(member.c.id).join(named, named.c.canonical_id == member.c.canonical_id)
        return column.in_(members.where(self.among(named.c.id, entity_ids)))

    def stands_for(self, column: ColumnElement[str], entity_ids: object) -> ColumnElement[bool]:
        """As `Given.stands_for`."""
        named = ENTITY.alias()
        canonical = select(named.c.canonical_id).where(self.among(named.c.id, entity_ids))
        return column == canonical.scalar_subquery() if cast("Slot", entity_ids).single else column.in_(canonical)

    def value(self, value: object, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """As `Given.value`."""
        return await_value(cast("Slot", value), kind)

    def terms(self, text: object) -> ColumnElement[str] | None:
        """As `Given.terms`; a text without a word is for the caller to find out."""
        return self.value(text, Text())

    def starts(self, column: ColumnElement[str], name: object) -> ColumnElement[bool] | None:
        """As `Given.starts`; what the slot brings is cut and not empty."""
        return _begins(column, self.value(name, Text()))


def is_found(dialect: str, column: ColumnElement[Any], rows: Select[Any]) -> ColumnElement[bool]:
    """That the column is among what `rows` selects, which is expected to be little: PostgreSQL, that cannot know how much a
    value that comes later finds, would rather read the whole table."""
    if dialect == POSTGRESQL:
        return column == any_(func.array(rows.scalar_subquery(), type_=ARRAY(Text())))
    return column.in_(rows)


def _begins(column: ColumnElement[str], start: ColumnElement[str]) -> ColumnElement[bool]:
    """As a range, which an index serves whatever the planner knows of the value; no character comes after the last one."""
    return and_(column >= start, column < start.concat(literal("\U0010ffff", Text())))
