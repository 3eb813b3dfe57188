"""Rounds of load, in which operations and servers take turns."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Final

from benchmarks.graphql_bench.asking import BadReplyError
from benchmarks.graphql_bench.checks import Prepared
from benchmarks.graphql_bench.operations import Operation
from benchmarks.graphql_bench.processes import cpu_seconds
from benchmarks.graphql_bench.servers import Server
from benchmarks.graphql_bench.wrk import Load, finish_wrk, start_wrk, written

# An answer's headers have fewer bytes than this.
_HEADERS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard: `seconds` of load for each operation and server in each round."""

    rounds: int
    seconds: float
    warm_up: float
    connections: int


@dataclass(frozen=True, slots=True)
class Lap:
    """One server's stretch of load: microseconds of processor time a request in the server and in PostgreSQL."""

    server_cpu: float
    database_cpu: float
    load: Load


@dataclass(frozen=True, slots=True)
class Figures:
    """The medians of a server's laps of one operation; times in milliseconds, processor time in microseconds a request."""

    server_cpu: float
    database_cpu: float
    per_second: float
    p50: float
    p99: float


Key = tuple[str, str]
"""A server's name and an operation's key."""


def measure(
    servers: Sequence[Server],
    operations: Sequence[Operation],
    prepared: Mapping[Key, Prepared],
    plan: Plan,
    folder: Path,
    postgres_pid: int | None = None,
) -> dict[Key, list[Lap]]:
    """The laps of every server and operation. Raises BadReplyError where a server does not answer everything well."""
    laps: dict[Key, list[Lap]] = {key: [] for key in prepared}
    with ExitStack() as stack:
        files = {
            (name, key): stack.enter_context(written(folder / f"{name}-{key}.bodies", each.bodies))
            for (name, key), each in prepared.items()
        }
        for operation in operations:
            for server in servers:
                key = (server.name, operation.key)
                _expect_all_good(server, operation, _run(server, files[key], plan, plan.warm_up, check=True), prepared[key])
        for number in range(plan.rounds):
            for operation in operations:
                # Who begins changes, should one lap leave something to the next.
                for server in [*servers[number % len(servers) :], *servers[: number % len(servers)]]:
                    key = (server.name, operation.key)
                    before = cpu_seconds(server.pid), _database_seconds(postgres_pid)
                    load = _run(server, files[key], plan, plan.seconds)
                    after = cpu_seconds(server.pid), _database_seconds(postgres_pid)
                    _expect_all_good(server, operation, load, prepared[key])
                    cpu, database = ((b - a) / load.requests * 1e6 for a, b in zip(before, after, strict=True))
                    laps[key].append(Lap(cpu, database, load))
            print(f"round {number + 1} of {plan.rounds} done", file=sys.stderr)
    return laps


def summarise(laps: Sequence[Lap]) -> Figures:
    """Medians, each of its own."""
    return Figures(
        server_cpu=median(lap.server_cpu for lap in laps),
        database_cpu=median(lap.database_cpu for lap in laps),
        per_second=median(lap.load.per_second for lap in laps),
        p50=median(lap.load.p50 for lap in laps),
        p99=median(lap.load.p99 for lap in laps),
    )


def _run(server: Server, bodies: Path, plan: Plan, seconds: float, *, check: bool = False) -> Load:
    # Whatever the one before left to do has a moment to end.
    time.sleep(0.2)
    return finish_wrk(start_wrk(server, bodies, plan.connections, seconds, check=check))


def _database_seconds(pid: int | None) -> float:
    return 0.0 if pid is None else cpu_seconds(pid)


def _expect_all_good(server: Server, operation: Operation, load: Load, prepared: Prepared) -> None:
    """Under load as well, answers must be those that were compared: none broken, and as large on average."""
    name = f"{server.name}, {operation.title}"
    if load.requests == 0 or load.broken:
        raise BadReplyError(f"{name}: {load.broken} of {load.requests} requests went wrong under load: {load.example}")
    mean = fmean(prepared.sizes)
    # A stretch may end in the middle of the list of bodies.
    if not 0.6 * mean <= load.size <= 1.6 * mean + _HEADERS:
        raise BadReplyError(f"{name}: answers have {load.size:.0f} bytes under load and had {mean:.0f} before")
