"""/metrics: what Prometheus reads of the server, and what nobody gets to read there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from kb.api.app import create_app
from kb.api.serving import metrics
from kb.api.serving.exchange import Exchange
from kb.api.serving.metrics import Metrics
from kb.domain.result import RunCounts
from kb.errors import DocumentError
from kb.settings import read_settings
from kb.storage import runs
from kb.storage.session import Database

COUNT = "query Count { events { totalCount } }"
Labels = dict[str, str]


@pytest.fixture
def scraped(filled: Database) -> Iterator[TestClient]:
    """A client of a server that shows its figures to everybody."""
    with TestClient(create_app(read_settings({"KB_METRICS": "on"}), filled)) as client:
        yield client


def figures(client: TestClient, name: str) -> list[tuple[Labels, float]]:
    """The samples with this name."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(response.text)
    return [(sample.labels, sample.value) for family in families for sample in family.samples if sample.name == name]


def figure(client: TestClient, name: str, **labels: str) -> float:
    """The sum of the samples with this name that have these labels; 0 where there is none."""
    return sum(value for had, value in figures(client, name) if labels.items() <= had.items())


def test_requests_are_counted_by_route_method_and_status(scraped: TestClient) -> None:
    for _ in range(3):
        scraped.post("/graphql", json={"query": COUNT})
    scraped.post("/graphql", content=b"{", headers={"Content-Type": "application/json"})
    scraped.get("/nowhere/at/all")
    scraped.get("/healthz")
    counted = "kb_http_requests_total"
    assert figure(scraped, counted, route="/graphql", method="POST", status="200") == 3
    assert figure(scraped, counted, route="/graphql", status="400") == 1
    assert figure(scraped, counted, route="other", status="404") == 1
    assert figure(scraped, counted, route="/healthz", status="200") == 1


def test_operations_are_timed_by_name_and_way(scraped: TestClient) -> None:
    scraped.post("/graphql", json={"query": COUNT})
    scraped.post("/graphql", json={"query": "{ events { totalCount } }"})
    named = figure(scraped, "kb_graphql_duration_seconds_count", operation="Count")
    unnamed = figure(scraped, "kb_graphql_duration_seconds_count", operation="anonymous")
    assert (named, unnamed) == (1, 1)
    assert figure(scraped, "kb_graphql_duration_seconds_sum", operation="Count") > 0
    ways = {labels["way"] for labels, _ in figures(scraped, "kb_graphql_duration_seconds_count")}
    assert ways <= {"plan", "resolvers"}
    assert figure(scraped, "kb_graphql_price_total") >= 2


def test_errors_are_counted_by_code(scraped: TestClient) -> None:
    for query in ("{ nothing }", "{ nothing_else }", "{ events( }"):
        scraped.post("/graphql", json={"query": query})
    assert figure(scraped, "kb_graphql_errors_total", code="GRAPHQL_VALIDATION_FAILED") == 2
    assert figure(scraped, "kb_graphql_errors_total", code="GRAPHQL_PARSE_FAILED") == 1


def test_nothing_that_was_asked_for_is_shown(scraped: TestClient) -> None:
    query = 'query Search { search(text: "the minister of secrets") { totalCount } }'
    scraped.post("/graphql", json={"query": query}, headers={"Authorization": "Bearer minister"})
    scraped.post("/graphql", json={"query": query})
    scraped.get("/the-minister-of-secrets")
    shown = scraped.get("/metrics").text
    assert "minister" not in shown
    assert 'operation="Search"' in shown


def observe(figures: Metrics, exchange: Exchange, path: str = "/graphql", method: str = "POST") -> None:
    figures.observe({"path": path, "method": method}, exchange, 0.01)


def executed(name: str, **changes: object) -> Exchange:
    exchange = Exchange("id", graphql=True, operation=name, way="plan", status=200)
    for field, value in changes.items():
        setattr(exchange, field, value)
    return exchange


def operations(figures: Metrics) -> set[str]:
    text = figures.expose().decode()
    families = text_string_to_metric_families(text)
    return {sample.labels["operation"] for family in families for sample in family.samples if "operation" in sample.labels}


def test_names_that_clients_make_up_don_t_make_it_grow(filled: Database) -> None:
    counted = Metrics(filled)
    for number in range(5_000):
        observe(counted, executed(f"Made{number}"))
    few = operations(counted)
    assert len(few) <= 101
    assert "other" in few
    # What front ends have registered keeps its name.
    observe(counted, executed("Registered", persisted=True))
    assert "Registered" in operations(counted)
    observe(counted, executed("x" * 5_000))
    assert max(map(len, operations(counted))) < 100


def test_names_of_what_was_refused_take_nobody_s_place(filled: Database) -> None:
    counted = Metrics(filled)
    observe(counted, executed("Refused", way=""))
    observe(counted, executed("Limited", way="", status=429))
    assert operations(counted) == {"other"}


def test_how_long_clients_listen_is_no_time_that_an_answer_takes(filled: Database) -> None:
    counted = Metrics(filled)
    observe(counted, executed("Listen", streamed=True))
    counted.observe({"path": "/graphql"}, Exchange("id", streamed=True, status=101), 3_600.0)
    assert operations(counted) == set()
    shown = counted.expose().decode()
    assert 'kb_http_requests_total{method="WEBSOCKET",route="/graphql",status="101"} 1.0' in shown


def test_other_labels_don_t_grow_either(filled: Database) -> None:
    counted = Metrics(filled)
    for number in range(2_000):
        observe(counted, executed("Count", codes=(f"CODE_{number}",)), f"/path{number}", f"VERB{number}")
    assert counted.expose().count(b"kb_graphql_errors_total{") <= 51
    assert counted.expose().count(b"kb_http_requests_total{") == 1


def test_rate_limits_and_plans_are_counted(filled: Database) -> None:
    counted = Metrics(filled)
    observe(counted, executed("Count", cached=False))
    for _ in range(3):
        observe(counted, executed("Count", cached=True))
    observe(counted, executed("Count", way="resolvers"))
    observe(counted, executed("Count", way="", status=429, codes=("RATE_LIMITED",)))
    shown = counted.expose().decode()
    assert 'kb_plan_lookups_total{result="hit"} 3.0' in shown
    assert 'kb_plan_lookups_total{result="miss"} 1.0' in shown
    assert "kb_rate_limited_total 1.0" in shown


def test_subscriptions_that_are_open(scraped: TestClient) -> None:
    counted: Metrics = scraped.app.state.metrics  # type: ignore[attr-defined]
    counted.subscription_opened()
    counted.subscription_opened()
    counted.subscription_sent(5)
    counted.subscription_closed()
    assert figure(scraped, "kb_subscriptions_open") == 1
    assert figure(scraped, "kb_subscription_messages_total") == 5


def test_requests_in_progress(scraped: TestClient) -> None:
    scraped.post("/graphql", json={"query": COUNT})
    # The one that asks.
    assert figure(scraped, "kb_http_requests_in_progress") == 1


def test_connections_to_the_database(scraped: TestClient) -> None:
    scraped.post("/graphql", json={"query": COUNT})
    open_now = {labels["state"]: value for labels, value in figures(scraped, "kb_database_connections")}
    assert open_now.keys() == {"in_use", "idle", "plans"}
    assert open_now["in_use"] == 0
    assert open_now["idle"] + open_now["plans"] >= 1


def test_what_ingestion_has_come_to(database: Database) -> None:
    ended = datetime.now(UTC)
    for counts in (RunCounts(5, 3, 1, 0, 1), RunCounts(2, 1, 0, 1, 0)):
        with database.transaction() as session:
            run = runs.start_run(session)
            runs.finish_run(session, run, counts)
    with database.transaction() as session:
        runs.save_failure(session, runs.start_run(session), DocumentError("letter.txt", "empty", "there is nothing in it"))
    with TestClient(create_app(read_settings({"KB_METRICS": "on"}), database)) as client:
        assert figure(client, "kb_ingest_runs_total") == 3
        outcomes = {labels["outcome"]: value for labels, value in figures(client, "kb_ingest_articles_total")}
        assert outcomes == {"saved": 4, "known": 1, "duplicate": 1, "quarantined": 1}
        assert figure(client, "kb_stored", noun="quarantined") == 1
        assert figure(client, "kb_database_up") == 1
        last = figure(client, "kb_ingest_last_finished_timestamp_seconds")
    assert abs(last - ended.timestamp()) < 3_600


def test_what_is_stored_is_counted_anew_after_a_while_only(
    scraped: TestClient, filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert figure(scraped, "kb_stored", noun="articles") > 0

    def count(_session: object) -> None:
        raise AssertionError("counted again")

    monkeypatch.setattr(runs, "count_totals", count)
    assert figure(scraped, "kb_stored", noun="articles") > 0
    monkeypatch.setattr(metrics, "_TOTALS_SECONDS", 0.0)
    with pytest.raises(AssertionError, match="counted again"):
        scraped.app.state.metrics.expose()  # type: ignore[attr-defined]


def test_a_database_that_does_not_answer_is_a_figure_too(empty_database_url: str) -> None:
    unmigrated = Database.open(empty_database_url)
    with TestClient(create_app(read_settings({"KB_METRICS": "on"}), unmigrated)) as client:
        assert figure(client, "kb_database_up") == 0
        assert figure(client, "kb_http_requests_total") >= 1
    unmigrated.dispose()


@pytest.mark.parametrize(
    ("setting", "address", "headers", "status"),
    [
        ("local", "127.0.0.1", {}, 200),
        ("local", "::1", {}, 200),
        ("local", "203.0.113.9", {}, 404),
        ("local", "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("local", "127.0.0.1", {"Forwarded": "for=203.0.113.9"}, 404),
        ("on", "203.0.113.9", {}, 200),
        ("off", "127.0.0.1", {}, 404),
    ],
)
def test_who_gets_to_see_it(filled: Database, setting: str, address: str, headers: dict[str, str], status: int) -> None:
    app = create_app(read_settings({"KB_METRICS": setting}), filled)
    with TestClient(app, client=(address, 50_000)) as client:
        assert client.get("/metrics", headers=headers).status_code == status
