"""One line for every request, with what operators need and nothing that is its sender's own business."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.api.app import create_app
from kb.api.serving.request_log import GatheredLines, RequestLog
from kb.domain.access import Role
from kb.settings import read_settings
from kb.storage.session import Database
from tests.api.curated import make_token, token_of

SECRET = "the minister of secrets"
SEARCH = {"query": "query Search($text: String!) { search(text: $text) { totalCount } }", "variables": {"text": SECRET}}


class Written:
    """What was logged."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, content: bytes) -> None:
        self.content += content

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.content.splitlines()]


@contextmanager
def logging_client(database: Database, style: str = "json", level: str = "info") -> Iterator[tuple[TestClient, Written]]:
    """A client, and what the server logs of its requests, complete after the block."""
    written = Written()
    app = create_app(read_settings({}), database, requests=RequestLog(style, level, written.write))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, written


def test_a_line_has_what_operators_need(filled: Database) -> None:
    before = datetime.now(UTC)
    with logging_client(filled) as (client, written):
        client.post("/graphql?debug=1", json=SEARCH, headers={"X-Request-Id": "checkout-7f3a.12"})
    (row,) = written.rows()
    stamp = datetime.fromisoformat(row.pop("timestamp"))
    assert before - timedelta(milliseconds=1) <= stamp <= datetime.now(UTC)
    assert row.pop("duration_ms") > 0
    assert row.pop("way") in {"plan", "resolvers"}
    assert row.pop("price") > 0
    assert row == {
        "level": "info",
        "event": "request",
        "request_id": "checkout-7f3a.12",
        "method": "POST",
        "path": "/graphql",
        "operation": "Search",
        "status": 200,
        "caller": None,
        "codes": [],
    }


@pytest.mark.parametrize("style", ["json", "console"])
def test_what_was_asked_for_stays_out_of_it(filled: Database, style: str) -> None:
    with logging_client(filled, style) as (client, written):
        client.post("/graphql", json=SEARCH)
        client.get("/graphql", params={"query": SEARCH["query"], "variables": json.dumps(SEARCH["variables"])})
        client.post("/graphql", json=SEARCH, headers={"Authorization": f"Bearer {SECRET}"})
    assert written.content.count(b"Search") == 2
    assert b"minister" not in written.content
    assert b"search(" not in written.content


def test_the_caller_is_named_and_the_token_is_not(database: Database) -> None:
    secret = make_token(database, token_of("front desk", Role.READER))
    with logging_client(database) as (client, written):
        client.post("/graphql", json=SEARCH, headers={"Authorization": f"Bearer {secret}"})
    (row,) = written.rows()
    assert row["caller"] == "front desk"
    assert secret.encode() not in written.content


def test_codes_of_errors_are_there(filled: Database) -> None:
    with logging_client(filled) as (client, written):
        client.post("/graphql", json={"query": "query Broken { nothing }"})
        client.post("/graphql", content=b"{", headers={"Content-Type": "application/json"})
        client.post("/graphql", json=SEARCH, headers={"Authorization": "Bearer nobody"})
    assert [row["codes"] for row in written.rows()] == [["GRAPHQL_VALIDATION_FAILED"], ["BAD_REQUEST"], ["UNAUTHENTICATED"]]
    assert [row["status"] for row in written.rows()] == [200, 400, 401]


def test_lines_for_people(filled: Database) -> None:
    with logging_client(filled, "console") as (client, written):
        client.post("/graphql", json=SEARCH)
        client.get("/nowhere%0A[error]%20all%20is%20lost")
    first, second = written.content.decode().splitlines()
    assert " [info] POST /graphql 200 " in first
    assert " ms request_id=" in first
    assert " operation=Search " in first
    assert r" GET '/nowhere\n[error] all is lost' 404 " in second


@pytest.mark.parametrize("level", ["warning", "error"])
def test_above_information_only_failures_have_a_line(filled: Database, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with logging_client(filled, level=level) as (client, written):
        client.post("/graphql", json=SEARCH)
        monkeypatch.setattr("kb.api.http.GraphQLEndpoint.__call__", fail)
        assert client.post("/graphql", json=SEARCH).status_code == 500
    (row,) = written.rows()
    assert (row["status"], row["level"], row["codes"]) == (500, "error", ["INTERNAL"])


def test_a_reader_who_is_slow_keeps_nobody_waiting() -> None:
    first, rest = threading.Event(), threading.Event()
    written: list[bytes] = []

    def write(content: bytes) -> None:
        first.set()
        rest.wait()
        written.append(content)

    lines = GatheredLines(bytes, write)
    lines.add(b"first\n")
    first.wait()
    for number in range(1_000):
        lines.add(b"%d\n" % number)
    assert written == []
    rest.set()
    lines.close()
    assert b"".join(written) == b"first\n" + b"".join(b"%d\n" % number for number in range(1_000))
    # So that lines of several processes don't end up inside each other.
    assert max(map(len, written)) <= 4_096


def test_of_what_nobody_reads_the_oldest_goes() -> None:
    stuck, go_on = threading.Event(), threading.Event()
    written: list[bytes] = []

    def write(content: bytes) -> None:
        stuck.set()
        go_on.wait()
        written.append(content)

    lines = GatheredLines(bytes, write, most=3)
    lines.add(b"0")
    stuck.wait()
    for each in (b"1", b"2", b"3", b"4"):
        lines.add(each)
    go_on.set()
    lines.close()
    assert b"".join(written) == b"0234"
