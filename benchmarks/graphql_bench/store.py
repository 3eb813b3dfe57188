"""Where the invented knowledge base is kept, so that only the first run has to make it."""

from __future__ import annotations

import ast
import fcntl
import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.graphql_bench.load import load
from benchmarks.graphql_bench.sizes import Size
from benchmarks.graphql_bench.world import World
from kb.errors import StorageError
from kb.settings import read_settings
from tests.postgres_server import PostgresServer, find_binaries

# Everything fits into memory, and nothing waits for a disk. Compiling plans costs more than such queries do, whoever asks.
_OPTIONS: Final = {
    "shared_buffers": "768MB",
    "work_mem": "16MB",
    "jit": "off",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
}
_READY: Final = "ready"
_NAME: Final = "bench"


@dataclass(frozen=True, slots=True)
class Store:
    """The knowledge base in both databases. `postgres_pid` is the process whose children serve PostgreSQL's sessions."""

    world: World
    postgres_url: str
    postgres_pid: int
    sqlite_file: Path


@contextmanager
def open_store(size: Size, folder: Path | None = None) -> Iterator[Store]:
    """The knowledge base of this size, made first where `folder` (or the system's temporary one) does not hold it yet.

    Raises StorageError where there is no PostgreSQL to start.
    """
    binaries = find_binaries()
    if binaries is None:
        raise StorageError("there is no PostgreSQL server to start; install Debian's postgresql")
    world = World(size)
    place = (folder or Path(tempfile.gettempdir()) / "kb-bench") / f"{size.name}-{_fingerprint()}"
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place, wait=True):
        _drop_outdated(place)
        with _running(binaries, place, world) as store:
            yield store


@contextmanager
def _alone(place: Path, *, wait: bool) -> Iterator[bool]:
    """Held by one run at a time; False where another has the place and this one would not wait for it."""
    with (place / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _drop_outdated(place: Path) -> None:
    """What earlier versions of the code stored, unless another run is at it."""
    for other in place.parent.glob(f"{place.name.partition('-')[0]}-*"):
        if other != place and (other / "lock").exists():
            with _alone(other, wait=False) as free:
                if free:
                    shutil.rmtree(other, ignore_errors=True)


@contextmanager
def _running(binaries: Path, place: Path, world: World) -> Iterator[Store]:
    if not (place / _READY).exists():
        shutil.rmtree(place / "postgres", ignore_errors=True)
        for left in place.glob("kb.db*"):
            left.unlink()
    # PostgreSQL runs as another account where this one is root.
    place.chmod(0o755)
    server = PostgresServer(binaries, place / "postgres", _OPTIONS).start()
    try:
        url = f"{server.url.rsplit('/', 1)[0]}/{_NAME}"
        if not (place / _READY).exists():
            _make(world, server.url, url, place / "kb.db")
            (place / _READY).touch()
        assert server.pid is not None
        yield Store(world, url, server.pid, place / "kb.db")
    finally:
        server.stop()


def _make(world: World, maintenance_url: str, url: str, file: Path) -> None:
    print(f"making the knowledge base ({world.size.name}); later runs find it made", file=sys.stderr)
    begin = time.monotonic()
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_NAME} TEMPLATE template0 ENCODING 'UTF8'")
    load(world, url, file)
    print(f"  made in {time.monotonic() - begin:.0f} s", file=sys.stderr)


def _fingerprint() -> str:
    """Of all that decides what is stored: the code that invents it, the ontology, and the migrations."""
    here = Path(__file__).parent
    files = [here / name for name in ("names.py", "world.py", "texts.py", "rows.py", "load.py", "sizes.py", "store.py")]
    settings = read_settings()
    files += [here / "postgraphile" / "peer.sql", settings.data_dir / "schema" / "ontology" / "event_types.yaml"]
    files += sorted(settings.migrations_dir.glob("versions/*.py"))
    digest = hashlib.blake2b(digest_size=6)
    for path in files:
        text = path.read_text("utf-8")
        # Without comments and layout, which change nothing.
        digest.update((ast.dump(ast.parse(text)) if path.suffix == ".py" else text).encode())
    return digest.hexdigest()
