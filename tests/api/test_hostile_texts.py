"""What means something to SQL, to LIKE or to a full-text index means nothing in any text that the schema takes; all of them are
found by walking it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)
from starlette.testclient import TestClient

from kb.api import desk
from kb.api.app import create_app
from kb.api.run import execute
from kb.api.schema import load_schema
from kb.domain.access import Role
from kb.settings import read_settings
from kb.storage.session import Database
from tests.api.curated import ONE, fill, make_token, shared_groupers, token_of
from tests.storage.stored_rows import list_rows

SCHEMA: Final = load_schema().core
HOSTILE: Final = (
    "'",
    "\\",
    "%",
    "_",
    "' OR '1'='1",
    "'; DROP TABLE event; --",
    "x%' ESCAPE '%",
    '" OR NEAR(a b) AND *',
    "<-> !& |():*",
    ":name $1 %s %(x)s ? {} [] @> /*",
    "\x00",
    "ent_Q159' OR 'a'='a",
    "ent_%",
)
# These are nothing but signs, so no word is like them and no id is one.
MATCH_NOTHING: Final = frozenset({"'", "\\", "%", "_", "\x00"})
REFUSALS: Final = frozenset({"BAD_USER_INPUT", "NOT_FOUND", "CONFLICT"})
TEXTS: Final = ("String", "ID")


@dataclass(frozen=True, slots=True)
class Place:
    """A text somewhere in an argument of a field."""

    owner: str
    field: str
    argument: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.owner, self.field, self.argument, *self.path))


def texts_in(kind: GraphQLInputType) -> Iterator[tuple[str, ...]]:
    named = get_named_type(kind)
    if isinstance(named, GraphQLScalarType) and named.name in TEXTS:
        yield ()
    if isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            for path in texts_in(field.type):
                yield (name, *path)


def places(*, mutations: bool) -> list[Place]:
    found = []
    for kind in SCHEMA.type_map.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) or kind.name.startswith("__"):
            continue
        # Subscriptions take what queries take, over a connection of their own.
        if kind is SCHEMA.subscription_type or (kind is SCHEMA.mutation_type) is not mutations:
            continue
        for name, field in kind.fields.items():
            # What an interface has, the types that implement it answer with the same code.
            if any(name in each.fields for each in kind.interfaces):
                continue
            for argument, given in field.args.items():
                found += [Place(kind.name, name, argument, path) for path in texts_in(given.type)]
    return found


def value_for(kind: GraphQLInputType, path: tuple[str, ...], text: str | None) -> Any:
    """The smallest value of the type, with `text` at the end of the path."""
    inner = get_nullable_type(kind)
    if is_list_type(inner):
        return [value_for(inner.of_type, path, text)]
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    if isinstance(inner, GraphQLInputObjectType):
        wanted = {name: field for name, field in inner.fields.items() if is_required_input_field(field)}
        if path:
            wanted[path[0]] = inner.fields[path[0]]
        return {
            name: value_for(field.type, path[1:], text) if path and name == path[0] else value_for(field.type, (), None)
            for name, field in wanted.items()
        }
    assert isinstance(inner, GraphQLScalarType)
    if text is not None:
        return text
    return {"ID": ONE, "String": "A name"}.get(inner.name, 1)


def selection_of(kind: GraphQLOutputType) -> str:
    named = get_named_type(kind)
    if not is_composite_type(named):
        return ""
    is_connection = named.name.endswith("Connection")
    return "{ totalCount nodes { __typename } pageInfo { startCursor } }" if is_connection else "{ __typename }"


def request_of(place: Place, text: str, ids: Mapping[str, str]) -> dict[str, Any]:
    kind = SCHEMA.type_map[place.owner]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    field = kind.fields[place.field]
    taken: dict[str, GraphQLArgument | GraphQLInputField] = {
        name: given for name, given in field.args.items() if name == place.argument or is_required_argument(given)
    }
    variables = {
        name: value_for(given.type, place.path, text if name == place.argument else None) for name, given in taken.items()
    }
    heads = ", ".join(f"${name}: {given.type}" for name, given in taken.items())
    passed = ", ".join(f"{name}: ${name}" for name in taken)
    asked = f"{place.field}({passed}) {selection_of(field.type)}"
    if kind not in (SCHEMA.query_type, SCHEMA.mutation_type):
        asked = f'node(id: "{ids[place.owner]}") {{ ... on {place.owner} {{ {asked} }} }}'
    operation = "mutation" if kind is SCHEMA.mutation_type else "query"
    return {"query": f"{operation}({heads}) {{ {asked} }}", "variables": variables}


@pytest.fixture
def ids(filled: Database) -> Mapping[str, str]:
    """An id of a row of each type below which fields take texts."""
    query = """{ events(first: 1) { nodes { __typename id } } articles(first: 1) { nodes { __typename id } }
      relations(first: 1) { nodes { __typename id } } entities(first: 1) { nodes { id } } }"""
    data: Any = execute(filled, query)["data"]
    rows = [connection["nodes"][0] for connection in data.values()]
    return {row.get("__typename", "Entity"): row["id"] for row in rows}


def totals_in(answer: object) -> list[int]:
    if not isinstance(answer, dict):
        return []
    own = [answer["totalCount"]] if "totalCount" in answer else []
    return own + [total for each in answer.values() for total in totals_in(each)]


def test_texts_of_queries(filled: Database, ids: Mapping[str, str]) -> None:
    before = list_rows(filled)
    asked = [place for place in places(mutations=False) if place.owner in ids or place.owner == "Query"]
    # Of what else takes texts there are no rows in this database.
    assert {place.owner for place in places(mutations=False)} - {place.owner for place in asked} <= {"IngestRun"}
    assert len(asked) > 80
    for place in asked:
        # Cursors are read in one place.
        for text in HOSTILE[::4] if place.argument in ("after", "before") else HOSTILE:
            body: Any = execute(filled, **request_of(place, text, ids))
            for error in body.get("errors", ()):
                assert error["extensions"]["code"] in REFUSALS, (str(place), text, error)
            if "errors" not in body and text in MATCH_NOTHING:
                assert not any(totals_in(body["data"])), (str(place), text, body)
    assert list_rows(filled) == before


def test_texts_of_mutations(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "open_groupers", lambda _settings: shared_groupers())
    fill(database)
    headers = {"Authorization": f"Bearer {make_token(database, token_of('Ada', Role.CURATOR))}"}
    with TestClient(create_app(read_settings({}), database)) as client:
        tables = list_rows(database).keys()
        for place in places(mutations=True):
            for text in HOSTILE[3:6] + HOSTILE[10:12]:
                body = client.post("/graphql", json=request_of(place, text, {}), headers=headers).json()
                for error in body.get("errors", ()):
                    assert error["extensions"]["code"] in REFUSALS, (str(place), text, error)
        assert list_rows(database).keys() == tables


def test_names_that_mean_something_elsewhere_are_kept_as_they_are(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "open_groupers", lambda _settings: shared_groupers())
    fill(database)
    headers = {"Authorization": f"Bearer {make_token(database, token_of('Ada', Role.CURATOR))}"}
    names = ["O'Neil; DROP TABLE alias; --", "100% _sure_ \\ really", 'a "b" AND c*']
    query = "mutation($e: ID!, $n: String!) { addAlias(input: { entity: $e, name: $n }) { entity { aliases { name } } } }"
    with TestClient(create_app(read_settings({}), database)) as client:
        for name in names:
            sent = {"query": query, "variables": {"e": ONE, "n": name}}
            body = client.post("/graphql", json=sent, headers=headers).json()
            assert "errors" not in body
        assert set(names) <= {each["name"] for each in body["data"]["addAlias"]["entity"]["aliases"]}
        for name in names:
            find = {"query": "query($n: String) { entity(name: $n) { id } }", "variables": {"n": name}}
            assert client.post("/graphql", json=find).json()["data"] == {"entity": {"id": ONE}}
