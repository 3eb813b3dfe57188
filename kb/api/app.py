"""The web application: GraphQL, its pages and its assets."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import anyio.to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kb.api.auth import Gate
from kb.api.desk import Desk
from kb.api.errors import INTERNAL, plain_error
from kb.api.headers import SecurityHeaders
from kb.api.http import GraphQLEndpoint
from kb.api.pages import DIST, landing
from kb.api.schema import load_schema
from kb.errors import StorageError
from kb.settings import Settings
from kb.storage.session import Database

_log: Final = logging.getLogger("kb.api")
# Below this, compression costs more than it saves.
_COMPRESS_BYTES: Final = 1_000


class _Health:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _reach(self) -> None:
        with self._database.reader():
            pass

    async def __call__(self, request: Request) -> Response:
        try:
            await anyio.to_thread.run_sync(self._reach)
        except StorageError as error:
            _log.error("the database does not answer: %s", error.message)
            return JSONResponse({"status": "unavailable"}, 503)
        return JSONResponse({"status": "ok"})


async def _on_surprise(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return JSONResponse({"errors": [plain_error("something went wrong on the server; its log has the cause", INTERNAL)]}, 500)


def create_app(settings: Settings, database: Database | None = None) -> Starlette:
    """The application over `database`, which mutations then write to as well, or over the one that `settings` name: that one is
    opened for writing only when something is changed, and closed at the application's end.

    Raises StorageError where the database cannot be reached and ConfigError where the ontology cannot be read.
    """
    opened = database if database is not None else Database.open(settings.database_url, read_only=True)
    load_schema()
    desk = Desk(settings, database)
    graphql = GraphQLEndpoint(opened, Gate(opened, anonymous=settings.anonymous), desk)
    health = _Health(opened)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            desk.dispose()
            if database is None:
                opened.dispose()

    async def answer_graphql(request: Request) -> Response:
        return await graphql(request)

    async def answer_health(request: Request) -> Response:
        return await health(request)

    routes: list[Route | Mount] = [
        Route("/", landing),
        Route("/graphql", answer_graphql, methods=["GET", "POST"]),
        Route("/healthz", answer_health),
    ]
    if DIST.is_dir():
        routes.append(Mount("/static", StaticFiles(directory=DIST)))
    return Starlette(
        routes=routes,
        middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=_COMPRESS_BYTES)],
        exception_handlers={Exception: _on_surprise},
        lifespan=lifespan,
    )
