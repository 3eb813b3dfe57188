"""Load by wrk, and what it measured."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.graphql_bench.servers import Server, ServerError

_SCRIPT: Final = Path(__file__).with_name("post.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """Of one stretch of load: milliseconds for half, nine of ten, 99 of 100 and all requests, and how many went wrong.

    `broken` counts connections, responses with another status than 200 and, where they were looked at, GraphQL errors.
    """

    requests: int
    seconds: float
    size: float
    p50: float
    p90: float
    p99: float
    most: float
    broken: int
    example: str

    @property
    def per_second(self) -> float:
        """Requests answered each second."""
        return self.requests / self.seconds


def start_wrk(
    server: Server, bodies: Path, connections: int, seconds: float, *, check: bool = False, threads: int = 1
) -> subprocess.Popen[bytes]:
    """wrk at work against a server; `finish_wrk` waits for it. Raises ServerError where it is not installed."""
    program = shutil.which("wrk")
    if program is None:
        raise ServerError("wrk is not installed; install Debian's package of that name")
    # wrk counts whole seconds.
    options = [f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", str(_SCRIPT)]
    url = f"http://127.0.0.1:{server.port}/graphql"
    arguments = [str(bodies), *(["check"] if check else [])]
    return subprocess.Popen([program, *options, url, "--", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish_wrk(process: subprocess.Popen[bytes]) -> Load:
    """What wrk measured, once it has ended."""
    _, said = process.communicate()
    lines = said.decode(errors="replace").strip().splitlines()
    if process.returncode or not lines:
        raise ServerError(f"wrk failed: {said.decode(errors='replace')[-1000:]}")
    found = json.loads(lines[-1])
    broken = sum(found[each] for each in ("connect", "read", "write", "timeout")) + max(found["status"], found["failed"])
    return Load(
        requests=found["requests"],
        seconds=found["microseconds"] / 1e6,
        size=found["bytes"] / max(1, found["requests"]),
        p50=found["p50"] / 1e3,
        p90=found["p90"] / 1e3,
        p99=found["p99"] / 1e3,
        most=found["most"] / 1e3,
        broken=broken,
        example=found["example"],
    )


@contextmanager
def written(path: Path, bodies: Sequence[bytes]) -> Iterator[Path]:
    """The file with one body a line that wrk's script reads."""
    path.write_bytes(b"\n".join(bodies) + b"\n")
    try:
        yield path
    finally:
        path.unlink()
