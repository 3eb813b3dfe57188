from __future__ import annotations

from sqlalchemy import inspect, text

from kb.storage import migration
from kb.storage.session import Database
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
