"""Who may do what: tokens, roles, and the ways in which a mutation may come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from kb.api import desk
from kb.api.app import create_app
from kb.api.run import execute
from kb.domain.access import Role
from kb.settings import read_settings
from kb.storage import tokens
from kb.storage.session import Database
from kb.storage.tables import API_TOKEN
from tests.api.curated import ONE, OTHER, fill, make_token, shared_groupers, token_of
from tests.storage.stored_rows import list_rows

NOW = datetime.now(UTC)
VIEWER = "{ viewer { name role } }"
MERGE = f'mutation {{ mergeEntities(input: {{ into: "{ONE}", others: ["{OTHER}"] }}) {{ entity {{ id }} }} }}'


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


@pytest.fixture
def client(filled: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(desk, "open_groupers", lambda _settings: shared_groupers())
    with TestClient(create_app(read_settings({}), filled)) as opened:
        yield opened


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def code_of(response: object) -> str:
    body = response.json()  # type: ignore[attr-defined]
    code: str = body["errors"][0]["extensions"]["code"]
    return code


@pytest.mark.parametrize("role", list(Role))
def test_a_token_says_who_asks(client: TestClient, filled: Database, role: Role) -> None:
    secret = make_token(filled, token_of("Ada", role))
    response = client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret))
    assert response.json()["data"] == {"viewer": {"name": "Ada", "role": role.name}}


def test_without_a_token_one_reads(client: TestClient) -> None:
    assert client.post("/graphql", json={"query": VIEWER}).json()["data"] == {"viewer": {"name": None, "role": "READER"}}


WRONG = {
    "unknown": "Bearer kb_nobody",
    "empty": "Bearer ",
    "no scheme": "kb_nobody",
    "another scheme": "Basic a2I6a2I=",
    "not even letters": "Bearer \x80\xff",
}


@pytest.mark.parametrize("header", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_token_is_refused_even_for_what_anybody_may_ask(client: TestClient, header: str) -> None:
    for method in ("GET", "POST"):
        given = {"params": {"query": VIEWER}} if method == "GET" else {"json": {"query": VIEWER}}
        response = client.request(method, "/graphql", headers={"Authorization": header.encode("latin-1")}, **given)  # type: ignore[arg-type]
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert code_of(response) == "UNAUTHENTICATED"
        assert "data" not in response.json()


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({"expires_at": NOW - timedelta(seconds=1)}, "expired on"),
        ({"revoked_at": NOW, "expires_at": NOW + timedelta(days=1)}, "revoked on"),
    ],
    ids=["expired", "revoked"],
)
def test_a_token_that_counts_no_more(client: TestClient, filled: Database, times: dict[str, datetime], said: str) -> None:
    secret = make_token(filled, token_of("Ada", Role.ADMIN, **times))
    response = client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret))
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")
    assert said in response.json()["errors"][0]["message"]


def test_a_token_counts_until_it_is_revoked(client: TestClient, filled: Database) -> None:
    token = token_of("Ada", Role.READER, expires_at=NOW + timedelta(days=1))
    secret = make_token(filled, token)
    assert client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret)).status_code == 200
    with filled.transaction() as session:
        tokens.revoke_token(session, token.id, datetime.now(UTC))
    assert client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret)).status_code == 401


def test_a_server_may_want_a_token_for_everything(filled: Database) -> None:
    secret = make_token(filled, token_of("Ada", Role.READER))
    with TestClient(create_app(read_settings({"KB_ANONYMOUS": "off"}), filled)) as client:
        response = client.post("/graphql", json={"query": VIEWER})
        assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")
        assert client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret)).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_when_a_token_was_used_last_is_kept(client: TestClient, filled: Database) -> None:
    token = token_of("Ada", Role.READER)
    secret = make_token(filled, token)

    def last_use() -> datetime | None:
        with filled.reader() as session:
            return tokens.get_token(session, token.id).last_used_at

    client.post("/graphql", json={"query": VIEWER})
    assert last_use() is None
    client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret))
    first = last_use()
    assert first is not None
    assert first >= NOW
    client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret))
    assert last_use() == first


def test_of_a_secret_only_a_digest_is_kept(client: TestClient, filled: Database) -> None:
    secret = make_token(filled, token_of("Ada", Role.CURATOR))
    assert secret.startswith("kb_")
    assert len(secret) >= 3 + 43
    client.post("/graphql", json={"query": VIEWER}, headers=bearer(secret))
    with filled.reader() as session:
        kept = str(session.execute(select(API_TOKEN)).all())
    assert secret not in kept
    assert secret.removeprefix("kb_") not in kept


@pytest.mark.parametrize("role", [None, Role.READER])
def test_who_may_only_read_changes_nothing(client: TestClient, filled: Database, role: Role | None) -> None:
    headers = {} if role is None else bearer(make_token(filled, token_of("Ada", role)))
    before = list_rows(filled)
    response = client.post("/graphql", json={"query": MERGE}, headers=headers)
    assert response.json()["data"] == {"mergeEntities": None}
    assert code_of(response) == "FORBIDDEN"
    assert "curator" in response.json()["errors"][0]["message"]
    assert list_rows(filled) == before


def test_a_reader_is_not_told_what_is_wrong_with_what_it_may_not_do(client: TestClient) -> None:
    query = 'mutation { retractArticle(input: { article: "no id" }) { decision { id } } }'
    assert code_of(client.post("/graphql", json={"query": query})) == "FORBIDDEN"


@pytest.mark.parametrize("role", [Role.CURATOR, Role.ADMIN])
def test_curators_and_admins_change_what_is_there(client: TestClient, filled: Database, role: Role) -> None:
    secret = make_token(filled, token_of("Ada", role))
    response = client.post("/graphql", json={"query": MERGE}, headers=bearer(secret))
    assert response.json()["data"] == {"mergeEntities": {"entity": {"id": ONE}}}


@pytest.mark.parametrize(
    "query", [MERGE, f"query Q {VIEWER} {MERGE.replace('mutation', 'mutation M')}"], ids=["alone", "by name"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_mutation_by_get(client: TestClient, filled: Database, method: str, query: str) -> None:
    secret = make_token(filled, token_of("Ada", Role.CURATOR))
    before = list_rows(filled)
    params = {"query": query} | ({"operationName": "M"} if query != MERGE else {})
    response = client.request(method, "/graphql", params=params, headers=bearer(secret))
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert method == "HEAD" or code_of(response) == "BAD_REQUEST"
    assert list_rows(filled) == before


def test_a_query_beside_a_mutation_may_come_by_get(client: TestClient) -> None:
    params = {"query": f"query Q {VIEWER} {MERGE.replace('mutation', 'mutation M')}", "operationName": "Q"}
    assert client.get("/graphql", params=params).json()["data"]["viewer"]["role"] == "READER"


# What a page of another site can make a browser send without being asked first.
SIMPLE = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")


@pytest.mark.parametrize("media_type", SIMPLE)
def test_no_mutation_by_what_other_sites_can_send(client: TestClient, filled: Database, media_type: str) -> None:
    secret = make_token(filled, token_of("Ada", Role.CURATOR))
    before = list_rows(filled)
    headers = bearer(secret) | {"Content-Type": media_type, "Origin": "https://elsewhere.example"}
    response = client.post("/graphql", content=f'{{"query": {MERGE!r}}}', headers=headers)
    assert response.status_code == 415
    assert list_rows(filled) == before


def test_no_other_site_is_let_in_by_cors(client: TestClient) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    response = client.options("/graphql", headers=asked | {"Access-Control-Request-Headers": "authorization, content-type"})
    assert "access-control-allow-origin" not in response.headers


def test_without_a_desk_nothing_can_be_changed(filled: Database) -> None:
    before = list_rows(filled)
    body = execute(filled, MERGE)
    assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"  # type: ignore[index]
    assert list_rows(filled) == before
