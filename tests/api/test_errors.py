"""Wrong questions get an error with a code that says what to do, and never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest
from starlette.testclient import TestClient

from kb.api.limits import MAX_DEPTH
from kb.errors import StorageError
from kb.storage import search
from tests.api.conftest import Refuse
from tests.api.sample import RUSSIA

ARGUMENTS = {
    "first below zero": "{ events(first: -1) { totalCount } }",
    "first far too large": "{ events(first: 100000) { nodes { id } } }",
    "last far too large": "{ events(last: 100000) { nodes { id } } }",
    "first and last": "{ events(first: 2, last: 2) { nodes { id } } }",
    "nested first below zero": "{ events { nodes { claims(first: -1) { nodes { id } } } } }",
    "coOccurring below zero": '{ entity(id: "ent_Q159") { coOccurring(first: -1) { articleCount } } }',
    "facets far too large": "{ events { facets(first: 100000) { byType { count } } } }",
    "broken cursor": '{ events(first: 2, after: "!!!") { nodes { id } } }',
    "cursor of something else": '{ events(first: 2, after: "eyJhIjoxfQ") { nodes { id } } }',
    "nested broken cursor": '{ events { nodes { claims(first: 1, after: "nonsense") { nodes { id } } } } }',
    "malformed id": '{ node(id: "what is this") { id } }',
    "id of no known noun": '{ node(id: "xyz_123") { id } }',
    "empty id": '{ event(id: "") { id } }',
    "id of another noun": '{ event(id: "ent_Q159") { id } }',
    "id of another noun in a filter": '{ events(filter: { subject: ["evt_1"] }) { totalCount } }',
    "entity by nothing": "{ entity { id } }",
    "entity by two things": '{ entity(id: "ent_Q159", name: "Russia") { id } }',
    "no Wikidata id": '{ entity(wikidataId: "Russia") { id } }',
    "days the wrong way round": '{ events(filter: { date: { from: "2022-03-01", to: "2022-02-01" } }) { totalCount } }',
    "confidence above one": "{ events(filter: { minConfidence: 2 }) { totalCount } }",
    "search for nothing": '{ search(text: "  ") { totalCount } }',
    "name with a NUL": '{ entity(name: "Rus\\u0000sia") { id } }',
    "filter by a name with a NUL": '{ entities(filter: { name: "Rus\\u0000sia" }) { totalCount } }',
    "filter by a text with a NUL": '{ events(filter: { text: "Rus\\u0000sia" }) { totalCount } }',
    "search for a whole book": f'{{ search(text: "{"word " * 1000}") {{ totalCount }} }}',
    "path of no length": '{ path(from: "ent_Q159", to: "ent_Q183", maxLength: -1) { length } }',
    "path far too long": '{ path(from: "ent_Q159", to: "ent_Q183", maxLength: 1000) { length } }',
}


@pytest.mark.parametrize("query", ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_arguments_that_cannot_be(refuse: Refuse, query: str) -> None:
    code, message = refuse(query)
    assert code == "BAD_USER_INPUT"
    assert message


UNKNOWN = {
    "entity": '{ entity(id: "ent_Q1") { id } }',
    "event": '{ event(id: "evt_00") { id } }',
    "article": '{ article(id: "art_00") { id } }',
    "claim as node": '{ node(id: "clm_00") { id } }',
    "entity in a filter": '{ events(filter: { subject: ["ent_Q1"] }) { totalCount } }',
    "source in a filter": '{ articles(filter: { source: ["src_00"] }) { totalCount } }',
    "event in a filter": '{ claims(filter: { about: ["evt_00"] }) { totalCount } }',
    "end of a path": f'{{ path(from: "{RUSSIA}", to: "ent_Q1") {{ length }} }}',
}


@pytest.mark.parametrize("query", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_ids_that_name_nothing(refuse: Refuse, query: str) -> None:
    assert refuse(query)[0] == "NOT_FOUND"


def test_an_unknown_id_leaves_the_rest_of_the_answer(client: TestClient) -> None:
    query = '{ missing: event(id: "evt_00") { id } there: entity(id: "ent_Q159") { name } }'
    body = client.post("/graphql", json={"query": query}).json()
    assert body["data"] == {"missing": None, "there": {"name": "Russia"}}
    assert [error["path"] for error in body["errors"]] == [["missing"]]


def test_names_and_wikidata_ids_nobody_bears_are_null(client: TestClient) -> None:
    query = '{ a: entity(name: "Atlantis") { id } b: entity(wikidataId: "Q999999") { id } }'
    body = client.post("/graphql", json={"query": query}).json()
    assert body["data"] == {"a": None, "b": None}
    assert "errors" not in body


DOCUMENTS: Mapping[str, tuple[str, str]] = {
    "syntax": ("{ events(", "GRAPHQL_PARSE_FAILED"),
    "no document": ("# only a comment", "GRAPHQL_PARSE_FAILED"),
    "unknown field": ("{ events { nodes { colour } } }", "GRAPHQL_VALIDATION_FAILED"),
    "unknown argument": ("{ events(size: 3) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    "unknown type of event": ("{ events(filter: { type: [DANCED] }) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    "a date that is none": ('{ events(filter: { date: { from: "2022-02-30" } }) { totalCount } }', "GRAPHQL_VALIDATION_FAILED"),
    "a date as a number": ("{ events(filter: { date: { from: 2022 } }) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    "a fragment that spreads itself": (
        "{ events { nodes { ...F } } } fragment F on Event { about { ...F } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "mutation": ("mutation { delete }", "GRAPHQL_VALIDATION_FAILED"),
    "only a fragment": ("fragment F on Event { id }", "GRAPHQL_VALIDATION_FAILED"),
    "two operations and no name": ("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE"),
    "too deep": ("{ events { nodes " + "{ about " * MAX_DEPTH + "{ id }" + " }" * MAX_DEPTH + " } }", "LIMIT_EXCEEDED"),
    "far too deep": ("{ events { nodes " + "{ about " * 2_000 + "{ id }" + " }" * 2_000 + " } }", "LIMIT_EXCEEDED"),
    "too deep by fragments": (
        "{ events { nodes { ...A } } } "
        + " ".join(
            f"fragment {a} on Event {{ about {{ about {{ about {{ about {{ ...{b} }} }} }} }} }}"
            for a, b in ("AB", "BC", "CD", "DE")
        )
        + " fragment E on Event { id }",
        "LIMIT_EXCEEDED",
    ),
    "too many tokens": ("{ " + "a: __typename " * 10_000 + "}", "LIMIT_EXCEEDED"),
    "lists in lists": ("{ events(filter: { type: " + "[" * 3_000 + "]" * 3_000 + " }) { totalCount } }", "LIMIT_EXCEEDED"),
}


@pytest.mark.parametrize(("query", "code"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_documents_that_cannot_be_run(refuse: Refuse, query: str, code: str) -> None:
    assert refuse(query)[0] == code


def test_a_date_that_is_none_is_told_how_to_be_written(refuse: Refuse) -> None:
    query = "query($from: Date) { events(filter: { date: { from: $from } }) { totalCount } }"
    code, message = refuse(query, {"from": "21.02.2022"})
    assert code == "BAD_USER_INPUT"
    assert "YYYY-MM-DD" in message


VARIABLES: Mapping[str, object] = {"a text": "three", "a fraction": 1.5, "a list": [1], "too large for an Int": 2**40}


@pytest.mark.parametrize("value", VARIABLES.values(), ids=VARIABLES.keys())
def test_variables_of_the_wrong_type(refuse: Refuse, value: object) -> None:
    assert refuse("query($n: Int) { events(first: $n) { totalCount } }", {"n": value})[0] == "BAD_USER_INPUT"


def test_a_missing_variable(refuse: Refuse) -> None:
    assert refuse("query($id: ID!) { event(id: $id) { id } }")[0] == "BAD_USER_INPUT"


def test_what_nobody_foresaw_is_hidden_and_logged(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setattr(search, "count_hits", fail)
    with caplog.at_level(logging.ERROR, logger="kb.api"):
        response = client.post("/graphql", json={"query": '{ search(text: "war") { totalCount } }'})
    assert response.status_code == 200
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in response.text
    assert error["extensions"]["requestId"] == response.headers["X-Request-Id"]
    assert error["extensions"]["requestId"] in caplog.text
    assert "secret of the house" in caplog.text


def test_a_database_that_fails_is_told_without_its_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise StorageError("postgresql://somewhere is gone")

    monkeypatch.setattr(search, "count_hits", fail)
    response = client.post("/graphql", json={"query": '{ search(text: "war") { totalCount } }'})
    assert response.json()["errors"][0]["extensions"]["code"] == "STORAGE"
    assert "somewhere" not in response.text
