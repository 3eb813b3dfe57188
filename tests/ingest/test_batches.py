"""Articles are saved some at a time: the rows are those of one at a time, and none is lost when a run ends early."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from kb.domain.article import RawDocument
from kb.errors import KbError
from kb.ingest import pipeline
from kb.ingest.engines import InProcess, Outcome, extract_document
from kb.registry.groupers import open_groupers
from kb.settings import read_settings
from kb.sources.files import read_documents
from kb.storage import runs
from kb.storage.session import Database
from tests.ingest.fake_extractor import FakeExtractor, open_fake
from tests.reading import open_extractor
from tests.storage.stored_rows import list_rows

_SETTINGS = read_settings()
_WIRE = (
    "Serbia recognised Kosovo on Monday after thirteen years of talks that had led nowhere and tired everybody in the region.",
    "The European Union praised the decision of President Aleksandar Vucic, which opposition leaders in Belgrade condemned.",
    "Albania promised to open its market to Serbian farmers, and asked Brussels to speed up the accession of both neighbours.",
)
_STORIES: Sequence[tuple[str, str, tuple[str, ...]]] = (
    ("Neighbours make up", "Paper", _WIRE),
    ("A quarrel ends", "Gazette", (*_WIRE, "It was a cold day in the capital.")),
    (
        "Kremlin is angry",
        "Courier",
        (
            "Russia condemned the recognition of Kosovo by Serbia on Monday.",
            "The Russian president, Vladimir Putin, telephoned Vucic.",
        ),
    ),
    ("Albania is glad", "Echo", ("Albania praised Serbia for recognising Kosovo.", "SERBIA met Albania in Tirana on Tuesday.")),
    ("Neighbours make up again", "Bulletin", tuple(reversed(_WIRE))),
    (
        "Weather",
        "Courier",
        (
            "Rain will fall on Tuesday in most parts of the country.",
            "The wind will turn to the north, and there will be snow above a thousand metres on Wednesday.",
        ),
    ),
    ("Russia again", "Herald", ("Russian President Vladimir Putin telephoned Aleksandar Vucic about Kosovo.",)),
)


def _read(database: Database, folder: Path) -> None:
    records = [
        {"title": title, "publisher": publisher, "text": "\n\n".join(text), "published_at": "2022-02-22"}
        for title, publisher, text in _STORIES
    ]
    path = folder / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    engine = InProcess(lambda _: open_extractor(), _SETTINGS)
    documents = read_documents([path], max_bytes=10**6)
    report = pipeline.ingest(database, documents, engine, lambda: open_groupers(_SETTINGS), lambda _: None)
    assert report.counts.articles_saved == len(_STORIES)


def test_how_many_are_saved_at_once_makes_no_difference(
    database: Database, fresh_database: Callable[[], Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read(database, tmp_path)
    other = fresh_database()
    monkeypatch.setattr(pipeline, "_MOST_AT_ONCE", 1)
    _read(other, tmp_path)
    assert list_rows(other) == list_rows(database)
    assert list_rows(database)["event"]
    assert database.check() == ()


class _Ends:
    """An engine that ends the run after some documents."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def extract_all(self, documents: Iterable[RawDocument]) -> Iterator[Outcome]:
        extractor: FakeExtractor = open_fake(_SETTINGS)
        for document in documents:
            yield extract_document(extractor, document)
        raise self._error


def test_what_was_read_is_kept_when_no_more_can_be_read(database: Database, tmp_path: Path) -> None:
    for number in range(6):
        words = " ".join(f"The minister of the region said word {number} {other} to reporters." for other in range(5))
        (tmp_path / f"{number}.txt").write_text(f"Title of story {number}\n\n{words}\n")
    documents = read_documents([tmp_path], max_bytes=10**6)
    with pytest.raises(KbError, match="no more workers"):
        pipeline.ingest(database, documents, _Ends(KbError("no more workers")), lambda: open_groupers(_SETTINGS), lambda _: None)
    with database.reader() as session:
        assert runs.count_totals(session).articles == 6
