"""The servers that are measured, each a process of its own on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.graphql_bench.asking import BadReplyError, encode_body
from benchmarks.graphql_bench.operations import Operation, Variables
from kb.errors import KbError

_ROOT: Final = Path(__file__).resolve().parents[2]
_PEER_FOLDER: Final = Path(__file__).with_name("postgraphile")
_MARK: Final = ".installed-for"
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 15
_LIMIT: Final = (sys.executable, "-m", "benchmarks.graphql_bench.limit")
OURS: Final = "kb"
PEER: Final = "PostGraphile"
LIMIT: Final = "limit"
SAME_SQL: Final = "same SQL"


class ServerError(KbError):
    """A server did not start."""

    code = "BENCHMARK"


Encode = Callable[[Operation, Variables], bytes]
"""The body with which a server is asked."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on this port of the machine; `name` is one of those above."""

    name: str
    port: int
    pid: int
    encode: Encode


def find_socket(postgres_url: str) -> str:
    """The same database by the server's Unix socket instead of the address."""
    with psycopg.connect(postgres_url) as connection:
        info = connection.info
        row = connection.execute("SELECT current_setting('unix_socket_directories')").fetchone()
        return f"postgresql://{info.user}@/{info.dbname}?host={row[0] if row else ''}&port={info.port}"


def encode_ours(operation: Operation, variables: Variables) -> bytes:
    """As our schema has it."""
    return encode_body(operation.ours, operation.name, variables)


def encode_peer(operation: Operation, variables: Variables) -> bytes:
    """As PostGraphile's schema has it."""
    return encode_body(operation.peer, operation.name, operation.peer_variables(variables))


@contextmanager
def start_ours(database_url: str, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`kb serve` as it is; `settings` are of the environment."""
    environment = {"KB_DATABASE_URL": database_url, **(settings or {})}
    program = [sys.executable, "-c", "from kb.cli.main import main; main()", "serve", "--port"]
    with _start(OURS, encode_ours, program, (), environment) as server:
        yield server


@contextmanager
def start_limit(database_url: str, way: str) -> Iterator[Server]:
    """The bare application over the same database, with statements written by hand."""
    with _start(LIMIT, encode_ours, _LIMIT, (database_url, "--way", way), {}) as server:
        yield server


@contextmanager
def start_same_sql(database_url: str, way: str, statements: Path, encode: Encode) -> Iterator[Server]:
    """The bare application with the statements of a file that benchmarks.graphql_bench.same_sql wrote."""
    with _start(SAME_SQL, encode, _LIMIT, (database_url, "--way", way, "--statements", str(statements)), {}) as server:
        yield server


@contextmanager
def start_peer(postgres_url: str, node: Path | None = None) -> Iterator[Server]:
    """PostGraphile under `node`, or the Node.js that package.json asks for. Raises ServerError where npm cannot install them."""
    install_peer()
    program = [str(node or _PEER_FOLDER / "node_modules" / "node" / "bin" / "node"), str(_PEER_FOLDER / "server.mjs")]
    with _start(PEER, encode_peer, program, (postgres_url,), {"NODE_ENV": "production"}) as server:
        yield server


def is_peer_installed() -> bool:
    """Whether PostGraphile was installed for this package.json before."""
    mark = _PEER_FOLDER / "node_modules" / _MARK
    return mark.exists() and mark.read_bytes() == (_PEER_FOLDER / "package.json").read_bytes()


def install_peer() -> None:
    """Installs PostGraphile unless that was done before."""
    if is_peer_installed():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise ServerError("npm is not installed, and PostGraphile comes with it; install Node.js")
    print("installing PostGraphile with npm", file=sys.stderr)
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([npm, "install", *options], cwd=_PEER_FOLDER, capture_output=True, check=False)
    if done.returncode:
        raise ServerError(f"npm could not install PostGraphile: {done.stderr.decode(errors='replace')[-2000:]}")
    (_PEER_FOLDER / "node_modules" / _MARK).write_bytes((_PEER_FOLDER / "package.json").read_bytes())


@contextmanager
def _start(
    name: str, encode: Encode, program: Sequence[str], arguments: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Server]:
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*program, str(port), *arguments],
            cwd=_ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            if not _listens(process, port):
                log.seek(0)
                raise ServerError(f"{name} did not start: {log.read().decode(errors='replace')[-2000:]}")
            yield Server(name, port, process.pid, encode)
        except BadReplyError:
            log.seek(0)
            print(f"{name} said at last:\n{log.read().decode(errors='replace')[-3000:]}", file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
