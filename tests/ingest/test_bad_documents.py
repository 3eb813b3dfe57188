"""Each bad document is said in one line and loses nothing of the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import SEEDS, kb

GOOD = SEEDS / "001_e1994bb5cdabc553.txt"
FRENCH = """\
Le président de la République a annoncé lundi que le gouvernement allait adopter de nouvelles sanctions contre la Russie.

Les ministres des Affaires étrangères se sont réunis à Bruxelles pour en discuter, et la plupart d'entre eux les soutiennent.

Selon le porte-parole du gouvernement, ces mesures entreront en vigueur dès que le Conseil les aura approuvées.
"""
PAGE = """\
<!doctype html><html><head><title>Menu</title></head>
<body><nav><a href="/">Home</a><a href="/x">Shop</a></nav></body></html>
"""
RECORD = {
    "title": "A record",
    "text": "The foreign minister of Ukraine met the president of France in Kyiv on Monday. They talked for long about gas.",
}
BAD: dict[str, tuple[bytes, str]] = {
    "empty.txt": (b"", "empty"),
    "binary.txt": (bytes(range(256)) * 40, "binary"),
    "broken.txt": (b"The president spoke \xc3\x28 \xff\xfe on Monday in the capital.\n" * 20, "encoding"),
    "long.txt": (b"word " * 10_000_000, "too_large"),
    "menu.html": (PAGE.encode(), "no_article"),
    "french.txt": (FRENCH.encode(), "language"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, (content, _) in BAD.items():
        (folder / name).write_bytes(content)
    (folder / "good.txt").write_bytes(GOOD.read_bytes())
    lines = [b'{"title": "long", "text": "' + b"word " * 10_000_000 + b'"}', json.dumps(RECORD).encode()]
    (folder / "records.jsonl").write_bytes(b"\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def database_of_bad(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'kb.db'}"
    assert kb("db", "upgrade", url=url).returncode == 0
    return url


@pytest.mark.parametrize("workers", ["1", "2"])
def test_each_bad_document_is_in_quarantine_with_its_reason_and_the_good_ones_are_saved(
    folder: Path, tmp_path: Path, workers: str
) -> None:
    url = f"sqlite:///{tmp_path / 'kb.db'}"
    kb("db", "upgrade", url=url)
    done = kb("ingest", folder, "--workers", workers, "--json", url=url)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    reasons = {Path(row["file"]).name: row["reason"] for row in report["quarantine"] if "jsonl" not in row["file"]}
    assert reasons == {name: reason for name, (_, reason) in BAD.items()}
    assert [row["reason"] for row in report["quarantine"] if "records.jsonl" in row["file"]] == ["too_large"]
    assert report["articles"] == {"read": 9, "new": 2, "known": 0, "duplicates": 0, "quarantined": 7}
    # What is wrong and what to do stands on one line each, whole, for people and for grep.
    for row in report["quarantine"]:
        assert "\n" not in row["message"]
        assert [line for line in done.stderr.splitlines() if row["message"] in line and row["reason"] in line]
        assert len(row["message"]) < 300
    assert "fr" in next(row["message"] for row in report["quarantine"] if row["reason"] == "language")


def test_the_same_article_twice_in_a_run_is_a_duplicate_and_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_bytes(GOOD.read_bytes())
    url = f"sqlite:///{tmp_path / 'kb.db'}"
    kb("db", "upgrade", url=url)
    done = kb("ingest", folder, "--json", url=url)
    assert done.returncode == 0
    assert json.loads(done.stdout)["articles"] == {"read": 2, "new": 1, "known": 0, "duplicates": 1, "quarantined": 0}


def test_a_folder_without_articles_is_told_and_loses_nothing_of_the_others(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    full.mkdir()
    (full / "good.txt").write_bytes(GOOD.read_bytes())
    url = f"sqlite:///{tmp_path / 'kb.db'}"
    kb("db", "upgrade", url=url)
    done = kb("ingest", empty, full, "--json", url=url)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["articles"] == {"read": 2, "new": 1, "known": 0, "duplicates": 0, "quarantined": 1}
    [row] = report["quarantine"]
    assert (row["file"], row["reason"]) == (str(empty), "no_articles")
    assert row["message"].startswith(f"{empty} holds no article; ")


def test_a_path_that_does_not_exist_is_wrong_usage(tmp_path: Path, database_of_bad: str) -> None:
    done = kb("ingest", tmp_path / "nothing", url=database_of_bad)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "does not exist" in done.stderr


@pytest.mark.parametrize("place", ["file/kb.db", ""])
def test_an_unwritable_database_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")
    for command in (["db", "upgrade"], ["ingest", str(GOOD)]):
        done = kb(*command, url=f"sqlite:///{tmp_path / place}")
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("error: ")
        assert "KB_DATABASE_URL" in done.stderr


def test_a_server_that_does_not_answer_is_one_line() -> None:
    done = kb("ingest", GOOD, url="postgresql+psycopg://kb@127.0.0.1:1/kb")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_a_database_that_was_never_migrated_says_which_command_does_it(tmp_path: Path) -> None:
    done = kb("ingest", GOOD, url=f"sqlite:///{tmp_path / 'kb.db'}")
    assert done.returncode == 1
    assert "kb db upgrade" in done.stderr
    assert len(done.stderr.splitlines()) == 1
