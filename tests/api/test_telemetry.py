"""Traces: a span for each request and each of its statements, in the trace that the client began, without what was asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import text
from starlette.testclient import TestClient

from kb.api.app import create_app
from kb.api.serving.telemetry import Tracing, open_tracing
from kb.domain.access import Role
from kb.errors import ConfigError
from kb.settings import read_settings
from kb.storage.session import Database
from tests.api.curated import make_token, token_of

SECRET = "the minister of secrets"
SEARCH = {"query": "query Search($text: String!) { search(text: $text) { totalCount } }", "variables": {"text": SECRET}}
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traced(filled_url: str, spans: InMemorySpanExporter) -> Iterator[TestClient]:
    # A database of its own, as it is watched for as long as it is open.
    database = Database.open(filled_url, read_only=True)
    app = create_app(read_settings({}), database, tracing=Tracing(SimpleSpanProcessor(spans)))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
    database.dispose()


def split(spans: InMemorySpanExporter) -> tuple[list[ReadableSpan], list[ReadableSpan]]:
    """Spans of requests, and spans of statements."""
    finished = spans.get_finished_spans()
    by_kind = {kind: [span for span in finished if span.kind is kind] for kind in (SpanKind.SERVER, SpanKind.CLIENT)}
    assert len(finished) == sum(map(len, by_kind.values()))
    return by_kind[SpanKind.SERVER], by_kind[SpanKind.CLIENT]


def test_a_request_has_a_span_and_its_statements_have_theirs_inside(traced: TestClient, spans: InMemorySpanExporter) -> None:
    response = traced.post("/graphql", json=SEARCH)
    (request,), statements = split(spans)
    assert request.name == "GraphQL Search"
    assert request.attributes is not None
    assert request.attributes["graphql.operation.name"] == "Search"
    assert request.attributes["kb.way"] in {"plan", "resolvers"}
    assert request.attributes["kb.request_id"] == response.headers["X-Request-Id"]
    assert request.attributes["http.response.status_code"] == 200
    assert statements
    for span in statements:
        assert span.parent is not None
        assert request.context is not None
        assert span.parent.span_id == request.context.span_id
        assert span.attributes is not None
        assert span.attributes["db.system.name"] in {"sqlite", "postgresql"}
    assert any("SELECT" in str((span.attributes or {})["db.query.text"]) for span in statements)


def test_what_was_asked_for_stays_out_of_it(traced: TestClient, spans: InMemorySpanExporter) -> None:
    traced.post("/graphql", json=SEARCH)
    traced.post("/graphql", json=SEARCH, headers={"Authorization": f"Bearer {SECRET}"})
    finished = spans.get_finished_spans()
    assert finished
    assert all("minister" not in span.to_json() for span in finished)


def test_it_goes_on_in_the_trace_that_the_client_began(traced: TestClient, spans: InMemorySpanExporter) -> None:
    traced.post("/graphql", json=SEARCH, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    (request,), statements = split(spans)
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == PARENT
    assert {f"{span.context.trace_id:032x}" for span in (request, *statements) if span.context} == {TRACE}


@pytest.mark.parametrize("header", ["00-nonsense-01", "", f"00-{TRACE}"])
def test_a_header_that_is_none_begins_a_trace_of_its_own(traced: TestClient, spans: InMemorySpanExporter, header: str) -> None:
    assert traced.post("/graphql", json=SEARCH, headers={"traceparent": header}).status_code == 200
    (request,), _ = split(spans)
    assert request.parent is None


def test_what_the_client_does_not_want_recorded_is_not(traced: TestClient, spans: InMemorySpanExporter) -> None:
    traced.post("/graphql", json=SEARCH, headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})
    assert spans.get_finished_spans() == ()


def test_a_failure_is_marked(traced: TestClient, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("kb.api.http.GraphQLEndpoint.__call__", fail)
    assert traced.post("/graphql", json=SEARCH).status_code == 500
    (request,), _ = split(spans)
    assert request.status.status_code is StatusCode.ERROR
    assert "minister" not in request.to_json()


def test_a_statement_that_fails_ends_its_span(traced: TestClient, spans: InMemorySpanExporter, filled_url: str) -> None:
    broken = Database.open(filled_url, read_only=True)
    Tracing(SimpleSpanProcessor(spans)).watch(broken)
    with pytest.raises(Exception, match="nowhere"), broken.reader() as session:
        session.execute(text("SELECT * FROM nowhere"))
    broken.dispose()
    (span,) = [each for each in spans.get_finished_spans() if "nowhere" in str((each.attributes or {}).get("db.query.text"))]
    assert span.status.status_code is StatusCode.ERROR


def test_what_is_written_is_traced_too(database: Database, database_url: str, spans: InMemorySpanExporter) -> None:
    secret = make_token(database, token_of("Ada", Role.READER))
    settings = read_settings({"KB_DATABASE_URL": database_url})
    with TestClient(create_app(settings, tracing=Tracing(SimpleSpanProcessor(spans)))) as client:
        # When a token was used last is kept.
        client.post("/graphql", json=SEARCH, headers={"Authorization": f"Bearer {secret}"})
    _, statements = split(spans)
    assert any("UPDATE api_token" in str((span.attributes or {})["db.query.text"]) for span in statements)


def test_pages_are_traced_by_their_path(traced: TestClient, spans: InMemorySpanExporter) -> None:
    traced.get("/healthz")
    (request,), _ = split(spans)
    assert request.attributes is not None
    assert request.attributes["url.path"] == "/healthz"


def test_where_it_is_not_installed_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigError, match=r"kb\[telemetry\]"):
        open_tracing(wanted=True)
