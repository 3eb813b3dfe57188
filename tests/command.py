"""Runs the real command line in processes of its own, and keeps one database of the seed articles for the whole session."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from kb.settings import LEARNED

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds" / "articles"
KB = Path(sys.executable).parent / "kb"
PATIENCE = 300


def environment(url: str, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    # The same reader on every machine, whatever is installed there.
    return {**kept, "KB_READER": LEARNED, "KB_DATABASE_URL": url, **settings}


def kb(
    *arguments: str | Path, url: str = "sqlite:////nonexistent/kb.db", stdin: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs `kb` with `settings` to its end; whatever happens, no traceback may reach the user."""
    done = subprocess.run(
        [KB, *arguments],
        env=environment(url, **settings),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        cwd=tempfile.gettempdir(),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def start(*arguments: str | Path, url: str) -> subprocess.Popen[str]:
    """Starts `kb` in a process group of its own and returns at once."""
    return subprocess.Popen(
        [KB, *arguments],
        env=environment(url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=tempfile.gettempdir(),
    )


def export(url: str, folder: Path) -> dict[str, bytes]:
    """What `kb export jsonl` writes, by name of file."""
    done = kb("export", "jsonl", "--out", folder, url=url)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.decode().splitlines()]


@cache
def seeded() -> Path:
    """A folder with `kb.db`, the seed articles ingested, and `export`, what they were exported to. Not to be written to."""
    folder = Path(tempfile.mkdtemp(prefix="kb-seeded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = f"sqlite:///{folder / 'kb.db'}"
    assert kb("db", "upgrade", url=url).returncode == 0
    done = kb("ingest", SEEDS, "--json", url=url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["articles"]["new"] == 5
    export(url, folder / "export")
    return folder


def seeded_url() -> str:
    return f"sqlite:///{seeded() / 'kb.db'}"


def seeded_export() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((seeded() / "export").iterdir())}
