"""Articles that are handed in by mutation: what becomes of them, who may, and that nobody else has to wait."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from kb.api import desk
from kb.domain.access import Role
from kb.domain.posted import Intake, IntakeState, PostedArticle
from kb.ingest.inlet import Inlet
from kb.settings import read_settings
from kb.storage import articles, runs
from kb.storage.session import Database
from tests.api.curated import make_token, shared_groupers, token_of
from tests.api.live_server import PATIENCE, LiveServer, serve
from tests.ingest.fake_extractor import open_fake

DOCUMENT = (Path(__file__).parent / "queries" / "ingestion.graphql").read_text(encoding="utf-8")
WORDS = "The president of the republic told reporters in the capital on Monday that the ministers had met again."
TEXT = f"{WORDS}\n\n{WORDS}\n"
FRENCH = "Le président de la République a annoncé lundi que le gouvernement allait adopter de nouvelles sanctions.\n"
PAGE = f"""<html><head><title>A page</title></head>
<body><article><h1>A page</h1><p>{WORDS}</p><p>{WORDS} That was all.</p></article></body></html>"""


@pytest.fixture(scope="module")
def inlet() -> Iterator[Inlet]:
    """With workers that stay for all tests; what reads is the fake extractor."""
    opened = Inlet(read_settings({}), open_fake)
    yield opened
    opened.dispose()


class Lent:
    """An inlet that the server may not dispose of."""

    def __init__(self, inlet: Inlet) -> None:
        self._inlet = inlet
        self.taken = 0

    def take(self, database: Database, open_groupers: Any, posted: PostedArticle) -> Intake:
        self.taken += 1
        return self._inlet.take(database, open_groupers, posted)

    def dispose(self) -> None:
        pass


@pytest.fixture
def lent(inlet: Inlet) -> Lent:
    return Lent(inlet)


@pytest.fixture
def live(database: Database, lent: Lent, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    monkeypatch.setattr(desk, "open_groupers", lambda _settings: shared_groupers())
    with serve(database, inlet=lent) as running:
        yield running


@pytest.fixture
def secret(database: Database) -> str:
    return make_token(database, token_of("Ada", Role.CURATOR))


def post(live: LiveServer, secret: str | None, operation: str, **variables: object) -> dict[str, Any]:
    return ask(live, secret, {"query": DOCUMENT, "operationName": operation, "variables": variables})


def ask(live: LiveServer, secret: str | None, body: object) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", live.port, timeout=PATIENCE)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    connection.request("POST", "/graphql", json.dumps(body), headers)
    answered: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answered


def hand_in(live: LiveServer, secret: str, **article: object) -> dict[str, Any]:
    body = post(live, secret, "Ingest", article=article)
    assert "errors" not in body, body["errors"]
    payload: dict[str, Any] = body["data"]["ingestArticle"]
    return payload


def test_an_article_is_there_when_the_answer_is(live: LiveServer, secret: str) -> None:
    given = {"title": "A title", "url": "https://news.example/1", "publishedAt": "2022-02-22T09:00:00Z"}
    payload = hand_in(live, secret, text=TEXT, **given)
    article = payload.pop("article")
    run = payload.pop("run")["id"]
    assert payload == {"state": "ADDED", "reason": None, "message": None}
    assert {name: article[name] for name in given} == given
    again = hand_in(live, secret, text=TEXT, title="A title")
    assert (again["state"], again["article"]["id"]) == ("KNOWN", article["id"])
    shown = post(live, secret, "Runs", run=run)["data"]
    assert shown["ingestRuns"]["totalCount"] == 2
    assert shown["ingestRuns"]["nodes"] == [{"id": again["run"]["id"]}, {"id": run}]
    assert shown["ingestRun"]["finishedAt"]
    counts = {name: shown["ingestRun"][name] for name in ("articlesRead", "articlesSaved", "articlesKnown", "quarantined")}
    assert counts == {"articlesRead": 1, "articlesSaved": 1, "articlesKnown": 0, "quarantined": 0}
    page = hand_in(live, secret, html=PAGE, url="https://news.example/2")
    assert (page["state"], page["article"]["title"]) == ("ADDED", "A page")


@pytest.mark.parametrize(
    ("given", "reason"), [({"text": FRENCH, "title": "Le titre"}, "language"), ({"html": "<p>Home</p>"}, "no_article")]
)
def test_what_cannot_be_read_is_rejected_with_why(live: LiveServer, secret: str, given: dict[str, str], reason: str) -> None:
    payload = hand_in(live, secret, **given)
    assert (payload["state"], payload["reason"], payload["article"]) == ("REJECTED", reason, None)
    shown = post(live, secret, "Runs", run=payload["run"]["id"])["data"]["ingestRun"]
    assert shown["quarantined"] == shown["failures"]["totalCount"] == 1
    (failure,) = shown["failures"]["nodes"]
    assert (failure["reason"], failure["message"]) == (reason, payload["message"])
    # A reader sees how runs go, but not what files are called on the server's machine.
    body = post(live, None, "Runs", run=payload["run"]["id"])
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
    assert body["data"]["ingestRun"]["quarantined"] == 1
    assert body["data"]["ingestRun"]["failures"] is None


def test_the_same_key_is_answered_as_before_without_reading_again(
    live: LiveServer, lent: Lent, database: Database, secret: str
) -> None:
    given = {"text": TEXT, "title": "A title", "idempotencyKey": "one"}
    first, second = (hand_in(live, secret, **given) for _ in range(2))
    assert first == second
    assert first["state"] == "ADDED"
    assert lent.taken == 1
    other = post(live, secret, "Ingest", article={**given, "text": TEXT + WORDS})
    assert other["errors"][0]["extensions"]["code"] == "CONFLICT"
    # Somebody else's key of the same name is another.
    bob = make_token(database, token_of("Bob", Role.ADMIN))
    assert hand_in(live, bob, **given)["state"] == "KNOWN"


def test_a_rejection_is_remembered_and_a_mishap_is_not(live: LiveServer, lent: Lent, secret: str) -> None:
    for text, taken in ((FRENCH, 1), (TEXT + "RAISE", 2)):
        before = lent.taken
        given = {"text": text, "title": "A title", "idempotencyKey": f"key {taken}"}
        first, second = (hand_in(live, secret, **given) for _ in range(2))
        assert first["state"] == second["state"] == "REJECTED"
        assert first["reason"] == second["reason"]
        assert lent.taken - before == taken


BAD: dict[str, dict[str, object]] = {
    "nothing": {},
    "both": {"text": TEXT, "html": PAGE},
    "no address": {"text": TEXT, "url": "javascript:alert(1)"},
    "an address with a line": {"text": TEXT, "url": "https://x.example/\n1"},
    "a title that is a book": {"text": TEXT, "title": "x" * 2_000},
    "a NUL": {"text": TEXT, "publisher": "a\0b"},
    "an empty key": {"text": TEXT, "idempotencyKey": " "},
}


def test_what_cannot_be_leaves_nothing_behind(live: LiveServer, lent: Lent, database: Database, secret: str) -> None:
    for name, given in BAD.items():
        body = post(live, secret, "Ingest", article=given)
        assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", name
        assert body["data"] == {"ingestArticle": None}, name
    assert lent.taken == 0
    with database.reader() as session:
        assert runs.count_runs(session) == articles.count_articles(session) == 0


def test_readers_may_not_and_servers_without_an_inlet_cannot(
    live: LiveServer, lent: Lent, database: Database, secret: str
) -> None:
    reader = make_token(database, token_of("Eve", Role.READER))
    for each in (None, reader):
        body = post(live, each, "Ingest", article={"text": TEXT})
        assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert lent.taken == 0
    with serve(database) as without:
        (error,) = post(without, secret, "Ingest", article={"text": TEXT})["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "kb ingest" in error["message"]


class Slow:
    """An inlet that takes its time."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.waiting = threading.Semaphore(0)

    def take(self, database: Database, open_groupers: Any, posted: PostedArticle) -> Intake:
        self.waiting.release()
        assert self.free.wait(PATIENCE)
        with database.transaction() as session:
            return Intake(IntakeState.RETRACTED, runs.start_run(session))

    def dispose(self) -> None:
        self.free.set()


def test_however_many_articles_are_handed_in_queries_are_answered(database: Database) -> None:
    slow, secret = Slow(), make_token(database, token_of("Ada", Role.CURATOR))
    answered: list[str] = []
    with serve(database, inlet=slow) as live:
        threads = [
            threading.Thread(target=lambda n=n: answered.append(hand_in(live, secret, text=f"{TEXT} {n}")["state"]))
            for n in range(16)
        ]
        for thread in threads:
            thread.start()
        assert slow.waiting.acquire(timeout=PATIENCE)
        for _ in range(20):
            assert ask(live, None, {"query": "{ events { totalCount } }"})["data"] == {"events": {"totalCount": 0}}
        assert answered == []
        slow.free.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert answered == ["RETRACTED"] * 16


def test_what_is_handed_in_is_followed(live: LiveServer, secret: str) -> None:
    with live.socket() as client:
        client.subscribe('subscription { ingestion(after: "0") { run { id finishedAt articlesSaved } } }')
        payload = hand_in(live, secret, text=TEXT, title="A title")
        seen = client.next()["ingestion"]["run"]
        while not seen["finishedAt"]:
            seen = client.next()["ingestion"]["run"]
        assert (seen["id"], seen["articlesSaved"]) == (payload["run"]["id"], 1)
