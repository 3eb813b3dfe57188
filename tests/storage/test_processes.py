from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.storage.session import Database
from tests.storage.stored_rows import list_rows
from tests.storage.synthetic import ingest, sample

ROOT = Path(__file__).resolve().parents[2]
SIZE = 16
NEVER = -1


def start(url: str, stop_at: int = NEVER) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", "tests.storage.ingest_process", url, str(SIZE), str(stop_at)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    _, complaints = process.communicate(timeout=240)
    assert (process.returncode, complaints) == (0, "")


@pytest.fixture
def once(tmp_path: Path, sqlite_template: Path) -> dict[str, list[tuple[str, ...]]]:
    """The rows that one process leaves which is alone and not disturbed."""
    path = tmp_path / "once.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database.open(f"sqlite:///{path}")
    ingest(database, sample(SIZE))
    rows = list_rows(database)
    database.dispose()
    return rows


def test_several_processes_at_once_leave_the_rows_of_one(empty_database_url: str, once: dict[str, list[tuple[str, ...]]]) -> None:
    processes = [start(empty_database_url) for _ in range(3)]
    for process in processes:
        finish(process)
    database = Database.open(empty_database_url)
    assert database.check() == ()
    assert {name: rows for name, rows in list_rows(database).items() if sorted(rows) != sorted(once[name])} == {}
    database.dispose()


def test_a_process_killed_in_the_middle_of_an_article_leaves_nothing_to_repair(
    empty_database_url: str, once: dict[str, list[tuple[str, ...]]]
) -> None:
    process = start(empty_database_url, stop_at=SIZE // 2)
    assert process.stdout is not None
    assert process.stdout.readline() == "stopped\n"
    process.kill()
    process.communicate(timeout=60)
    database = Database.open(empty_database_url)
    assert database.check() == ()
    assert len(list_rows(database)["article"]) == SIZE // 2
    finish(start(empty_database_url))
    assert list_rows(database) == once
    assert database.check() == ()
    database.dispose()
