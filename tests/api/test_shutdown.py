"""A server that is told to end answers first what it was asked before."""

from __future__ import annotations

import json
import shutil
import signal
import urllib.error
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kb.domain.access import Role
from kb.storage import entities
from kb.storage.session import Database
from tests.api.curated import ONE, fill, make_token, token_of
from tests.api.served import Served, served, until

COUNT = "query Count { sources { totalCount } }"
RENAME = f'mutation {{ renameEntity(input: {{ entity: "{ONE}", name: "George Walker of Hull" }}) {{ entity {{ name }} }} }}'


@contextmanager
def asked(server: Served, query: str, **headers: str) -> Iterator[Future[dict[str, Any]]]:
    """The answer to come of a query that the server is at when the block begins."""
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(server.ask, query, **headers)
        server.waits_for(1)
        yield answer


@contextmanager
def locked(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Keeps all who read sources waiting until the block ends or the connection commits."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE source IN ACCESS EXCLUSIVE MODE")
        yield connection


@pytest.fixture
def postgres_url(postgres_cluster: Any) -> Iterator[str]:
    url = postgres_cluster.lend()
    yield url
    postgres_cluster.give_back(url)


def refuses(server: Served) -> bool:
    """Whether nobody listens any more."""
    try:
        server.get("/healthz")
    except urllib.error.URLError as error:
        return isinstance(error.reason, ConnectionRefusedError)
    return False


@pytest.mark.postgres
def test_a_slow_query_is_answered_and_balancers_are_told_first(postgres_url: str, tmp_path: Path) -> None:
    with served(postgres_url, tmp_path, KB_DRAIN_S="600", KB_LOG_FORMAT="json") as server, locked(postgres_url) as lock:
        with asked(server, COUNT) as answer:
            server.process.send_signal(signal.SIGTERM)
            until(lambda: server.get("/readyz")[0] == 503, server.process)
            assert json.loads(server.get("/readyz")[1])["reasons"] == ["STOPPING"]
            # Those who have not heard of it yet are answered all the same.
            assert server.ask("{ __typename }") == server.ask("query Other { __typename }")
            # Whoever sits before it does not want to wait for the balancers.
            server.process.send_signal(signal.SIGINT)
            until(lambda: refuses(server), server.process)
            assert not answer.done()
            lock.commit()
            assert answer.result()["data"] == {"sources": {"totalCount": 0}}
        assert server.ended() == 0
    lines = [json.loads(line) for line in server.written().splitlines()]
    assert [line["operation"] for line in lines if line.get("operation")] == ["Other", "Count"]


def test_a_mutation_that_waits_for_its_turn_is_carried_out(sqlite_template: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'kb.db')}"
    database = Database.open(url)
    fill(database)
    secret = make_token(database, token_of("Ada", Role.CURATOR))
    with served(url, tmp_path) as server:
        with ThreadPoolExecutor(1) as threads, database.transaction():
            answer = threads.submit(server.ask, RENAME, Authorization=f"Bearer {secret}")
            server.waits_for(1)
            server.process.send_signal(signal.SIGTERM)
            until(lambda: refuses(server), server.process)
            assert not answer.done()
        assert answer.result() | {"extensions": None} == {
            "data": {"renameEntity": {"entity": {"name": "George Walker of Hull"}}},
            "extensions": None,
        }
        assert server.ended() == 0
    with database.reader() as session:
        assert entities.get_entity(session, ONE).name == "George Walker of Hull"
    database.dispose()


@pytest.mark.postgres
def test_what_takes_too_long_is_cut_off(postgres_url: str, tmp_path: Path) -> None:
    with served(postgres_url, tmp_path, KB_SHUTDOWN_S="1") as server, locked(postgres_url), asked(server, COUNT) as answer:
        server.process.send_signal(signal.SIGTERM)
        assert server.ended() == 1
        assert isinstance(answer.exception(), OSError)
    assert "cut off" in server.written()
