"""What the figures have to be, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.graphql_bench.checks import Prepared
from benchmarks.graphql_bench.measure import Figures, Key
from benchmarks.graphql_bench.operations import Operation
from benchmarks.graphql_bench.servers import LIMIT, OURS, PEER, SAME_SQL

# How many times PostGraphile's processor time is ours at least, and how many times its requests a second ours are.
_LEAST_CPU: Final = {"q1": 5.0, "q2": 6.0, "q2b": 6.0, "q3": 5.0, "q4": 4.0}
_LEAST_RATE: Final = {"q1": 1.5, "q2": 1.2, "q2b": 1.2, "q3": 4.0, "q4": 3.0}
# How many times the limit's processor time ours is at most.
_MOST_OF_LIMIT: Final = {"q1": 1.5, "q2": 1.5, "q2b": 1.5, "q3": 1.5, "q4": 2.0}


@dataclass(frozen=True, slots=True)
class Demand:
    """A ratio that has to be reached, or not to be exceeded."""

    operation: str
    name: str
    value: float
    wanted: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted


def list_demands(operations: Iterable[Operation], figures: Mapping[Key, Figures]) -> Iterator[Demand]:
    """Every ratio of the figures that something is asked of. Ratios are those of the medians."""
    for operation in operations:
        key = operation.key
        ours, peer, limit, same = (figures.get((name, key)) for name in (OURS, PEER, LIMIT, SAME_SQL))
        if ours is not None and peer is not None:
            yield Demand(key, f"{PEER}'s CPU / ours", peer.server_cpu / ours.server_cpu, _LEAST_CPU[key], at_least=True)
            yield Demand(key, f"our requests/s / {PEER}'s", ours.per_second / peer.per_second, _LEAST_RATE[key], at_least=True)
        # SQLite works inside the server: there the limit is what the very same statement takes.
        bare, name = (limit, "the limit's") if same is None else (same, "the same SQL's")
        if ours is not None and bare is not None:
            yield Demand(key, f"our CPU / {name}", ours.server_cpu / bare.server_cpu, _MOST_OF_LIMIT[key], at_least=False)


def write_table(
    title: str,
    operations: Sequence[Operation],
    figures: Mapping[Key, Figures],
    prepared: Mapping[Key, Prepared],
    demands: Sequence[Demand],
) -> None:
    """Prints the medians of each server and operation, then every demand with whether it is met."""
    print(f"\n{title}")
    head = f"{'':20} {'':13} {'CPU us':>8} {'database':>9} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8}  way"
    print(head)
    for operation in operations:
        for name in (OURS, PEER, SAME_SQL, LIMIT):
            found = figures.get((name, operation.key))
            if found is None:
                continue
            ways = ", ".join(f"{way} {count}" for way, count in sorted(prepared[name, operation.key].ways.items()))
            print(
                f"{operation.title:20} {name:13} {found.server_cpu:8.0f} {found.database_cpu:9.0f} {found.per_second:8.0f} "
                f"{found.p50:8.2f} {found.p99:8.2f}  {ways}"
            )
    print()
    titles = {operation.key: operation.title for operation in operations}
    for demand in demands:
        sign = "at least" if demand.at_least else "at most"
        met = "yes" if demand.met else "NO"
        print(f"{titles[demand.operation]:20} {demand.name:30} {demand.value:7.2f}   {sign} {demand.wanted:g}: {met}")
