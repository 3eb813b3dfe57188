"""A server in a process of its own, as `kb serve` runs it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from kb.settings import LEARNED

PATIENCE = 60
PROGRAM = """
import sys
from kb.api.serving.serve import serve
from kb.settings import read_settings
serve(read_settings(), "127.0.0.1", int(sys.argv[1]))
# What is not asked for must not cost anything.
sys.exit("opentelemetry" in sys.modules)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Waits until `holds`, which may fail with OSError until then, while the process lives."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert process.poll() is None, "the server ended too early"
        assert time.monotonic() < deadline, "the server does not get there"
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that listens on `port` and writes its log to a file."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def ask(self, query: str, **headers: str) -> dict[str, Any]:
        """The body of the answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query}).encode(),
            {"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            body: dict[str, Any] = json.load(response)
            return body

    def figure(self, name: str, **labels: str) -> float:
        """The sum of the samples of /metrics with this name and these labels."""
        families = text_string_to_metric_families(self.get("/metrics")[1].decode())
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def waits_for(self, number: int) -> None:
        """Returns when so many requests are in progress, beside the one that asks for it."""
        until(lambda: self.figure("kb_http_requests_in_progress") == number + 1, self.process)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(PATIENCE)

    def written(self) -> str:
        """What it has written to stderr."""
        return self.log.read_text("utf-8")


@contextmanager
def served(url: str, folder: Path, **settings: str) -> Iterator[Served]:
    """A server over the database at `url`, which answers already; it is killed in the end if it still lives."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    log = folder / "stderr"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(port)],
            env={**kept, "KB_READER": LEARNED, "KB_DATABASE_URL": url, **settings},
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        ) as process,
    ):
        server = Served(process, port, log)
        try:
            until(lambda: server.get("/readyz")[0] == 200, process)
            yield server
        finally:
            if process.poll() is None:
                process.kill()
