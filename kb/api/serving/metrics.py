"""Figures for Prometheus: how many requests, how long they take, what went wrong, and what was ingested.

Labels are taken from short lists, or from the names of operations as long as there are few: whoever sends requests must not be
able to make the list of figures grow. Nothing of a query but its operation's name is in them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from starlette.types import Scope

from kb.api.serving.exchange import ANONYMOUS_OPERATION, WEBSOCKET, Exchange
from kb.domain.result import RunTotals, Totals
from kb.errors import KbError
from kb.storage import run_totals, runs
from kb.storage.session import Database

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
RATE_LIMITED: Final = "RATE_LIMITED"

# Names of operations that get figures of their own, without those of persisted operations.
_MOST_NAMES: Final = 100
_LONGEST_NAME: Final = 64
_OTHER: Final = "other"
_MOST_CODES: Final = 50
_ROUTES: Final = frozenset({"/", "/graphql", "/healthz", "/readyz", "/metrics"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", WEBSOCKET})
# Counting what the database holds takes a while where it holds much.
_TOTALS_SECONDS: Final = 60.0
# So many requests are counted in one go, unless somebody looks at the figures before.
_COUNTED_AT_ONCE: Final = 256
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


# When a figure was first counted, which would be as many samples again.
disable_created_metrics()


class Metrics:
    """The figures of one application, or of all processes that share `folder`, which prometheus_client must have been told of."""

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        self._database = database
        self._folder = folder
        own = CollectorRegistry()
        self._requests = Counter(
            "kb_http_requests_total", "Requests by route and status.", ("route", "method", "status"), registry=own
        )
        self._seconds = Histogram(
            "kb_graphql_duration_seconds",
            "Seconds from a GraphQL request to its answer, by the operation's name and the way it was answered.",
            ("operation", "way"),
            buckets=_BUCKETS,
            registry=own,
        )
        self._errors = Counter("kb_graphql_errors_total", "Errors in answers, by code.", ("code",), registry=own)
        self._limited = Counter("kb_rate_limited_total", "Requests refused because their sender sent too many.", registry=own)
        self._plans = Counter(
            "kb_plan_lookups_total",
            "Compiled plans: already there (hit), or made for the request (miss).",
            ("result",),
            registry=own,
        )
        self._prices = Counter("kb_graphql_price_total", "What all operations cost, in the limits' units.", registry=own)
        self._open = Gauge("kb_subscriptions_open", "Subscriptions open now.", registry=own, multiprocess_mode="livesum")
        self._sent = Counter("kb_subscription_messages_total", "Messages sent to subscribers.", registry=own)
        self._connections = Gauge(
            "kb_database_connections",
            "Open connections; plans have their own.",
            ("state",),
            registry=own,
            multiprocess_mode="livesum",
        )
        self._progress = Gauge(
            "kb_http_requests_in_progress", "Requests without an answer yet.", registry=own, multiprocess_mode="livesum"
        )
        self._count_progress: Callable[[], int] = int
        self._own = own
        self._stored = _Stored(database)
        self._names: set[str] = set()
        self._codes: set[str] = set()
        # Finding a figure by its labels costs more than counting.
        self._by_request: dict[tuple[str, str, int], Counter] = {}
        self._by_operation: dict[tuple[str, str], Histogram] = {}
        # Another process shows what this one has counted, even when it is gone.
        self._at_once = _COUNTED_AT_ONCE if folder is None else 1
        self._uncounted: deque[tuple[str, str, Exchange, float]] = deque()
        self._hits, self._misses = self._plans.labels("hit"), self._plans.labels("miss")

    def observe(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        """Counts a request that has been answered, in time for whoever looks at the figures next."""
        self._uncounted.append((scope["path"], scope.get("method", WEBSOCKET), exchange, seconds))
        if len(self._uncounted) >= self._at_once:
            self._count()

    def _count(self) -> None:
        # Whoever counts at the same time takes others.
        with suppress(IndexError):
            while True:
                self._count_one(*self._uncounted.popleft())

    def _count_one(self, path: str, method: str, exchange: Exchange, seconds: float) -> None:
        key = (path, method, exchange.status)
        counter = self._by_request.get(key)
        if counter is None:
            counter = self._counter(*key)
        counter.inc()
        if not exchange.graphql:
            return
        if not exchange.streamed:
            name = exchange.operation or ANONYMOUS_OPERATION
            if name not in self._names:
                name = self._admit(name, exchange)
            way = exchange.way or "none"
            histogram = self._by_operation.get((name, way))
            if histogram is None:
                histogram = self._by_operation[name, way] = self._seconds.labels(name, way)
            histogram.observe(seconds)
        if exchange.cached is not None:
            (self._hits if exchange.cached else self._misses).inc()
        if exchange.price:
            self._prices.inc(exchange.price)
        for code in exchange.codes:
            self._count_error(code)

    def subscription_opened(self) -> None:
        """Counts a subscription that was opened."""
        self._open.inc()

    def subscription_closed(self) -> None:
        """Counts a subscription that has ended."""
        self._open.dec()

    def subscription_sent(self, messages: int = 1) -> None:
        """Counts what was sent to a subscriber."""
        self._sent.inc(messages)

    def watch_progress(self, count: Callable[[], int]) -> None:
        """Has the number of requests in progress looked up with `count`."""
        self._count_progress = count

    def refresh(self) -> None:
        """Brings the figures up to date, those that are looked at included; each process has to do so for itself."""
        self._count()
        self._progress.set(self._count_progress())
        use = self._database.pool_use()
        self._connections.labels("in_use").set(use.in_use)
        self._connections.labels("idle").set(use.idle)
        self._connections.labels("plans").set(use.apart)

    def expose(self) -> bytes:
        """All figures in Prometheus' text format. Blocks the thread: the database is asked for some."""
        self.refresh()
        shown = CollectorRegistry()
        if self._folder is None:
            shown.register(_Each(self._own))
            ProcessCollector(registry=shown)
            PlatformCollector(registry=shown)
        else:
            _forget_ended(self._folder)
            MultiProcessCollector(shown, str(self._folder))
        shown.register(self._stored)
        return generate_latest(shown)

    def _counter(self, path: str, method: str, status: int) -> Counter:
        static = path.startswith("/static/")
        route = path if path in _ROUTES else "/static" if static else _OTHER
        shown = method if method in _METHODS else _OTHER
        counter = self._requests.labels(route, shown, str(status))
        if (route, shown) == (path, method):
            self._by_request[path, method, status] = counter
        return counter

    def _admit(self, name: str, exchange: Exchange) -> str:
        """The label for the name of an operation; the first ones that were really executed, and persisted ones, get their own."""
        if not exchange.persisted and name != ANONYMOUS_OPERATION:
            full = len(self._names) >= _MOST_NAMES or len(name) > _LONGEST_NAME
            if full or not exchange.way or exchange.status != HTTPStatus.OK:
                return _OTHER
        self._names.add(name)
        return name

    def _count_error(self, code: str) -> None:
        if code not in self._codes:
            if len(self._codes) >= _MOST_CODES:
                code = _OTHER
            self._codes.add(code)
        self._errors.labels(code).inc()
        if code == RATE_LIMITED:
            self._limited.inc()

    def dispose(self) -> None:
        """Counts what is left, and takes what only living processes count out of what several of them count together."""
        self._count()
        if self._folder is not None:
            mark_process_dead(os.getpid(), str(self._folder))


class _Each(Collector):
    """What another registry has."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        return iter(self._registry.collect())


class _Stored(Collector):
    """What the database holds and what ingestion has come to, whichever process did it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._totals: Totals | None = None
        self._counted_at = 0.0

    def _read(self) -> tuple[RunTotals, Totals]:
        with self._database.reader() as session:
            if self._totals is None or monotonic() - self._counted_at > _TOTALS_SECONDS:
                self._totals = runs.count_totals(session)
                self._counted_at = monotonic()
            return run_totals.sum_runs(session), self._totals

    def collect(self) -> Iterator[Metric]:
        """Whether the database answers and, if so, its figures."""
        up = GaugeMetricFamily("kb_database_up", "1 where the database answers.")
        try:
            ingested, totals = self._read()
        except KbError:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield CounterMetricFamily("kb_ingest_runs_total", "Runs of ingestion begun.", value=ingested.runs)
        articles = CounterMetricFamily("kb_ingest_articles_total", "Documents that ingestion came upon.", labels=("outcome",))
        counts = ingested.counts
        for outcome, number in (
            ("saved", counts.articles_saved),
            ("known", counts.articles_known),
            ("duplicate", counts.duplicates),
            ("quarantined", counts.quarantined),
        ):
            articles.add_metric((outcome,), number)
        yield articles
        if ingested.last_finished_at is not None:
            when = ingested.last_finished_at.timestamp()
            yield GaugeMetricFamily("kb_ingest_last_finished_timestamp_seconds", "When the latest run ended.", value=when)
        stored = GaugeMetricFamily("kb_stored", "What the database holds, counted once a minute.", labels=("noun",))
        for noun in ("articles", "entities", "claims", "events", "quarantined"):
            stored.add_metric((noun,), getattr(totals, noun))
        yield stored


def _forget_ended(folder: Path) -> None:
    """Takes out the gauges of processes that ended without a word."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))
        except PermissionError:
            continue
