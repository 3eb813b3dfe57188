"""What benchmarks/graphql.py and graphql_load.py measure, how they judge it, and that servers are compared on equal answers."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import graphql, graphql_load
from benchmarks.graphql_bench.asking import BadReplyError
from benchmarks.graphql_bench.checks import find_difference, prepare
from benchmarks.graphql_bench.measure import Figures
from benchmarks.graphql_bench.operations import OPERATIONS, list_variables
from benchmarks.graphql_bench.report import list_demands
from benchmarks.graphql_bench.same_sql import Statements
from benchmarks.graphql_bench.servers import (
    LIMIT,
    OURS,
    PEER,
    SAME_SQL,
    Server,
    is_peer_installed,
    start_limit,
    start_ours,
    start_peer,
    start_same_sql,
)
from benchmarks.graphql_bench.sizes import QUICK
from benchmarks.graphql_bench.store import Store, open_store
from benchmarks.graphql_bench.world import World
from benchmarks.graphql_bench.wrk import Load
from kb.storage.session import Database
from tests.postgres_server import find_binaries


def _require(*, found: bool, reason: str) -> None:
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    _require(found=find_binaries() is not None, reason="no PostgreSQL: install Debian's postgresql")
    with open_store(QUICK) as opened:
        yield opened


@pytest.fixture(scope="module")
def bare(store: Store) -> Iterator[Server]:
    with start_limit(f"sqlite:///{store.sqlite_file}", "threads") as server:
        yield server


def _figures(cpu: float, rate: float) -> Figures:
    return Figures(server_cpu=cpu, database_cpu=0, per_second=rate, p50=1, p99=2)


@pytest.mark.parametrize(
    ("ours", "met"),
    [
        (_figures(100, 3_000), (True, True, True)),
        (_figures(101, 3_000), (False, True, True)),
        (_figures(100, 1_499), (True, False, True)),
        (_figures(151, 3_000), (False, True, False)),
    ],
)
def test_an_entity_page_is_judged_by_both_servers(ours: Figures, met: tuple[bool, ...]) -> None:
    figures = {(OURS, "q1"): ours, (PEER, "q1"): _figures(500, 1_000), (LIMIT, "q1"): _figures(100, 3_000)}
    assert tuple(each.met for each in list_demands(OPERATIONS, figures)) == met


def test_on_sqlite_the_limit_is_the_very_same_statement() -> None:
    figures = {(OURS, "q4"): _figures(200, 1), (SAME_SQL, "q4"): _figures(100, 1), (LIMIT, "q4"): _figures(50, 1)}
    assert [(each.value, each.met) for each in list_demands(OPERATIONS, figures)] == [(2.0, True)]


def test_where_answers_differ_is_said() -> None:
    left = {"events": {"nodes": [{"id": "evt_1", "date": "2022-01-01"}, {"id": "evt_2", "date": None}]}}
    right = {"events": {"nodes": [{"id": "evt_1", "date": "2022-01-01"}, {"id": "evt_3", "date": None}]}}
    assert find_difference(left, right) == "data.events.nodes.1.id is evt_2 and evt_3"
    assert find_difference({"a": [1]}, {"a": [1, 2]}) == "data.a is [1] and [1, 2]"


def test_the_invented_world_is_always_the_same() -> None:
    one, other = World(QUICK), World(QUICK)
    assert one.entities == other.entities
    for operation in OPERATIONS:
        assert list_variables(one, operation, 20) == list_variables(other, operation, 20)


def test_both_databases_hold_what_storage_would_have_written(store: Store) -> None:
    for url in (store.postgres_url, f"sqlite:///{store.sqlite_file}"):
        database = Database.open(url, read_only=True)
        assert database.check() == ()
        database.dispose()
    with closing(sqlite3.connect(store.sqlite_file)) as file:
        tables = ("entity", "article", "event", "event_participant", "claim")
        counts = [file.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    assert counts == [QUICK.entities, QUICK.articles, QUICK.events, QUICK.participants, QUICK.claims]


def test_servers_answer_all_operations_alike(store: Store, bare: Server, tmp_path: Path) -> None:
    variables = {each.key: list_variables(store.world, each, 5) for each in OPERATIONS}
    statements = Statements(OPERATIONS)
    statements.write(tmp_path / "statements", OPERATIONS, variables)
    file_url = f"sqlite:///{store.sqlite_file}"
    with ExitStack() as stack:
        servers = [
            stack.enter_context(start_ours(store.postgres_url)),
            replace(stack.enter_context(start_limit(store.postgres_url, "async")), name="limit of PostgreSQL"),
            stack.enter_context(start_same_sql(file_url, "direct", tmp_path / "statements", statements.encode)),
            bare,
        ]
        # Installing it takes minutes, and is left to the benchmark.
        if is_peer_installed():
            servers.append(stack.enter_context(start_peer(store.postgres_url)))
        prepared = prepare(servers, OPERATIONS, variables)
    assert [len(each.bodies) for each in prepared.values()] == [5] * len(servers) * len(OPERATIONS)
    assert {way for (name, _), each in prepared.items() if name == OURS for way in each.ways} == {"plan"}


def test_answers_that_differ_stop_the_benchmark(store: Store, bare: Server) -> None:
    operations = [each for each in OPERATIONS if each.key == "q4"]
    one, other = list_variables(store.world, operations[0], 2)
    wrong = replace(bare, name="wrong", encode=lambda operation, _: bare.encode(operation, other))
    with pytest.raises(BadReplyError, match=r"limit and wrong differ: data\.entity\.id"):
        prepare([bare, wrong], operations, {"q4": [one]})


def test_load_is_measured_in_rounds(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    _require(found=shutil.which("wrk") is not None, reason="no wrk: install Debian's wrk")
    code = graphql.measure_all(["--quick", "--only", "q4", "--databases", "sqlite", "--servers", "same", "--json"], store)
    found = json.loads(capsys.readouterr().out)["sqlite"]
    assert code == 0
    assert [(each["server"], each["operation"], len(each["laps"])) for each in found["laps"]] == [("same SQL", "q4", 1)]
    assert all(lap["load"]["requests"] > 0 and lap["server_cpu"] > 0 for each in found["laps"] for lap in each["laps"])


def test_many_clients_are_answered_without_an_error(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    _require(found=shutil.which("wrk") is not None, reason="no wrk: install Debian's wrk")
    graphql_load.load_all(["--quick", "--clients", "20", "--seconds", "1", "--databases", "sqlite", "--json"], store)
    found = json.loads(capsys.readouterr().out)["sqlite"]
    assert found["load"]["requests"] > 0
    assert found["load"]["broken"] == 0, found["load"]["example"]
    assert found["start"] > 50


@pytest.mark.parametrize(("broken", "grown", "fine"), [(0, 1.0, True), (0, 1.04, True), (1, 1.0, False), (0, 1.2, False)])
def test_errors_and_growing_memory_are_faults(broken: int, grown: float, fine: bool) -> None:
    load = Load(requests=100, seconds=1, size=1, p50=1, p90=1, p99=1, most=1, broken=broken, example="")
    memory = [100_000_000] * 60 + [int(100_000_000 * grown)] * 40
    assert graphql_load.summarise(load, 1.0, memory, {}).is_fine is fine
