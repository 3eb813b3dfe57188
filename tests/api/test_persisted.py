"""Operations that a front end registers: sent by digest, cached as long as nothing changes, and where wanted the only ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.api.app import create_app
from kb.api.guard import persisted
from kb.api.guard.caching import is_cacheable
from kb.cli.main import run
from kb.domain.access import Role
from kb.settings import read_settings
from kb.storage import changes
from kb.storage.session import Database
from tests.api.curated import make_token, token_of
from tests.api.sample import make_sample, save
from tests.api.test_loading import counted_statements

EVENTS = "query Events($n: Int = 2) { events(first: $n) { totalCount nodes { id } } }\n"
VIEWER = "query Me { viewer { role } }"
DECISION = "query Decision($id: ID!) { node(id: $id) { ... on Judgement { undoneAt } } }"
RETRACT = 'mutation Retract { retractArticle(input: { article: "art_1" }) { decision { id } } }'


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample's, which commands use too."""
    path = tmp_path / "kb.db"
    path.write_bytes(sqlite_template.read_bytes())
    database_url = f"sqlite:///{path}"
    writer = Database.open(database_url)
    save(writer, make_sample())
    writer.dispose()
    monkeypatch.setenv("KB_DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents of a front end."""
    inside = tmp_path / "operations"
    inside.mkdir()
    for name, text in (("events.graphql", EVENTS), ("me.gql", VIEWER), ("retract.graphql", RETRACT), ("why.graphql", DECISION)):
        (inside / name).write_bytes(text.encode())
    return inside


@pytest.fixture
def client(url: str, folder: Path) -> Iterator[TestClient]:
    assert run(["persist", str(folder)]) == 0
    with TestClient(create_app(read_settings({"KB_DATABASE_URL": url}))) as opened:
        yield opened


def by_apollo(text: str, **variables: object) -> dict[str, str]:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}
    return {"extensions": json.dumps(extensions), "variables": json.dumps(variables)}


def by_id(text: str, **variables: object) -> dict[str, str]:
    return {"documentId": f"sha256:{digest(text)}", "variables": json.dumps(variables)}


def code_of(response: Any) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


def test_what_is_registered_is_printed_listed_and_taken_away(url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["persist", str(folder / "events.graphql"), str(folder)]) == 0
    printed = capsys.readouterr()
    assert f"sha256:{digest(EVENTS)}  Events\n" in printed.out
    assert "4 registered" in printed.err
    assert run(["persist", str(folder), "--json"]) == 0
    printed = capsys.readouterr()
    assert "0 registered, 4 were there already" in printed.err
    assert {each["operations"] for each in json.loads(printed.out)} == {"Decision", "Events", "Me", "Retract"}
    assert run(["persist", "--remove", f"sha256:{digest(VIEWER)}"]) == 0
    assert capsys.readouterr().out == f"sha256:{digest(VIEWER)}  Me\n"
    assert run(["persist", "--list"]) == 0
    left = [("Decision", DECISION), ("Events", EVENTS), ("Retract", RETRACT)]
    assert capsys.readouterr().out.splitlines() == [f"sha256:{digest(text)}  {name}" for name, text in left]
    assert run(["persist", "--remove", digest(VIEWER)]) == 1


def test_manifests_of_other_tools(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    apollo = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": []}
    apollo["operations"] = [{"id": digest(EVENTS), "name": "Events", "type": "query", "body": EVENTS}]
    relay = {f"sha256:{digest(VIEWER)}": VIEWER}
    for name, manifest in (("apollo.json", apollo), ("relay.json", relay)):
        (tmp_path / name).write_text(json.dumps(manifest))
    assert run(["persist", str(tmp_path / "apollo.json"), str(tmp_path / "relay.json")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


WRONG = {
    "an unknown field": ("a.graphql", "{ nothing }", "Cannot query field"),
    "a syntax error": ("a.graphql", "{", "Syntax Error"),
    "no operation": ("a.graphql", "fragment F on Event { id }", "never used"),
    "too deep": ("a.graphql", "{ events { nodes " + "{ about " * 20 + "{ id }" + "}" * 20 + "}}", "levels deep"),
    "another digest": ("a.json", json.dumps({"0" * 64: VIEWER}), "SHA-256"),
    "no manifest": ("a.json", "[1]", "no manifest"),
    "no JSON": ("a.json", "{", "no JSON"),
    "no text": ("a.graphql", b"\xff\xfe", "UTF-8"),
}


def test_nothing_is_registered_where_something_is_wrong(url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text, said in WRONG.values():
        wrong = folder / name
        wrong.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert run(["persist", str(folder), *([str(wrong)] if wrong.suffix == ".json" else [])]) == 2
        assert said in capsys.readouterr().err
        wrong.unlink()
    for arguments in [], ["nowhere.graphql"], ["a.graphql", "--list"], ["--list", "--remove", "x"]:
        assert run(["persist", *arguments]) == 2
    capsys.readouterr()
    assert run(["persist", "--list"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("params", [by_id, by_apollo], ids=["documentId", "Apollo"])
def test_by_digest_alone(client: TestClient, params: Any) -> None:
    expected = client.post("/graphql", json={"query": EVENTS, "variables": {"n": 1}}).json()
    assert len(expected["data"]["events"]["nodes"]) == 1
    given = params(EVENTS, n=1)
    assert client.get("/graphql", params=given).json() == expected
    parts = {name: json.loads(value) if name != "documentId" else value for name, value in given.items()}
    assert client.post("/graphql", json=parts).json() == expected
    # As Apollo's clients do where they were told that the digest is unknown.
    assert client.post("/graphql", json=parts | {"query": EVENTS}).json() == expected


def test_a_digest_that_nobody_registered(client: TestClient) -> None:
    unknown = "{ viewer { name } }"
    response = client.get("/graphql", params=by_apollo(unknown))
    assert (response.status_code, code_of(response)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert "etag" not in response.headers
    new = client.get("/graphql", params=by_id(unknown), headers={"Accept": "application/graphql-response+json"})
    assert (new.status_code, code_of(new)) == (400, "PERSISTED_QUERY_NOT_FOUND")
    parts = {"query": unknown, "documentId": digest(unknown)}
    assert client.post("/graphql", json=parts).json()["data"] == {"viewer": {"name": None}}


def test_a_digest_that_is_none(client: TestClient) -> None:
    for given in "sha256:abc", "abc", "md5:" + "0" * 64, "0" * 63 + "g", 7, "'; DROP TABLE event":
        response = client.post("/graphql", json={"documentId": given})
        assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


def test_a_digest_of_another_text(client: TestClient) -> None:
    response = client.post("/graphql", json={"documentId": digest(EVENTS), "query": VIEWER})
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


def test_a_mutation_does_not_come_by_get_for_being_registered(client: TestClient) -> None:
    response = client.get("/graphql", params=by_id(RETRACT))
    assert response.status_code == 405
    assert response.headers["Cache-Control"] == "no-store"


def test_an_answer_is_not_sent_again_until_something_changes(client: TestClient, url: str) -> None:
    first = client.get("/graphql", params=by_id(EVENTS))
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Authorization" in first.headers["Vary"]
    tag = first.headers["ETag"]
    with counted_statements() as statements:
        again = client.get("/graphql", params=by_id(EVENTS), headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["ETag"], again.headers["Cache-Control"]) == (tag, "public, no-cache")
    assert not [each for each in statements if "event" in each]
    writer = Database.open(url)
    with writer.transaction() as session:
        changes.record_changes(session, "event", changes.CHANGED, ["evt_1"])
    writer.dispose()
    later = client.get("/graphql", params=by_id(EVENTS), headers={"If-None-Match": tag})
    assert (later.status_code, later.json()) == (200, first.json())
    assert later.headers["ETag"] != tag


def test_a_tag_is_that_of_one_answer_alone(client: TestClient, url: str) -> None:
    headers = {"Authorization": f"Bearer {token(url)}"}
    new = {"Accept": "application/graphql-response+json"}
    asked = [
        client.get("/graphql", params=by_id(EVENTS)),
        client.get("/graphql", params=by_id(EVENTS, n=1)),
        client.get("/graphql", params=by_id(EVENTS), headers=headers),
        client.get("/graphql", params=by_id(EVENTS), headers=new),
    ]
    tags = [response.headers["ETag"] for response in asked]
    assert len(set(tags)) == len(tags)
    assert client.get("/graphql", params=by_id(EVENTS, n=1), headers={"If-None-Match": tags[0]}).status_code == 200


def test_nobody_elses_answers_are_kept_for_all(client: TestClient, url: str) -> None:
    secret = token(url)
    response = client.get("/graphql", params=by_id(EVENTS), headers={"Authorization": f"Bearer {secret}"})
    assert response.headers["Cache-Control"] == "private, no-cache"
    with TestClient(create_app(read_settings({"KB_DATABASE_URL": url, "KB_ANONYMOUS": "off", "KB_CACHE_S": "60"}))) as closed:
        response = closed.get("/graphql", params=by_id(EVENTS), headers={"Authorization": f"Bearer {secret}"})
        assert response.headers["Cache-Control"] == "private, max-age=60"
        tag = response.headers["ETag"]
        assert closed.get("/graphql", params=by_id(EVENTS), headers={"If-None-Match": tag}).status_code == 401
    with TestClient(create_app(read_settings({"KB_DATABASE_URL": url, "KB_CACHE_S": "60"}))) as opened:
        assert opened.get("/graphql", params=by_id(EVENTS)).headers["Cache-Control"] == "public, max-age=60"


def token(url: str) -> str:
    writer = Database.open(url)
    try:
        return make_token(writer, token_of("Ada", Role.READER))
    finally:
        writer.dispose()


def test_what_is_not_kept(client: TestClient) -> None:
    kept = {
        "who asks": client.get("/graphql", params=by_id(VIEWER)),
        "not registered": client.get("/graphql", params={"query": EVENTS}),
        "an error": client.get("/graphql", params=by_id(EVENTS, n=-1)),
        "posted": client.post("/graphql", json={"documentId": digest(EVENTS)}),
    }
    for name, response in kept.items():
        assert response.headers["Cache-Control"] == "no-store", name
        assert "ETag" not in response.headers, name


def test_what_changes_without_a_change_is_not_kept() -> None:
    fragment = "query($id: ID!) { node(id: $id) { ...F } } fragment F on Split { undoneBy }"
    for text in (DECISION, VIEWER, fragment, "{ suggestedMerges { score } }", "{ ingestRuns { totalCount } }"):
        assert not is_cacheable(text)
    assert is_cacheable(EVENTS)


def test_a_server_may_answer_registered_operations_only(client: TestClient, url: str) -> None:
    with TestClient(create_app(read_settings({"KB_DATABASE_URL": url, "KB_PERSISTED_ONLY": "on"}))) as strict:
        for refused in (
            {"query": "{ __typename }"},
            {"query": EVENTS.strip()},
            {"query": "{ x }", "documentId": digest("{ x }")},
        ):
            response = strict.post("/graphql", json=refused)
            assert code_of(response) == "OPERATION_NOT_PERSISTED"
            assert "kb persist" in response.json()["errors"][0]["message"]
        assert code_of(strict.get("/graphql", params={"query": "{ __typename }"})) == "OPERATION_NOT_PERSISTED"
        assert code_of(strict.post("/graphql", json={"documentId": digest("{ x }")})) == "PERSISTED_QUERY_NOT_FOUND"
        for answered in ({"query": EVENTS}, {"documentId": digest(EVENTS)}):
            assert strict.post("/graphql", json=answered).json()["data"]["events"]["totalCount"] == 4


def test_what_was_taken_away_is_answered_no_more(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/graphql", params=by_id(EVENTS)).status_code == 200
    assert run(["persist", "--remove", digest(EVENTS)]) == 0
    monkeypatch.setattr(persisted, "_FRESH_S", 0.0)
    assert code_of(client.get("/graphql", params=by_id(EVENTS))) == "PERSISTED_QUERY_NOT_FOUND"
