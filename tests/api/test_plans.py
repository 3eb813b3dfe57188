"""Compiled operations answer as the resolvers do, with one statement; what they cannot answer is left to the resolvers."""

# ruff: noqa: E501 - a query is read best in one line

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from kb.api.http import encode_json
from kb.api.run import Answer, Asking, answer
from kb.storage.session import Database
from tests.api.sample import Sample

ENTITY_PAGE = """
query Page($id: ID!, $first: Int = 2, $filter: EventFilter, $withClaims: Boolean = true) {
  entity(id: $id) {
    __typename id kind name wikidataId formerIds
    aliases { __typename name kind origin }
    events(first: $first, filter: $filter) {
      totalCount
      edges { cursor node { ...happening } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
    relations(first: 3) { nodes { id type subject { name } object { name } eventCount claimCount sourceCount firstDate lastDate } }
    mentions(last: 2) { totalCount nodes { text start end form score reason article { id } entity { id } } }
    ... on Country { onlyOfCountries: name }
    ... on Person { onlyOfPeople: name }
  }
}
fragment happening on Event {
  id type modality date datePrecision sourceCount
  subjects { id name } objects { __typename name } place { name }
  about { id } reactions { id } quantities { id low high bound unit about span { text } attributedTo { name } }
  claims(first: 2) @include(if: $withClaims) {
    nodes {
      sentence start end confidence modality trigger { text start end } attributedTo { name } about { id }
      article { title url publishedAt publishedInferred language file source { name domain } story { title articles { id } } }
    }
  }
}
"""

ANSWERED_ALIKE = {
    "counts alone": "{ events { totalCount } claims { totalCount } entities { totalCount } articles { totalCount } }",
    "bounds alone": "{ events(first: 2) { pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
    "from the end": "{ events(last: 3) { edges { cursor node { id date } } pageInfo { hasNextPage hasPreviousPage startCursor } } }",
    "none": "{ events(first: 0) { nodes { id } pageInfo { hasNextPage endCursor } } }",
    "every order": "{ a: events(orderBy: DATE_ASC, first: 9) { edges { cursor } } b: events(orderBy: SOURCES_DESC) { edges { cursor } } "
    "c: events(orderBy: CLAIMS_DESC) { edges { cursor } } d: claims(orderBy: CONFIDENCE_DESC) { edges { cursor } } "
    "e: claims(orderBy: TEXT) { edges { cursor } } f: entities(orderBy: NAME_DESC) { edges { cursor } } "
    "g: relations(orderBy: LAST_DATE_DESC) { edges { cursor } } h: articles(orderBy: PUBLISHED_ASC) { edges { cursor } } }",
    "merged fields": "{ events(first: 1) { nodes { id subjects { id } } } events(first: 1) { nodes { subjects { name } type } } }",
    "words": '{ claims(filter: {text: "recognise"}) { totalCount nodes { sentence } } articles(filter: {text: "the"}) { totalCount } }',
    "beginnings": '{ entities(filter: {name: "rus"}) { nodes { name kind } } none: entities(filter: {name: "zzzz"}) { totalCount } }',
    "by name": '{ entity(name: "RUSSIA") { id name } nobody: entity(name: "Nobody at all") { id } it: entity(wikidataId: "Q159") { id } }',
    "everything of an article": "{ articles { nodes { id text claims { nodes { id } } mentions(first: 1) { edges { cursor } } "
    "facts { nodes { id predicate objectText sentence { text } subject { name } object { name } heldOn origin recordedAt } } "
    "quantities { totalCount edges { cursor } } } } }",
    "publishers and stories": "{ sources { nodes { id name domain } } stories { edges { cursor node { title articles { title } } } } }",
    "variables in literals": "query($type: EventType = MET) { events(filter: {type: [$type, RECOGNISED]}) { nodes { type } } }",
    "nothing at all": '{ events(filter: {type: [], date: {from: "1900-01-01", to: "1900-01-02"}}) { nodes { id } totalCount } }',
    "skipped": "query($no: Boolean! = true) { __typename events @skip(if: $no) { totalCount } sources { totalCount @include(if: $no) } }",
}

LEFT_TO_RESOLVERS = {
    "an id of nothing": ('{ entity(id: "ent_nobody") { name } }', {}, "NOT_FOUND"),
    "an id in a filter of nothing": ('{ events(filter: {subject: ["ent_nobody"]}) { totalCount } }', {}, "NOT_FOUND"),
    "an id of another noun": ('{ entity(id: "evt_1") { name } }', {}, "BAD_USER_INPUT"),
    "a page that cannot be": ("{ events(first: -1) { totalCount } }", {}, "BAD_USER_INPUT"),
    "both ends": ("{ events(first: 1, last: 1) { totalCount } }", {}, "BAD_USER_INPUT"),
    "a cursor of another list": ('{ events(after: "WyJ4Il0") { nodes { id } } }', {}, "BAD_USER_INPUT"),
    "a range the wrong way round": (
        '{ events(filter: {date: {from: "2022-02-02", to: "2022-02-01"}}) { totalCount } }',
        {},
        "BAD_USER_INPUT",
    ),
    "a variable of the wrong type": ("query($n: Int) { events(first: $n) { totalCount } }", {"n": "two"}, "BAD_USER_INPUT"),
}


def _ask(database: Database, query: str, way: str, variables: Mapping[str, Any] | None = None) -> Answer:
    return answer(database, query, variables, None, Asking(way=way))


def _compare(database: Database, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    planned = _ask(database, query, "plan", variables)
    assert planned.encoded is not None, planned.body
    resolved = _ask(database, query, "resolvers", variables)
    # Order of fields and numbers as written: what a client gets is the same, byte for byte but for spaces.
    assert json.dumps(json.loads(planned.encoded)) == json.dumps(json.loads(encode_json(resolved.body)))
    data: dict[str, Any] = json.loads(planned.encoded)["data"]
    return data


@contextmanager
def _counting(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    @contextmanager
    def watch(text: str) -> Iterator[None]:
        statements.append(text)
        yield

    database.watch(watch)
    yield statements


@pytest.fixture
def opened(filled_url: str) -> Iterator[Database]:
    database = Database.open(filled_url, read_only=True)
    yield database
    database.dispose()


@pytest.mark.parametrize("name", ANSWERED_ALIKE)
def test_a_plan_answers_as_the_resolvers_do(filled: Database, name: str) -> None:
    _compare(filled, ANSWERED_ALIKE[name])


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"first": 1},
        {"first": 500, "withClaims": False},
        {"filter": None},
        {"filter": {"type": ["RECOGNISED"]}},
        {"filter": {"type": ["RECOGNISED", "MET"], "modality": "ACTUAL", "date": {"from": "2000-01-01", "to": None}}},
        {"filter": {"minConfidence": 0.1, "text": "recognised"}},
    ],
)
def test_an_entity_page_of_every_entity(filled: Database, sample: Sample, variables: dict[str, Any]) -> None:
    entities = _compare(filled, "{ entities(filter: {withUnmentioned: true}) { nodes { id } } }")["entities"]["nodes"]
    shown = [_compare(filled, ENTITY_PAGE, {"id": each["id"], **variables})["entity"] for each in entities]
    assert any(entity["events"]["edges"] for entity in shown) or "filter" in variables


def test_pages_follow_each_other_to_the_end(filled: Database) -> None:
    query = "query($after: String) { events(first: 2, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }"
    whole = [each["id"] for each in _compare(filled, "{ events { nodes { id } } }")["events"]["nodes"]]
    found: list[str] = []
    cursor = None
    while cursor is not None or not found:
        page = _compare(filled, query, {"after": cursor})["events"]
        found += [each["id"] for each in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert found == whole
    assert len(found) > 2


def test_a_filter_of_everything(filled: Database) -> None:
    event = next(
        each
        for each in _compare(filled, "{ events { nodes { id subjects { id } objects { id } } } }")["events"]["nodes"]
        if each["objects"]
    )
    source = _compare(filled, "{ sources { nodes { id } } }")["sources"]["nodes"][0]["id"]
    wanted = {"subject": [event["subjects"][0]["id"]], "object": [each["id"] for each in event["objects"]]}
    query = "query($filter: EventFilter) { events(filter: $filter) { totalCount nodes { id } } claims(filter: $filter) { totalCount } }"
    assert event["id"] in {each["id"] for each in _compare(filled, query, {"filter": wanted})["events"]["nodes"]}
    _compare(
        filled,
        query,
        {"filter": wanted | {"source": [source, source], "attributedTo": wanted["subject"], "about": [event["id"]]}},
    )
    _compare(filled, query, {"filter": {"participant": wanted["subject"] * 2 + wanted["object"]}})


@pytest.mark.parametrize("name", LEFT_TO_RESOLVERS)
def test_what_is_wrong_is_for_the_resolvers_to_say(filled: Database, name: str) -> None:
    query, variables, code = LEFT_TO_RESOLVERS[name]
    given = _ask(filled, query, "any", variables)
    assert given.encoded is None
    errors: Any = given.body["errors"]
    assert errors[0]["extensions"]["code"] == code


def test_what_no_statement_can_answer_is_answered_all_the_same(filled: Database) -> None:
    given = _ask(filled, '{ search(text: "Russia") { nodes { title } } events(first: 1) { facets { byType { count } } } }', "any")
    assert given.way == "resolvers"
    assert given.body["data"]


def test_a_plan_is_one_statement(opened: Database) -> None:
    _compare(opened, ENTITY_PAGE, {"id": "ent_Q159"})
    with _counting(opened) as statements:
        again = _ask(opened, ENTITY_PAGE, "plan", {"id": "ent_Q159"})
    assert again.encoded is not None
    assert again.cached
    assert len(statements) == 1


def test_a_query_nested_as_deeply_as_is_allowed_is_answered(filled: Database) -> None:
    """SQLite's parser gives up on some of these statements; who asked does not notice."""
    deep = "{ events(first: 1) { nodes { " + "about { reactions { " * 6 + "id" + " } }" * 6 + " } } }"
    given, resolved = _ask(filled, deep, "any"), _ask(filled, deep, "resolvers")
    data = json.loads(given.encoded)["data"] if given.encoded is not None else given.body["data"]
    assert data == resolved.body["data"]


def test_ever_other_shapes_of_variables_do_not_fill_the_memory(filled: Database) -> None:
    names = [f"a{number}" for number in range(8)]
    query = (
        "query("
        + ", ".join(f"${name}: Boolean!" for name in names)
        + ") { "
        + " ".join(f"{name}: __typename @include(if: ${name})" for name in names)
        + " events { totalCount } }"
    )
    for number in range(200):
        variables = {name: bool(number >> at & 1) for at, name in enumerate(names)}
        assert _ask(filled, query, "any", variables).executed


def test_connections_that_the_server_ended_are_made_anew(opened: Database) -> None:
    _compare(opened, "{ events { totalCount } }")
    if opened.dialect == "postgresql":
        with opened.reader() as session:
            others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            assert session.execute(text(f"SELECT count(pg_terminate_backend(pid)) {others}")).scalar_one() > 0
    _compare(opened, "{ events { totalCount } }")


def test_answers_without_a_thread_are_those_with_one(client: TestClient, filled: Database) -> None:
    """The first time a query comes a thread reads and compiles it; from then on it needs none, and nobody can tell."""
    variables = {"id": "ent_Q159", "first": 3}
    body = {"query": ENTITY_PAGE, "variables": variables}
    first, *others = (client.post("/graphql", json=body) for _ in range(3))
    assert {each.headers["X-KB-Way"] for each in (first, *others)} == {"plan"}
    assert {each.text for each in others} == {first.text}
    assert first.json()["data"] == json.loads(_ask(filled, ENTITY_PAGE, "plan", variables).encoded or b"")["data"]
    nobody = {"query": ENTITY_PAGE, "variables": {"id": "ent_nobody", "first": 3}}
    assert client.post("/graphql", json=nobody).json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
