"""Requests that are meant to cost much or to get at what is not theirs: each is refused with a code that says why, before it
costs anything. More on tokens, roles and CSRF is in test_access, slow clients are in test_slow_clients, hostile texts in
test_hostile_texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from kb.api import documents
from kb.api.app import create_app
from kb.api.limits import (
    MAX_ALIASES,
    MAX_BODY_BYTES,
    MAX_DIRECTIVES,
    MAX_DIRECTIVES_IN_ALL,
    MAX_LIST,
    MAX_OPERATIONS,
    MAX_REPEATED,
    MAX_ROOT_FIELDS,
    MAX_SPREADS,
    MAX_VALUES,
    MAX_VARIABLES,
)
from kb.api.schema import load_schema
from kb.domain.access import Role
from kb.settings import read_settings
from kb.storage import search
from kb.storage.session import Database, Session
from tests.api import live_server
from tests.api.curated import make_token, token_of
from tests.api.sample import Sample, save
from tests.api.test_loading import counted_statements
from tests.storage.test_timeouts import ENDLESS

Serve = Callable[..., TestClient]


@pytest.fixture(scope="module")
def filled_url(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, sample: Sample) -> str:
    """On SQLite alone: what is refused here has not come to a database yet."""
    path = tmp_path_factory.mktemp("attacks") / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    writer = Database.open(f"sqlite:///{path}")
    save(writer, sample)
    writer.dispose()
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def filled(filled_url: str) -> Iterator[Database]:
    opened = Database.open(filled_url, read_only=True)
    yield opened
    opened.dispose()


@pytest.fixture
def database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    path = tmp_path / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Database.open(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture
def serve(filled: Database) -> Iterator[Serve]:
    """Makes clients of applications with other settings."""
    opened: list[TestClient] = []

    def make(database: Database | None = None, **environ: str) -> TestClient:
        client = TestClient(create_app(read_settings(environ), database or filled))
        client.__enter__()
        opened.append(client)
        return client

    yield make
    for each in opened:
        each.__exit__(None, None, None)


def send(client: TestClient, query: str, variables: Mapping[str, object] | None = None, **parts: object) -> tuple[str, str]:
    """Demands that the query is refused without a look at the database; returns code and message."""
    with counted_statements() as statements:
        response = client.post("/graphql", json={"query": query, "variables": variables} | parts)
    assert statements == []
    assert response.status_code in (200, 400)
    assert len(response.content) < 20_000
    error = response.json()["errors"][0]
    assert "data" not in response.json()
    return error["extensions"]["code"], error["message"]


def many(count: int, part: str, between: str = " ") -> str:
    return between.join(part.replace("#", str(number)) for number in range(count))


DOUBLING = "{ events { nodes { ...F0 } } }" + many(
    4, " fragment F# on Event { a: about { ...G# } b: about { ...G# } c: claims { nodes { event { ...G# } } } }", ""
)
DOUBLING += (
    "".join(f" fragment G{number} on Event {{ ...F{number + 1} }}" for number in range(3)) + " fragment G3 on Event { id }"
)

TOO_MUCH: Mapping[str, str] = {
    "depth bomb": "{ events { nodes " + "{ about " * 50 + "{ id }" + " }" * 50 + " } }",
    "depth bomb of fragments": "{ events { nodes { ...F0 } } }"
    + "".join(f" fragment F{n} on Event {{ about {{ ...F{n + 1} }} }}" for n in range(60))
    + " fragment F60 on Event { id }",
    "alias bomb at the root": "{ " + many(MAX_ROOT_FIELDS + 1, "a#: events { totalCount }") + " }",
    "alias bomb below": "{ events { nodes { " + many(MAX_ALIASES + 1, "a#: subjects { name }") + " } } }",
    "root fields in fragments inside": "{ ... { " + many(MAX_ROOT_FIELDS + 1, "a#: events { totalCount }") + " } }",
    "one field over and over": "{ viewer { " + "name " * (MAX_REPEATED + 1) + "} }",
    "one field over and over in fragments": "{ viewer { " + "... { name } " * (MAX_REPEATED + 1) + "} }",
    "spreads without end": "{ viewer { " + "...F " * (MAX_SPREADS + 1) + "} } fragment F on Viewer { name }",
    "directives in one place": "{ viewer { name " + "@include(if: true) " * (MAX_DIRECTIVES + 1) + "} }",
    "unknown directives": "{ viewer { name " + "@a " * 3_000 + "} }",
    "directives everywhere": "{ viewer "
    + many(MAX_DIRECTIVES_IN_ALL // MAX_DIRECTIVES + 1, "{ ... " + "@include(if: true) " * MAX_DIRECTIVES)
    + "{ name }"
    + " }" * (MAX_DIRECTIVES_IN_ALL // MAX_DIRECTIVES + 1)
    + " }",
    "directives on operations": "query " + "@a " * (MAX_DIRECTIVES + 1) + "{ __typename }",
    "a list without end": "{ events(filter: { type: [" + "MET " * (MAX_LIST + 1) + "] }) { totalCount } }",
    "operations without end": many(MAX_OPERATIONS + 1, "query Q# { __typename }"),
    "variables without end": "query(" + many(MAX_VARIABLES + 1, "$v#: Int") + ") { __typename }",
    "tokens without end": "{ " + "__typename " * 10_001 + "}",
    "comments without end": "{ __typename }" + "# nothing\n" * 20_000,
}


@pytest.mark.parametrize("query", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_too_much_of_something(client: TestClient, query: str) -> None:
    code, message = send(client, query, operationName="Q1" if "operations" in query else None)
    assert code == "LIMIT_EXCEEDED", message


ROUND: Mapping[str, str] = {
    "itself": "{ events { nodes { ...F } } } fragment F on Event { id ...F }",
    "each other": "{ events { nodes { ...A } } } fragment A on Event { about { ...B } } fragment B on Event { about { ...A } }",
    "unused": "{ __typename } fragment F on Event { about { ...F } }",
}


@pytest.mark.parametrize("query", ROUND.values(), ids=ROUND.keys())
def test_fragments_that_go_round(client: TestClient, query: str) -> None:
    assert send(client, query)[0] == "GRAPHQL_VALIDATION_FAILED"


DEAR: Mapping[str, str] = {
    "nested pages": "{ events(first: 500) { nodes { claims(first: 500) { nodes { id } } } } }",
    "nested pages from the end": "{ events(last: 500) { edges { node { claims(last: 500) { edges { cursor } } } } } }",
    "nested pages that nobody gave a size": "{ entities { nodes { events { nodes { claims { nodes { id } } } } } } }",
    "fragments that double": DOUBLING,
    "counts of many": "{ events(first: 500) { nodes { " + many(20, "c#: claims(first: 0) { totalCount }") + " } } }",
    "facets of many": "{ entities(first: 500) { nodes { events { facets(first: 500) { bySubject { count } } } } } }",
    "searches": "{ "
    + many(50, 's#: search(text: "war", first: 500) { nodes { node { ... on Article { claims { totalCount } } } } }')
    + " }",
}


@pytest.mark.parametrize("query", DEAR.values(), ids=DEAR.keys())
def test_too_dear(client: TestClient, query: str) -> None:
    response = client.post("/graphql", json={"query": query})
    cost = response.json()["extensions"]["cost"]
    assert cost["price"] > cost["limit"] == 50_000
    code, message = send(client, query)
    assert code == "COST_EXCEEDED"
    assert str(cost["price"]) in message
    assert str(cost["limit"]) in message
    assert "first" in message


def test_too_dear_by_variables(client: TestClient) -> None:
    query = "query($n: Int = 1) { events(first: $n) { nodes { claims(first: $n) { nodes { id } } } } }"
    assert send(client, query, {"n": 500})[0] == "COST_EXCEEDED"
    assert "errors" not in client.post("/graphql", json={"query": query}).json()


def test_what_one_may_spend_is_a_setting(serve: Serve) -> None:
    query = "{ events(first: 100) { nodes { id } } }"
    assert send(serve(KB_MAX_COST="100"), query)[0] == "COST_EXCEEDED"
    assert serve(KB_MAX_COST="101").post("/graphql", json={"query": query}).json()["extensions"]["cost"]["limit"] == 101


HUGE: Mapping[str, object] = {
    "one list": {"ids": ["ent_Q159"] * (MAX_LIST + 1)},
    "lists in lists": {"ids": [["ent_Q159"] * MAX_LIST] * 30},
    "objects": {"ids": [{"a": {str(n): [n] for n in range(400)}}] * 30},
    "one nobody asked for": {"ids": [], "more": list(range(MAX_VALUES + 1))},
}


@pytest.mark.parametrize("variables", HUGE.values(), ids=HUGE.keys())
def test_huge_lists_in_variables(client: TestClient, variables: Mapping[str, object]) -> None:
    query = "query($ids: [ID!]) { events(filter: { subject: $ids }) { totalCount } }"
    assert send(client, query, variables)[0] == "LIMIT_EXCEEDED"


def test_batches_are_refused(client: TestClient) -> None:
    response = client.post("/graphql", json=[{"query": "{ __typename }"}] * 2)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert "batches" in response.json()["errors"][0]["message"]


def test_a_body_that_says_how_much_too_large_it_is_is_not_waited_for(client: TestClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": str(MAX_BODY_BYTES + 1)}
    response = client.post("/graphql", content=b"{", headers=headers)
    assert response.status_code == 413
    assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", '{ a: __type(name: "Event") { name } }'])
def test_the_schema_is_not_told_where_it_is_not_to_be(client: TestClient, serve: Serve, query: str) -> None:
    assert "errors" not in client.post("/graphql", json={"query": query}).json()
    silent = serve(KB_INTROSPECTION="off")
    assert send(silent, query)[0] == "INTROSPECTION_DISABLED"
    assert send(silent, query.replace("{", "{ ...F } fragment F on Query {", 1))[0] == "INTROSPECTION_DISABLED"
    assert "errors" not in silent.post("/graphql", json={"query": "{ __typename }"}).json()


@pytest.mark.parametrize("query", ["{ event }", "{ events { nodes { subject } } }", "{ events(filters: {}) { totalCount } }"])
def test_nor_told_by_hints(client: TestClient, serve: Serve, query: str) -> None:
    assert "Did you mean" in send(client, query.replace("{ event }", "{ evens }"))[1]
    assert "Did you mean" not in send(serve(KB_INTROSPECTION="off"), query.replace("{ event }", "{ evens }"))[1]


def test_introspection_does_not_go_round(client: TestClient) -> None:
    inner = "name"
    for _ in range(6):
        inner = f"fields {{ type {{ {inner} }} }}"
    code, _ = send(client, f"{{ __schema {{ types {{ {inner} }} }} }}")
    assert code == "GRAPHQL_VALIDATION_FAILED"


def test_graphiql_is_not_shown_where_it_is_not_to_be(serve: Serve) -> None:
    client = serve(KB_GRAPHIQL="off")
    response = client.get("/graphql", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "switched off" in response.text
    assert client.get("/graphql", params={"query": "{ __typename }"}).json()["data"] == {"__typename": "Query"}


def test_other_sites_read_answers_only_where_they_are_named(client: TestClient, serve: Serve) -> None:
    asked = {"Origin": "https://front.example", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization, content-type"
    named = serve(KB_CORS_ORIGINS="https://front.example, https://other.example")
    allowed = named.options("/graphql", headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://front.example"
    assert "access-control-allow-credentials" not in allowed.headers
    assert "access-control-allow-origin" not in named.options("/graphql", headers=asked | {"Origin": "https://x.example"}).headers
    query = {"query": "{ __typename }"}
    for each, origin, shown in (
        (named, "https://front.example", "https://front.example"),
        (named, "https://x.example", None),
        (client, "https://front.example", None),
        (serve(KB_CORS_ORIGINS="*"), "https://x.example", "*"),
    ):
        response = each.post("/graphql", json=query, headers={"Origin": origin})
        assert response.headers.get("access-control-allow-origin") == shown


def test_whoever_spends_too_fast_has_to_wait(serve: Serve) -> None:
    client = serve(KB_RATE_LIMIT="100")
    query = {"query": "{ events(first: 60) { nodes { id } } }"}
    assert [client.post("/graphql", json=query).status_code for _ in range(3)] == [200, 200, 429]
    # Whatever an address says of itself is no other address.
    response = client.post("/graphql", json=query, headers={"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.7"})
    assert response.status_code == 429
    assert response.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.headers["Retry-After"] in response.json()["errors"][0]["message"]


BAD: Mapping[str, str] = {
    "wrong": "{ nothing }",
    "broken": "{",
    "too dear": DEAR["nested pages"],
    "too much": TOO_MUCH["unknown directives"],
}


@pytest.mark.parametrize("query", BAD.values(), ids=BAD.keys())
def test_what_is_refused_is_paid_for_too(serve: Serve, query: str) -> None:
    client = serve(KB_RATE_LIMIT="50")
    statuses = {client.post("/graphql", json={"query": query}).status_code for _ in range(120)}
    assert statuses == {200, 429}


def test_tokens_cannot_be_guessed_at_leisure(serve: Serve) -> None:
    client = serve(KB_RATE_LIMIT="1000")
    headers = {"Authorization": "Bearer kb_guess"}
    statuses = [client.post("/graphql", json={"query": "{ __typename }"}, headers=headers).status_code for _ in range(20)]
    assert set(statuses[:10]) == {401}
    assert 429 in statuses[10:]


def test_each_token_has_its_own_purse(serve: Serve, database: Database) -> None:
    secrets = [make_token(database, token_of(name, Role.READER)) for name in ("Ada", "Bob")]
    client = serve(database, KB_RATE_LIMIT="10")
    query = {"query": "{ events(first: 20) { nodes { id } } }"}

    def ask(secret: str | None) -> int:
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        return client.post("/graphql", json=query, headers=headers).status_code

    assert [ask(secrets[0]), ask(secrets[0])] == [200, 429]
    assert [ask(secrets[1]), ask(secrets[1])] == [200, 429]
    assert [ask(None), ask(None)] == [200, 429]


def test_a_statement_that_takes_too_long_is_stopped(serve: Serve, filled_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def dawdle(session: Session, *_: object) -> int:
        return int(session.execute(text(ENDLESS)).scalar_one())

    monkeypatch.setattr(search, "count_hits", dawdle)
    hasty = Database.open(filled_url, read_only=True, timeout_s=0.5)
    try:
        response = serve(hasty).post("/graphql", json={"query": '{ search(text: "war") { totalCount } viewer { role } }'})
    finally:
        hasty.dispose()
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "TIMEOUT"
    assert "narrow" in error["message"]


def test_a_mutation_by_get_is_refused(client: TestClient) -> None:
    query = 'mutation { retractArticle(input: { article: "art_1" }) { decision { id } } }'
    response = client.get("/graphql", params={"query": query})
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_tokens_that_are_none(serve: Serve, database: Database) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    expired = make_token(database, token_of("Ada", Role.ADMIN, expires_at=past))
    client = serve(database)
    for secret in ("kb_nobody", expired):
        response = client.post("/graphql", json={"query": "{ __typename }"}, headers={"Authorization": f"Bearer {secret}"})
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_reader_cannot_do_what_curators_do(serve: Serve, database: Database) -> None:
    headers = {"Authorization": f"Bearer {make_token(database, token_of('Ada', Role.READER))}"}
    query = 'mutation { retractArticle(input: { article: "art_1" }) { decision { id } } }'
    response = serve(database).post("/graphql", json={"query": query}, headers=headers)
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_documents_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_KEPT_TOKENS", 1_000)
    schema, small = load_schema().core, "{ viewer { first: name } }"
    first = documents.read_document(schema, small)
    assert documents.read_document(schema, small) is first
    large = f"{{ ontology {{ eventTypes {{ {many(MAX_ALIASES, 'a#: name')} }} }} }}"
    assert not documents.read_document(schema, large).errors
    assert documents.read_document(schema, small) is first
    documents.read_document(schema, large.replace("ontology", "one: ontology"))
    documents.read_document(schema, "{ nothing " * 1_000)
    assert documents.read_document(schema, small) is not first


def test_behind_a_proxy_each_client_has_its_own_purse(database: Database) -> None:
    def status(port: int, forwarded: str) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Content-Type": "application/json", "X-Forwarded-For": forwarded}
        try:
            connection.request("POST", "/graphql", json.dumps({"query": "{ events(first: 30) { nodes { id } } }"}), headers)
            return connection.getresponse().status
        finally:
            connection.close()

    environment = {"KB_RATE_LIMIT": "20", "KB_TRUSTED_PROXIES": "127.0.0.1"}
    with live_server.serve(database, environment=environment) as server:
        # Only what the proxy itself added counts, not what its client had said before.
        asked = ("192.0.2.1", "192.0.2.1", "192.0.2.9, 192.0.2.1", "192.0.2.2")
        assert [status(server.port, each) for each in asked] == [200, 429, 429, 200]
    with live_server.serve(database, environment={"KB_RATE_LIMIT": "20"}) as server:
        assert [status(server.port, each) for each in ("192.0.2.1", "192.0.2.2")] == [200, 429]


def test_a_connection_that_stays_is_no_way_around_the_limit(database: Database) -> None:
    with live_server.serve(database, environment={"KB_RATE_LIMIT": "20"}) as server, server.socket() as socket:
        codes = []
        for number in range(2):
            socket.subscribe("{ events(first: 30) { nodes { id } } }", key=str(number))
            while (message := socket.receive())["type"] == "next":
                pass
            codes.append(message["type"])
    assert codes == ["complete", "error"]
    assert message["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
