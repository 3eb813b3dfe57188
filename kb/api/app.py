"""The web application: GraphQL, its pages and its assets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from kb.api.auth import Gate
from kb.api.desk import Desk, TakesArticles
from kb.api.http import GraphQLEndpoint
from kb.api.live.event_stream import EventStreams, stream_where_wanted
from kb.api.live.streams import Streams
from kb.api.live.websocket import WebSockets
from kb.api.pages import DIST, landing
from kb.api.schema import load_schema
from kb.api.serving.compression import LEAST_BYTES, NEVER, is_local
from kb.api.serving.cors import allow_origins
from kb.api.serving.edge import Edge, Observer
from kb.api.serving.health import Readiness, answer_alive
from kb.api.serving.lifecycle import Lifecycle
from kb.api.serving.metrics import CONTENT_TYPE, Metrics
from kb.api.serving.request_log import RequestLog
from kb.api.serving.telemetry import Tracing, open_tracing
from kb.settings import Settings
from kb.storage.session import Database

# How often a process looks at its figures that are not counted but looked at, where several processes count together.
_REFRESH_SECONDS: Final = 5
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


class Application(Starlette):
    """Starlette's, with one layer of our own in place of its middleware.

    Others find in `state` the `lifecycle`, the `metrics` and the `streams`.
    """

    edge: ASGIApp
    graphql: GraphQLEndpoint
    dispose: Callable[[], None]
    """Lets go of all that the application has opened; its lifespan does so in the end."""

    @property
    def under_way(self) -> int:
        """How many answers are being made."""
        return self.graphql.under_way

    def build_middleware_stack(self) -> ASGIApp:
        """What answers every request."""
        return self.edge


class _MetricsPage:
    """/metrics, for those whom the settings let see it; others find nothing there."""

    def __init__(self, metrics: Metrics, allowed: str) -> None:
        self._metrics = metrics
        self._allowed = allowed

    async def __call__(self, request: Request) -> Response:
        # A proxy on this machine makes everybody local; where one shows itself, the settings have to say "on".
        local = is_local(request.scope) and not any(name in request.headers for name in _FORWARDED)
        if self._allowed == "off" or (self._allowed == "local" and not local):
            return PlainTextResponse("Not Found", 404)
        content = await anyio.to_thread.run_sync(self._metrics.expose)
        return Response(content, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


def create_app(
    settings: Settings,
    database: Database | None = None,
    *,
    inlet: TakesArticles | None = None,
    requests: RequestLog | None = None,
    tracing: Tracing | None = None,
) -> Application:
    """The application over `database`, which mutations then write to as well, or over the one that `settings` name: that one is
    opened for writing only when something is changed, and closed at the application's end, as is `inlet`, which articles are
    handed in to where there is one. Requests are logged to `requests`, and
    traced by `tracing`, or as the settings say.

    Raises StorageError where the database cannot be reached and ConfigError where the ontology cannot be read.
    """
    serving = settings.serving
    tracing = tracing or open_tracing(wanted=serving.telemetry)
    opened = database if database is not None else _open(settings)
    if tracing is not None:
        tracing.watch(opened)
    load_schema()
    desk = Desk(settings, database, inlet, None if tracing is None else tracing.watch)
    gate = Gate(opened, anonymous=settings.anonymous)
    graphql = GraphQLEndpoint(opened, gate, desk, settings.limits)
    lifecycle = Lifecycle()
    metrics = Metrics(opened, serving.metrics_dir)
    streams = Streams(opened, graphql.reception, gate, desk, lifecycle, metrics, settings.streams)
    asked = stream_where_wanted(EventStreams(streams, graphql, settings.limits.client_timeout_s), graphql)

    def dispose() -> None:
        graphql.dispose()
        desk.dispose()
        # Drivers crash where a connection is closed that another thread is waiting on.
        if database is None and not graphql.under_way:
            opened.dispose()
        metrics.dispose()
        if requests is not None:
            requests.dispose()
        if tracing is not None:
            tracing.dispose()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            async with anyio.create_task_group() as tasks:
                if serving.metrics_dir is not None:
                    tasks.start_soon(_refresh, metrics)
                lifecycle.begin()
                yield
                lifecycle.close_streams()
                tasks.cancel_scope.cancel()
        finally:
            dispose()

    readiness, page = Readiness(opened, lifecycle), _MetricsPage(metrics, serving.metrics)

    async def answer_ready(request: Request) -> Response:
        return await readiness(request)

    async def answer_metrics(request: Request) -> Response:
        return await page(request)

    routes: list[Route | WebSocketRoute | Mount] = [
        Route("/", landing),
        Route("/graphql", asked, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", WebSockets(streams, settings.limits.cors_origins).answer),
        Route("/healthz", answer_alive),
        Route("/readyz", answer_ready),
        Route("/metrics", answer_metrics),
    ]
    if DIST.is_dir():
        routes.append(Mount("/static", _static(serving.compress)))
    app = Application(routes=routes, lifespan=lifespan)
    observers: list[Observer] = [metrics] if requests is None else [metrics, requests]
    edge = Edge(asked, ExceptionMiddleware(app.router), observers, serving.compress, tracing)
    metrics.watch_progress(lambda: edge.in_progress)
    app.edge = allow_origins(edge, settings.limits.cors_origins)
    app.graphql, app.dispose = graphql, dispose
    app.state.lifecycle = lifecycle
    app.state.metrics = metrics
    app.state.streams = streams
    return app


def _open(settings: Settings) -> Database:
    return Database.open(settings.database_url, read_only=True, timeout_s=settings.limits.query_timeout_s)


def _static(compress: str) -> ASGIApp:
    files = StaticFiles(directory=DIST)
    return files if compress == NEVER else GZipMiddleware(files, minimum_size=LEAST_BYTES)


async def _refresh(metrics: Metrics) -> None:
    while True:
        metrics.refresh()
        await anyio.sleep(_REFRESH_SECONDS)
