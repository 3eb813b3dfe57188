"""Following what happens, over both transports: nothing is missed, nothing comes twice, and only what was asked for comes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kb.domain.result import RunCounts
from kb.errors import DocumentError
from kb.registry.intake import take_in
from kb.registry.retract import retract
from kb.storage import changes, events, runs
from kb.storage.session import Database
from tests.api.curated import shared_groupers
from tests.api.live_server import PATIENCE, EventStream, LiveServer, Socket, serve
from tests.storage.synthetic import extraction

EVENTS = """subscription($filter: EventFilter, $after: String, $kinds: [ChangeKind!]) {
  eventChanges(filter: $filter, after: $after, kinds: $kinds) { cursor kind eventId event { id type subjects { name } } } }"""
RUNS = """subscription($run: ID, $after: String) {
  ingestion(run: $run, after: $after) { cursor run { id finishedAt articlesRead articlesSaved quarantined } } }"""
ALL = "{ changeCursor events(first: 500) { nodes { id } } }"

ROOT = Path(__file__).resolve().parents[2]

Client = Socket | EventStream
Follow = Callable[..., "Follower"]


class Follower:
    """One subscription over one of the transports."""

    def __init__(self, client: Client, field: str) -> None:
        self.client = client
        self._field = field

    def next(self) -> dict[str, Any]:
        data: dict[str, Any] = self.client.next()[self._field]
        return data

    def take(self, count: int) -> list[dict[str, Any]]:
        return [self.next() for _ in range(count)]


@pytest.fixture
def live(database: Database) -> Iterator[LiveServer]:
    with serve(database) as running:
        yield running


@pytest.fixture(params=["websocket", "sse"])
def follow(request: pytest.FixtureRequest, live: LiveServer) -> Iterator[Follow]:
    """Opens a subscription."""
    opened: list[Client] = []

    def begin(query: str = EVENTS, **variables: object) -> Follower:
        field = "ingestion" if query is RUNS else "eventChanges"
        if request.param == "websocket":
            client: Client = live.socket()
            opened.append(client)
            client.subscribe(query, variables)  # type: ignore[union-attr]
        else:
            client = live.stream(query, variables=variables)
            opened.append(client)
        return Follower(client, field)

    yield begin
    for each in opened:
        each.__exit__()


def take(database: Database, *statements: tuple[str, str, str], title: str = "One", day: date | None = None) -> str:
    """Takes an article in; returns its id."""
    article = extraction(title, statements, day=day)
    with database.transaction() as session:
        take_in(session, shared_groupers(), [article], None)
    return article.article.id


def ask(live: LiveServer, query: str) -> dict[str, Any]:
    with live.socket() as client:
        client.subscribe(query)
        return client.next()


def ids_of(told: Sequence[dict[str, Any]], kind: str = "ADDED") -> list[str]:
    return [each["eventId"] for each in told if each["kind"] == kind]


def test_who_begins_behind_an_answer_misses_nothing_and_sees_nothing_of_it(
    database: Database, live: LiveServer, follow: Follow
) -> None:
    take(database, ("Russia", "condemned", "France"))
    seen = ask(live, ALL)
    # This happens between the answer and the subscription.
    take(database, ("Germany", "met", "Poland"), title="Two")
    follower = follow(after=seen["changeCursor"])
    first = follower.next()
    assert (first["kind"], first["event"]["type"]) == ("ADDED", "MET")
    assert [each["name"] for each in first["event"]["subjects"]] == ["Germany"]
    assert first["eventId"] == first["event"]["id"]
    assert first["eventId"] not in [each["id"] for each in seen["events"]["nodes"]]
    take(database, ("Turkey", "sanctioned", "Ukraine"), title="Three")
    assert follower.next()["event"]["type"] == "SANCTIONED"


def test_who_was_away_goes_on_behind_the_last_cursor_and_gets_each_change_once(
    database: Database, live: LiveServer, follow: Follow
) -> None:
    names = ("Russia", "Ukraine", "France", "Germany")
    pairs = [(one, other) for one in names for other in names if one != other]
    begin = ask(live, ALL)["changeCursor"]
    told: list[dict[str, Any]] = []
    cursor = begin
    for number, batch in enumerate((pairs[:10], pairs[10:11], pairs[11:])):
        for one, other in batch:
            take(database, (one, "condemned", other), title=f"{one} {other}", day=date(2022, 1, 1 + number))
        # Each time it takes some of what there is, and is gone.
        follower = follow(after=cursor)
        told += follower.take(7 if number == 0 else 1)
        cursor = told[-1]["cursor"]
    follower = follow(after=cursor)
    told += follower.take(len(pairs) - len(ids_of(told)))
    cursors = [int(each["cursor"]) for each in told]
    assert cursors == sorted(set(cursors))
    assert cursors[0] > int(begin)
    with database.reader() as session:
        there = {each.id for each in events.iterate_all(session)}
    assert sorted(ids_of(told)) == sorted(there)
    assert len(there) == len(pairs)


def test_a_follower_of_a_filter_hears_of_its_events_and_of_what_goes(database: Database, follow: Follow) -> None:
    take(database, ("Russia", "met", "Poland"), title="Before")
    chosen = follow(filter={"type": ["CONDEMNED"], "subject": ["ent_Q159"]}, after="0")
    take(database, ("France", "condemned", "Poland"), title="Other")
    take(database, ("Russia", "met", "France"), title="Else")
    article = take(database, ("Russia", "condemned", "France"), title="Chosen")
    added = chosen.next()
    assert (added["kind"], added["event"]["type"]) == ("ADDED", "CONDEMNED")
    with database.transaction() as session:
        retract(session, shared_groupers(), article, "Ada", "a hoax")
    removed = chosen.next()
    assert (removed["kind"], removed["eventId"], removed["event"]) == ("REMOVED", added["eventId"], None)


def test_an_event_that_gets_another_claim_has_changed(database: Database, follow: Follow) -> None:
    take(database, ("Russia", "condemned", "France"), day=date(2022, 3, 1))
    follower = follow(kinds=["CHANGED"], after="0")
    take(database, ("Russia", "condemned", "France"), title="Again", day=date(2022, 3, 2))
    changed = follower.next()
    assert (changed["kind"], changed["event"]["type"]) == ("CHANGED", "CONDEMNED")


def test_the_progress_of_runs_is_followed_until_one_is_over(database: Database, follow: Follow) -> None:
    everything = follow(RUNS, after="0")
    with database.transaction() as session:
        run = runs.start_run(session)
    begun = everything.next()
    assert begun["run"] == {"id": run, "finishedAt": None, "articlesRead": 0, "articlesSaved": 0, "quarantined": 0}
    one = follow(RUNS, run=run)
    assert one.next()["run"] == begun["run"]
    with database.transaction() as session:
        runs.save_progress(session, run, RunCounts(articles_read=2, articles_saved=1))
    for each in (one, everything):
        assert each.next()["run"]["articlesSaved"] == 1
    with database.transaction() as session:
        runs.finish_run(session, run, RunCounts(articles_read=2, articles_saved=1, quarantined=1))
    for each in (one, everything):
        last = each.next()["run"]
        assert (last["quarantined"], last["finishedAt"] is None) == (1, False)
    if isinstance(one.client, Socket):
        assert one.client.receive() == {"id": "1", "type": "complete"}
    else:
        assert one.client.event() == ("complete", None)
        assert one.client.event() is None


REFUSED = {
    "no cursor": ({"after": "yesterday"}, "BAD_USER_INPUT", "is no cursor of changes"),
    "a cursor from elsewhere": ({"after": "999999999"}, "BAD_USER_INPUT", "there is no change 999999999 yet"),
    "what nobody has": ({"filter": {"subject": ["ent_Q1"]}}, "NOT_FOUND", "there is no entity"),
    "a broken id": ({"filter": {"subject": ["it"]}}, "BAD_USER_INPUT", "is no id"),
    "no kind": ({"kinds": []}, "BAD_USER_INPUT", "kinds: the list is empty"),
}


def test_what_cannot_be_followed_is_refused(live: LiveServer) -> None:
    with live.socket() as client:
        for name, (variables, code, said) in REFUSED.items():
            client.subscribe(EVENTS, variables)
            found, message = client.refusal()
            assert found == code, name
            assert said in message, name
            with live.stream(EVENTS, variables=variables) as stream:
                event, body = stream.event() or ("", {})
                assert (event, body["errors"][0]["extensions"]["code"]) == ("next", code), name
                assert "data" not in body
                assert stream.event() == ("complete", None)
        client.subscribe(RUNS, {"run": "run_00000000000000000000"})
        assert client.refusal()[0] == "NOT_FOUND"


def test_who_was_away_for_too_long_is_told_to_begin_anew(database: Database, live: LiveServer) -> None:
    take(database, ("Russia", "condemned", "France"))
    with database.transaction() as session:
        changes.prune_changes(session, datetime.now(UTC) + timedelta(days=1))
    with live.socket() as client:
        client.subscribe(EVENTS, {"after": "1"})
        code, message = client.refusal()
        assert code == "CURSOR_EXPIRED"
        assert "changeCursor" in message
        client.subscribe(EVENTS, {"after": ask(live, ALL)["changeCursor"]})
        take(database, ("Germany", "met", "Poland"), title="Two")
        assert client.next()["eventChanges"]["event"]["type"] == "MET"


def test_a_field_that_fails_fails_one_answer_and_the_next_comes(database: Database, live: LiveServer) -> None:
    with live.socket() as client:
        client.subscribe('subscription { ingestion(after: "0") { run { id failures { totalCount } } } }')
        for _ in range(2):
            with database.transaction() as session:
                run = runs.start_run(session)
                runs.save_failure(session, run, DocumentError("/home/ada/secret.txt", "empty", "it is empty"))
            message = client.receive()
            # What files are called on the server's machine is for curators.
            assert message["payload"]["errors"][0]["extensions"]["code"] == "FORBIDDEN"
            assert message["payload"]["data"]["ingestion"]["run"] == {"id": run, "failures": None}


def test_an_ingestion_of_another_process_is_seen(database: Database, live: LiveServer) -> None:
    """Nothing but the database connects the two."""
    url = database._engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.storage.ingest_process", url, "3", "-1"]
    with live.socket() as client:
        client.subscribe(EVENTS, {"kinds": ["ADDED", "REMOVED"], "after": "0"})
        subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE)
        with database.reader() as session:
            there = {each.id for each in events.iterate_all(session)}
        told: set[str] = set()
        while told != there:
            change = client.next()["eventChanges"]
            (told.add if change["kind"] == "ADDED" else told.discard)(change["eventId"])
