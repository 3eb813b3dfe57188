from __future__ import annotations

import os
import socket
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.errors import StorageError, UsageError
from kb.storage import articles, entities, runs
from kb.storage.session import Database
from tests.conftest import PostgresCluster
from tests.storage.synthetic import country, extraction, ingest, sample


def assert_one_clear_line(message: str) -> None:
    assert "\n" not in message
    assert "Traceback" not in message
    assert len(message) < 500


@pytest.mark.parametrize(
    "url", ["mysql://localhost/kb", "not a url", "sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://localhost/kb"]
)
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"sqlite:///FILE") as caught:
        Database.open(url)
    assert_one_clear_line(caught.value.message)


def test_the_folder_of_a_new_file_is_made(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'a' / 'b' / 'kb.db'}")
    database.upgrade()
    database.dispose()
    assert (tmp_path / "a" / "b" / "kb.db").stat().st_size > 0


def test_a_file_that_cannot_be_opened_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "junk.db").write_bytes(b"this is no database at all " * 100)
    for path in (tmp_path / "file" / "kb.db", tmp_path, tmp_path / "junk.db", Path("/proc/kb.db")):
        with pytest.raises(StorageError) as caught:
            Database.open(f"sqlite:///{path}")
        assert_one_clear_line(caught.value.message)
        assert str(path) in caught.value.message
        assert "KB_DATABASE_URL" in caught.value.message


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Root may write anything; then the test runs as nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def public_folder(sqlite_template: Path) -> Iterator[Path]:
    """A folder that everybody can read, with a migrated database in it, and nobody but its owner can write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "kb.db").write_bytes(sqlite_template.read_bytes())
        (folder / "kb.db").chmod(0o444)
        if os.geteuid() != 0:
            folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_a_database_that_may_not_be_written_is_told_before_anything_is_read(public_folder: Path, unprivileged: None) -> None:
    for name in ("kb.db", "new.db"):
        with pytest.raises(StorageError, match="may write") as caught:
            Database.open(f"sqlite:///{public_folder / name}")
        assert_one_clear_line(caught.value.message)


def test_a_database_that_may_not_be_written_can_be_read(public_folder: Path, unprivileged: None) -> None:
    database = Database.open(f"sqlite:///{public_folder / 'kb.db'}", read_only=True)
    with database.reader() as session:
        assert articles.count_articles(session) == 0
    database.dispose()


def test_reading_only_neither_makes_nor_changes_a_file(tmp_path: Path, sqlite_template: Path) -> None:
    with pytest.raises(StorageError, match="is no file"):
        Database.open(f"sqlite:///{tmp_path / 'none.db'}", read_only=True)
    assert not (tmp_path / "none.db").exists()
    path = tmp_path / "a b%20c?.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database.open(f"sqlite:///{str(path).replace('?', '%3F').replace('%20', '%2520')}", read_only=True)
    with pytest.raises(StorageError, match="readonly"), database.transaction() as session:
        runs.start_run(session)
    database.dispose()


def test_a_server_that_is_not_there_is_told_in_one_line_without_the_password() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        with pytest.raises(StorageError) as caught:
            Database.open(f"postgresql://kb:secret@127.0.0.1:{port}/kb")
    assert_one_clear_line(caught.value.message)
    assert "secret" not in caught.value.message


def test_a_database_without_tables_says_which_command_makes_them(empty_database_url: str) -> None:
    database = Database.open(empty_database_url)
    for use in (database.reader, database.transaction):
        with pytest.raises(StorageError, match="kb db upgrade"), use():
            pass
    database.upgrade()
    with database.reader() as session:
        assert articles.count_articles(session) == 0
    database.dispose()


@pytest.mark.postgres
def test_postgresql_is_meant_with_and_without_the_driver(postgres_cluster: PostgresCluster) -> None:
    url = postgres_cluster.lend()
    for scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        database = Database.open(url.replace("postgresql", scheme, 1))
        with database.reader() as session:
            assert articles.count_articles(session) == 0
        database.dispose()
    postgres_cluster.give_back(url)


def test_threads_read_at_the_same_time_while_one_writes(database: Database) -> None:
    given = sample(12)
    ingest(database, given[:1])
    problems: list[BaseException] = []
    counts: list[int] = []

    def read() -> None:
        try:
            for _ in range(15):
                with database.reader() as session:
                    count = articles.count_articles(session)
                    assert len(list(articles.iterate_all(session))) == count
                counts.append(count)
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    ingest(database, given)
    for thread in threads:
        thread.join()
    assert problems == []
    assert set(counts) <= set(range(1, 13))


def test_a_connection_is_free_of_what_a_failed_transaction_left(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as session:
            runs.start_run(session)
            raise ZeroDivisionError

    for number in range(30):
        with pytest.raises(ZeroDivisionError):
            fail()
        with database.reader() as session:
            assert runs.count_runs(session) == 0, number


def test_sqlite_is_set_up_for_concurrent_use(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'kb.db'}")
    database.upgrade()
    with database.reader() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys", "synchronous")
        }
        assert session.execute(text("PRAGMA busy_timeout")).scalar_one() >= 60_000
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1}
    database.dispose()


def test_check_names_rows_that_lost_their_owner(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database.open(f"sqlite:///{path}")
    given = extraction("One", [("Russia", "attacked", "Ukraine")])
    ingest(database, [given])
    assert database.check() == ()
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM article")
    connection.execute("UPDATE claim SET event_id = NULL")
    connection.commit()
    connection.close()
    problems = "\n".join(database.check())
    assert "rows of mention whose article_id names no article" in problems
    assert "rows of claim that belong to no event" in problems
    assert "rows of event told by no claim" in problems
    assert "rows of search_document of a article that is gone" in problems
    database.dispose()


def test_an_id_that_no_database_could_hold_names_nothing(database: Database) -> None:
    with database.reader() as session:
        assert entities.list_entities_by_ids(session, ["a\x00b", "\ud800", country("Russia").id]) == {}
        assert entities.lookup_entity_by_name(session, "a\x00b\ud800") is None
        assert entities.lookup_entity_by_wikidata(session, "\x00") is None
