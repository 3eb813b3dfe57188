"""How many statements a query takes must not depend on how many rows it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

import kb
from kb.api.app import create_app
from kb.api.loaders import Loader
from kb.api.run import Asking, execute
from kb.domain.curation import Verdict
from kb.registry.judge import judge
from kb.registry.split import split
from kb.registry.undo import undo
from kb.settings import read_settings
from kb.storage.session import Database
from tests.api.curated import NAMESAKES, ONE, OTHER, fill, shared_groupers
from tests.api.sample import RUSSIA, make_many, save

EXAMPLE = (Path(kb.__file__).parent / "web" / "src" / "graphiql" / "example.graphql").read_text(encoding="utf-8")

NESTED = f"""{{
  events(first: 100) {{ totalCount nodes {{
    subjects {{ name formerIds aliases {{ name }} facts {{ predicate object {{ name }} }} }}
    objects {{
      events(first: 3) {{ totalCount nodes {{ type }} }}
      relations(first: 3) {{ totalCount nodes {{ subject {{ name }} }} }}
    }}
    about {{ type objects {{ name }} }}
    reactions {{ subjects {{ name }} }}
    quantities {{ low attributedTo {{ name }} }}
    articles {{
      title source {{ name }} story {{ title }} nearDuplicates {{ title }}
      mentions(first: 2) {{ totalCount nodes {{ text parts {{ sign }} entity {{ name }} }} }}
      facts(first: 2) {{ totalCount nodes {{ predicate subject {{ name }} }} }}
      quantities(first: 2) {{ totalCount nodes {{ bound attributedTo {{ name }} }} }}
    }}
    claims {{
      totalCount
      edges {{ node {{ sentence article {{ title }} event {{ id }} subjects {{ name }} about {{ sentence }} }} }}
    }}
  }} }}
  entity(id: "{RUSSIA}") {{ coOccurring {{ entity {{ name }} }} }}
  relations(first: 100) {{ nodes {{
    subject {{ name }} events {{ totalCount nodes {{ date }} }} claims {{ totalCount nodes {{ sentence }} }}
  }} }}
  articles(first: 100) {{ nodes {{ claims {{ totalCount nodes {{ trigger {{ text }} }} }} }} }}
}}"""


# A plan is one statement, or none of SQLAlchemy's.
RESOLVERS = Asking(way="resolvers")


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def count_for(database: Database, query: str) -> tuple[int, int]:
    """Statements taken and characters answered."""
    with counted_statements() as statements:
        body = execute(database, query, asking=RESOLVERS)
    assert "errors" not in body, body["errors"]
    return len(statements), len(str(body))


@pytest.mark.parametrize("query", [NESTED, EXAMPLE], ids=["nested", "example"])
def test_statements_do_not_grow_with_rows(database: Database, query: str) -> None:
    few, many = make_many(2), make_many(12)
    save(database, few)
    execute(database, query)
    before, short = count_for(database, query)
    rest = many.extractions[2:]
    kept = {extraction.article.id for extraction in rest}
    save(database, type(many)(rest, tuple(each for each in many.events if kept & set(each.article_ids))))
    after, long = count_for(database, query)
    assert long > 3 * short
    assert after == before


DECISIONS = """{ suggestedMerges { left { name } right { name formerIds } parts { sign } } decisions(first: 100) { author madeAt
  ... on Judgement { left { name aliases { name } } right { name formerIds } }
  ... on Split { entity { name } newEntity { name } articles { title } } } }"""


def test_statements_do_not_grow_with_decisions(database: Database) -> None:
    fill(database)

    def decide(times: int) -> None:
        with database.transaction() as session:
            for _ in range(times):
                undo_last = judge(session, shared_groupers(), ONE, OTHER, Verdict.SAME, "Ada", "")
                undo(session, shared_groupers(), undo_last.id, "Ada")
                moved = split(session, shared_groupers(), ONE, [NAMESAKES.article.id], "Ada", "")
                undo(session, shared_groupers(), moved.id, "Ada")

    decide(2)
    execute(database, DECISIONS)
    before, short = count_for(database, DECISIONS)
    decide(10)
    after, long = count_for(database, DECISIONS)
    assert long > 3 * short
    assert after == before


def test_a_total_is_counted_only_when_asked_for(database: Database) -> None:
    save(database, make_many(2))
    execute(database, "{ __typename }")
    with counted_statements() as statements:
        execute(database, "{ events(first: 1) { nodes { id } } }", asking=RESOLVERS)
    assert not [each for each in statements if "count(" in each.lower() and "distinct" in each.lower()]
    with counted_statements() as statements:
        body = execute(database, "{ events(first: 1) { totalCount } }", asking=RESOLVERS)
    assert body == {"data": {"events": {"totalCount": 4}}}
    assert len([each for each in statements if "event" in each and "count(" in each.lower()]) == 1


def test_a_refused_query_does_not_touch_the_database(database: Database) -> None:
    save(database, make_many(1))
    with counted_statements() as statements, TestClient(create_app(read_settings({}), database)) as client:
        client.post("/graphql", json={"query": "{ events(first: 1) { colour } }"})
    assert statements == []


def test_what_is_cancelled_takes_nothing_from_others_who_want_the_same() -> None:
    """Where a field fails, graphql-core cancels its siblings; the same row may be wanted elsewhere in the operation."""

    async def load(keys: list[str]) -> list[str]:
        return [key.upper() for key in keys]

    async def ask() -> str:
        loader = Loader(load)
        cancelled, other = (asyncio.ensure_future(loader.load("a")) for _ in range(2))
        cancelled.cancel()
        return await other

    assert asyncio.run(ask()) == "A"
