"""What curators change over HTTP counts at once, in whatever is asked, and is gone at once when it is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.api import desk
from kb.api.app import create_app
from kb.api.run import Asking, execute
from kb.domain.access import Caller, Role
from kb.domain.ids import local_entity_id
from kb.registry.intake import take_in
from kb.settings import read_settings
from kb.storage import splits
from kb.storage.session import Database
from tests.api.curated import (
    DOCUMENT,
    FATHER,
    FRANCE,
    NAMESAKES,
    ONE,
    OPERATIONS,
    OTHER,
    RUSSIA,
    SON,
    fill,
    make_token,
    shared_groupers,
    token_of,
)
from tests.storage.stored_rows import list_rows
from tests.storage.synthetic import extraction

Send = Callable[..., dict[str, Any]]

PAGE = """query($id: ID!) { entity(id: $id) {
  id name formerIds aliases { name }
  events { totalCount nodes { type sourceCount subjects { id } } }
  relations { nodes { type subject { id } object { id } claimCount eventCount } }
  mentions { totalCount }
} }"""


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


@pytest.fixture
def client(filled: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(desk, "open_groupers", lambda _settings: shared_groupers())
    with TestClient(create_app(read_settings({}), filled)) as opened:
        yield opened


@pytest.fixture
def secret(filled: Database) -> str:
    return make_token(filled, token_of("Ada", Role.CURATOR))


@pytest.fixture
def send(client: TestClient, secret: str) -> Send:
    """Sends an operation of curation.graphql, or a query of its own, as a curator; demands that nothing went wrong."""

    def post(query: str, **variables: object) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        if query in OPERATIONS:
            body = {"query": DOCUMENT, "operationName": query, "variables": variables}
        answer = client.post("/graphql", json=body, headers={"Authorization": f"Bearer {secret}"}).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    return post


@pytest.fixture
def fail(client: TestClient, secret: str, filled: Database) -> Callable[..., tuple[str, str]]:
    """Sends an operation that must be refused and change nothing; returns code and message."""

    def post(operation: str, **variables: object) -> tuple[str, str]:
        before = list_rows(filled)
        body = {"query": DOCUMENT, "operationName": operation, "variables": variables}
        answer = client.post("/graphql", json=body, headers={"Authorization": f"Bearer {secret}"}).json()
        assert list(answer["data"].values()) == [None]
        assert list_rows(filled) == before
        return answer["errors"][0]["extensions"]["code"], answer["errors"][0]["message"]

    return post


def page(send: Send, key: str) -> dict[str, Any]:
    entity: dict[str, Any] = send(PAGE, id=key)["entity"]
    return entity


def hits(send: Send, text: str) -> list[str]:
    found = send("query($t: String!) { search(text: $t, kind: [ENTITY]) { nodes { node { id } } } }", t=text)
    return [each["node"]["id"] for each in found["search"]["nodes"]]


def relations_of(shown: dict[str, Any]) -> set[tuple[str, int]]:
    return {(each["type"], each["claimCount"]) for each in shown["relations"]["nodes"]}


def test_a_merge_counts_everywhere_and_its_undoing_too(send: Send, filled: Database) -> None:
    before, rows = page(send, ONE), list_rows(filled)
    assert relations_of(before) == {("CONDEMNED", 1), ("MET", 1)}
    assert hits(send, "george walker") == [ONE] or set(hits(send, "george walker")) == {ONE, OTHER}
    merged = send("Merge", input={"into": ONE, "others": [OTHER], "reason": "his middle name"})["mergeEntities"]
    assert merged["entity"] == {"id": ONE, "name": "George Walker", "formerIds": [OTHER]}
    (decision,) = merged["decisions"]
    assert (decision["__typename"], decision["verdict"], decision["author"]) == ("Judgement", "SAME", "Ada")
    assert (decision["reason"], decision["undoneAt"]) == ("his middle name", None)
    assert (decision["leftId"], decision["rightId"]) == (ONE, OTHER)
    assert decision["left"]["id"] == decision["right"]["id"] == ONE

    shown = page(send, ONE)
    assert page(send, OTHER) == shown
    assert shown["formerIds"] == [OTHER]
    assert {"George Walker", "George B. Walker"} <= {each["name"] for each in shown["aliases"]}
    assert relations_of(shown) == {("CONDEMNED", 2), ("MET", 1)}
    assert shown["mentions"]["totalCount"] == before["mentions"]["totalCount"] + 1
    (condemned,) = [each for each in shown["events"]["nodes"] if each["type"] == "CONDEMNED"]
    assert (condemned["sourceCount"], condemned["subjects"]) == (2, [{"id": ONE}])
    assert hits(send, "george b walker") == [ONE]
    found = send("query($id: ID!) { node(id: $id) { __typename id } }", id=OTHER)
    assert found["node"] == {"__typename": "Person", "id": ONE}
    by_former = "query($id: ID!) { events(filter: { participant: [$id] }) { totalCount } }"
    assert send(by_former, id=OTHER) == send(by_former, id=ONE)

    undone = send("Undo", input={"id": decision["id"], "reason": "it is his son"})["undoDecision"]["decision"]
    assert (undone["undoneBy"], undone["undoneReason"]) == ("Ada", "it is his son")
    assert undone["undoneAt"] is not None
    assert page(send, ONE) == before
    assert page(send, OTHER)["id"] == OTHER
    after = list_rows(filled)
    assert {name: after[name] for name in after if name != "judgement"} == {
        name: rows[name] for name in rows if name != "judgement"
    }
    assert [each["id"] for each in send("Curation", entity=ONE)["decisions"]] == [decision["id"]]


def test_a_split_tells_namesakes_apart_and_its_undoing_joins_them(send: Send, filled: Database) -> None:
    before, rows = page(send, ONE), list_rows(filled)
    article = NAMESAKES.article
    given = {"entity": ONE, "articles": [article.id], "name": "George Walker (diplomat)", "reason": "a namesake"}
    decision = send("Split", input=given)["splitEntity"]["decision"]
    assert decision["articles"] == [{"id": article.id, "title": "Three"}]
    assert decision["entity"]["id"] == ONE
    new = decision["newEntity"]["id"]
    assert relations_of(page(send, ONE)) == {("CONDEMNED", 1)}
    shown = page(send, new)
    assert shown["name"] == "George Walker (diplomat)"
    assert relations_of(shown) == {("MET", 1)}
    assert hits(send, "diplomat") == [new]
    assert {each["subject"]["id"] for each in page(send, RUSSIA)["relations"]["nodes"]} | {
        each["object"]["id"] for each in page(send, RUSSIA)["relations"]["nodes"]
    } == {RUSSIA, new}
    undone = send("Undo", input={"id": decision["id"]})["undoDecision"]["decision"]
    assert undone["newEntity"] is None
    assert page(send, ONE) == before
    after = list_rows(filled)
    assert {name: after[name] for name in after if not name.startswith("split")} == {
        name: rows[name] for name in rows if not name.startswith("split")
    }


def test_articles_can_be_said_to_mean_somebody_who_is_there(send: Send) -> None:
    decision = send("Split", input={"entity": ONE, "articles": [NAMESAKES.article.id], "to": OTHER})["splitEntity"]["decision"]
    assert decision["newEntity"]["id"] == OTHER
    assert relations_of(page(send, OTHER)) == {("CONDEMNED", 1), ("MET", 1)}


def test_a_retraction_takes_all_along_that_only_it_said(send: Send, client: TestClient, filled: Database) -> None:
    totals = "{ articles { totalCount } claims { totalCount } events { totalCount } relations { totalCount } }"
    before = send(totals)
    record = send("Retract", input={"article": SON.article.id, "reason": "withdrawn"})["retractArticle"]["decision"]
    assert (record["__typename"], record["articleId"], record["title"]) == ("Retraction", SON.article.id, "Two")
    assert (record["claimCount"], record["mentionCount"], record["author"]) == (1, 2, "Ada")
    after = send(totals)
    assert {name: before[name]["totalCount"] - after[name]["totalCount"] for name in before} == {
        "articles": 1,
        "claims": 1,
        "events": 1,
        "relations": 1,
    }
    assert hits(send, "george b walker") == []
    answer = client.post("/graphql", json={"query": f'{{ entity(id: "{OTHER}") {{ id }} }}'}).json()
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert relations_of(page(send, FRANCE)) == {("CONDEMNED", 1)}
    assert send("query($id: ID!) { node(id: $id) { __typename ... on Retraction { title } } }", id=record["id"]) == {
        "node": {"__typename": "Retraction", "title": "Two"}
    }
    send("Undo", input={"id": record["id"]})
    with filled.transaction() as session:
        assert take_in(session, shared_groupers(), [SON], None)
    assert send(totals) == before


def test_what_is_certainly_not_one_is_suggested_no_more(send: Send) -> None:
    (suggested,) = send("Curation", entity=ONE)["suggestedMerges"]
    assert {suggested["left"]["id"], suggested["right"]["id"]} == {ONE, OTHER}
    assert 0 < suggested["score"] < 1
    product = 1.0
    for part in suggested["parts"]:
        assert part["sign"]
        product *= part["factor"]
    assert product == pytest.approx(suggested["score"])
    unsure = send("Judge", input={"left": ONE, "right": OTHER, "verdict": "UNSURE"})["judgeEntities"]["decision"]
    assert len(send("Curation", entity=ONE)["suggestedMerges"]) == 1
    verdict = send("Judge", input={"left": OTHER, "right": ONE, "verdict": "DIFFERENT"})["judgeEntities"]["decision"]
    shown = send("Curation", entity=OTHER)
    assert shown["suggestedMerges"] == []
    assert shown["viewer"] == {"name": "Ada", "role": "CURATOR"}
    assert [each["id"] for each in shown["decisions"]] == [verdict["id"], unsure["id"]]
    send("Undo", input={"id": verdict["id"]})
    assert len(send("Curation", entity=ONE)["suggestedMerges"]) == 1


def test_what_contradicts_a_judgement_is_a_conflict(send: Send, fail: Callable[..., tuple[str, str]]) -> None:
    judged = send("Judge", input={"left": ONE, "right": OTHER, "verdict": "DIFFERENT"})["judgeEntities"]["decision"]
    code, message = fail("Merge", input={"into": ONE, "others": [RUSSIA, OTHER]})
    assert code == "CONFLICT"
    assert judged["id"] in message
    send("Undo", input={"id": judged["id"]})
    assert fail("Undo", input={"id": judged["id"]})[0] == "CONFLICT"


IMPOSSIBLE: dict[str, tuple[str, dict[str, object], str]] = {
    "merge with itself": ("Merge", {"into": ONE, "others": [ONE]}, "BAD_USER_INPUT"),
    "merge with nobody": ("Merge", {"into": ONE, "others": []}, "BAD_USER_INPUT"),
    "merge with an article": ("Merge", {"into": ONE, "others": [FATHER.article.id]}, "BAD_USER_INPUT"),
    "merge with what is not there": ("Merge", {"into": ONE, "others": [OTHER, "ent_Q1"]}, "NOT_FOUND"),
    "split where nobody is named": ("Split", {"entity": ONE, "articles": [SON.article.id]}, "BAD_USER_INPUT"),
    "split of nothing": ("Split", {"entity": ONE, "articles": []}, "BAD_USER_INPUT"),
    "split with two targets": (
        "Split",
        {"entity": ONE, "articles": [FATHER.article.id], "to": OTHER, "name": "Both"},
        "BAD_USER_INPUT",
    ),
    "retract what is not there": ("Retract", {"article": "art_00"}, "NOT_FOUND"),
    "undo what is not there": ("Undo", {"id": "jdg_00"}, "NOT_FOUND"),
    "undo no id at all": ("Undo", {"id": "it all"}, "NOT_FOUND"),
    "rename to nothing": ("Rename", {"entity": ONE, "name": "  "}, "BAD_USER_INPUT"),
    "rename to a book": ("Rename", {"entity": ONE, "name": "x" * 400}, "BAD_USER_INPUT"),
    "rename to a NUL": ("Rename", {"entity": ONE, "name": "a\0b"}, "BAD_USER_INPUT"),
    "a reason with a NUL": ("Retract", {"article": FATHER.article.id, "reason": "a\0b"}, "BAD_USER_INPUT"),
    "a name that nobody gave": ("RemoveAlias", {"entity": ONE, "name": "George Walker"}, "BAD_USER_INPUT"),
    "an empty key": ("Retract", {"article": FATHER.article.id, "idempotencyKey": ""}, "BAD_USER_INPUT"),
    "a key that is a book": ("Retract", {"article": FATHER.article.id, "idempotencyKey": "x" * 300}, "BAD_USER_INPUT"),
    "a key with a NUL": ("Retract", {"article": FATHER.article.id, "idempotencyKey": "a\0b"}, "BAD_USER_INPUT"),
}


@pytest.mark.parametrize(("operation", "given", "code"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_cannot_be_changes_nothing(
    fail: Callable[..., tuple[str, str]], operation: str, given: dict[str, object], code: str
) -> None:
    assert fail(operation, input=given)[0] == code


def test_several_mutations_are_each_done_for_themselves(client: TestClient, send: Send, secret: str) -> None:
    query = f"""mutation {{
      first: renameEntity(input: {{ entity: "{ONE}", name: "Walker the elder" }}) {{ entity {{ name }} }}
      second: renameEntity(input: {{ entity: "ent_Q1", name: "Nobody" }}) {{ entity {{ name }} }}
      third: mergeEntities(input: {{ into: "{ONE}", others: ["{OTHER}"] }}) {{ entity {{ name formerIds }} }}
    }}"""
    answer = client.post("/graphql", json={"query": query}, headers={"Authorization": f"Bearer {secret}"}).json()
    assert answer["data"] == {
        "first": {"entity": {"name": "Walker the elder"}},
        "second": None,
        "third": {"entity": {"name": "Walker the elder", "formerIds": [OTHER]}},
    }
    assert [(each["path"], each["extensions"]["code"]) for each in answer["errors"]] == [(["second"], "NOT_FOUND")]


def test_a_name_is_given_and_taken_away(send: Send, fail: Callable[..., tuple[str, str]], filled: Database) -> None:
    rows = list_rows(filled)
    renamed = send("Rename", input={"entity": ONE, "name": " George  Walker senior "})["renameEntity"]["entity"]
    assert (renamed["id"], renamed["name"]) == (ONE, "George Walker senior")
    assert {"name": "George Walker senior", "kind": "NAME", "origin": "curator"} in renamed["aliases"]
    assert hits(send, "senior") == [ONE]
    added = send("AddAlias", input={"entity": ONE, "name": "GWS", "kind": "ACRONYM"})["addAlias"]["entity"]
    assert added["name"] == "George Walker senior"
    assert {"name": "GWS", "kind": "ACRONYM", "origin": "curator"} in added["aliases"]
    assert send('{ entity(name: "gws") { id } }')["entity"]["id"] == ONE
    send("RemoveAlias", input={"entity": ONE, "name": "GWS"})
    left = send("RemoveAlias", input={"entity": ONE, "name": "George Walker senior"})["removeAlias"]["entity"]
    assert left["name"] == "George Walker"
    assert hits(send, "senior") == []
    assert list_rows(filled) == rows


def test_the_only_name_stays(send: Send, fail: Callable[..., tuple[str, str]]) -> None:
    given = {"entity": ONE, "articles": [NAMESAKES.article.id], "name": "A namesake"}
    new = send("Split", input=given)["splitEntity"]["decision"]["newEntity"]["id"]
    assert fail("RemoveAlias", input={"entity": new, "name": "A namesake"})[0] == "CONFLICT"
    send("Rename", input={"entity": new, "name": "Another namesake"})
    assert send("RemoveAlias", input={"entity": new, "name": "A namesake"})["removeAlias"]["entity"]["name"] == "Another namesake"


def test_how_an_entity_is_shown_does_not_change_who_it_is_one_with(send: Send, filled: Database) -> None:
    send("Rename", input={"entity": ONE, "name": "Ana Petrova"})
    later = extraction("Later", [("Anna Petrova", "met", "Russia"), ("George Walkar", "met", "France")])
    with filled.transaction() as session:
        take_in(session, shared_groupers(), [later], None)
    pairs = [{each["left"]["name"], each["right"]["name"]} for each in send("Curation", entity=ONE)["suggestedMerges"]]
    assert {"Ana Petrova", "Anna Petrova"} not in pairs
    assert page(send, ONE)["formerIds"] == []
    assert page(send, local_entity_id("PERSON", "anna petrova"))["name"] == "Anna Petrova"


def test_a_key_keeps_what_is_sent_twice_from_being_done_twice(
    send: Send, fail: Callable[..., tuple[str, str]], filled: Database
) -> None:
    given = {"into": ONE, "others": [OTHER], "idempotencyKey": "a1"}
    first = send("Merge", input=given)
    rows = list_rows(filled)
    assert send("Merge", input=given) == first
    assert list_rows(filled) == rows
    undone = {"id": first["mergeEntities"]["decisions"][0]["id"], "idempotencyKey": "a2"}
    once = send("Undo", input=undone)
    assert send("Undo", input=undone) == once
    rows = list_rows(filled)
    again = send("Merge", input=given)["mergeEntities"]
    assert [each["undoneBy"] for each in again["decisions"]] == ["Ada"]
    assert again["entity"]["formerIds"] == []
    assert list_rows(filled) == rows
    assert fail("Merge", input=given | {"reason": "another"})[0] == "CONFLICT"
    assert fail("Undo", input=undone | {"idempotencyKey": "a1"})[0] == "CONFLICT"


def test_a_split_made_again_without_a_key_is_another_one(send: Send, fail: Callable[..., tuple[str, str]]) -> None:
    given = {"entity": ONE, "articles": [NAMESAKES.article.id]}
    first = send("Split", input=given | {"idempotencyKey": "b"})
    assert send("Split", input=given | {"idempotencyKey": "b"}) == first
    assert fail("Split", input=given)[0] == "BAD_USER_INPUT"


def test_a_key_is_its_callers_own(send: Send, client: TestClient, filled: Database) -> None:
    other = make_token(filled, token_of("Ada", Role.ADMIN))
    mine = send("AddAlias", input={"entity": ONE, "name": "First", "idempotencyKey": "c"})
    body = {
        "query": DOCUMENT,
        "operationName": "AddAlias",
        "variables": {"input": {"entity": OTHER, "name": "Second", "idempotencyKey": "c"}},
    }
    answer = client.post("/graphql", json=body, headers={"Authorization": f"Bearer {other}"}).json()
    assert answer["data"]["addAlias"]["entity"]["id"] == OTHER
    assert mine["addAlias"]["entity"]["id"] == ONE


def test_a_key_that_comes_many_times_at_once_is_done_once(filled: Database, secret: str) -> None:
    caller = Caller(Role.CURATOR, "Ada", "tok_ada")
    shared = desk.Desk(read_settings({}), filled)
    given = {"input": {"entity": ONE, "articles": [NAMESAKES.article.id], "idempotencyKey": "e"}}

    def ask(_number: int) -> dict[str, object]:
        return execute(filled, DOCUMENT, given, "Split", Asking(caller, shared))

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, range(8)))
    assert "errors" not in answers[0]
    assert answers == [answers[0]] * 8
    with filled.reader() as session:
        assert len(splits.list_splits(session)) == 1


def test_ways_lead_from_former_ids(send: Send) -> None:
    query = "query($from: ID!, $to: ID!) { path(from: $from, to: $to) { length entities { id } } }"
    assert send(query, **{"from": OTHER, "to": RUSSIA})["path"][0]["length"] > 1
    send("Merge", input={"into": ONE, "others": [OTHER]})
    assert send(query, **{"from": OTHER, "to": RUSSIA})["path"] == [{"length": 1, "entities": [{"id": ONE}, {"id": RUSSIA}]}]


def test_a_mutation_that_failed_may_be_tried_again_under_its_key(send: Send, fail: Callable[..., tuple[str, str]]) -> None:
    judged = send("Judge", input={"left": ONE, "right": OTHER, "verdict": "DIFFERENT"})["judgeEntities"]["decision"]
    given = {"into": ONE, "others": [OTHER], "idempotencyKey": "d"}
    assert fail("Merge", input=given)[0] == "CONFLICT"
    send("Undo", input={"id": judged["id"]})
    assert send("Merge", input=given)["mergeEntities"]["entity"]["formerIds"] == [OTHER]
