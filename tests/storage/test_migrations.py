from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from kb.domain.query import EntityFilter
from kb.storage import entities, migration
from kb.storage.session import Database
from tests.conftest import PostgresCluster
from tests.storage.stored_rows import list_rows
from tests.storage.synthetic import ingest, sample


def test_up_down_and_up_again_leaves_no_drift(empty_database_url: str) -> None:
    database = Database.open(empty_database_url)
    assert "none" in database.check()[0]
    database.upgrade()
    assert database.check() == ()
    ingest(database, sample(3))
    with database.schema_transaction() as connection:
        migration.downgrade(connection, "base")
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
    assert left == set()
    again = Database.open(empty_database_url)
    again.upgrade()
    assert again.check() == ()
    assert not any(list_rows(again).values())
    assert ingest(again, sample(3)) == 3
    database.dispose()
    again.dispose()


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    ingest(database, sample(2))
    rows = list_rows(database)
    database.upgrade()
    assert list_rows(database) == rows


def test_a_table_that_was_changed_by_hand_is_drift(empty_database_url: str) -> None:
    database = Database.open(empty_database_url)
    database.upgrade()
    with database.schema_transaction() as connection:
        connection.execute(text("ALTER TABLE source ADD COLUMN mood text"))
        connection.execute(text("DROP INDEX ix_event_sort_date_id"))
    problems = "\n".join(database.check())
    assert "mood" in problems
    assert "ix_event_sort_date_id" in problems
    database.dispose()


def test_an_order_that_is_not_the_clusters_is_kept_in_the_tables(empty_database_url: str) -> None:
    database = Database.open(empty_database_url)
    database.upgrade()
    with database.schema_transaction() as connection:
        names = ["b", "A", "a", "B", "é", "Z", "_", "1"]
        for number, name in enumerate(names):
            connection.execute(text("INSERT INTO source (id, name) VALUES (:id, :name)"), {"id": str(number), "name": name})
        assert connection.execute(text("SELECT name FROM source ORDER BY name")).scalars().all() == sorted(names)
    database.dispose()


@pytest.mark.postgres
def test_without_the_right_to_make_extensions_names_are_found_as_well(postgres_cluster: PostgresCluster) -> None:
    url = postgres_cluster.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS kb_plain")
        connection.execute("CREATE ROLE kb_plain LOGIN PASSWORD 'plain'")
        connection.execute("GRANT ALL ON SCHEMA public TO kb_plain")
    database = Database.open(make_url(url).set(username="kb_plain", password="plain").render_as_string(hide_password=False))
    database.upgrade()
    with database.schema_transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")).scalar_one() == 0
    ingest(database, sample(2))
    with database.reader() as session:
        assert [entity.name for entity in entities.list_entities(session, EntityFilter(name="russ")).items] == ["Russia"]
    assert database.check() == ()
    database.dispose()
    postgres_cluster.drop(url)


def test_the_alembic_command_works_in_a_checkout(empty_database_url: str) -> None:
    root = Path(__file__).resolve().parents[2]
    for command in (["upgrade", "head"], ["check"], ["downgrade", "base"], ["upgrade", "head"]):
        done = subprocess.run(
            [sys.executable, "-m", "alembic", *command],
            cwd=root,
            env={**os.environ, "KB_DATABASE_URL": empty_database_url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    database = Database.open(empty_database_url)
    assert database.check() == ()
    database.dispose()
