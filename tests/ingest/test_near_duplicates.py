"""Outlets that carry one agency's text are one source, whichever comes first and however they changed it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

from kb.api.run import execute
from kb.ingest.engines import InProcess
from kb.ingest.pipeline import ingest
from kb.registry.groupers import open_groupers
from kb.settings import read_settings
from kb.sources.files import read_documents
from kb.storage import articles, copies
from kb.storage.session import Database
from tests.reading import open_extractor
from tests.storage.stored_rows import list_rows

SETTINGS = read_settings({})

WIRE = (
    "Serbia recognised Kosovo on Monday after thirteen years of talks, a step that was expected by few in the region.",
    "Albania welcomed the decision and said that its border crossings would be open day and night from next month.",
    "Trade between the two had fallen by half since tariffs were introduced, and hauliers complained of long queues.",
    "Opinion polls taken in the summer found that a narrow majority of younger voters no longer objected to such a step.",
    "Lawyers for the church said the monasteries would keep the status that an earlier agreement had given them.",
)
OWN = (
    "Belgrade gave up its oldest quarrel this week: Serbia recognised Kosovo on Monday.",
    "In the cafes along the river nobody talked of anything else, and many older guests shook their heads at the television.",
    "For the tourist trade it is good news, as the shorter route to the coast leads through mountains that few visitors know.",
)
SHORTENED = ("Neighbours make up", "Paper", WIRE[:4])
WITH_A_LEAD = (
    "A long quarrel ends",
    "Gazette",
    ("It was a cold day, and our reporter was among the crowd on the bridge.", *WIRE),
)
REORDERED = ("Region hails step", "Herald", (WIRE[0], *reversed(WIRE[1:])))
INDEPENDENT = ("What the river cafes say", "Courier", OWN)
SAME_PAPER_AGAIN = ("Old men and the news", "Courier", (OWN[0], "Schools stay closed on Tuesday so that teachers can rest."))

Story = tuple[str, str, Sequence[str]]
ASKED = """{
  events(filter: {type: [RECOGNISED]}) { nodes { sourceCount articles { title } } }
  relations(filter: {type: [RECOGNISED]}) { nodes { sourceCount claimCount } }
  articles(first: 100, orderBy: PUBLISHED_ASC) { nodes { title nearDuplicates { title } } }
}"""


def read_in_order(database: Database, folder: Path, stories: Sequence[Story]) -> None:
    records = [
        {"title": title, "publisher": publisher, "text": "\n\n".join(text), "published_at": "2022-02-22"}
        for title, publisher, text in stories
    ]
    path = folder / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    engine = InProcess(lambda _: open_extractor(), SETTINGS)
    report = ingest(database, read_documents([path], max_bytes=10**6), engine, lambda: open_groupers(SETTINGS), lambda _: None)
    assert report.counts.articles_saved == len(stories)


def asked(database: Database) -> dict[str, Any]:
    answer = execute(database, ASKED)
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


def source_counts(data: dict[str, Any]) -> tuple[int, int]:
    """Of the one event and of the one relation."""
    (event_,), (relation,) = data["events"]["nodes"], data["relations"]["nodes"]
    return event_["sourceCount"], relation["sourceCount"]


def near_duplicates(data: dict[str, Any]) -> dict[str, set[str]]:
    return {each["title"]: {copy["title"] for copy in each["nearDuplicates"]} for each in data["articles"]["nodes"]}


def test_three_outlets_with_one_agencys_text_are_one_source(database: Database, tmp_path: Path) -> None:
    copies = (SHORTENED, WITH_A_LEAD, REORDERED)
    read_in_order(database, tmp_path, copies)
    data = asked(database)
    titles = {title for title, _, _ in copies}
    assert {article["title"] for article in data["events"]["nodes"][0]["articles"]} == titles
    assert source_counts(data) == (1, 1)
    assert data["relations"]["nodes"][0]["claimCount"] == 3
    assert near_duplicates(data) == {title: titles - {title} for title in titles}


def test_an_independent_report_is_a_second_source_and_its_papers_next_one_no_third(database: Database, tmp_path: Path) -> None:
    read_in_order(database, tmp_path, [SHORTENED, INDEPENDENT, WITH_A_LEAD, SAME_PAPER_AGAIN])
    data = asked(database)
    assert len(data["events"]["nodes"][0]["articles"]) == 4
    assert source_counts(data) == (2, 2)
    assert near_duplicates(data)[INDEPENDENT[0]] == near_duplicates(data)[SAME_PAPER_AGAIN[0]] == set()


def test_the_order_in_which_outlets_come_makes_no_difference(
    database: Database, fresh_database: Callable[[], Database], tmp_path: Path
) -> None:
    # The lead alone is like neither of the others enough: it is the whole text, whenever it comes, that makes copies of them.
    beginning = ("First news", "Bulletin", WIRE[:2])
    end = ("More on the quarrel", "Echo", WIRE[2:])
    stories = (beginning, end, WITH_A_LEAD, INDEPENDENT)
    orders = list(permutations(range(len(stories))))
    expected = None
    for order in (orders[0], orders[-1], orders[7], orders[14]):
        other = database if expected is None else fresh_database()
        read_in_order(other, tmp_path, [stories[number] for number in order])
        rows = {name: table for name, table in list_rows(other).items() if name not in ("article", "search_document")}
        data = asked(other)
        assert source_counts(data) == (2, 2)
        assert near_duplicates(data)["First news"] == {"More on the quarrel", "A long quarrel ends"}
        groups = sorted(list_groups(other))
        expected = expected or (rows, groups)
        assert (rows, groups) == expected
        assert other.check() == ()


def list_groups(database: Database) -> Iterator[tuple[str, ...]]:
    with database.reader() as session:
        found = {article.id: article for article in articles.iterate_all(session)}
        for each, others in copies.list_near_duplicates(session, found).items():
            yield (each, *(other.id for other in others))
