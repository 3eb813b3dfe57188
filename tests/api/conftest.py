"""An application over a database with a few hand-made articles, and ways of asking it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.api.app import create_app
from kb.settings import read_settings
from kb.storage.session import Database
from tests.api.sample import Sample, make_sample, save

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def sample(database: Database) -> Sample:
    """What the database holds."""
    made = make_sample()
    save(database, made)
    return made


@pytest.fixture
def client(database: Database, sample: Sample) -> Iterator[TestClient]:
    with TestClient(create_app(read_settings({}), database)) as opened:
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
def refuse(client: TestClient) -> Callable[..., tuple[str, str]]:
    """Sends a query, demands that it is refused decently and gives back code and message of the first error."""

    def send(query: str, variables: Mapping[str, object] | None = None) -> tuple[str, str]:
        response = client.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code in (200, 400)
        assert "Traceback" not in response.text
        errors = response.json()["errors"]
        assert all(error["extensions"]["code"] for error in errors)
        return errors[0]["extensions"]["code"], errors[0]["message"]

    return send
