"""What Relay and Apollo take for granted: ids, refetching, connections in both directions, and where null may stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
)

from kb.api.run import execute
from kb.storage.session import Database
from tests.api.breadth import Breadth
from tests.api.world import SCHEMA

NODE = SCHEMA.type_map["Node"]
assert isinstance(NODE, GraphQLInterfaceType)
PAGE = {"first", "after", "last", "before"}
# What curators alone see; it is null for others, who still see the rest of a run.
NOT_FOR_ALL = {"IngestRun.failures"}
# A message of a stream, which is about an event and nothing that could be fetched.
MESSAGES = {"EventChange"}


def output_types() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for kind in SCHEMA.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            yield kind


def connections() -> list[tuple[str, str]]:
    return [
        (kind.name, name)
        for kind in output_types()
        for name, found in kind.fields.items()
        if get_named_type(found.type).name.endswith("Connection") and not (kind.name != "Entity" and is_kind_of_entity(kind))
    ]


def is_kind_of_entity(kind: GraphQLObjectType | GraphQLInterfaceType) -> bool:
    return SCHEMA.type_map["Entity"] in kind.interfaces


def data_of(database: Database, query: str, **variables: object) -> dict[str, Any]:
    body = execute(database, query, variables)
    assert "errors" not in body, body["errors"]
    data: Any = body["data"]
    return dict(data)


@pytest.fixture(scope="module")
def known(broad: Database, breadth: Breadth) -> list[str]:
    """An id of everything there is."""
    roots = ("entities", "events", "claims", "relations", "articles", "quantities", "sources", "stories")
    asked = " ".join(f"{name}(first: 200) {{ nodes {{ id }} }}" for name in roots)
    data = data_of(broad, f"{{ {asked} decisions(first: 50) {{ id }} }}")
    rows = [row for name in roots for row in data[name]["nodes"]] + data["decisions"]
    facts = [fact.id for each in breadth.extractions for fact in each.facts]
    return [row["id"] for row in rows] + facts + [mention.id for each in breadth.extractions for mention in each.mentions]


def test_an_id_names_one_thing_of_one_type_for_ever(broad: Database, known: list[str]) -> None:
    assert len(known) == len(set(known))
    for start in range(0, len(known), 100):
        ids = known[start : start + 100]
        nodes = data_of(broad, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)["nodes"]
        assert [node["id"] for node in nodes] == ids
    kinds = {kind.name for kind in SCHEMA.get_possible_types(NODE)}
    one_of_each = {
        node["__typename"]: node["id"]
        for start in range(0, len(known), 100)
        for node in data_of(broad, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=known[start : start + 100])[
            "nodes"
        ]
    }
    assert kinds - one_of_each.keys() <= {"IngestRun"}
    for kind, key in one_of_each.items():
        node = data_of(broad, "query($id: ID!) { node(id: $id) { __typename id } }", id=key)["node"]
        assert node == {"__typename": kind, "id": key}


def test_what_is_gone_is_null_among_others_and_an_error_alone(broad: Database) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert data_of(broad, query, ids=["ent_Q159", "evt_gone"]) == {"nodes": [{"id": "ent_Q159"}, None]}
    alone = execute(broad, 'query { node(id: "evt_gone") { id } }')
    assert alone["data"] == {"node": None}
    malformed = execute(broad, query, {"ids": ["ent_Q159", "no id"]})
    assert malformed["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"  # type: ignore[index]


@pytest.mark.parametrize(("kind", "name"), connections())
def test_a_connection_has_relays_shape(kind: str, name: str) -> None:
    parent = SCHEMA.type_map[kind]
    assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
    found = parent.fields[name]
    assert found.args.keys() >= PAGE
    connection = get_nullable_type(found.type)
    assert isinstance(connection, GraphQLObjectType)
    edge = get_named_type(connection.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    assert str(edge.fields["cursor"].type) == "String!"
    assert str(connection.fields["pageInfo"].type) == "PageInfo!"
    assert str(connection.fields["edges"].type) == f"[{edge.name}!]!"
    assert get_named_type(edge.fields["node"].type) is get_named_type(connection.fields["nodes"].type)
    assert {"totalCount", "nodes"} <= connection.fields.keys()


@pytest.mark.parametrize(("kind", "name"), [each for each in connections() if ".".join(each) not in NOT_FOR_ALL])
def test_pages_of_every_connection_follow_each_other_both_ways(broad: Database, known: list[str], kind: str, name: str) -> None:
    given = 'text: "recognised" ' if name == "search" else ""
    asked = f"{name}({given}first: $first, after: $after, last: $last, before: $before)"
    arguments = "$first: Int, $after: String, $last: Int, $before: String"
    page = "{ totalCount edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
    parent = ""
    if kind == "Query":
        query = f"query({arguments}) {{ {asked} {page} }}"
    else:
        ids = [
            each
            for each in known
            if each.startswith({"Entity": "ent", "Article": "art", "Event": "evt", "Relation": "rel"}[kind])
        ]
        counts = data_of(
            broad, f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {kind} {{ {name} {{ totalCount }} }} }} }}", ids=ids
        )
        parent = max(counts["nodes"], key=lambda node: node[name]["totalCount"])["id"]
        query = f"query({arguments}, $id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {asked} {page} }} }} }}"

    def turn(**window: object) -> dict[str, Any]:
        data = data_of(broad, query, **window, **({"id": parent} if parent else {}))
        found: dict[str, Any] = data[name] if kind == "Query" else data["node"][name]
        return found

    whole = [edge["cursor"] for edge in turn(first=500)["edges"]]
    assert len(whole) == len(set(whole)) == turn()["totalCount"] > 1
    for size in (1, 2, len(whole)):
        if len(whole) / size > 12:
            continue
        for forwards in (True, False):
            turned: list[str] = []
            window: dict[str, object] = {"first" if forwards else "last": size}
            more = True
            while more:
                found = turn(**window)
                cursors = [edge["cursor"] for edge in found["edges"]]
                turned = turned + cursors if forwards else cursors + turned
                about = found["pageInfo"]
                assert (about["startCursor"], about["endCursor"]) == (cursors[0], cursors[-1])
                assert about["hasPreviousPage"] == (cursors[0] != whole[0])
                assert about["hasNextPage"] == (cursors[-1] != whole[-1])
                more = bool(about["hasNextPage" if forwards else "hasPreviousPage"])
                window["after" if forwards else "before"] = about["endCursor" if forwards else "startCursor"]
            assert turned == whole


def lists_of(found: GraphQLField) -> Iterator[GraphQLList[Any]]:
    kind = get_nullable_type(found.type)
    if isinstance(kind, GraphQLList):
        yield kind


def test_null_stands_only_where_it_says_something() -> None:
    """Lists and what is in them never are null, but for what nodes(ids:) no longer finds; nor are connections."""
    for kind in output_types():
        for name, found in kind.fields.items():
            place = f"{kind.name}.{name}"
            if kind.name in ("Mutation", "Subscription"):
                continue
            for each in lists_of(found):
                assert isinstance(found.type, GraphQLNonNull), place
                assert isinstance(each.of_type, GraphQLNonNull) or place == "Query.nodes", place
            if get_named_type(found.type).name.endswith("Connection") and place not in NOT_FOR_ALL:
                assert isinstance(found.type, GraphQLNonNull), place
    query, mutation = SCHEMA.query_type, SCHEMA.mutation_type
    assert query is not None
    assert mutation is not None
    # One thing that may not be there must not take the rest of the answer with it.
    for name in ("node", "entity", "event", "article"):
        assert not isinstance(query.fields[name].type, GraphQLNonNull)
    assert not any(isinstance(found.type, GraphQLNonNull) for found in mutation.fields.values())


def test_what_has_an_id_can_be_fetched_again_by_it() -> None:
    for kind in output_types():
        if "id" in kind.fields and isinstance(kind, GraphQLObjectType) and kind.name not in MESSAGES:
            assert str(kind.fields["id"].type) == "ID!"
            assert NODE in kind.interfaces, kind.name
