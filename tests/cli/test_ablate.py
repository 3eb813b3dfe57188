"""`kb ablate`: what is said to somebody who uses it wrongly."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from kb.cli.main import run
from tests.command import kb


@pytest.mark.parametrize(
    ("arguments", "said"), [(["ablate"], "FOLDER"), (["ablate", "x"], "--on"), (["ablate", "x", "--on"], "--on")]
)
def test_what_to_learn_from_and_what_to_read_must_be_named(arguments: list[str], said: str) -> None:
    done = kb(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_without_pytorch_one_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "torch" else find(name, *rest))
    assert run(["ablate", str(tmp_path), "--on", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert len(said.err.splitlines()) == 1
    assert "kb[train]" in said.err


def test_a_folder_without_anything_to_learn_from_is_told(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="what is learned has to be trained: pip install 'kb[train]'")
    done = kb("ablate", tmp_path, "--on", tmp_path, "--json")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "nothing to learn from" in done.stderr
