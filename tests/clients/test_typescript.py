"""The typed client of clients/typescript is built from the schema and asks a live server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.storage.session import Database
from tests.api.sample import CONDEMNATION, RECOGNITION, RUSSIA, make_sample, save
from tests.api.served import Served, served

FOLDER = Path(__file__).parents[2] / "clients" / "typescript"
MARK = FOLDER / "node_modules" / ".installed"


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=FOLDER, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built() -> Path:
    """The program, compiled against the schema; packages are installed once."""
    if shutil.which("npm") is None:
        reason = "no npm: install Debian's nodejs and npm"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    lock = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
    if not MARK.is_file() or MARK.read_text(encoding="utf-8") != lock:
        run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
        MARK.write_text(lock, encoding="utf-8")
    run("npm", "run", "--silent", "build")
    return FOLDER / "dist" / "main.js"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder / 'kb.db'}"
    database = Database.open(url)
    database.upgrade()
    save(database, make_sample())
    database.dispose()
    with served(url, folder) as running:
        yield running


def test_the_client_shows_an_entity_with_what_became_of_it(built: Path, server: Served) -> None:
    shown: dict[str, Any] = json.loads(run("node", str(built), f"http://127.0.0.1:{server.port}/graphql", RUSSIA))
    assert (shown["name"], shown["kind"]) == ("Russia", "Country")
    assert shown["timeline"] == [["2022-02-01", 3]]
    # Three events in pages of two: none is left out and none comes twice.
    assert sorted(shown["events"]) == [
        ["2022-02-22", "DEPLOYED_FORCES_TO", "ACTUAL"],
        ["2022-02-22", "RECOGNISED", "ACTUAL"],
        ["2022-02-22", "SANCTIONED", "PLANNED"],
    ]
    assert set(shown["sources"]) == {"Daily Example", "Evening Example"}
    assert shown["reactions"] == [
        {"to": "RECOGNISED", "type": "CONDEMNED", "by": ["Germany"], "sentences": [CONDEMNATION, CONDEMNATION]}
    ]
    assert RECOGNITION in {hit["sentence"] for hit in shown["hits"]}
    assert {word for hit in shown["hits"] for word in hit["matched"]} == {"Russia"}
    assert shown["missing"] is True


def test_an_operation_that_the_schema_does_not_have_is_not_built(built: Path, tmp_path: Path) -> None:
    for name in ("codegen.ts", "package.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    shutil.copytree(FOLDER / "src" / "operations", tmp_path / "src" / "operations")
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    config = (tmp_path / "codegen.ts").read_text(encoding="utf-8")
    schema = FOLDER.parents[1] / "schema" / "schema.graphql"
    (tmp_path / "codegen.ts").write_text(config.replace("../../schema/schema.graphql", str(schema)), encoding="utf-8")
    page = tmp_path / "src" / "operations" / "entity.graphql"
    page.write_text(page.read_text(encoding="utf-8").replace("  name\n", "  colour\n", 1), encoding="utf-8")
    done = subprocess.run(["npm", "run", "--silent", "codegen"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert 'Cannot query field "colour"' in done.stdout + done.stderr
