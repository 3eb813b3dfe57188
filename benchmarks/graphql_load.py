"""Many clients at once for a while: whether anything goes wrong, and whether the server's memory stays as it is.

    python -m benchmarks.graphql_load [--quick] [--clients N] [--seconds S] [--databases postgres,sqlite] [--json]

The knowledge base, and how it is kept, are those of benchmarks/graphql.py. Asked is a mixture of what front ends ask: pages of
entities, events and articles, lists, searches, and now and then a timeline or facets. Each client asks as soon as it has been
answered; every response is looked at, and one with another status than 200 or with GraphQL errors went wrong.

Memory is what the server's process holds, looked at twice a second: at the start (after a warm-up), in the middle and at the end,
each the median of a tenth of the time. Exit code 1 where anything went wrong or memory grew by more than a twentieth from the
middle to the end, 2 where the server cannot be started.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

if not __package__:
    # Run as a file, its own folder would come first, and the module graphql.py in it for the library of that name.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.graphql_bench.asking import BadReplyError, open_client
from benchmarks.graphql_bench.mixture import list_bodies
from benchmarks.graphql_bench.processes import cpu_seconds, resident_bytes
from benchmarks.graphql_bench.servers import Server, start_ours
from benchmarks.graphql_bench.sizes import FULL, QUICK
from benchmarks.graphql_bench.store import Store, open_store
from benchmarks.graphql_bench.wrk import Load, finish_wrk, start_wrk, written
from kb.errors import KbError

_DATABASES = ("postgres", "sqlite")
_LOOK_SECONDS = 0.5
_MOST_GROWTH = 1.05


@dataclass(frozen=True, slots=True)
class Endured:
    """What one database's server went through. Memory in megabytes; processor time in microseconds a request."""

    load: Load
    cpu: float
    start: float
    middle: float
    end: float
    ways: dict[str, list[str]]

    @property
    def is_flat(self) -> bool:
        """Whether memory stayed what it was from the middle on."""
        return self.end <= self.middle * _MOST_GROWTH

    @property
    def is_fine(self) -> bool:
        """Whether nothing went wrong."""
        return self.load.requests > 0 and self.load.broken == 0 and self.is_flat


def summarise(load: Load, cpu: float, memory: Sequence[int], ways: dict[str, list[str]]) -> Endured:
    """`memory` in bytes, in the order of time."""
    tenth = max(1, len(memory) // 10)
    centre = (len(memory) - tenth) // 2
    parts = (memory[:tenth], memory[centre : centre + tenth], memory[-tenth:])
    start, middle, end = (median(part) / 1e6 for part in parts)
    return Endured(load, cpu, start, middle, end, ways)


def _list_ways(server: Server, bodies: Sequence[tuple[str, bytes]]) -> dict[str, list[str]]:
    """Which operations are answered which way, asked once each, which also shows whether they are answered at all."""
    ways: defaultdict[str, list[str]] = defaultdict(list)
    with open_client(server.port) as client:
        for name, body in dict(bodies).items():
            try:
                ways[client.ask(body).way or "unknown"].append(name)
            except BadReplyError as error:
                raise BadReplyError(f"{name}: {error}") from None
    return dict(ways)


def _endure(store: Store, database: str, clients: int, seconds: int) -> Endured:
    url = store.postgres_url if database == "postgres" else f"sqlite:///{store.sqlite_file}"
    asked = list_bodies(store.world, 2_000)
    with start_ours(url) as server, tempfile.TemporaryDirectory() as folder:
        ways = _list_ways(server, asked)
        with written(Path(folder) / "mixture.bodies", [body for _, body in asked]) as bodies:
            finish_wrk(start_wrk(server, bodies, clients, max(1, seconds // 10), check=True))
            memory = []
            before = cpu_seconds(server.pid)
            under_load = start_wrk(server, bodies, clients, seconds, check=True)
            while under_load.poll() is None:
                memory.append(resident_bytes(server.pid))
                time.sleep(_LOOK_SECONDS)
            used = cpu_seconds(server.pid) - before
            load = finish_wrk(under_load)
    return summarise(load, used / max(1, load.requests) * 1e6, memory, ways)


def _write(database: str, clients: int, found: Endured) -> None:
    load = found.load
    ways = "; ".join(f"{way}: {', '.join(sorted(names))}" for way, names in sorted(found.ways.items()))
    print(f"\n{database}: {clients} clients for {load.seconds:.0f} s")
    print(f"  answered by {ways}")
    print(f"  {load.requests} requests, {load.per_second:.0f} a second, {found.cpu:.0f} us of the server's CPU each")
    print(f"  ms: half {load.p50:.1f}, 99 of 100 {load.p99:.1f}, longest {load.most:.1f}")
    flat = "yes" if found.is_flat else "NO"
    print(f"  MB: start {found.start:.1f}, middle {found.middle:.1f}, end {found.end:.1f}   flat: {flat}")
    print(f"  went wrong: {load.broken}   none: {'yes' if not load.broken else 'NO, for example ' + load.example}")


def load_all(arguments: Sequence[str] | None, opened: Store | None = None) -> int:
    """Load the server and print, over `opened` where it is given; 1 where something went wrong or memory grew, 2 where the server
    cannot be started."""
    parser = argparse.ArgumentParser(prog="benchmarks.graphql_load", description="Load the GraphQL server with many clients.")
    parser.add_argument("--quick", action="store_true", help="a small knowledge base for two seconds")
    parser.add_argument("--clients", type=int, default=200, help="how many at once")
    parser.add_argument("--seconds", type=int, help="for how long (60)")
    parser.add_argument("--databases", default=",".join(_DATABASES), help="postgres, sqlite or both")
    parser.add_argument("--folder", type=Path, help="where the knowledge base is kept")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    seconds = options.seconds or (2 if options.quick else 60)
    databases = options.databases.split(",")
    if not set(databases) <= set(_DATABASES):
        parser.error("--databases takes some of postgres,sqlite")
    found: dict[str, Endured] = {}
    try:
        with nullcontext(opened) if opened else open_store(QUICK if options.quick else FULL, options.folder) as store:
            for database in databases:
                found[database] = _endure(store, database, options.clients, seconds)
                if not options.json:
                    _write(database, options.clients, found[database])
    except (KbError, BadReplyError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        verdicts = {name: asdict(each) | {"flat": each.is_flat, "fine": each.is_fine} for name, each in found.items()}
        print(json.dumps(verdicts, indent=2))
    return 0 if all(each.is_fine for each in found.values()) else 1


if __name__ == "__main__":
    # The server ends with this process, however it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    sys.exit(load_all(None))
