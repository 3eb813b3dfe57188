"""What holds for every command: exit codes, where output goes, and that no traceback is ever seen."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.command import KB, PATIENCE, environment, kb, seeded_url, start


def test_help_needs_none_of_the_heavy_libraries() -> None:
    heavy = "{'spacy', 'numpy', 'sqlalchemy', 'strawberry', 'trafilatura', 'uvicorn', 'alembic'}"
    script = (
        f"import sys; from kb.cli.main import run; run(['--help']); print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stderr.strip() == "[]"
    assert "ingest" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing command"),
        (["frobnicate"], "frobnicate"),
        (["ingest"], "PATH"),
        (["ingest", "x", "--engine", "warp"], "--engine"),
        (["ingest", "x", "--workers", "0"], "--workers"),
        (["ingest", "x", "--format", "docx"], "--format"),
        (["export", "parquet", "--out", "x"], "parquet"),
        (["export", "jsonl"], "--out"),
        (["query", "nothing.graphql"], "nothing.graphql"),
        (["query", "-", "--variables", "[1]"], "--variables"),
        (["query", "-", "--variables", "{"], "--variables"),
        (["query", "-"], "empty"),
        (["serve", "--port", "0"], "--port"),
        (["serve", "--port", "70000"], "--port"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments: list[str], said: str) -> None:
    done = kb(*arguments, url=seeded_url())
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert said in done.stderr


def test_a_wrong_setting_is_wrong_usage() -> None:
    done = subprocess.run(
        [KB, "db", "check"], env={**os.environ, "KB_WORKERS": "many"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "error: KB_WORKERS='many' is no whole number above 0; unset it or set one\n"


def test_with_json_an_error_is_json_on_stdout_too() -> None:
    done = kb("entity", "show", "ent_Q999999999", "--json", url=seeded_url())
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "NOT_FOUND"
    assert "ent_Q999999999" in done.stderr


def test_an_unforeseen_error_is_one_line_and_its_traceback_is_there_for_those_who_ask() -> None:
    broken = "import sys, kb.settings as s; s.read_settings = lambda: 1 / 0"
    script = f"{broken}; from kb.cli.main import run; sys.exit(run(['db', 'check']))"
    for debug in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "KB_DEBUG": debug}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert ("Traceback" in done.stderr) == (debug == "1")
        assert "ZeroDivisionError" in done.stderr


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    query = "{ articles { edges { node { text } } } }"
    piped = f"echo '{query}' | '{KB}' query - | head -c 1; exit ${{PIPESTATUS[1]}}"
    done = subprocess.run(
        ["bash", "-c", piped], env=environment(seeded_url()), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.stdout == "{"
    assert done.stderr == ""


def test_the_database_can_be_checked_and_upgraded_twice(empty_database_url: str) -> None:
    before = kb("db", "check", "--json", url=empty_database_url)
    assert before.returncode == 1
    for _ in range(2):
        assert kb("db", "upgrade", url=empty_database_url).returncode == 0
    after = kb("db", "check", "--json", url=empty_database_url)
    assert after.returncode == 0, after.stderr
    assert json.loads(after.stdout) == {"problems": []}


@pytest.mark.parametrize("key", ["Q159", "ent_Q159", "Russia", "russian federation"])
def test_an_entity_is_found_by_each_of_its_names(key: str) -> None:
    done = kb("entity", "show", key, "--json", url=seeded_url())
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert (shown["name"], shown["kind"], shown["wikidata_id"]) == ("Russia", "COUNTRY", "Q159")
    assert shown["counts"]["mentions"] > 10
    assert {"name": "Kremlin", "kind": "metonym"}.items() <= next(a for a in shown["aliases"] if a["name"] == "Kremlin").items()


def test_an_entity_is_shown_to_people_as_lines() -> None:
    done = kb("entity", "show", "Russia", url=seeded_url())
    assert done.stdout.splitlines()[:3] == ["Russia (country)", "id: ent_Q159", "Wikidata: Q159"]


def test_a_query_runs_from_a_file_with_variables(tmp_path: Path) -> None:
    (tmp_path / "q.graphql").write_text("query ($id: String) { entity(wikidataId: $id) { name } }")
    done = kb("query", tmp_path / "q.graphql", "--variables", '{"id": "Q212"}', "--json", url=seeded_url())
    assert done.stdout == '{"data":{"entity":{"name":"Ukraine"}}}\n'


def test_a_query_with_errors_answers_them_and_fails() -> None:
    done = kb("query", "-", url=seeded_url(), stdin="{ events(first: -1) { totalCount } }")
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_server_answers_until_ctrl_c_and_says_where() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = start("serve", "--port", str(port), url=seeded_url())
    try:
        answer = _ask(f"http://127.0.0.1:{port}/graphql?query=%7Bevents%7BtotalCount%7D%7D", server)
        assert answer["data"]["events"]["totalCount"] > 0
        taken = kb("serve", "--port", str(port), url=seeded_url())
        assert taken.returncode == 2
        assert taken.stderr.splitlines()[-1].startswith(f"error: 127.0.0.1:{port} cannot be listened on")
    finally:
        os.killpg(server.pid, signal.SIGINT)
        _, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0
    assert f"http://127.0.0.1:{port}" in said
    assert "Traceback" not in said


def _ask(address: str, server: subprocess.Popen[str]) -> dict[str, dict[str, dict[str, int]]]:
    for _ in range(PATIENCE * 10):
        assert server.poll() is None
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as response:
                return json.load(response)
        except ConnectionError:
            time.sleep(0.1)
        except OSError as error:
            if not isinstance(getattr(error, "reason", None), ConnectionError):
                raise
            time.sleep(0.1)
    raise AssertionError("the server never answered")
