"""graphql-transport-ws: who is let in, what the protocol allows, and how a connection ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from kb.api.limits import MAX_BODY_BYTES
from kb.domain.access import Role
from kb.domain.article import Article
from kb.storage import runs, tokens
from kb.storage.session import Database
from tests.api.curated import make_token, token_of
from tests.api.live_server import QUICK, LiveServer, long_texts_in, narrow, serve

VIEWER = "{ viewer { name role } }"
RUNS = 'subscription { ingestion(after: "0") { run { id } } }'
FOREVER = "subscription { ingestion { cursor } }"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Database]:
    """One for all: how messages are exchanged does not hang on where rows lie."""
    path = tmp_path_factory.mktemp("live") / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Database.open(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def live(database: Database) -> Iterator[LiveServer]:
    with serve(database) as running:
        yield running


@pytest.fixture(scope="module")
def closed(database: Database) -> Iterator[LiveServer]:
    """A server that wants a token from everybody."""
    with serve(database, environment={"KB_ANONYMOUS": "off"}) as running:
        yield running


def begin_run(database: Database) -> str:
    with database.transaction() as session:
        return runs.start_run(session)


def test_queries_are_answered_once_and_ids_are_free_again(live: LiveServer) -> None:
    with live.socket() as client:
        for _ in range(2):
            client.subscribe(VIEWER, key="a")
            assert client.next("a") == {"viewer": {"name": None, "role": "READER"}}
            assert client.receive() == {"id": "a", "type": "complete"}


def test_a_query_that_is_none_is_refused_and_the_connection_stays(live: LiveServer) -> None:
    with live.socket() as client:
        for query, code in (
            ("{ colour }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ events(", "GRAPHQL_PARSE_FAILED"),
            ("subscription { ingestion { cursor } eventChanges { eventId } }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { eventChanges { event " + "{ about " * 20 + "{ id }" + " }" * 21 + " }", "LIMIT_EXCEEDED"),
            ("subscription($n: Int!) { eventChanges { eventId event { claims(first: $n) { totalCount } } } }", "BAD_USER_INPUT"),
        ):
            client.subscribe(query)
            assert client.refusal()[0] == code, query
        client.subscribe(VIEWER)
        assert client.next()


def test_what_costs_too_much_is_refused(live: LiveServer) -> None:
    with live.socket() as client:
        inner = "claims(first: 500) { nodes { article { claims(first: 500) { nodes { id } } } } }"
        client.subscribe(f"subscription {{ eventChanges {{ event {{ {inner} }} }} }}")
        code, message = client.refusal()
        assert code == "COST_EXCEEDED"
        assert "50" in message


def test_every_answer_is_paid_for_and_who_has_nothing_left_waits(database: Database) -> None:
    for _ in range(30):
        begin_run(database)
    with serve(database, environment={"KB_RATE_LIMIT": "10"}) as live, live.socket() as client:
        client.subscribe(RUNS)
        client.next()
        # The first answers are within the means of a minute; the others come as points do.
        client.send({"type": "ping"})
        count = 1
        while client.receive()["type"] == "next":
            count += 1
        assert count < 15


def test_mutations_are_for_post(live: LiveServer, database: Database) -> None:
    secret = make_token(database, token_of("Ada", Role.CURATOR))
    with live.socket(init={"Authorization": f"Bearer {secret}"}) as client:
        client.subscribe('mutation { retractArticle(input: { article: "art_1" }) { decision { id } } }')
        code, message = client.refusal()
        assert (code, "POST" in message) == ("BAD_REQUEST", True)


@pytest.mark.parametrize("where", ["payload", "lower case", "header"])
def test_a_token_says_who_asks(closed: LiveServer, database: Database, where: str) -> None:
    bearer = f"Bearer {make_token(database, token_of('Ada', Role.CURATOR))}"
    given: dict[str, Any] = {
        "payload": {"init": {"Authorization": bearer}},
        "lower case": {"init": {"authorization": bearer}},
        "header": {"headers": {"Authorization": bearer}},
    }[where]
    with closed.socket(**given) as client:
        client.subscribe(VIEWER)
        assert client.next() == {"viewer": {"name": "Ada", "role": "CURATOR"}}


PAST = datetime.now(UTC) - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("times", "said"),
    [(None, "answers only those with a token"), ({"expires_at": PAST}, "expired on"), ({"revoked_at": PAST}, "revoked on")],
)
def test_without_a_token_that_counts_nobody_is_let_in(
    closed: LiveServer, database: Database, times: dict[str, datetime] | None, said: str
) -> None:
    init = {}
    if times is not None:
        init = {"Authorization": f"Bearer {make_token(database, token_of('Ada', Role.ADMIN, **times))}"}
    with closed.socket(acknowledged=False) as client:
        client.send({"type": "connection_init", "payload": init})
        code, reason = client.closing()
    assert code == 4403
    assert said in reason


@pytest.mark.parametrize("end", ["expired", "revoked"])
def test_a_token_that_counts_no_more_ends_what_was_begun_with_it(live: LiveServer, database: Database, end: str) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    token = token_of("Ada", Role.READER, **({"expires_at": soon} if end == "expired" else {}))
    with live.socket(init={"Authorization": f"Bearer {make_token(database, token)}"}) as client, live.socket() as another:
        for each in (client, another):
            each.subscribe(RUNS)
        run = begin_run(database)
        assert {"id": run} in [client.next()["ingestion"]["run"] for _ in range(count_runs(database))]
        if end == "revoked":
            with database.transaction() as session:
                tokens.revoke_token(session, token.id, datetime.now(UTC))
        code, reason = client.closing()
        assert (code, "expired or was revoked" in reason) == (4403, True)
        # Who did not come by this token stays.
        another.send({"type": "ping"})
        while another.receive()["type"] != "pong":
            pass


def count_runs(database: Database) -> int:
    with database.reader() as session:
        return runs.count_runs(session)


BROKEN: dict[str, tuple[list[object], int]] = {
    "no JSON": (["{"], 4400),
    "nested JSON": (["[" * 100_000], 4400),
    "a list": (["[]"], 4400),
    "no type": (["{}"], 4400),
    "an unknown type": (['{"type": "start"}'], 4400),
    "bytes": ([b'{"type": "ping"}'], 4400),
    "half a character": (['{"type": "\\ud800"}'], 4400),
    "a payload that is a list": (['{"type": "connection_init", "payload": []}'], 4400),
    "a token that is a number": (['{"type": "connection_init", "payload": {"Authorization": 1}}'], 4400),
    "subscribing before all else": (['{"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { name } }"}}'], 4401),
    "two inits": (['{"type": "connection_init"}'] * 2, 4429),
    "no id": (['{"type": "connection_init"}', '{"type": "subscribe", "payload": {"query": "{ viewer { name } }"}}'], 4400),
    "an id that is a number": (['{"type": "connection_init"}', '{"id": 1, "type": "subscribe", "payload": {}}'], 4400),
    "an id twice": (
        ['{"type": "connection_init"}', *[json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOREVER}})] * 2],
        4409,
    ),
    "a message that is a book": (["x" * (MAX_BODY_BYTES + 1)], 1009),
}


@pytest.mark.parametrize(("messages", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_what_the_protocol_does_not_have_ends_the_connection(live: LiveServer, messages: list[str | bytes], code: int) -> None:
    with live.socket(acknowledged=False) as client:
        for message in messages:
            client.connection.send(message)
        found, reason = client.closing()
    assert found == code
    assert reason or code == 1009


@pytest.mark.parametrize("payload", [None, [], {}, {"query": 1}, {"query": VIEWER, "variables": []}])
def test_a_request_that_is_none_is_refused_and_the_connection_stays(live: LiveServer, payload: object) -> None:
    with live.socket() as client:
        client.send({"id": "1", "type": "subscribe", "payload": payload})
        assert client.refusal()[0] == "BAD_REQUEST"
        client.subscribe(VIEWER)
        assert client.next()


def test_another_protocol_is_not_spoken(live: LiveServer) -> None:
    with live.socket(acknowledged=False, protocol="graphql-ws") as client:
        assert client.closing()[0] == 4406


def test_a_ping_is_answered_with_what_it_brought(live: LiveServer) -> None:
    with live.socket() as client:
        client.send({"type": "ping", "payload": {"at": 1}})
        assert client.receive() == {"type": "pong", "payload": {"at": 1}}
        client.send({"type": "pong"})
        client.send({"type": "ping"})
        assert client.receive() == {"type": "pong"}


def test_what_is_completed_is_heard_of_no_more(live: LiveServer, database: Database) -> None:
    with live.socket() as client:
        client.subscribe(FOREVER, key="gone")
        client.send({"id": "gone", "type": "complete"})
        client.send({"id": "never begun", "type": "complete"})
        client.subscribe(f'subscription {{ ingestion(after: "{client.cursor}") {{ run {{ id }} }} }}', key="here")
        run = begin_run(database)
        assert client.next("here")["ingestion"]["run"] == {"id": run}


def test_a_connection_has_as_many_operations_as_it_may(database: Database) -> None:
    with serve(database, replace(QUICK, operations=2)) as live, live.socket() as client:
        for key in ("a", "b", "c"):
            client.subscribe(FOREVER, key=key)
        assert client.refusal()[0] == "LIMIT_EXCEEDED"
        client.send({"id": "a", "type": "complete"})
        client.subscribe(VIEWER, key="d")
        assert client.next("d")


def test_a_server_has_as_many_connections_as_it_may(database: Database) -> None:
    with serve(database, replace(QUICK, most=2)) as live, live.socket(), live.socket():
        with live.socket(acknowledged=False) as third:
            code, reason = third.closing()
        assert (code, "try again later" in reason) == (1013, True)
        with live.stream(FOREVER) as stream:
            assert stream.response.status == 503
            assert stream.response.headers["Retry-After"]


def test_who_says_nothing_is_not_waited_for(database: Database) -> None:
    with serve(database, replace(QUICK, init_s=0.1)) as live:
        with live.socket(acknowledged=False) as client:
            assert client.closing()[0] == 4408
        with live.socket() as client:
            # Time that passes after it said who it is does not count.
            client.send({"type": "ping"})
            threading.Event().wait(0.3)
            assert client.receive() == {"type": "pong"}


def test_pages_of_others_are_not_let_in(live: LiveServer, database: Database) -> None:
    """A browser asks nobody before it connects, from whatever page."""
    with pytest.raises(InvalidStatus) as refused:
        live.socket(origin="https://elsewhere.example")
    assert refused.value.response.status_code == 403
    with live.socket(origin=f"http://127.0.0.1:{live.port}") as client:
        assert client.cursor
    with (
        serve(database, environment={"KB_CORS_ORIGINS": "https://elsewhere.example"}) as open_to,
        open_to.socket(origin="https://elsewhere.example") as client,
    ):
        assert client.cursor


def test_the_servers_end_is_told_so_that_clients_come_back(database: Database) -> None:
    with serve(database) as live, live.socket() as client:
        client.subscribe(FOREVER)
        live.stop()
        assert client.closing()[0] == 1012


@pytest.fixture
def long_texts(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[Database, Article]]:
    with long_texts_in(tmp_path / "long.db", sqlite_template) as both:
        yield both


def test_who_does_not_take_what_it_is_sent_is_let_go_and_goes_on_later(long_texts: tuple[Database, Article]) -> None:
    database, article = long_texts
    query = """subscription($after: String) { eventChanges(after: $after, kinds: [ADDED]) {
      cursor event { articles { text } } } }"""
    with serve(database, replace(QUICK, send_s=0.3)) as live:
        # The client takes nothing from its socket while a message waits for it, and its system takes little in its place.
        with live.socket(max_queue=1, compression=None, sock=narrow(live.port)) as slow, live.socket() as other:
            # Twelve messages of four megabytes, or nearly: more than lies about in buffers.
            for key in ("a", "b", "c"):
                slow.subscribe(query, {"after": "0"}, key)
            other.send({"type": "ping"})
            assert other.receive() == {"type": "pong"}
            wait_until_let_go(live)
            first = slow.receive()
            code, reason = slow.closing()
        assert (code, "too slowly" in reason) == (1013, True)
        with live.socket() as again:
            cursor = first["payload"]["data"]["eventChanges"]["cursor"]
            again.subscribe(query, {"after": cursor})
            change = again.next()["eventChanges"]
            assert int(change["cursor"]) > int(cursor)
            assert article.text in [each["text"] for each in change["event"]["articles"]]


def wait_until_let_go(live: LiveServer) -> None:
    deadline = threading.Event()
    for _ in range(300):
        if live.streams == 1:
            return
        deadline.wait(0.05)
    raise AssertionError("the slow client is still there")
