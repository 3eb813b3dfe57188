"""`kb token`, and what is changed with `kb query` and over the network by a server of its own."""

from __future__ import annotations

import json
import re
import shutil
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.command import PATIENCE, kb, seeded, start

RENAME = """mutation($name: String!) {
  renameEntity(input: { entity: "ent_Q159", name: $name }) { entity { name } }
}"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A copy of the seeded database, to be changed."""
    shutil.copy(seeded() / "kb.db", tmp_path / "kb.db")
    return f"sqlite:///{tmp_path / 'kb.db'}"


def test_a_token_is_made_listed_and_revoked(url: str) -> None:
    made = kb("token", "create", "Ada Lovelace", "--role", "curator", "--days", "30", url=url)
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    assert re.fullmatch(r"kb_[A-Za-z0-9_-]{43}", secret)
    assert "Ada Lovelace" in made.stderr
    assert secret not in made.stderr
    listed = kb("token", "list", "--json", url=url)
    (token,) = json.loads(listed.stdout)
    assert (token["name"], token["role"], token["revoked_at"], token["last_used_at"]) == ("Ada Lovelace", "curator", None, None)
    assert token["expires_at"] > token["created_at"]
    assert secret not in listed.stdout + (kb("token", "list", url=url).stdout)
    revoked = json.loads(kb("token", "revoke", token["id"], "--json", url=url).stdout)
    assert revoked["revoked_at"] is not None
    again = json.loads(kb("token", "revoke", token["id"], "--json", url=url).stdout)
    assert again == revoked
    assert "revoked" in kb("token", "list", url=url).stdout


def test_a_token_reads_only_and_does_not_end_unless_asked(url: str) -> None:
    made = json.loads(kb("token", "create", "front end", "--json", url=url).stdout)
    assert (made["role"], made["expires_at"]) == ("reader", None)
    assert made["token"].startswith("kb_")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["create"], 2, "NAME"),
        (["create", " "], 2, "name"),
        (["create", "Ada", "--role", "owner"], 2, "--role"),
        (["create", "Ada", "--days", "0"], 2, "--days"),
        (["create", "Ada", "--days", "99999999"], 2, "--days"),
        (["revoke", "tok_00"], 1, "tok_00"),
    ],
)
def test_what_cannot_be_is_one_line(url: str, arguments: list[str], code: int, said: str) -> None:
    done = kb("token", *arguments, url=url)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (code, "", 1)
    assert said in done.stderr
    assert kb("token", "list", url=url).stdout == ""


def test_whoever_has_the_database_may_change_it_without_a_token(url: str) -> None:
    done = kb("query", "-", "--variables", '{"name": "Russian Federation"}', "--json", url=url, stdin=RENAME)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout) == {"data": {"renameEntity": {"entity": {"name": "Russian Federation"}}}}
    assert kb("entity", "show", "ent_Q159", url=url).stdout.splitlines()[0] == "Russian Federation (country)"
    failed = kb("query", "-", "--variables", '{"name": ""}', "--json", url=url, stdin=RENAME)
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_server_that_only_read_so_far_changes_what_a_curator_asks_for(url: str) -> None:
    secret = kb("token", "create", "Ada", "--role", "curator", url=url).stdout.strip()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    server = start("serve", "--port", str(port), url=url)
    try:
        address = f"http://127.0.0.1:{port}/graphql"
        shown = _post(address, {"query": '{ entity(id: "ent_Q159") { name } }'})
        assert shown["data"] == {"entity": {"name": "Russia"}}
        body = {"query": RENAME, "variables": {"name": "Russian Federation"}}
        assert _post(address, body)["errors"][0]["extensions"]["code"] == "FORBIDDEN"  # type: ignore[index]
        changed = _post(address, body, secret)
        assert changed["data"] == {"renameEntity": {"entity": {"name": "Russian Federation"}}}
        assert _post(address, {"query": '{ entity(id: "ent_Q159") { name } }'})["data"] == {
            "entity": {"name": "Russian Federation"}
        }
        (token,) = json.loads(kb("token", "list", "--json", url=url).stdout)
        assert token["last_used_at"] is not None
        kb("token", "revoke", token["id"], url=url)
        assert _post(address, body, secret)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"  # type: ignore[index]
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


def _post(address: str, body: object, secret: str | None = None) -> dict[str, object]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)  # type: ignore[no-any-return]
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)  # type: ignore[no-any-return]
        except OSError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
