"""However often, however many at once, and wherever a run is killed: the same rows as once."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from kb.storage import runs
from kb.storage.session import Database
from tests.command import PATIENCE, SEEDS, export, kb, seeded_export, start


def test_ingesting_twice_leaves_the_rows_of_once(database_url: str, tmp_path: Path) -> None:
    first, second = (kb("ingest", SEEDS, "--json", url=database_url) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert json.loads(second.stdout)["articles"] == {"read": 5, "new": 0, "known": 5, "duplicates": 0, "quarantined": 0}
    assert set(json.loads(second.stdout)["added"].values()) == {0}
    assert "nothing new was ingested" in second.stderr
    assert export(database_url, tmp_path / "out") == seeded_export()


def test_two_processes_at_once_leave_the_rows_of_one(database_url: str, tmp_path: Path) -> None:
    both = [start("ingest", SEEDS, "--json", url=database_url) for _ in range(2)]
    ended = [process.communicate(timeout=PATIENCE) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    reports = [json.loads(out)["articles"] for out, _ in ended]
    assert sum(report["new"] for report in reports) == 5
    assert sum(report["known"] for report in reports) == 5
    assert export(database_url, tmp_path / "out") == seeded_export()


def test_several_workers_leave_the_rows_of_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kb.db'}"
    kb("db", "upgrade", url=url)
    done = kb("ingest", SEEDS, "--workers", "2", url=url)
    assert done.returncode == 0, done.stderr
    assert export(url, tmp_path / "out") == seeded_export()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_run_is_made_whole_by_the_next(workers: str, database_url: str, tmp_path: Path) -> None:
    run = start("ingest", SEEDS, "--workers", workers, url=database_url)
    saved = _wait_for_first_article(database_url, run.pid)
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate(timeout=PATIENCE)
    assert run.returncode == -signal.SIGKILL
    again = kb("ingest", SEEDS, "--json", url=database_url)
    assert again.returncode == 0, again.stderr
    report = json.loads(again.stdout)["articles"]
    assert report["known"] >= saved
    assert report["known"] + report["new"] == 5
    assert export(database_url, tmp_path / "out") == seeded_export()


def _wait_for_first_article(url: str, pid: int) -> int:
    database = Database.open(url, read_only=True)
    try:
        for _ in range(PATIENCE * 50):
            with database.reader() as session:
                saved = runs.count_totals(session).articles
            if saved:
                return saved
            os.kill(pid, 0)
            time.sleep(0.02)
    finally:
        database.dispose()
    raise AssertionError("no article was ever saved")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_a_run_with_one_line_and_leaves_no_process(workers: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kb.db'}"
    kb("db", "upgrade", url=url)
    run = start("ingest", str(_many_articles(tmp_path)), "--workers", workers, url=url)
    _wait_for_first_article(url, run.pid)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert "Traceback" not in said
    assert said.strip().splitlines()[-1].startswith("error: interrupted")
    assert _is_gone(run.pid)
    assert kb("db", "check", url=url).returncode == 0


def _many_articles(folder: Path) -> Path:
    """More than are read before somebody has seen that the first one was."""
    articles = folder / "articles"
    articles.mkdir()
    for seed in sorted(Path(SEEDS).glob("*.txt")):
        for number in range(12):
            (articles / f"{number}-{seed.name}").write_text(f"{seed.read_text('utf-8')}\nThis is edition {number}.\n", "utf-8")
    return articles


def _is_gone(group: int) -> bool:
    """Whether no process of the group is left, once those that only wait for the end of the first have noticed it."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
