"""GraphQL over HTTP, pages and headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.api import pages
from kb.api.limits import MAX_BODY_BYTES

COUNT = "{ events { totalCount } }"
ANSWER = {"data": {"events": {"totalCount": 4}}, "extensions": {"cost": {"price": 11, "limit": 50_000}}}
NEW = {"Accept": "application/graphql-response+json"}


def test_post_answers(client: TestClient) -> None:
    response = client.post("/graphql", json={"query": COUNT})
    assert response.json() == ANSWER
    assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_get_answers_with_variables_and_operation_name(client: TestClient) -> None:
    query = "query A($n: Int) { events(first: $n) { nodes { type } } } query B { __typename }"
    params = {"query": query, "variables": json.dumps({"n": 1}), "operationName": "A"}
    assert len(client.get("/graphql", params=params).json()["data"]["events"]["nodes"]) == 1


def test_the_media_type_asked_for_comes_back(client: TestClient) -> None:
    response = client.post("/graphql", json={"query": COUNT}, headers=NEW)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "variables"),
    [("{ events(", None), ("{ colour }", None), ("query($n: Int) { events(first: $n) { totalCount } }", {"n": "x"})],
)
def test_a_request_that_was_not_executed_has_no_data(client: TestClient, query: str, variables: object) -> None:
    body = {"query": query, "variables": variables}
    assert client.post("/graphql", json=body).status_code == 200
    response = client.post("/graphql", json=body, headers=NEW)
    assert response.status_code == 400
    assert "data" not in response.json()


def test_an_error_while_executing_is_no_error_of_http(client: TestClient) -> None:
    response = client.post("/graphql", json={"query": "{ events(first: -1) { totalCount } }"}, headers=NEW)
    assert response.status_code == 200
    assert response.json()["data"] is None


BAD_REQUESTS: Mapping[str, tuple[bytes, str, int]] = {
    "no JSON": (b"{", "application/json", 400),
    "no text": (b"\xff\xfe\x00", "application/json", 400),
    "nested JSON": (b"[" * 100_000, "application/json", 400),
    "a list": (b'[{"query": "{ __typename }"}]', "application/json", 400),
    "a number": (b"1", "application/json", 400),
    "no query": (b"{}", "application/json", 400),
    "an empty query": (b'{"query": " "}', "application/json", 400),
    "a query that is no text": (b'{"query": 1}', "application/json", 400),
    "variables that are a list": (b'{"query": "{ __typename }", "variables": [1]}', "application/json", 400),
    "an operation name that is no text": (b'{"query": "{ __typename }", "operationName": 1}', "application/json", 400),
    "a form": (b"query=%7B__typename%7D", "application/x-www-form-urlencoded", 415),
    "no media type": (b'{"query": "{ __typename }"}', "", 415),
    "too large": (b'{"query": "' + b" " * MAX_BODY_BYTES + b'{ __typename }"}', "application/json", 413),
}


@pytest.mark.parametrize(("body", "media_type", "status"), BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys())
def test_requests_that_are_none(client: TestClient, body: bytes, media_type: str, status: int) -> None:
    response = client.post("/graphql", content=body, headers={"Content-Type": media_type})
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("params", [{}, {"query": ""}, {"query": "{ __typename }", "variables": "{"}])
def test_get_without_a_query(client: TestClient, params: dict[str, str]) -> None:
    response = client.get("/graphql", params=params, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_other_methods_and_places_are_refused(client: TestClient) -> None:
    assert client.put("/graphql", json={"query": COUNT}).status_code == 405
    assert client.get("/nowhere").status_code == 404


def test_half_a_character_is_refused(client: TestClient) -> None:
    body = rb'{"query": "query($n: String) { entity(name: $n) { id } }", "variables": {"n": "half \ud800"}}'
    response = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_half_a_character_in_an_answer_is_valid_json(client: TestClient) -> None:
    body = rb'{"query": "query($n: ID!) { node(id: $n) { id } }", "variables": {"n": "half \ud800"}}'
    response = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_head_is_answered_like_get(client: TestClient) -> None:
    response = client.head("/graphql", params={"query": COUNT})
    assert response.status_code == 200
    assert response.content == b""


def test_the_landing_page_says_where_to_look(client: TestClient) -> None:
    response = client.get("/")
    assert response.headers["content-type"].startswith("text/html")
    assert 'href="/graphql"' in response.text


@pytest.mark.parametrize("path", ["/", "/graphql", "/healthz", "/nowhere"])
def test_every_page_keeps_browsers_in_check(client: TestClient, path: str) -> None:
    headers = client.get(path, headers={"Accept": "text/html"}).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self';" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_an_answer_is_neither_shown_nor_run_by_browsers(client: TestClient) -> None:
    headers = client.post("/graphql", json={"query": COUNT}).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_browser_without_built_pages_is_told_how_to_build_them(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pages, "GRAPHIQL", tmp_path / "graphiql.html")
    response = client.get("/graphql", headers={"Accept": "text/html"})
    assert response.status_code == 503
    assert "make web" in response.text


def test_a_browser_gets_the_built_page(client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = tmp_path / "graphiql.html"
    page.write_text("<p>built</p>", encoding="utf-8")
    monkeypatch.setattr(pages, "GRAPHIQL", page)
    response = client.get("/graphql", headers={"Accept": "text/html,*/*"})
    assert response.text == "<p>built</p>"
    assert response.headers["content-type"].startswith("text/html")
