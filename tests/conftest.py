"""The database fixture: every test that uses it runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kb.storage.session import Database
from tests.postgres_server import PostgresServer, find_binaries, new_database_name


@dataclass(frozen=True)
class PostgresCluster:
    """A server and a migrated database in it, of which each test gets a copy."""

    url: str
    template: str

    def create(self, template: str | None = None) -> str:
        """The URL of a new database, a copy of the migrated one unless told otherwise."""
        name = new_database_name()
        with psycopg.connect(self.url, autocommit=True) as connection:
            source = sql.Identifier(template or self.template)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), source))
        return _with_database(self.url, name)

    def drop(self, url: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            name = sql.Identifier(url.rsplit("/", 1)[1])
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _with_database(url: str, name: str) -> str:
    return f"{url.rsplit('/', 1)[0]}/{name}"


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
    cluster = PostgresCluster(url, new_database_name())
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(cluster.template))
            )
        template = Database.open(_with_database(url, cluster.template))
        template.upgrade()
        template.dispose()
        yield cluster
        cluster.drop(_with_database(url, cluster.template))
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
    url = cluster.create("template0")
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
    url = cluster.create()
    yield url
    cluster.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database without rows."""
    opened = Database.open(database_url)
    yield opened
    opened.dispose()
