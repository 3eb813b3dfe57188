"""Asks every server everything before anything is timed: a comparison of wrong answers would be worth nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.graphql_bench.asking import BadReplyError, Client, Reply, open_client
from benchmarks.graphql_bench.operations import Json, Operation, Variables
from benchmarks.graphql_bench.servers import PEER, Server


@dataclass(slots=True)
class Prepared:
    """The bodies to send to one server for one operation, the mean size of its answers, and which ways our server took."""

    bodies: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)


def prepare(
    servers: Sequence[Server], operations: Iterable[Operation], variables: Mapping[str, Sequence[Variables]]
) -> dict[tuple[str, str], Prepared]:
    """What to send, by server and operation. Raises BadReplyError where the servers do not answer all of it, and alike."""
    found: dict[tuple[str, str], Prepared] = {}
    with ExitStack() as stack:
        clients = {server: stack.enter_context(open_client(server.port)) for server in servers}
        for operation in operations:
            for server in servers:
                found[server.name, operation.key] = Prepared()
            for asked in variables[operation.key]:
                first: tuple[str, Json] | None = None
                for server, client in clients.items():
                    prepared = found[server.name, operation.key]
                    data = _ask(client, server, operation, asked, prepared)
                    first = first or (server.name, data)
                    if data != first[1]:
                        where = find_difference(first[1], data)
                        raise BadReplyError(f"{operation.title} of {dict(asked)}: {first[0]} and {server.name} differ: {where}")
    return found


def _ask(client: Client, server: Server, operation: Operation, asked: Variables, prepared: Prepared) -> Json:
    body = server.encode(operation, asked)
    reply = client.ask(body)
    if operation.second_page:
        cursor = to_common(server, operation, reply)[1]
        if cursor is None:
            raise BadReplyError(f"{server.name} has no second page for {dict(asked)}")
        body = server.encode(operation, {**asked, "after": cursor})
        reply = client.ask(body)
    prepared.bodies.append(body)
    prepared.sizes.append(reply.size)
    if reply.way is not None:
        prepared.ways[reply.way] += 1
    return to_common(server, operation, reply)[0]


def to_common(server: Server, operation: Operation, reply: Reply) -> tuple[Json, str | None]:
    """The answer as all servers should have it, and the cursor of its end where there is more: cursors are a server's own."""
    data = operation.to_ours(reply.data) if server.name == PEER else reply.data
    cursor = None
    if operation.pages:
        info = data["events"]["pageInfo"]
        cursor = info.pop("endCursor") if info["hasNextPage"] else None
        info.pop("endCursor", None)
    return _in_utc(data), cursor


def _in_utc(value: Json) -> Json:
    """The same moments written the same way."""
    if isinstance(value, dict):
        return {key: _moment(each) if key == "publishedAt" else _in_utc(each) for key, each in value.items()}
    return [_in_utc(each) for each in value] if isinstance(value, list) else value


def _moment(written: str | None) -> str | None:
    return None if written is None else datetime.fromisoformat(written).astimezone(UTC).isoformat()


def find_difference(left: Json, right: Json, path: str = "data") -> str:
    """Where two answers differ first, and how."""
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return f"{path} has {sorted(left)} and {sorted(right)}"
        pairs: Iterable[tuple[object, Json, Json]] = [(key, left[key], right[key]) for key in left]
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = [(place, *both) for place, both in enumerate(zip(left, right, strict=True))]
    else:
        return f"{path} is {str(left)[:200]} and {str(right)[:200]}"
    return next((find_difference(a, b, f"{path}.{key}") for key, a, b in pairs if a != b), f"{path} is the same")
