"""A real server on a loopback port, and clients that follow it: over WebSocket and as event streams."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

from kb.api.app import Application, create_app
from kb.api.desk import TakesArticles
from kb.api.live.streams import Streams
from kb.api.serving.server import Server
from kb.domain.article import Article
from kb.settings import Settings, StreamSettings, read_settings
from kb.storage.session import Database
from tests.api.sample import make_sample, save

PATIENCE = 30
# As fast as a test wants it, and else as in production.
QUICK = StreamSettings(poll_ms=20, recheck_s=0.1)


@dataclass
class LiveServer:
    """`stop` ends it as a signal would."""

    port: int
    server: Server
    thread: threading.Thread
    app: Application

    @property
    def streams(self) -> int:
        """How many connections that stay are open."""
        streams: Streams = self.app.state.streams
        return streams.count

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()

    def socket(self, **given: Any) -> Socket:
        return Socket(self.port, **given)

    def stream(self, query: str, **given: Any) -> EventStream:
        return EventStream(self.port, query, **given)


@contextmanager
def serve(
    database: Database,
    streams: StreamSettings = QUICK,
    environment: Mapping[str, str] | None = None,
    inlet: TakesArticles | None = None,
) -> Iterator[LiveServer]:
    settings: Settings = replace(read_settings({"KB_SHUTDOWN_S": "5", **(environment or {})}), streams=streams)
    app = create_app(settings, database, inlet=inlet)
    begun = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(app, settings, begun.set)
        server.capture_signals = suppress  # type: ignore[method-assign,assignment]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert begun.wait(PATIENCE)
        live = LiveServer(listener.getsockname()[1], server, thread, app)
        try:
            yield live
        finally:
            live.stop()


class Socket:
    """A client of graphql-transport-ws. Everything is waited for, nothing for longer than a test may take."""

    def __init__(
        self,
        port: int,
        *,
        init: Mapping[str, object] | None = None,
        acknowledged: bool = True,
        headers: Mapping[str, str] | None = None,
        protocol: str = "graphql-transport-ws",
        **given: Any,
    ) -> None:
        self._stack = ExitStack()
        opening = connect(
            f"ws://127.0.0.1:{port}/graphql",
            subprotocols=[protocol],  # type: ignore[list-item]
            additional_headers=headers,
            open_timeout=PATIENCE,
            **{"max_size": None, "max_queue": None, **given},
        )
        self.connection: ClientConnection = self._stack.enter_context(opening)
        self.cursor = ""
        if acknowledged:
            self.send({"type": "connection_init"} | ({} if init is None else {"payload": init}))
            message = self.receive()
            assert message["type"] == "connection_ack", message
            self.cursor = message["payload"]["changeCursor"]

    def send(self, message: object) -> None:
        self.connection.send(json.dumps(message))

    def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(PATIENCE))
        return message

    def subscribe(self, query: str, variables: Mapping[str, object] | None = None, key: str = "1") -> None:
        self.send({"id": key, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    def next(self, key: str = "1") -> dict[str, Any]:
        """The data of the next answer, which must be one of that operation without errors."""
        message = self.receive()
        assert (message["type"], message["id"]) == ("next", key), message
        assert "errors" not in message["payload"], message
        data: dict[str, Any] = message["payload"]["data"]
        return data

    def refusal(self) -> tuple[str, str]:
        """Code and message of the error that the next message must be."""
        message = self.receive()
        assert message["type"] == "error", message
        (error,) = message["payload"]
        return error["extensions"]["code"], error["message"]

    def closing(self) -> tuple[int, str]:
        """Code and reason with which the server closes the connection; what comes before is passed over."""
        from websockets.exceptions import ConnectionClosed

        with suppress(ConnectionClosed):
            while True:
                self.connection.recv(PATIENCE)
        return self.connection.close_code or 0, self.connection.close_reason or ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


class EventStream:
    """A client of GraphQL over SSE, by GET as a browser's EventSource or by POST."""

    def __init__(
        self,
        port: int,
        query: str,
        variables: Mapping[str, object] | None = None,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        accept: str = "text/event-stream",
    ) -> None:
        from urllib.parse import urlencode

        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        sent = {"Accept": accept, **(headers or {})}
        if method == "GET":
            parts = urlencode({"query": query, "variables": json.dumps(variables or {})})
            self._connection.request("GET", f"/graphql?{parts}", headers=sent)
        else:
            body = json.dumps({"query": query, "variables": variables})
            self._connection.request("POST", "/graphql", body, {"Content-Type": "application/json", **sent})
        self.response: HTTPResponse = self._connection.getresponse()
        self.last_id = ""

    def event(self) -> tuple[str, Any] | None:
        """Name and data of the next event; None at the end of the stream. Ids are remembered, comments passed over."""
        name, data = "message", None
        while True:
            line = self.response.readline().decode().rstrip("\n")
            if not line:
                if data is not None:
                    return name, json.loads(data) if data else None
                if self.response.isclosed():
                    return None
                name = "message"
                continue
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data = value
            elif field == "id":
                self.last_id = value

    def next(self) -> dict[str, Any]:
        event = self.event()
        assert event is not None
        name, body = event
        assert name == "next", event
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Closing the response alone leaves the connection open.
        self.response.close()
        self._connection.close()


@contextmanager
def long_texts_in(path: Path, template: Path) -> Iterator[tuple[Database, Article]]:
    """A database with events of which an article of four million characters tells, and that article."""
    path.write_bytes(template.read_bytes())
    sample = make_sample()
    first = sample.extractions[0]
    article = replace(first.article, text=first.article.text + "\n" + "long " * 800_000)
    opened = Database.open(f"sqlite:///{path}")
    save(opened, replace(sample, extractions=(replace(first, article=article), *sample.extractions[1:])))
    yield opened, article
    opened.dispose()


def narrow(port: int) -> socket.socket:
    """A connection for which the system takes little that is not asked for."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    opened.connect(("127.0.0.1", port))
    return opened
