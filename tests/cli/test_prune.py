"""`kb db prune`: changes from long ago go, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from kb.cli.main import run
from kb.storage import articles, changes
from kb.storage.session import Database
from kb.storage.tables import CHANGE
from tests.storage.synthetic import ingest, sample


def test_changes_from_long_ago_are_forgotten(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{path}")
    database = Database.open(f"sqlite:///{path}")
    ingest(database, sample(2))
    with database.transaction() as session:
        everything = changes.list_changes(session)
        old = everything[len(everything) // 2].seq
        long_ago = datetime.now(UTC) - timedelta(days=100)
        session.execute(update(CHANGE).where(CHANGE.c.seq <= old).values(changed_at=long_ago))
    assert run(["db", "prune", "--days", "101", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"pruned": 0}
    assert run(["db", "prune", "--json"]) == 0
    # The last of them stays, as the mark of what is gone.
    assert json.loads(capsys.readouterr().out) == {"pruned": old - 1}
    with database.reader() as session:
        assert [each.seq for each in changes.list_changes(session, old)] == [each.seq for each in everything if each.seq > old]
        assert articles.count_articles(session) == 2
    database.dispose()
