"""Makes the one statement that answers a tree, and says which slots it takes in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    Integer,
    Subquery,
    Text,
    and_,
    case,
    func,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg

from kb.storage.cursors import Ordering
from kb.storage.dialect import POSTGRESQL
from kb.storage.entities import select_by_name
from kb.storage.given import Awaited, await_value
from kb.storage.select.lists import LISTS, ROOT_LISTS, PagedList
from kb.storage.select.nouns import NOUNS, rows_of
from kb.storage.select.pages import count_list, select_page
from kb.storage.select.text import JsonText, Piece
from kb.storage.select.tree import (
    Bound,
    Bounds,
    Check,
    Cursor,
    Edges,
    Field,
    Filter,
    Fixed,
    Found,
    Node,
    Nodes,
    Page,
    Paged,
    PagePart,
    Plain,
    Request,
    Selection,
    Several,
    Single,
    Total,
)
from kb.storage.tables import ENTITY

Value: TypeAlias = "str | int | float | Sequence[str]"
"""Days are written as in JSON. Lists are of ids and identifiers, in which nothing has to be escaped."""


class UnknownFieldError(Exception):
    """A field that no statement can be made for."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`sql` gives one row: 1 if every id that it was given names something, then the JSON of each root, NULL for null.

    `parameters` are its parameters in their order ($1 is the first one; SQLite's are named), each with the value that is always
    the same, or None where an execution brings it.
    """

    sql: str
    parameters: tuple[tuple[str, Value | None], ...]


def make_statement(request: Request, dialect: str) -> Statement:
    """The statement for `sqlite` or `postgresql`; raises UnknownFieldError where there can be none."""
    maker = _Maker(dialect)
    fine = and_(true(), *(maker.check(each) for each in request.checks))
    roots = [root.label(f"root{number}") for number, root in enumerate(map(maker.root, request.roots))]
    whole = select(case((fine, literal_column("1")), else_=literal_column("0")).label("fine"), *roots)
    compiled = whole.compile(dialect=_dialect(dialect), compile_kwargs={"render_postcompile": True})
    own = compiled.params
    names = own if compiled.positiontup is None else compiled.positiontup
    return Statement(str(compiled), tuple((name, _plain(own[name])) for name in names))


def _plain(value: object) -> Value | None:
    if isinstance(value, date):
        return value.isoformat()
    assert value is None or isinstance(value, str | int | float)  # noqa: S101 - conditions hold nothing else
    return value


@cache
def _dialect(name: str) -> Dialect:
    # Its parameters are $1, $2 ...: what PostgreSQL itself prepares.
    return asyncpg.dialect() if name == POSTGRESQL else sqlite.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


_MAX_PIECES: Final = 2_000
_NULL: Final[ColumnElement[Any]] = literal_column("'null'", Text())


class _Maker:
    def __init__(self, dialect: str) -> None:
        self._json = JsonText(dialect)
        self._given = Awaited(dialect)
        self._postgresql = dialect == POSTGRESQL

    def check(self, check: Check) -> ColumnElement[bool]:
        table = rows_of(check.noun)
        named = select(func.count()).where(self._given.among(table.c.id, check.ids)).scalar_subquery()
        return named == await_value(check.count, Integer())

    def root(self, root: Fixed | Found | Paged) -> ColumnElement[Any]:
        if isinstance(root, Fixed):
            return self._json.join([root.text])
        if isinstance(root, Paged):
            return self._json.join(self._paged(root, ROOT_LISTS.get(root.name), None))
        row = rows_of(root.of.noun).alias()
        return self._one(root.of, row, row.c.id == self._key_of(root), None)

    def _key_of(self, root: Found) -> ColumnElement[Any]:
        value = self._given.value(root.value, Text())
        if root.of.noun != "entity":
            return value
        named = ENTITY.alias()
        if root.by == "name":
            return select_by_name(value).scalar_subquery()
        column = named.c.wikidata_id if root.by == "wikidata_id" else named.c.id
        return select(named.c.canonical_id).where(column == value).order_by(named.c.id).limit(1).scalar_subquery()

    def _one(self, of: Selection, row: FromClause, is_it: ColumnElement[bool], parent: FromClause | None) -> ColumnElement[str]:
        found = select(self._json.join(self._object(of, row))).select_from(row).where(is_it)
        return (found if parent is None else found.correlate(parent)).scalar_subquery()

    def _object(self, of: Selection, row: FromClause) -> list[Piece]:
        if of.by_kind is None:
            return self._fields(of.noun, of.fields, row)
        choices = [(row.c.kind == kind, self._json.join(self._fields(of.noun, each, row))) for kind, each in of.by_kind.items()]
        return [case(*choices, else_=_NULL)]

    def _fields(self, noun: str, fields: Sequence[Field], row: FromClause) -> list[Piece]:
        return self._members((each.key, self._field(noun, each, row)) for each in fields)

    def _members(self, members: Any) -> list[Piece]:
        pieces: list[Piece] = []
        for key, written in members:
            pieces += [f'{"," if pieces else "{"}"{key}":', *written]
        if len(pieces) > _MAX_PIECES:
            raise UnknownFieldError(f"{len(pieces)} pieces of one object")
        return [*pieces, "}"] if pieces else ["{}"]

    def _field(self, noun: str, asked: Field, row: FromClause) -> list[Piece]:
        known = NOUNS[noun]
        if isinstance(asked, Fixed):
            return [asked.text]
        if isinstance(asked, Plain) and asked.name in known.plain:
            return known.plain[asked.name](self._json, row)
        if isinstance(asked, Single):
            return self._single(noun, asked, row)
        if isinstance(asked, Several) and asked.name in known.listings:
            return self._several(noun, asked, row)
        if isinstance(asked, Paged):
            return self._paged(asked, LISTS.get((noun, asked.name)), row)
        raise UnknownFieldError(f"{noun}.{asked.name}")

    def _single(self, noun: str, asked: Single, row: FromClause) -> list[Piece]:
        known = NOUNS[noun]
        if asked.name in known.parts:
            part, key = known.parts[asked.name]
            written = self._fields(part, asked.of.fields, row)
            return written if key is None else [case((key(row).is_(None), _NULL), else_=self._json.join(written))]
        if asked.name not in known.links:
            raise UnknownFieldError(f"{noun}.{asked.name}")
        link = known.links[asked.name]
        target = rows_of(link.noun).alias()
        found = self._one(asked.of, target, target.c.id == link.key(row), row)
        return [func.coalesce(found, _NULL, type_=Text()) if link.nullable else found]

    def _several(self, noun: str, asked: Several, row: FromClause) -> list[Piece]:
        listing = NOUNS[noun].listings[asked.name]
        rows = listing.rows(row).correlate(row)
        if asked.where is not None and listing.conditions is not None:
            rows = rows.where(*listing.conditions(self._given, asked.where))
        places = (rows if self._postgresql else rows.order_by("place")).subquery()
        shown = places if listing.own else rows_of(listing.noun).alias()
        item = self._json.join(self._object(asked.of, shown))
        listed = select(self._json.listed(item, places.c.place))
        return ["[", listed.select_from(places if listing.own else self._beside(places, shown)).scalar_subquery(), "]"]

    def _beside(self, places: Subquery, target: FromClause) -> FromClause:
        """The rows of the places, in their order: SQLite keeps to it where it is told which table comes first."""
        return places.join(target, target.c.id == places.c.id, isouter=not self._postgresql)

    def _paged(self, asked: Paged, of: PagedList | None, row: FromClause | None) -> list[Piece]:
        if of is None:
            raise UnknownFieldError(asked.name)
        ordering = of.orders[asked.order or next(iter(of.orders))]
        page = select_page(self._given, of, ordering, asked.page, asked.where, row)
        target = of.table.alias()
        of_page = [part for part in asked.of if self._reads(part, asked.page, ordering, page)]
        source = self._beside(page, target) if any(isinstance(part, Edges | Nodes) for part in of_page) else page
        # Where one list alone comes from the page, it alone is selected from there: SQLite's parser takes little nesting.
        alone = len(of_page) == 1 and isinstance(of_page[0], Edges | Nodes)
        pieces = self._members(
            (part.key, self._part(part, asked, of, ordering, page, target, row, source if alone else None)) for part in asked.of
        )
        if alone or not of_page:
            return pieces
        return [select(self._json.join(pieces)).select_from(source).scalar_subquery()]

    def _reads(self, part: PagePart, asked: Page, ordering: Ordering, page: Subquery) -> bool:
        """Whether the part is made of the page's rows; what it says of bounds may be known without them."""
        if not isinstance(part, Bounds):
            return isinstance(part, Edges | Nodes)
        return any(not isinstance(piece, str) for each in part.of for piece in self._bound(each, asked, ordering, page))

    def _total_or_fixed(self, part: PagePart, of: PagedList, where: Filter, row: FromClause | None) -> list[Piece]:
        if isinstance(part, Fixed):
            return [part.text]
        return self._json.integer(count_list(self._given, of, where, row))

    def _part(
        self,
        part: PagePart,
        asked: Paged,
        of: PagedList,
        ordering: Ordering,
        page: Subquery,
        target: FromClause,
        row: FromClause | None,
        source: FromClause | None,
    ) -> list[Piece]:
        if isinstance(part, Fixed | Total):
            return self._total_or_fixed(part, of, asked.where, row)
        if isinstance(part, Bounds):
            return self._members((each.key, self._bound(each, asked.page, ordering, page)) for each in part.of)
        if isinstance(part, Nodes):
            item = self._json.join(self._object(part.of, target))
        else:
            item = self._json.join(self._members((each.key, self._in_edge(each, ordering, page, target)) for each in part.of))
        size = await_value(asked.page.size, Integer())
        place = page.c.place.desc() if asked.page.backwards else page.c.place
        listed = self._json.listed(item, place, page.c.place <= size)
        return ["[", listed if source is None else select(listed).select_from(source).scalar_subquery(), "]"]

    def _in_edge(self, part: Fixed | Cursor | Node, ordering: Ordering, page: Subquery, target: FromClause) -> list[Piece]:
        if isinstance(part, Fixed):
            return [part.text]
        return self._json.safe(self._cursor(ordering, page)) if isinstance(part, Cursor) else self._object(part.of, target)

    def _cursor(self, ordering: Ordering, page: Subquery) -> ColumnElement[str]:
        return self._json.cursor(ordering.name, [(page.c[f"key{at}"], key.kind) for at, key in enumerate(ordering.keys)])

    def _bound(self, part: Fixed | Bound, asked: Page, ordering: Ordering, page: Subquery) -> list[Piece]:
        if isinstance(part, Fixed):
            return [part.text]
        size = await_value(asked.size, Integer())
        if part.name in ("has_next_page", "has_previous_page"):
            forwards = part.name == "has_next_page"
            bounded = asked.before is not None if forwards else asked.after is not None
            if bounded:
                return ["true"]
            return ["false"] if forwards == asked.backwards else self._json.truth(func.count() > size)
        # Read from the other end, what is shown first was read last.
        read_first = (part.name == "start_cursor") != asked.backwards
        last = case((page.c.found < size, page.c.found), else_=size)
        is_it = page.c.place == (1 if read_first else last)
        chosen = func.max(case((is_it & (page.c.place <= size), self._cursor(ordering, page)), else_=null()), type_=Text())
        return self._json.safe(chosen, nullable=True)
