"""Traces for OpenTelemetry: a span for every request and one for every statement that the database runs for it.

OpenTelemetry comes with `kb[telemetry]` and is imported only where KB_TELEMETRY asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from starlette.types import Scope

from kb.api.serving.exchange import ANONYMOUS_OPERATION, Exchange
from kb.errors import ConfigError
from kb.storage.session import Database

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span

_MISSING: Final = "KB_TELEMETRY=on needs OpenTelemetry; install kb[telemetry] or unset it"
_SERVICE: Final = "kb"
# Compiled operations make statements of several thousand characters; how one begins is enough to know it by.
_STATEMENT_CHARACTERS: Final = 2_000
_FAILED_FROM: Final = 500


class Tracing:
    """Makes spans and hands them to `processor`."""

    def __init__(self, processor: SpanProcessor) -> None:
        try:
            from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
        except ImportError:
            raise ConfigError(_MISSING) from None
        # What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes after our own name and so before it.
        resource = Resource({SERVICE_NAME: _SERVICE}).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("kb.api")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, scope: Scope, exchange: Exchange) -> Iterator[None]:
        """A span for the request, continuing the trace of the W3C traceparent header that it came with."""
        from opentelemetry.trace import SpanKind

        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"traceparent", b"tracestate")
        }
        given = self._propagator.extract(carrier)
        method = str(scope["method"])
        with self._tracer.start_as_current_span(method, context=given, kind=SpanKind.SERVER) as span:
            try:
                yield
            finally:
                if span.is_recording():
                    _describe(span, scope, exchange)

    @contextmanager
    def statement(self, text: str, system: str) -> Iterator[None]:
        """A span for one statement; parameters, which are what people asked for, stay out of it."""
        from opentelemetry.trace import SpanKind

        with self._tracer.start_as_current_span(text.split(None, 1)[0].upper(), kind=SpanKind.CLIENT) as span:
            if span.is_recording():
                span.set_attribute("db.system.name", system)
                span.set_attribute("db.query.text", text[:_STATEMENT_CHARACTERS])
            yield

    def watch(self, database: Database) -> None:
        """Gives every statement of `database` its span from now on."""
        database.watch(lambda text: self.statement(text, database.dialect))

    def dispose(self) -> None:
        """Sends what has not been sent yet, and ends."""
        self._provider.shutdown()


def open_tracing(*, wanted: bool) -> Tracing | None:
    """What sends traces by OTLP over HTTP to where OTEL_EXPORTER_OTLP_ENDPOINT says; None where not wanted.

    Raises ConfigError where OpenTelemetry is not installed.
    """
    if not wanted:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigError(_MISSING) from None
    return Tracing(BatchSpanProcessor(OTLPSpanExporter()))


def _describe(span: Span, scope: Scope, exchange: Exchange) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("http.request.method", scope["method"])
    span.set_attribute("http.response.status_code", exchange.status)
    span.set_attribute("kb.request_id", exchange.request_id)
    if exchange.graphql:
        span.update_name(f"GraphQL {exchange.operation or ANONYMOUS_OPERATION}")
        span.set_attribute("http.route", "/graphql")
        span.set_attribute("graphql.operation.name", exchange.operation or "")
        span.set_attribute("kb.way", exchange.way)
    else:
        span.set_attribute("url.path", scope["path"])
    if exchange.price is not None:
        span.set_attribute("kb.price", exchange.price)
    if exchange.codes:
        span.set_attribute("kb.codes", exchange.codes)
    if exchange.status >= _FAILED_FROM:
        span.set_status(Status(StatusCode.ERROR))
