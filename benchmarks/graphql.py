"""How fast GraphQL is answered, beside PostGraphile and beside a server that only sends what one SQL statement gives.

    python -m benchmarks.graphql [--quick] [--rounds N] [--seconds S] [--only q1,q2] [--databases postgres,sqlite]
                                 [--servers kb,postgraphile,same,limit] [--through socket|tcp] [--json]

A PostgreSQL of its own, on loopback and ended at the end, and a SQLite file get an invented knowledge base (50,000 entities,
20,000 articles, 200,000 events with 450,000 participants and 600,000 claims, skewed as news is, always the same). Making it takes
some minutes; it is kept in the system's temporary folder (or in --folder), where later runs find it.

Asked are Q1, an entity with its names and its 20 latest events with who took part and three claims each with article and
publisher; Q2, 50 events by type, days and participant with who took part, the first page and the one behind it; Q3, the first 20
entities of which a word of a name begins so; Q4, four scalars of an entity. What is asked for varies, more often what is more in
the news, and is the same for all servers. The servers are:

  kb            ours, one process, as `kb serve` runs it
  PostGraphile  version 5 from npm, one process under the Node.js that its package.json asks for, in production mode, asked in the
                cheapest way that its schema offers: see graphql_bench/operations.py
  limit         uvicorn with an application that parses the body's JSON, runs one hand-written statement that makes the whole
                JSON, and sends it: see graphql_bench/limit.py
  same SQL      the same application with the statements that our server makes, for SQLite, which works inside the server

All of them reach PostgreSQL the same way: through its Unix socket, as one does on one machine, or with --through tcp on loopback.

Before anything is timed, every server must give the same data for all that is asked. Then wrk loads one server after the other
for some seconds in each round, and figures are medians of the rounds: microseconds of processor time a request in the server's
process and in PostgreSQL (from /proc), requests a second, and how long half and 99 of 100 requests took. Exit code 1 where a
ratio that the project promises is missed, 2 where a server cannot be started or answers otherwise than the others.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path

if not __package__:
    # Run as a file, its own folder would come first, and this module would be taken for the library of the same name.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.graphql_bench.asking import BadReplyError
from benchmarks.graphql_bench.checks import prepare
from benchmarks.graphql_bench.measure import Figures, Key, Lap, Plan, measure, summarise
from benchmarks.graphql_bench.operations import OPERATIONS, Operation, Variables, list_variables
from benchmarks.graphql_bench.report import Demand, list_demands, write_table
from benchmarks.graphql_bench.same_sql import Statements
from benchmarks.graphql_bench.servers import (
    LIMIT,
    OURS,
    PEER,
    SAME_SQL,
    Server,
    find_socket,
    start_limit,
    start_ours,
    start_peer,
    start_same_sql,
)
from benchmarks.graphql_bench.sizes import FULL, QUICK
from benchmarks.graphql_bench.store import Store, open_store
from kb.errors import KbError

Asked = dict[str, list[Variables]]
_DATABASES = ("postgres", "sqlite")
# How the limit waits for a database: what takes least of what can be used, as one that waits where its event loop runs answers
# nobody else meanwhile.
_WAYS = {"postgres": "async", "sqlite": "threads"}
_SERVERS = {"kb": OURS, "postgraphile": PEER, "same": SAME_SQL, "limit": LIMIT}


@contextmanager
def _serve(
    options: argparse.Namespace, store: Store, database: str, operations: Sequence[Operation], variables: Asked, folder: Path
) -> Iterator[list[Server]]:
    """The servers over one of the databases: PostGraphile knows PostgreSQL alone, and SQLite works inside a server."""
    url = f"sqlite:///{store.sqlite_file}"
    if database == "postgres":
        url = find_socket(store.postgres_url) if options.through == "socket" else store.postgres_url
    way = options.limit or _WAYS[database]
    starts = {OURS: partial(start_ours, url), LIMIT: partial(start_limit, url, way)}
    if database == "postgres":
        starts[PEER] = partial(start_peer, url, options.node)
    else:
        statements = Statements(operations)
        statements.write(folder / "statements", operations, variables)
        starts[SAME_SQL] = partial(start_same_sql, url, way, folder / "statements", statements.encode)
    with ExitStack() as stack:
        wanted = [_SERVERS[each] for each in options.servers.split(",")]
        yield [stack.enter_context(starts[name]()) for name in wanted if name in starts]


def _measure(
    options: argparse.Namespace, store: Store, database: str, operations: Sequence[Operation], variables: Asked
) -> tuple[dict[Key, list[Lap]], list[Demand]]:
    plan = Plan(options.rounds, options.seconds, options.warm_up, options.connections)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(_serve(options, store, database, operations, variables, folder))
        prepared = prepare(servers, operations, variables)
        print(f"{database}: all answers are the same", file=sys.stderr)
        pid = store.postgres_pid if database == "postgres" else None
        laps = measure(servers, operations, prepared, plan, folder, pid)
    figures: dict[Key, Figures] = {key: summarise(of) for key, of in laps.items()}
    demands = list(list_demands(operations, figures))
    if not options.json:
        rounds = f"{plan.rounds} rounds of {plan.seconds:g} s, {plan.connections} connections"
        write_table(f"{database}, {store.world.size.name} size, {rounds}", operations, figures, prepared, demands)
    return laps, demands


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.graphql", description="Measure GraphQL against PostGraphile and a limit.")
    parser.add_argument("--quick", action="store_true", help="a small knowledge base and one short round: figures mean little")
    parser.add_argument("--rounds", type=int, help="how often each server is measured (5)")
    parser.add_argument("--seconds", type=int, help="how long, in whole seconds (4)")
    parser.add_argument("--connections", type=int, default=16, help="how many requests are under way at a time")
    parser.add_argument("--asked", type=int, help="how many different sets of variables (200)")
    parser.add_argument("--only", default=",".join(each.key for each in OPERATIONS), help="which operations: q1,q2,q2b,q3,q4")
    parser.add_argument("--databases", default=",".join(_DATABASES), help="postgres, sqlite or both")
    parser.add_argument("--limit", choices=("async", "threads", "direct"), help="how the limit waits for the database")
    parser.add_argument("--servers", default=",".join(_SERVERS), help="which servers: kb,postgraphile,same,limit")
    parser.add_argument("--through", choices=("socket", "tcp"), default="socket", help="how all servers reach PostgreSQL")
    parser.add_argument("--node", type=Path, help="the Node.js to run PostGraphile under, if not that of its package.json")
    parser.add_argument("--folder", type=Path, help="where the knowledge base is kept")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    quick = options.quick
    options.rounds = options.rounds or (1 if quick else 5)
    options.seconds = options.seconds or (1 if quick else 4)
    # V8 takes some thousands of requests to compile what it runs often.
    options.warm_up = 1 if quick else 6
    options.asked = options.asked or (20 if quick else 200)
    options.databases = options.databases.split(",")
    wanted = options.only.split(",")
    options.operations = [each for each in OPERATIONS if each.key in wanted]
    if len(options.operations) != len(set(wanted)):
        parser.error("--only takes some of q1,q2,q2b,q3,q4")
    if not set(options.databases) <= set(_DATABASES) or not set(options.servers.split(",")) <= set(_SERVERS):
        parser.error("--databases takes some of postgres,sqlite and --servers some of kb,postgraphile,same,limit")
    return options


def measure_all(arguments: Sequence[str] | None, opened: Store | None = None) -> int:
    """Measure and print, over `opened` where it is given; 1 where a ratio is missed, 2 where servers cannot be compared."""
    options = _read_options(arguments)
    found: dict[str, tuple[dict[Key, list[Lap]], list[Demand]]] = {}
    try:
        with nullcontext(opened) if opened else open_store(QUICK if options.quick else FULL, options.folder) as store:
            variables = {each.key: list(list_variables(store.world, each, options.asked)) for each in options.operations}
            for database in options.databases:
                found[database] = _measure(options, store, database, options.operations, variables)
    except (KbError, BadReplyError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({database: _as_json(*of) for database, of in found.items()}, indent=2))
    return 0 if all(demand.met for _, demands in found.values() for demand in demands) else 1


def _as_json(laps: dict[Key, list[Lap]], demands: Sequence[Demand]) -> dict[str, object]:
    return {
        "laps": [{"server": name, "operation": key, "laps": [asdict(lap) for lap in of]} for (name, key), of in laps.items()],
        "demands": [asdict(each) | {"met": each.met} for each in demands],
    }


if __name__ == "__main__":
    # Servers end with this process, however it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    sys.exit(measure_all(None))
