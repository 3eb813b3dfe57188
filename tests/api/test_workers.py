"""Several processes at one address: they count together, are replaced when they end, and never outlive who looks after them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import time
from pathlib import Path

import pytest

from kb.api.serving.workers import Workers
from kb.errors import KbError
from kb.settings import read_settings
from tests.api.served import PATIENCE, served, until

COUNT = "query Count { events { totalCount } }"


def lives(pid: int) -> bool:
    try:
        # One that has ended and that nobody has asked about is no process any more.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def workers(written: str) -> list[int]:
    """The process ids of all workers that there have been."""
    return [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", written)]


def test_they_answer_count_together_and_are_replaced(sqlite_template: Path, tmp_path: Path) -> None:
    path = shutil.copy(sqlite_template, tmp_path / "kb.db")
    with served(f"sqlite:///{path}", tmp_path, KB_SERVE_WORKERS="2") as server:
        until(lambda: "GraphiQL at /graphql" in server.written(), server.process)
        for _ in range(20):
            server.ask(COUNT)
        assert server.figure("kb_http_requests_total", route="/graphql", status="200") == 20
        assert server.figure("kb_graphql_duration_seconds_count", operation="Count") == 20

        first, _ = workers(server.written())
        os.kill(first, signal.SIGKILL)
        until(lambda: len(workers(server.written())) == 3, server.process)
        server.ask(COUNT)
        # What the one counted that is gone still counts.
        assert server.figure("kb_graphql_duration_seconds_count", operation="Count") == 21
        assert f"worker process {first} ended" in server.written()
        assert server.written().count("GraphiQL at /graphql") == 1
        assert "Traceback" not in server.written()

        # Nobody looks after them any more: a server that cannot be told to end must not be left behind.
        server.process.kill()
        server.ended()
        deadline = time.monotonic() + PATIENCE
        while any(map(lives, workers(server.written()))):
            assert time.monotonic() < deadline, "they go on without their parent"
            time.sleep(0.05)


def test_they_end_when_told_to(sqlite_template: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = shutil.copy(sqlite_template, tmp_path / "kb.db")
    settings = read_settings({"KB_DATABASE_URL": f"sqlite:///{path}"})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Workers(settings, listener, lambda: os.kill(os.getpid(), signal.SIGTERM)).run()
    written = capfd.readouterr().err
    (pid,) = workers(written)
    assert not lives(pid)
    assert "Application shutdown complete" in written
    assert "Traceback" not in written


def test_one_that_cannot_begin_is_not_tried_again_and_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    settings = read_settings({"KB_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})
    begun: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(KbError, match="ended before it could serve"):
        Workers(settings, listener, lambda: begun.append("begun")).run()
    assert begun == []
    written = capfd.readouterr().err
    assert "none.db is no file" in written
    assert "Traceback" not in written
