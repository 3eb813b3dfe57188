"""Articles for curators to decide about: two spellings of one name, two people whom their names alone do not tell apart."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from graphql import OperationDefinitionNode, parse

from kb.domain.access import Role, Token, digest_of, make_secret
from kb.domain.ids import act_id
from kb.registry.groupers import Groupers, open_groupers
from kb.registry.intake import take_in
from kb.settings import read_settings
from kb.storage import tokens
from kb.storage.session import Database
from tests.storage.synthetic import entity_of, extraction

RUSSIA, FRANCE = "ent_Q159", "ent_Q142"
FATHER = extraction("One", [("George Walker", "condemned", "France")], day=date(2022, 2, 3), publisher="A")
SON = extraction("Two", [("George B. Walker", "condemned", "France")], day=date(2022, 2, 4), publisher="B")
NAMESAKES = extraction("Three", [("George Walker", "met", "Russia")], day=date(2022, 3, 1), publisher="A")
ARTICLES = (FATHER, SON, NAMESAKES)
ONE, OTHER = entity_of("George Walker", "").id, entity_of("George B. Walker", "").id

DOCUMENT = (Path(__file__).parent / "queries" / "curation.graphql").read_text(encoding="utf-8")
OPERATIONS = {
    node.name.value for node in parse(DOCUMENT).definitions if isinstance(node, OperationDefinitionNode) and node.name is not None
}


@cache
def shared_groupers() -> Groupers:
    """As the server opens them; once for all tests, as it takes half a second."""
    return open_groupers(read_settings({}))


def fill(database: Database) -> None:
    for each in ARTICLES:
        with database.transaction() as session:
            take_in(session, shared_groupers(), [each], None)


def make_token(database: Database, token: Token) -> str:
    """Keeps the token and returns its secret."""
    secret = make_secret()
    with database.transaction() as session:
        tokens.save_token(session, token, digest_of(secret))
    return secret


def token_of(name: str, role: Role, **times: object) -> Token:
    from datetime import UTC, datetime

    return Token(act_id("tok", name), name, role, datetime.now(UTC), **times)  # type: ignore[arg-type]
