"""Articles that are handed in one at a time: the same rows as from a file, by a process that stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.domain.posted import Intake, IntakeState, PostedArticle
from kb.domain.result import RunCounts
from kb.errors import KbError
from kb.ingest.engines import InProcess
from kb.ingest.inlet import Inlet
from kb.ingest.pipeline import ingest
from kb.registry.groupers import Groupers, open_groupers
from kb.registry.retract import retract
from kb.settings import read_settings
from kb.sources.files import read_documents
from kb.storage import articles, changes, runs
from kb.storage.session import Database
from tests.ingest.fake_extractor import open_and_die, open_fake, open_without_model

SETTINGS = read_settings({})
WORDS = "The president of the republic told reporters in the capital on Monday that the ministers had met again."
TEXT = f"{WORDS}\n\n{WORDS}\n"
WHOLE = f"A title\n\n{TEXT}"
FRENCH = "Le président de la République a annoncé lundi que le gouvernement allait adopter de nouvelles sanctions.\n"
PAGE = f"""<html><head><title>A page</title><meta property="article:published_time" content="2022-03-01T10:00:00Z"></head>
<body><article><h1>A page</h1><p>{WORDS}</p><p>{WORDS} TRACE</p></article></body></html>"""


@pytest.fixture(scope="module")
def groupers() -> Groupers:
    return open_groupers(SETTINGS)


@pytest.fixture(scope="module")
def inlet() -> Iterator[Inlet]:
    opened = Inlet(SETTINGS, open_fake)
    yield opened
    opened.dispose()


def take(inlet: Inlet, database: Database, groupers: Groupers, **parts: object) -> Intake:
    return inlet.take(database, lambda: groupers, PostedArticle(**parts))  # type: ignore[arg-type]


def test_what_is_handed_in_is_kept_with_what_is_said_of_it(inlet: Inlet, database: Database, groupers: Groupers) -> None:
    told = datetime(2022, 2, 22, 9, tzinfo=UTC)
    given = take(
        inlet,
        database,
        groupers,
        text=TEXT,
        title="A  title",
        url="https://news.example/1",
        publisher="Echo",
        published_at=told,
    )
    assert (given.state, given.reason, given.message) == (IntakeState.ADDED, "", "")
    with database.reader() as session:
        article = articles.get_article(session, given.article_id)
        run = runs.get_run(session, given.run_id)
    assert (article.title, article.url, article.publisher) == ("A title", "https://news.example/1", "Echo")
    assert article.published_at == told
    assert run.finished_at is not None
    assert run.counts == RunCounts(articles_read=1, articles_saved=1)
    assert take(inlet, database, groupers, text=TEXT, title="A title").state is IntakeState.KNOWN


def test_a_page_is_read_by_a_process_that_stays(inlet: Inlet, database: Database, groupers: Groupers) -> None:
    read = [take(inlet, database, groupers, html=PAGE.replace("Monday", day)) for day in ("Monday", "Tuesday")]
    assert [each.state for each in read] == [IntakeState.ADDED] * 2
    with database.reader() as session:
        found = [articles.get_article(session, each.article_id) for each in read]
    assert [each.title for each in found] == ["A page"] * 2
    assert found[0].published_at == datetime(2022, 3, 1, 10, tzinfo=UTC)
    # The fake extractor writes its process into the publisher.
    assert found[0].publisher == found[1].publisher


def test_a_file_and_its_text_handed_in_are_one_article(
    inlet: Inlet, database: Database, groupers: Groupers, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(WHOLE)
    documents = read_documents([path], max_bytes=100_000)
    ingest(database, documents, InProcess(open_fake, SETTINGS), lambda: groupers, lambda _name: None)
    given = take(inlet, database, groupers, text=path.read_text())
    assert given.state is IntakeState.KNOWN
    with database.reader() as session:
        assert articles.get_article(session, given.article_id).title == "A title"


def test_a_retracted_article_does_not_come_back(inlet: Inlet, database: Database, groupers: Groupers) -> None:
    first = take(inlet, database, groupers, text=WHOLE)
    with database.transaction() as session:
        retract(session, groupers, first.article_id, "Ada", "a hoax")
    again = take(inlet, database, groupers, text=WHOLE)
    assert (again.state, again.article_id) == (IntakeState.RETRACTED, "")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"text": ""}, "empty"),
        ({"text": " ", "title": "A title"}, "empty"),
        ({"text": FRENCH, "title": "Le titre"}, "language"),
        ({"html": "<html><body><a href='/'>Home</a></body></html>"}, "no_article"),
        ({"text": WHOLE + "RAISE"}, "internal"),
    ],
)
def test_what_cannot_be_read_is_in_quarantine_and_the_next_is_read(
    inlet: Inlet, database: Database, groupers: Groupers, parts: dict[str, str], reason: str
) -> None:
    given = take(inlet, database, groupers, **parts)
    assert (given.state, given.reason, given.article_id) == (IntakeState.REJECTED, reason, "")
    assert given.message
    with database.reader() as session:
        (failure,) = runs.list_failures_of_runs(session, [given.run_id])[given.run_id].items
        assert (failure.reason, failure.message) == (reason, given.message)
        assert runs.get_run(session, given.run_id).counts == RunCounts(articles_read=1, quarantined=1)
    assert take(inlet, database, groupers, text=WHOLE).state is IntakeState.ADDED


def test_an_article_that_takes_its_reader_along_is_rejected_and_the_next_is_read(
    sqlite_template: Path, tmp_path: Path, groupers: Groupers
) -> None:
    path = tmp_path / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database.open(f"sqlite:///{path}")
    hasty = Inlet(replace(SETTINGS, document_timeout_s=4), open_fake)
    try:
        assert take(hasty, database, groupers, text=WHOLE + "HANG").reason == "timeout"
        assert take(hasty, database, groupers, text=WHOLE).state is IntakeState.ADDED
    finally:
        hasty.dispose()
        database.dispose()


@pytest.mark.parametrize(("opener", "said"), [(open_without_model, "no model is installed"), (open_and_die, "could not start")])
def test_a_reader_that_cannot_start_is_no_fault_of_the_article(
    database: Database, groupers: Groupers, opener: object, said: str
) -> None:
    broken = Inlet(SETTINGS, opener)  # type: ignore[arg-type]
    try:
        with pytest.raises(KbError, match=said):
            take(broken, database, groupers, text=WHOLE)
        with database.reader() as session:
            assert runs.list_failures(session).items == ()
    finally:
        broken.dispose()


def test_the_progress_of_a_run_is_seen_while_it_goes_on(database: Database, groupers: Groupers, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Title {number}\n\n{TEXT}" if number else "")
    seen: list[RunCounts] = []

    def look(_name: str) -> None:
        with database.reader() as session:
            (run,) = runs.list_runs(session).items
        assert run.finished_at is None
        seen.append(run.counts)

    engine = InProcess(open_fake, SETTINGS)
    report = ingest(database, read_documents([folder], max_bytes=100_000), engine, lambda: groupers, look)
    assert [(each.quarantined, each.articles_saved) for each in seen] == [(1, 0), (1, 1), (1, 2)]
    with database.reader() as session:
        run = runs.get_run(session, report.run_id)
        told = [each.operation for each in changes.list_changes(session, nouns=["run"])]
    assert run.finished_at is not None
    assert told == [changes.CAME, *[changes.CHANGED] * 4]
