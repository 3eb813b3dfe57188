"""Asks a server over HTTP, one request after the other: for the checks before anything is timed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """A response: its GraphQL data, how many bytes it has, and which way our server says it took."""

    data: Any
    size: int
    way: str | None


class BadReplyError(Exception):
    """A server answered with an error, or otherwise than the others did."""


class Client:
    """A connection to one server that stays open."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def ask(self, body: bytes) -> Reply:
        """What the server answers; raises BadReplyError where that is no data."""
        self._connection.request("POST", "/graphql", body, {"Content-Type": "application/json", "Accept": "application/json"})
        response = self._connection.getresponse()
        raw = response.read()
        if response.status != 200:
            raise BadReplyError(f"status {response.status}: {raw[:500]!r}")
        reply = json.loads(raw)
        if reply.get("errors") or reply.get("data") is None:
            raise BadReplyError(f"no data: {raw[:500]!r}")
        return Reply(reply["data"], len(raw), response.getheader("X-KB-Way"))


@contextmanager
def open_client(port: int) -> Iterator[Client]:
    """A client of the server on this port of the machine."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        yield Client(connection)


def encode_body(query: str, name: str, variables: Mapping[str, Any]) -> bytes:
    """The request's body as one line of JSON."""
    asked = {"query": query.strip(), "operationName": name, "variables": dict(variables)}
    return json.dumps(asked, separators=(",", ":")).encode()
