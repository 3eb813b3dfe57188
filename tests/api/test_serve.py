"""The server as `kb serve` runs it: it listens where told, ends in peace, and says plainly where it cannot listen."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from kb.api.app import create_app
from kb.api.serving.serve import serve
from kb.api.serving.server import Server
from kb.errors import ConfigError, StorageError, UsageError
from kb.settings import read_settings
from kb.storage.session import Database
from tests.api.served import PATIENCE, free_port, served


def test_it_serves_until_ctrl_c_and_keeps_stdout_for_data(sqlite_template: Path, tmp_path: Path) -> None:
    path = shutil.copy(sqlite_template, tmp_path / "kb.db")
    with served(f"sqlite:///{path}", tmp_path) as server:
        assert server.get("/healthz") == (200, b'{"status":"ok"}')
        server.process.send_signal(signal.SIGINT)
        stdout, _ = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 0
    assert stdout == b""
    written = server.written()
    assert f"http://127.0.0.1:{server.port}" in written
    assert "Traceback" not in written


def test_who_insists_does_not_wait(filled: Database) -> None:
    settings = read_settings({"KB_DRAIN_S": "600"})
    server = Server(create_app(settings, filled), settings)
    for _ in range(2):
        # Some supervisors send it to all processes of a group, and again through their parent.
        server.handle_exit(signal.SIGTERM, None)
        assert not server.should_exit
    server.handle_exit(signal.SIGINT, None)
    assert server.should_exit
    assert not server.force_exit
    server.handle_exit(signal.SIGINT, None)
    assert server.force_exit


@pytest.mark.parametrize(("trusted", "shown"), [("", "127.0.0.1"), ("127.0.0.1", "203.0.113.9"), ("198.51.100.1", "127.0.0.1")])
def test_only_proxies_that_are_named_say_who_asks(filled: Database, trusted: str, shown: str) -> None:
    settings = read_settings({"KB_TRUSTED_PROXIES": trusted})
    seen: list[str] = []

    async def note(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["client"][0])

    config = Server(create_app(settings, filled), settings).config
    config.app = note
    config.load()
    scope = {"type": "http", "client": ("127.0.0.1", 1), "headers": [(b"x-forwarded-for", b"203.0.113.9")]}
    asyncio.run(config.loaded_app(scope, note, note))
    assert seen == [shown]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KB_SERVE_WORKERS", "0"),
        ("KB_DRAIN_S", "-1"),
        ("KB_SHUTDOWN_S", "soon"),
        ("KB_KEEP_ALIVE_S", "0"),
        ("KB_MAX_CONNECTIONS", "1e3"),
        ("KB_COMPRESS", "zip"),
        ("KB_METRICS", "all"),
        ("KB_TELEMETRY", "yes"),
        ("KB_LOG_FORMAT", "xml"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}='{value}'"):
        read_settings({name: value})


def test_a_port_that_is_taken(filled_url: str) -> None:
    settings = read_settings({"KB_DATABASE_URL": filled_url})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{port}.*--port"):
            serve(settings, "127.0.0.1", port)


def test_a_port_that_cannot_be(filled_url: str) -> None:
    with pytest.raises(UsageError, match="--port"):
        serve(read_settings({"KB_DATABASE_URL": filled_url}), "127.0.0.1", 70000)


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    settings = read_settings({"KB_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})
    with pytest.raises(StorageError, match=r"none\.db"):
        serve(settings, "127.0.0.1", free_port())
