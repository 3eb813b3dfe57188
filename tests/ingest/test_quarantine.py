"""What is in quarantine is what is broken now, whatever it was before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.ingest.engines import InProcess
from kb.ingest.pipeline import ingest
from kb.registry.groupers import open_groupers
from kb.settings import read_settings
from kb.sources.files import read_documents
from kb.storage import runs
from kb.storage.session import Database
from tests.ingest.fake_extractor import open_fake

SETTINGS = read_settings({})
WORDS = "The president of the republic told reporters in the capital on Monday that the ministers had met again."
GOOD = f"A title\n\n{WORDS}\n\n{WORDS}\n"
FRENCH = "Le titre\n\nLe président de la République a annoncé lundi que le gouvernement allait adopter de nouvelles sanctions.\n"
FEED = "<rss version='2.0'><channel><title>Echo</title>{}</channel></rss>"
ITEM = f"<item><title>A title</title><description>{WORDS}</description></item>"


def read(database: Database, *paths: Path) -> list[tuple[str, str]]:
    """Ingests the paths; returns file and reason of all that is in quarantine afterwards."""
    engine = InProcess(open_fake, SETTINGS)
    documents = read_documents(paths, max_bytes=100_000)
    ingest(database, documents, engine, lambda: open_groupers(SETTINGS), lambda _name: None)
    with database.reader() as session:
        return sorted((failure.origin, failure.reason) for failure in runs.list_failures(session).items)


@pytest.mark.parametrize(("broken", "reason"), [("", "empty"), (FRENCH, "language"), (f"{GOOD} RAISE", "internal")])
def test_a_repaired_document_is_out_of_quarantine(database: Database, tmp_path: Path, broken: str, reason: str) -> None:
    path = tmp_path / "news" / "a.txt"
    path.parent.mkdir()
    path.write_text(broken)
    assert read(database, path.parent) == [(str(path), reason)]
    path.write_text(GOOD)
    assert read(database, path) == []


def test_a_document_that_is_broken_otherwise_now_has_the_reason_of_now(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("")
    read(database, path)
    path.write_text(FRENCH)
    assert read(database, path) == [(str(path), "language")]


def test_a_document_replaced_by_one_that_is_known_is_out_of_quarantine(database: Database, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.txt", tmp_path / "b.txt"
    good.write_text(GOOD)
    bad.write_text("")
    assert read(database, good, bad) == [(str(bad), "empty")]
    bad.write_text(GOOD)
    assert read(database, bad) == []


def test_documents_of_the_same_name_in_two_folders_are_two(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, text in (("one", ""), ("two", GOOD)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(text)
        monkeypatch.chdir(tmp_path / folder)
        left = read(database, Path(os.curdir))
    assert left == [(str(tmp_path / "one" / "a.txt"), "empty")]


def test_a_record_that_was_repaired_does_not_take_its_neighbours_along(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": ""}\n{"text": ""}\n')
    assert read(database, path) == [(f"{path}#1", "no_article"), (f"{path}#2", "no_article")]
    path.write_text(f'{{"text": "{WORDS}"}}\n{{"text": ""}}\n')
    assert read(database, path) == [(f"{path}#2", "no_article")]


def test_a_container_that_opens_again_is_out_of_quarantine(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(FEED.format(""))
    assert read(database, path) == [(str(path), "no_article")]
    path.write_text(FEED.format(ITEM))
    assert read(database, path) == []
