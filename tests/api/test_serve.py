"""The server as `kb serve` runs it: it listens where told, ends in peace, and says plainly where it cannot listen."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from kb.api.serve import serve
from kb.errors import StorageError, UsageError
from kb.settings import read_settings

PATIENCE = 60
PROGRAM = """
import sys
from kb.api.serve import serve
from kb.settings import read_settings
serve(read_settings(), "127.0.0.1", int(sys.argv[1]))
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def fetch(url: str, process: subprocess.Popen[bytes]) -> bytes:
    """The body at `url`, as soon as the process listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url) as response:
                return bytes(response.read())
        except OSError:
            assert process.poll() is None, "the server ended before it answered"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_keeps_stdout_for_data(filled_url: str, number: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "KB_DATABASE_URL": filled_url}
    log = tmp_path / "stderr"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(port)], env=environment, stdout=subprocess.PIPE, stderr=stderr
        ) as process,
    ):
        assert fetch(f"http://127.0.0.1:{port}/healthz", process) == b'{"status":"ok"}'
        process.send_signal(number)
        stdout, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, -number)
    assert stdout == b""
    written = log.read_text()
    assert f"http://127.0.0.1:{port}" in written
    assert "Traceback" not in written


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
