"""An application over a database with a few hand-made articles, and ways of asking it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.api.app import create_app
from kb.settings import read_settings
from kb.storage.session import Database
from tests.api.breadth import Breadth, make_breadth, save_breadth
from tests.api.sample import Sample, make_sample, save

Ask = Callable[..., dict[str, Any]]
Refuse = Callable[..., tuple[str, str]]


@pytest.fixture(scope="session")
def sample() -> Sample:
    """What `filled` holds."""
    return make_sample()


@pytest.fixture(scope="package", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def filled_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sample: Sample) -> Iterator[str]:
    """One database for all tests that only read, as copying one for each would take longer than they do."""
    cluster = request.getfixturevalue("postgres_cluster") if request.param == "postgresql" else None
    url = cluster.create() if cluster else f"sqlite:///{tmp_path_factory.mktemp('api') / 'kb.db'}"
    writer = Database.open(url)
    try:
        writer.upgrade()
        save(writer, sample)
    finally:
        writer.dispose()
    yield url
    if cluster is not None:
        cluster.drop(url)


@pytest.fixture(scope="package")
def filled(filled_url: str) -> Iterator[Database]:
    """The sample, opened as the server opens it."""
    opened = Database.open(filled_url, read_only=True)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def breadth() -> Breadth:
    """What `broad` holds."""
    return make_breadth()


@pytest.fixture(scope="package")
def broad(tmp_path_factory: pytest.TempPathFactory, breadth: Breadth) -> Iterator[Database]:
    """Data of every sort on SQLite, for what is the same on any database."""
    opened = Database.open(f"sqlite:///{tmp_path_factory.mktemp('broad') / 'kb.db'}")
    opened.upgrade()
    save_breadth(opened, breadth)
    yield opened
    opened.dispose()


@pytest.fixture
def client(filled: Database) -> Iterator[TestClient]:
    with TestClient(create_app(read_settings({}), filled)) as opened:
        yield opened


@pytest.fixture
def ask(client: TestClient) -> Ask:
    """Sends a query, demands that nothing went wrong and gives back the data."""

    def send(query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        response = client.post("/graphql", json={"query": query, "variables": variables})
        body = response.json()
        assert response.status_code == 200, body
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    return send


@pytest.fixture
def refuse(client: TestClient) -> Refuse:
    """Sends a query, demands that it is refused decently and gives back code and message of the first error."""

    def send(query: str, variables: Mapping[str, object] | None = None) -> tuple[str, str]:
        response = client.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code in (200, 400)
        assert "Traceback" not in response.text
        errors = response.json()["errors"]
        assert all(error["extensions"]["code"] for error in errors)
        return errors[0]["extensions"]["code"], errors[0]["message"]

    return send
