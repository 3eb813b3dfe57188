"""A private PostgreSQL server on loopback from the system's binaries, for tests and for .ci/run."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

START_SECONDS = 60
ACCOUNT = "postgres"


class PostgresServer:
    """Started with `start`, ended with `stop`; its data is in a temporary folder and goes with it.

    In a `folder` of one's own the data stays, and what was stored there is there again. `options` are the server's settings that
    differ from those of tests.
    """

    def __init__(self, bin_dir: Path, folder: Path | None = None, options: Mapping[str, str] | None = None) -> None:
        self._bin = bin_dir
        self._stays = folder is not None
        self._folder = folder if folder is not None else Path(tempfile.mkdtemp(prefix="kb-postgres-"))
        self._options = dict(options or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _free_port()

    @property
    def url(self) -> str:
        return f"postgresql://{ACCOUNT}@127.0.0.1:{self._port}/postgres"

    @property
    def pid(self) -> int | None:
        """The postmaster's, whose children the sessions are; None while it does not run."""
        return None if self._process is None else self._process.pid

    def start(self) -> PostgresServer:
        data = self._folder / "data"
        self._folder.mkdir(parents=True, exist_ok=True)
        user = _unprivileged_account()
        if user is not None:
            shutil.chown(self._folder, user.pw_name)
        if not (data / "PG_VERSION").exists():
            # A locale that sorts otherwise than by code point, so that an order which depends on it is found out.
            locale = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8")
            self._run("initdb", "-D", str(data), "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", *locale, "--no-sync")
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": str(self._folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "60",
            "shared_buffers": "64MB",
            **self._options,
        }
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            [str(self._bin / "postgres"), "-D", str(data), *arguments], stdout=log, stderr=log, cwd=self._folder, **_as_user(user)
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            ready = subprocess.run(
                [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port)], check=False
            ).returncode
            if ready == 0:
                return self
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        message = (self._folder / "log").read_text(errors="replace")
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start: {message[-2000:]}")

    def stop(self) -> None:
        if self._process is not None:
            # SIGINT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them.
            self._process.send_signal(2)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if not self._stays:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            check=False,
            capture_output=True,
            cwd=self._folder,
            **_as_user(_unprivileged_account()),
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stderr.decode(errors='replace')[-2000:]}")


def find_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server binaries of this machine, or None."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        found.append(Path(on_path).resolve().parent)
    return max(found, key=lambda path: (path.parent.name.zfill(4), str(path)), default=None)


def _unprivileged_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then the account that its package makes is taken."""
    if os.geteuid() != 0:
        return None
    for name in (ACCOUNT, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL cannot run as root and there is no account to run it as")


def _as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    if user is None:
        return {"env": environment}
    return {"env": environment, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def new_database_name() -> str:
    return f"kb_test_{secrets.token_hex(6)}"


def main() -> int:
    """Starts a server, runs the command given with KB_TEST_POSTGRES_URL set, and stops it again."""
    binaries = find_binaries()
    if binaries is None:
        sys.stderr.write("no PostgreSQL binaries found; install Debian's postgresql\n")
        return 1
    if len(sys.argv) < 2:
        sys.stderr.write("usage: python tests/postgres_server.py COMMAND [ARGUMENT...]\n")
        return 2
    server = PostgresServer(binaries).start()
    try:
        return subprocess.run(sys.argv[1:], check=False, env={**os.environ, "KB_TEST_POSTGRES_URL": server.url}).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
