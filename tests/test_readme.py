"""Every command and every query of the README works, and the answers that it shows are the real ones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kb.settings import LEARNED

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match.group(1), match.group(2)) for match in BLOCK.finditer(README)]


def commands() -> list[str]:
    lines = [line for language, text in BLOCKS if language == "console" for line in text.splitlines()]
    assert all(line.startswith("$ ") for line in lines), "a console block holds a line that is no command"
    return [line.removeprefix("$ ") for line in lines]


def queries() -> list[tuple[str, str | None]]:
    """Each query, with the answer shown right behind it."""
    following = [*BLOCKS[1:], ("", "")]
    pairs = zip(BLOCKS, following, strict=True)
    return [(text, after if kind == "json" else None) for (language, text), (kind, after) in pairs if language == "graphql"]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the checkout, in which all kb commands of the README have been run in their order."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("seeds", "tests"):
        (folder / name).symlink_to(ROOT / name)
    for command in commands():
        if "kb " in command:
            done = shell(command, folder)
            assert done.returncode == 0, f"{command}\n{done.stderr}"
            assert "Traceback" not in done.stderr
    return folder


def shell(command: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "KB_READER": LEARNED,
        "KB_DATABASE_URL": f"sqlite:///{folder / 'kb.db'}",
    }
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_commands_of_the_readme_work(workplace: Path) -> None:
    assert (workplace / "export" / "claims.jsonl").stat().st_size > 0


def test_the_make_targets_of_the_readme_exist() -> None:
    named = {target for command in commands() if command.startswith("make ") for target in command.split()[1:]}
    named |= {target for text in re.findall(r"`make ([a-z ]+)`", README) for target in text.split()}
    assert {"demo", "setup", "check", "test"} <= named
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("number", range(len(queries())))
def test_the_queries_of_the_readme_answer(workplace: Path, number: int) -> None:
    query, shown = queries()[number]
    done = shell("kb query -", workplace, stdin=query)
    assert done.returncode == 0, done.stderr + done.stdout
    answer = json.loads(done.stdout)
    assert "errors" not in answer
    assert all(answer["data"].values()), f"an example that answers nothing: {query}"
    assert '"totalCount": 0' not in done.stdout, f"an example that finds nothing: {query}"
    if shown is not None:
        assert answer["data"] == json.loads(shown)


def test_the_settings_of_the_readme_are_those_that_the_program_reads() -> None:
    read = set(re.findall(r"\"(KB_[A-Z_]+)\"", (ROOT / "kb" / "settings.py").read_text("utf-8")))
    listed = set(re.findall(r"^\| `(KB_[A-Z_]+)` \|", README, re.MULTILINE))
    assert listed - {"KB_PORT"} == read
