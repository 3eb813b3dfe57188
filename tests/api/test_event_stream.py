"""GraphQL over server-sent events: what a browser's EventSource and the clients of graphql-sse need."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from kb.domain.access import Role
from kb.storage import runs, tokens
from kb.storage.session import Database
from tests.api.curated import make_token, token_of
from tests.api.live_server import PATIENCE, QUICK, LiveServer, long_texts_in, narrow, serve

VIEWER = "{ viewer { name role } }"
FOREVER = "subscription { ingestion { run { id } } }"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Database]:
    """One for all: how events are sent does not hang on where rows lie."""
    path = tmp_path_factory.mktemp("live") / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Database.open(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def live(database: Database) -> Iterator[LiveServer]:
    with serve(database) as running:
        yield running


def begin_run(database: Database) -> str:
    with database.transaction() as session:
        return runs.start_run(session)


def post(live: LiveServer, body: object, **headers: str) -> tuple[int, str, bytes]:
    """Status, media type and body of what is answered at once."""
    connection = HTTPConnection("127.0.0.1", live.port, timeout=PATIENCE)
    raw = body if isinstance(body, str) else json.dumps(body)
    connection.request("POST", "/graphql", raw, {"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, response.headers.get_content_type(), content


def test_an_event_source_that_lost_its_connection_goes_on_by_itself(live: LiveServer, database: Database) -> None:
    """It sends the last id it was told, and nothing of the query changes."""
    last = first_id(live)
    missed = [begin_run(database) for _ in range(3)]
    with live.stream(FOREVER, headers={"Last-Event-ID": last}) as stream:
        assert [stream.next()["ingestion"]["run"]["id"] for _ in missed] == missed
        last = stream.last_id
    another = begin_run(database)
    with live.stream(FOREVER, headers={"Last-Event-ID": last}) as stream:
        assert stream.next()["ingestion"]["run"]["id"] == another


def first_id(live: LiveServer) -> str:
    """What an EventSource remembers of a stream on which nothing has happened yet."""
    with live.stream(FOREVER) as stream:
        line = stream.response.readline().decode()
    assert line.startswith("id: ")
    return line.removeprefix("id: ").strip()


def test_a_client_that_posts_is_sent_events_with_names_alone(live: LiveServer, database: Database) -> None:
    """Clients of graphql-sse take an event without a name for an error."""
    with live.stream(FOREVER, method="POST") as stream:
        lines = [stream.response.readline().decode() for _ in range(2)]
        assert lines == [":\n", "\n"]
        run = begin_run(database)
        block = []
        while (line := stream.response.readline().decode().rstrip("\n")) or not block or block[-1].startswith(":"):
            block.append(line)
        block = [line for line in block if line and not line.startswith(":")]
        assert [line.partition(":")[0] for line in block] == ["id", "event", "data"]
        assert json.loads(block[2].partition(":")[2])["data"]["ingestion"]["run"]["id"] == run


def test_a_broken_last_event_id_is_refused(live: LiveServer) -> None:
    with live.stream(FOREVER, headers={"Last-Event-ID": "yesterday"}) as stream:
        name, body = stream.event() or ("", {})
        assert (name, body["errors"][0]["extensions"]["code"]) == ("next", "BAD_USER_INPUT")
        assert "Last-Event-ID" in body["errors"][0]["message"]


def test_a_query_is_answered_once(live: LiveServer) -> None:
    with live.stream(VIEWER) as stream:
        assert stream.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["Cache-Control"] == "no-store"
        assert stream.next() == {"viewer": {"name": None, "role": "READER"}}
        assert stream.event() == ("complete", None)
        assert stream.event() is None


BOTH = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"


def test_who_takes_json_as_well_gets_a_stream_for_subscriptions_only(live: LiveServer, database: Database) -> None:
    status, media_type, content = post(live, {"query": VIEWER}, Accept=BOTH)
    assert (status, media_type) == (200, "application/graphql-response+json")
    assert json.loads(content)["data"]["viewer"]["role"] == "READER"
    assert post(live, {"query": "{ colour }"}, Accept=BOTH)[:2] == (400, "application/graphql-response+json")
    with live.stream(FOREVER, method="POST", accept=BOTH) as stream:
        assert stream.response.headers.get_content_type() == "text/event-stream"
        stream.response.readline()
        run = begin_run(database)
        assert stream.next()["ingestion"]["run"]["id"] == run


def test_a_subscription_that_is_asked_for_once_is_told_where_to_go(live: LiveServer) -> None:
    for accept in ("application/json", "application/graphql-response+json"):
        status, media_type, content = post(live, {"query": FOREVER}, Accept=accept)
        assert (status, media_type) == (406, accept)
        (error,) = json.loads(content)["errors"]
        assert error["extensions"]["code"] == "BAD_REQUEST"
        assert "text/event-stream" in error["message"]
        assert "WebSocket" in error["message"]


STREAM = {"Accept": "text/event-stream"}
REFUSED: dict[str, tuple[object, dict[str, str], int]] = {
    "no JSON": ("{", STREAM, 400),
    "no query": ({}, STREAM, 400),
    "a batch": ([{"query": VIEWER}], STREAM, 400),
    "a form": ("query=x", {**STREAM, "Content-Type": "application/x-www-form-urlencoded"}, 415),
    "a book": ({"query": "x" * 1_100_000}, STREAM, 413),
    "nobody's token": ({"query": VIEWER}, {**STREAM, "Authorization": "Bearer kb_nobody"}, 401),
}


@pytest.mark.parametrize(("body", "headers", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_a_request_that_is_none_is_refused_with_its_status(
    live: LiveServer, body: object, headers: dict[str, str], status: int
) -> None:
    found, media_type, content = post(live, body, **headers)
    assert (found, media_type) == (status, "application/json")
    assert json.loads(content)["errors"][0]["message"]


def test_mutations_are_not_streamed(live: LiveServer, database: Database) -> None:
    secret = make_token(database, token_of("Ada", Role.CURATOR))
    mutation = 'mutation { retractArticle(input: { article: "art_1" }) { decision { id } } }'
    for method in ("GET", "POST"):
        with live.stream(mutation, method=method, headers={"Authorization": f"Bearer {secret}"}) as stream:
            _, body = stream.event() or ("", {})
            assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_a_server_that_wants_tokens_wants_them_here(database: Database) -> None:
    secret = make_token(database, token_of("Ada", Role.READER))
    with serve(database, environment={"KB_ANONYMOUS": "off"}) as closed:
        assert post(closed, {"query": FOREVER}, **STREAM)[0] == 401
        with closed.stream(VIEWER, headers={"Authorization": f"Bearer {secret}"}) as stream:
            assert stream.next()["viewer"]["name"] == "Ada"


def test_a_token_that_is_revoked_ends_the_stream(live: LiveServer, database: Database) -> None:
    token = token_of("Ada", Role.READER)
    with live.stream(FOREVER, headers={"Authorization": f"Bearer {make_token(database, token)}"}) as stream:
        with database.transaction() as session:
            tokens.revoke_token(session, token.id, datetime.now(UTC))
        name, body = stream.event() or ("", {})
        assert (name, body["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert stream.event() == ("complete", None)
        assert stream.event() is None


def test_a_silent_stream_shows_that_it_is_there(database: Database) -> None:
    with serve(database, replace(QUICK, keep_alive_s=0.05)) as live, live.stream(FOREVER, method="POST") as stream:
        assert [stream.response.readline() for _ in range(6)] == [b":\n", b"\n"] * 3


def test_the_servers_end_breaks_streams_off_so_that_clients_come_back(database: Database) -> None:
    with serve(database) as live, live.stream(FOREVER) as stream:
        live.stop()
        assert stream.event() is None


def test_a_client_that_is_gone_is_forgotten(database: Database) -> None:
    with serve(database) as live:
        with live.stream(FOREVER):
            assert live.streams == 1
        wait_until_nobody_is_left(live)


def test_who_does_not_take_what_it_is_sent_is_let_go(tmp_path: Path, sqlite_template: Path) -> None:
    asked = """subscription { eventChanges(after: "0", kinds: [ADDED]) { event { articles { a: text b: text c: text } } } }"""
    body = json.dumps({"query": asked})
    headers = ("Host: x", "Accept: text/event-stream", "Content-Type: application/json", f"Content-Length: {len(body)}")
    with (
        long_texts_in(tmp_path / "long.db", sqlite_template) as (database, _),
        serve(database, replace(QUICK, send_s=0.3)) as live,
        narrow(live.port) as slow,
    ):
        slow.sendall("\r\n".join(("POST /graphql HTTP/1.1", *headers, "", body)).encode())
        assert slow.recv(12) == b"HTTP/1.1 200"
        wait_until_nobody_is_left(live)


def wait_until_nobody_is_left(live: LiveServer) -> None:
    pause = threading.Event()
    for _ in range(600):
        if live.streams == 0:
            return
        pause.wait(0.02)
    raise AssertionError("a stream is still open")


def test_figures_tell_of_subscriptions(database: Database) -> None:
    with serve(database) as live:
        with live.stream('subscription { ingestion(after: "0") { cursor } }') as stream:
            begin_run(database)
            stream.next()
            assert figures(live)["kb_subscriptions_open"] == 1
        wait_until_nobody_is_left(live)
        found = figures(live)
        assert found["kb_subscriptions_open"] == 0
        assert found["kb_subscription_messages_total"] > 0


def figures(live: LiveServer) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", live.port, timeout=PATIENCE)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in text.splitlines() if line[:1] != "#")}
