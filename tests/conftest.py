"""The database fixture: every test that uses it runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kb.settings import LEARNED
from kb.storage.session import Database
from kb.storage.tables import METADATA
from tests.postgres_server import PostgresServer, find_binaries, new_database_name

# The same reader on every machine, whatever is installed there.
os.environ.setdefault("KB_READER", LEARNED)


@dataclass
class PostgresCluster:
    """A server, and migrated databases in it that tests use one after the other: making one takes longer than most tests."""

    url: str
    free: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def create(self) -> str:
        """The URL of a new database without a table."""
        name = new_database_name()
        with psycopg.connect(self.url, autocommit=True) as connection:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
            connection.execute(statement.format(sql.Identifier(name)))
        self.made.append(f"{self.url.rsplit('/', 1)[0]}/{name}")
        return self.made[-1]

    def lend(self) -> str:
        """The URL of a migrated database without a row."""
        if self.free:
            url = self.free.pop()
            _empty(url)
            return url
        url = self.create()
        database = Database.open(url)
        database.upgrade()
        database.dispose()
        return url

    def give_back(self, url: str) -> None:
        self.free.append(url)

    def drop(self, url: str) -> None:
        self.made.remove(url)
        with psycopg.connect(self.url, autocommit=True) as connection:
            name = sql.Identifier(url.rsplit("/", 1)[1])
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _empty(url: str) -> None:
    """Deletes all rows. A test that left a transaction open shows here instead of keeping the next one waiting."""
    with psycopg.connect(url) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SET session_replication_role = replica")
        for table in METADATA.sorted_tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    given = os.environ.get("KB_TEST_POSTGRES_URL")
    binaries = find_binaries()
    if given is None and binaries is None:
        reason = "no PostgreSQL: set KB_TEST_POSTGRES_URL or install Debian's postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    server = None if given is not None or binaries is None else PostgresServer(binaries).start()
    url = server.url if server is not None else str(given)
    cluster = PostgresCluster(url)
    try:
        yield cluster
        for each in list(cluster.made):
            cluster.drop(each)
    finally:
        if server is not None:
            server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "kb.db"
    template = Database.open(f"sqlite:///{path}")
    template.upgrade()
    template.dispose()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which nothing was done yet, not even a migration."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create()
    yield url
    cluster.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database without rows."""
    if request.param == "sqlite":
        path = tmp_path / "kb.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    url = cluster.lend()
    yield url
    cluster.give_back(url)


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database without rows."""
    url = postgres_cluster.lend()
    yield url
    postgres_cluster.give_back(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database without rows."""
    opened = Database.open(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def fresh_database(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes further databases of the same kind as `database`."""
    made: list[Database] = []
    urls: list[str] = []

    def make() -> Database:
        if database.dialect == "sqlite":
            path = tmp_path / f"other{len(made)}.db"
            path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
            url = f"sqlite:///{path}"
        else:
            url = request.getfixturevalue("postgres_cluster").lend()
            urls.append(url)
        made.append(Database.open(url))
        return made[-1]

    yield make
    for each in made:
        each.dispose()
    for url in urls:
        request.getfixturevalue("postgres_cluster").give_back(url)
