"""/healthz says that the process lives, /readyz whether requests should be sent to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.api.app import create_app
from kb.api.serving import health
from kb.errors import StorageError
from kb.settings import read_settings
from kb.storage.session import Database


def test_a_server_that_can_answer(client: TestClient, filled: Database) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    response = client.get("/readyz")
    assert response.status_code == 200
    body = response.json()
    assert body.pop("migration")
    assert body == {"status": "ready", "database": filled.dialect, "readOnly": False}


def test_a_database_that_is_not_migrated(empty_database_url: str) -> None:
    unmigrated = Database.open(empty_database_url)
    with TestClient(create_app(read_settings({}), unmigrated)) as client:
        response = client.get("/readyz")
        alive = client.get("/healthz")
    unmigrated.dispose()
    assert response.status_code == 503
    assert response.json()["reasons"] == ["DATABASE_NOT_MIGRATED"]
    assert alive.status_code == 200


def test_it_is_ready_as_soon_as_the_database_is(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_KEPT_SECONDS", 0.0)
    database = Database.open(empty_database_url)
    with TestClient(create_app(read_settings({}), database)) as client:
        assert client.get("/readyz").status_code == 503
        database.upgrade()
        assert client.get("/readyz").status_code == 200
    database.dispose()


def test_a_database_that_does_not_answer(client: TestClient, filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StorageError("postgresql://somewhere is gone")

    monkeypatch.setattr(filled, "state", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reasons"] == ["DATABASE_UNREACHABLE"]
    assert "somewhere" not in response.text


def test_before_it_begins_and_once_it_ends(filled: Database) -> None:
    app = create_app(read_settings({}), filled)
    # Without `with`, nobody has told the application to begin.
    assert TestClient(app).get("/readyz").json()["reasons"] == ["STARTING"]
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
        app.state.lifecycle.announce_end()
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["reasons"] == ["STOPPING"]
        # It still answers: others have been told to send nothing more, and may not have heard yet.
        answer = client.post("/graphql", json={"query": "{ events { totalCount } }"})
        assert answer.json()["data"] == {"events": {"totalCount": 4}}


def test_streams_are_ended_once_and_those_that_come_later_at_once(filled: Database) -> None:
    ended: list[str] = []
    app = create_app(read_settings({}), filled)
    with TestClient(app):
        lifecycle = app.state.lifecycle
        lifecycle.on_stop(lambda: ended.append("open"))
        forget = lifecycle.on_stop(lambda: ended.append("gone"))
        forget()
        lifecycle.close_streams()
        assert ended == ["open"]
        lifecycle.on_stop(lambda: ended.append("late"))
    assert ended == ["open", "late"]


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_database_that_can_only_be_read_says_so(
    dialect: str, tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if dialect == "sqlite":
        path = tmp_path / "kb.db"
        path.write_bytes(sqlite_template.read_bytes())
        url = f"sqlite:///{path}"
        # As root, who may write every file, the tests cannot have one that cannot be written.
        real = os.access
        monkeypatch.setattr(os, "access", lambda name, *rest, **options: str(name) != str(path) and real(name, *rest, **options))
    else:
        cluster = request.getfixturevalue("postgres_cluster")
        url = f"{cluster.lend()}?options=-c%20default_transaction_read_only%3Don"
    database = Database.open(url, read_only=True)
    with TestClient(create_app(read_settings({}), database)) as client:
        body = client.get("/readyz").json()
    database.dispose()
    if dialect == "postgresql":
        cluster.give_back(url.partition("?")[0])
    assert body["status"] == "ready"
    assert body["readOnly"] is True
