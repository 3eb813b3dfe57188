"""What operations cost: what was asked for is in the price, whatever way it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_introspection_query
from starlette.testclient import TestClient

from kb.api.documents import read_document
from kb.api.errors import RateError
from kb.api.guard.prices import ASSUMED, FIELD_POINTS
from kb.api.guard.rates import Rates, name_of_address
from kb.api.schema import load_schema

SCHEMA = load_schema().core


def price(query: str, variables: Mapping[str, Any] | None = None, name: str | None = None) -> int:
    document = read_document(SCHEMA, query)
    assert not document.errors, document.errors
    return document.price(name, variables)


PRICES: Mapping[str, tuple[str, int]] = {
    "nothing to find": ("{ __typename }", 1),
    "a row": ('{ entity(name: "Russia") { id name } }', 1),
    "a row below a row": ('{ event(id: "evt_1") { place { name } } }', 2),
    "a page": ("{ events(first: 30) { nodes { id } } }", 1 + 30),
    "a page of edges": ("{ events(first: 30) { edges { cursor node { id } } pageInfo { hasNextPage } } }", 1 + 30),
    "a page from the end": ("{ events(last: 30) { nodes { id } } }", 1 + 30),
    "a page that nobody gave a size": ("{ events { nodes { id } } }", 1 + 50),
    "a page of pages": ("{ events(first: 30) { nodes { claims(first: 4) { nodes { id } } } } }", 1 + 30 * (1 + 1 + 4)),
    "a list": ("{ events(first: 30) { nodes { subjects { name } } } }", 1 + 30 * (1 + 2)),
    "a total": ("{ events(first: 0) { totalCount } }", 1 + 10),
    "rows more than a page has": ("{ events(first: 100000) { nodes { id } } }", 1 + 500),
    "rows fewer than none": ("{ events(first: -7) { nodes { id } } }", 1),
    "facets": ("{ events(first: 0) { facets(first: 5) { byType { count } bySubject { count } } } }", 1 + 100 + 5 + 5),
    "a list with a size": ("{ decisions(first: 7) { id } }", 7),
    "twice under two names": ("{ a: events(first: 5) { nodes { id } } b: events(first: 5) { nodes { id } } }", 2 * 6),
    "the dearest of what it may be": (
        """{ node(id: "x") { ... on Event { claims(first: 9) { nodes { id } } }
          ... on Article { mentions(first: 5) { nodes { id } } } } }""",
        1 + 1 + 9,
    ),
    "what all may be and one may be": (
        '{ node(id: "x") { ... on Entity { aliases { name } } ... on Person { mentions(first: 5) { nodes { id } } } } }',
        1 + 10 + 1 + 5,
    ),
    "by a fragment": (
        "{ events(first: 5) { ...F } } fragment F on EventConnection { nodes { ...G } } fragment G on Event { place { id } }",
        1 + 5 * 2,
    ),
    "left out": ("{ events(first: 5) @skip(if: true) { nodes { id } } viewer { role } }", 1),
    "not left out": ("{ events(first: 5) @include(if: true) @skip(if: false) { nodes { id } } }", 6),
}


@pytest.mark.parametrize(("query", "points"), PRICES.values(), ids=PRICES.keys())
def test_prices(query: str, points: int) -> None:
    assert price(query) == points


VARIED = """query($n: Int = 3, $m: Int, $with: Boolean! = true) {
  events(first: $n) { nodes { claims(first: $m) @include(if: $with) { nodes { id } } } } }"""


@pytest.mark.parametrize(
    ("variables", "points"),
    [
        (None, 1 + 3 * (1 + 1 + 50)),
        ({"n": 2, "m": 4}, 1 + 2 * (1 + 1 + 4)),
        ({"n": 2.0, "m": 4}, 1 + 2 * (1 + 1 + 4)),
        ({"n": None, "m": None}, 1 + 50 * (1 + 1 + 50)),
        ({"n": 2, "with": False}, 1 + 2),
        ({"n": 10**30, "m": 10**30}, 1 + 500 * (1 + 1 + 500)),
        ({"n": -1, "m": "four"}, 1),
        ({"n": True, "m": [4]}, 1 + 50 * (1 + 1 + 50)),
    ],
)
def test_prices_by_variables(variables: Mapping[str, Any] | None, points: int) -> None:
    assert price(VARIED, variables) == points


def test_each_operation_of_a_document_has_its_price() -> None:
    query = (
        "query A($n: Int = 2) { ...F } query B($n: Int = 4) { ...F } fragment F on Query { events(first: $n) { nodes { id } } }"
    )
    assert (price(query, name="A"), price(query, name="B")) == (3, 5)


def test_the_schema_can_be_asked_for_with_the_tools_that_there_are() -> None:
    assert price(get_introspection_query(input_value_deprecation=True)) < 10_000


def rows_in(answer: object) -> int:
    """The objects in an answer, without those that only hold others together."""
    if isinstance(answer, list):
        return sum(rows_in(each) for each in answer)
    if not isinstance(answer, dict):
        return 0
    inner = sum(rows_in(each) for name, each in answer.items() if name != "pageInfo")
    return inner + (0 if {"nodes", "edges"} & answer.keys() else 1)


ANSWERED = (
    """{ events(first: 4) { edges { node { subjects { name aliases { name } } objects { id }
      claims(first: 3) { nodes { id } } } } } }""",
    """{ articles { nodes { source { name } story { articles { title } } claims { nodes { trigger { text } } }
      mentions(first: 100) { nodes { parts { sign } } } } } }""",
    '{ search(text: "Russia") { nodes { node { id } highlights { start } } } sources { edges { node { name } } } }',
    """{ entity(name: "Russia") { coOccurring(first: 5) { entity { name } }
      relations { nodes { subject { name } object { name } } } } }""",
    "{ events { facets(first: 3) { byType { count } bySubject { entity { name } } byMonth { count } } } }",
    "{ ontology { eventTypes { name ploverByModality { plover } } entityKinds { kind } } timeline(interval: DAY) { start } }",
)


@pytest.mark.parametrize("query", ANSWERED)
def test_nothing_costs_less_than_what_comes(client: TestClient, query: str) -> None:
    body = client.post("/graphql", json={"query": query}).json()
    assert "errors" not in body
    assert 0 < rows_in(body["data"]) - 1 <= body["extensions"]["cost"]["price"]


@pytest.mark.parametrize("key", [*ASSUMED, *FIELD_POINTS])
def test_what_has_a_price_is_there(key: str) -> None:
    owner, _, name = key.partition(".")
    kind = SCHEMA.type_map[owner]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    assert name in kind.fields


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def spent(rates: Rates, caller: str) -> int | None:
    """In how many seconds the caller may go on; None: at once."""
    try:
        rates.check(caller)
    except RateError as error:
        return error.wait
    return None


def test_a_purse_fills_as_time_passes() -> None:
    clock = Clock()
    rates = Rates(60, clock)
    assert spent(rates, "a") is None
    rates.charge("a", 90)
    assert spent(rates, "a") == 31
    assert spent(rates, "b") is None
    clock.now += 30
    assert spent(rates, "a") == 1
    clock.now += 1
    assert spent(rates, "a") is None
    clock.now += 1_000
    rates.charge("a", 60)
    assert spent(rates, "a") is not None


def test_purses_take_no_more_memory_than_they_may() -> None:
    rates = Rates(60, Clock(), kept=10)
    rates.charge("often", 100)
    for number in range(1_000):
        rates.check(f"{number}")
        assert spent(rates, "often") is not None
    assert len(rates) == 10


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", None),
        ("127.8.8.8", None),
        ("::1", None),
        (None, None),
        ("::ffff:127.0.0.1", None),
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_who_shares_a_purse(host: str | None, name: str | None) -> None:
    assert name_of_address(host) == name
