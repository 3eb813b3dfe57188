"""Everything that SQLite and PostgreSQL do differently, behind one interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Engine,
    Integer,
    Subquery,
    Text,
    cast,
    column,
    create_engine,
    event,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.types import Boolean

from kb.errors import UsageError
from kb.storage.tables import SEARCH_DOCUMENT

POSTGRESQL: Final = "postgresql"
SQLITE: Final = "sqlite"
WRITE_OPTION: Final = "kb_write"

# Long enough for another process to finish the articles it is at; a writer holds the lock for one article.
_BUSY_SECONDS: Final = 120
# The advisory lock of writers, and the one of migrations; any two numbers do, as they are a database's own.
_WRITE_LOCK: Final = 5_311_001
_MIGRATION_LOCK: Final = 5_311_002
_ORDINARY_DRIVERS: Final = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}


def parse_url(url: str) -> URL:
    """The URL with the driver that is installed; raises UsageError for what is neither SQLite nor PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError("the database URL cannot be read; write sqlite:///FILE or postgresql://USER@HOST/NAME") from None
    driver = _ORDINARY_DRIVERS.get(parsed.drivername, parsed.drivername)
    if driver not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise UsageError(
            f"no database of kind {parsed.drivername!r} is supported; write sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    if driver.startswith(SQLITE) and parsed.database in (None, "", ":memory:"):
        raise UsageError("a SQLite database must be a file, as several connections share it; write sqlite:///FILE")
    return parsed.set(drivername=driver)


def open_engine(url: URL, *, read_only: bool) -> Engine:
    """An engine whose connections have the pragmas and locks that concurrent ingestion needs. Connects to nothing yet."""
    if url.get_backend_name() == POSTGRESQL:
        # Errors are logged, and what a statement was given is nobody's business there.
        engine = create_engine(
            url, pool_size=10, max_overflow=40, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 10}
        )
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=40,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    def connect(connection: Any, _record: object) -> None:
        # The driver's own idea of when a transaction starts would turn BEGIN IMMEDIATE and consistent reads off.
        connection.isolation_level = None
        cursor = connection.cursor()
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # Grouping reads what other articles left and then writes: writers go one after the other.
    if connection.get_execution_options().get(WRITE_OPTION, False):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})


def lock_migration(connection: Connection) -> None:
    """Lets one process migrate at a time; the lock goes with the transaction. SQLite's BEGIN IMMEDIATE does it already."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def reader_options(dialect: Dialect) -> dict[str, Any]:
    """Execution options under which all statements of a transaction see the same moment."""
    if dialect.name == POSTGRESQL:
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {}


def dialect_name(session: Session) -> str:
    """`sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def month_of(session: Session, day: ColumnElement[Any]) -> ColumnElement[str]:
    """The month of a date column as `YYYY-MM`."""
    if dialect_name(session) == POSTGRESQL:
        return func.to_char(day, "YYYY-MM")
    return func.strftime("%Y-%m", day)


def terms_query(dialect: str, terms: Sequence[str], *, prefix: bool = False) -> str:
    """What the full text index is asked for rows with all terms (of kb.storage.terms), the last one as a prefix where asked."""
    # Terms are letters and digits alone, so quoting them is enough to keep them from being operators.
    if dialect == POSTGRESQL:
        return " & ".join(_with_prefix([f"'{term}'" for term in terms], ":*", wanted=prefix))
    return " AND ".join(_with_prefix([f'"{term}"' for term in terms], "*", wanted=prefix))


def matches_query(dialect: str, query: ColumnElement[str]) -> ColumnElement[bool]:
    """That a row of SEARCH_DOCUMENT is found by a query of `terms_query`."""
    return SEARCH_DOCUMENT.c.id.in_(select(_search_matches(dialect, query).c.document_id))


def search_matches(session: Session, terms: Sequence[str], *, prefix: bool = False) -> Subquery:
    """(document_id, score) of the rows of SEARCH_DOCUMENT that have all the terms, the last one as a prefix where asked.

    A term of a title weighs about ten times one of a body; a larger score is better, and how large depends on the database.
    """
    dialect = dialect_name(session)
    return _search_matches(dialect, literal(terms_query(dialect, terms, prefix=prefix), Text()))


def _search_matches(dialect: str, asked: ColumnElement[str]) -> Subquery:
    if dialect == POSTGRESQL:
        query = func.to_tsquery(text("'simple'"), asked)
        vector: ColumnElement[Any] = literal_column("search_document.terms")
        score = cast(func.ts_rank(vector, query, 1), Double)
        found = select(SEARCH_DOCUMENT.c.id.label("document_id"), score.label("score"))
        return found.where(vector.bool_op("@@")(query)).subquery()
    index = table("search_index", column("rowid", Integer))
    rank: ColumnElement[Any] = literal_column("-bm25(search_index, 10.0, 1.0)", Double)
    match = literal_column("search_index").op("MATCH", return_type=Boolean())(asked)
    return select(index.c.rowid.label("document_id"), rank.label("score")).where(match).subquery()


def _with_prefix(parts: list[str], mark: str, *, wanted: bool) -> list[str]:
    return [*parts[:-1], parts[-1] + mark] if wanted else parts
