"""What every request gets, whatever it asks: an id, headers, compression where it pays, and an answer when all else fails."""

from __future__ import annotations

import asyncio
import gzip
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from kb.api.app import create_app
from kb.api.serving.edge import Edge
from kb.api.serving.exchange import Exchange
from kb.settings import read_settings
from kb.storage.session import Database

COUNT = {"query": "{ events { totalCount } }"}
LARGE = {"query": "{ " + " ".join(f"a{i}: __schema {{ types {{ name description }} }}" for i in range(2)) + " }"}


@pytest.mark.parametrize("given", ["0af7651916cd43dd8448eb211c80319c", "checkout-7f3a.12", "AAAABBBBCCCC=="])
def test_an_id_that_looks_like_one_is_kept(client: TestClient, given: str) -> None:
    assert client.post("/graphql", json=COUNT, headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["short", "x" * 129, "two words", "semi;colon", 'quote"quote"', "-starts-badly", ""])
def test_an_id_that_could_be_anything_is_replaced(client: TestClient, given: str) -> None:
    shown = client.post("/graphql", json=COUNT, headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert shown != given
    assert len(shown) == 32


def test_every_request_has_an_id_of_its_own(client: TestClient) -> None:
    paths = ["/", "/graphql?query={__typename}", "/healthz", "/readyz", "/nowhere"]
    ids = {client.get(path).headers["X-Request-Id"] for path in paths for _ in range(2)}
    assert len(ids) == 2 * len(paths)


def test_an_error_names_the_id_that_the_client_gave(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kb.api.run.run_plan", fail)
    # A query that nobody sent before: those that were need not be planned again.
    response = client.post(
        "/graphql", json={"query": "{ neverAsked: events { totalCount } }"}, headers={"X-Request-Id": "checkout-7f3a.12"}
    )
    assert response.json()["errors"][0]["extensions"]["requestId"] == "checkout-7f3a.12"


@pytest.mark.parametrize(("mode", "packed"), [("on", True), ("remote", True), ("off", False)])
def test_large_answers_are_compressed_where_the_settings_say(filled: Database, mode: str, packed: bool) -> None:
    with TestClient(create_app(read_settings({"KB_COMPRESS": mode}), filled)) as client:
        response = client.post("/graphql", json=LARGE, headers={"Accept-Encoding": "gzip"})
        assert len(response.json()["data"]["a1"]["types"]) > 20
        assert response.headers.get("Content-Encoding") == ("gzip" if packed else None)
        assert ("Vary" in response.headers) is packed
        plain = client.post("/graphql", json=LARGE, headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.json() == response.json()
        small = client.post("/graphql", json=COUNT, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in small.headers


def test_clients_on_the_same_machine_get_plain_answers(filled: Database) -> None:
    app = create_app(read_settings({}), filled)
    with TestClient(app, client=("127.0.0.1", 50_000)) as client:
        response = client.post("/graphql", json=LARGE, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def pass_through(app: Any, *, compression: str) -> list[Message]:
    """What a client gets from `app` at /graphql behind the edge."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(dict(message))

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "headers": [(b"accept-encoding", b"gzip")],
        "client": ("203.0.113.9", 1),
    }
    await Edge(app, app, (), compression)(scope, nothing, send)
    return sent


def run_through(app: Any, *, compression: str = "off") -> list[Message]:
    """The same, for those who don't wait."""
    return asyncio.run(pass_through(app, compression=compression))


def chunk(content: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


def test_a_stream_is_passed_on_piece_by_piece() -> None:
    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for _ in range(3):
            await send(chunk(b"data: x\n\n" * 500, more=True))
        await send(chunk(b""))

    sent = run_through(stream, compression="on")
    assert [message["type"] for message in sent] == ["http.response.start", *["http.response.body"] * 4]
    assert b"content-encoding" not in dict(sent[0]["headers"])


@pytest.mark.parametrize("length", [5_000, 500_000])
def test_what_is_compressed_has_its_length_and_a_tag_that_promises_less(length: int) -> None:
    content = b"kb " * (length // 3)

    async def tagged(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode()), (b"etag", b'"v1"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(chunk(content))

    start, body = run_through(tagged, compression="remote")
    headers = dict(start["headers"])
    assert gzip.decompress(body["body"]) == content
    assert headers[b"content-length"] == str(len(body["body"])).encode()
    assert headers[b"etag"] == b'W/"v1"'


def test_an_application_that_fails_is_answered_for(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError("secret of the house")

    with caplog.at_level(logging.ERROR, logger="kb.api"):
        start, body = run_through(fail)
    assert start["status"] == 500
    assert b"INTERNAL" in body["body"]
    assert b"secret" not in body["body"]
    shown = dict(start["headers"])[b"x-request-id"].decode()
    assert shown in body["body"].decode()
    assert shown in caplog.text
    assert "secret of the house" in caplog.text


def test_half_an_answer_is_not_taken_for_a_whole_one() -> None:
    async def fail(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send(chunk(b"half", more=True))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_through(fail)


def test_what_fails_after_the_answer_is_no_matter_of_the_client(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send(chunk(b"whole"))
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, logger="kb.api"):
        sent = run_through(fail)
    assert sent[0]["status"] == 200
    assert "ZeroDivisionError" in caplog.text


class Noted:
    """What the edge says of requests."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def observe(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        self.exchanges.append(exchange)


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"}, 101),
        ({"type": "websocket.close", "code": 1008}, 403),
        ({"type": "websocket.http.response.start", "status": 503, "headers": []}, 503),
    ],
)
def test_a_websocket_is_noted_when_it_ends_with_how_it_began(first: Message, status: int) -> None:
    sent: list[Message] = []
    noted = Noted()

    async def talk(_scope: Scope, _receive: Receive, send: Send) -> None:
        assert noted.exchanges == []
        await send(first)
        await send({"type": "websocket.send", "text": "{}"})

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "websocket", "path": "/graphql", "headers": [(b"x-request-id", b"checkout-7f3a.12")]}
    asyncio.run(Edge(talk, talk, (noted,), "on")(scope, nothing, send))
    (exchange,) = noted.exchanges
    assert (exchange.request_id, exchange.status, exchange.streamed) == ("checkout-7f3a.12", status, True)
    assert len(sent) == 2
    if status == 101:
        assert sent[0]["headers"] == [(b"x-request-id", b"checkout-7f3a.12")]


def test_a_client_that_left_is_noted_too() -> None:
    noted = Noted()

    async def leave(_scope: Scope, _receive: Receive, _send: Send) -> None:
        """As where there is nobody to answer any more."""

    scope: Scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": []}
    asyncio.run(Edge(leave, leave, (noted,), "on")(scope, nothing, leave))  # type: ignore[arg-type]
    assert [exchange.status for exchange in noted.exchanges] == [499]
