"""For every field of the schema, two levels deep: how many statements it takes does not depend on how many rows there are.

The selections are made by walking the schema, so that a field which is added is covered from then on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from kb.api import loaders
from kb.api.run import Asking, execute
from kb.api.schema import load_schema
from kb.domain.access import Caller, Role
from kb.storage.session import Database
from tests.api.breadth import Breadth
from tests.api.test_loading import counted_statements

SCHEMA = load_schema().core
NODE = SCHEMA.type_map["Node"]
assert isinstance(NODE, GraphQLInterfaceType)
ENTITIES = {kind.name for kind in SCHEMA.get_possible_types(SCHEMA.type_map["Entity"])}
# The kinds of entities have the same fields, found by the same functions.
KINDS = sorted({"Entity", *(kind.name for kind in SCHEMA.get_possible_types(NODE))} - ENTITIES)
# Of these there is one row, or the ids are what the fields above are asked by.
ROOT_FIELDS_OF_ONE_ROW = {"node", "nodes", "entity", "event", "article", "ingestRun", "changeCursor", "viewer", "ontology"}
REQUIRED = {"text": 'text: "recognised"', "interval": "interval: DAY"}
FEWER = 'filter: { date: { to: "2022-02-02" } }'
SINGLE, PARENTS = 3, 6
# Some fields are for curators; a plan is one statement anyway.
CURATOR = Asking(Caller(Role.CURATOR, "Ada", "user:Ada"), way="resolvers")
# What subscriptions answer with; a page of changes is answered with shared loaders.
TOLD = {"EventChange", "IngestProgress"}


def is_node(kind: GraphQLNamedType) -> bool:
    return kind is NODE or (isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and NODE in kind.interfaces)


def fields_of(kind: GraphQLNamedType) -> dict[str, GraphQLField]:
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    return kind.fields


def chains(kind: GraphQLNamedType, hops: int, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways down from a type to every field, until `hops` further nodes are passed."""
    for name, field in fields_of(kind).items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            yield (name,)
        elif is_node(inner) and (hops == 0 or (name == "nodes" and "edges" in fields_of(kind))):
            # A connection's nodes are those of its edges.
            yield (name, "id")
        elif is_node(inner) or inner.name not in above:
            passed = () if is_node(inner) else (*above, inner.name)
            yield from ((name, *chain) for chain in chains(inner, hops - is_node(inner), passed))
    if isinstance(kind, GraphQLInterfaceType) and kind.name != "Entity":
        # Below a hit or a decision the kinds differ in what they have; an entity's do not.
        for each in SCHEMA.get_possible_types(kind):
            yield from ((f"... on {each.name}", name) for name in ("name", "title") if name in each.fields)


def write(found: Iterable[tuple[str, ...]]) -> str:
    """One selection of all the ways down."""
    below: dict[str, list[tuple[str, ...]]] = {}
    for first, *rest in found:
        below.setdefault(first, []).append(tuple(rest))
    return " ".join(name if rest == [()] else f"{name} {{ {write(rest)} }}" for name, rest in below.items())


def shape_of(statement: str) -> str:
    """A statement without how many values it was given."""
    return re.sub(r"\((?:(?:\?|%\(\w+\)s)(?:, )?)+\)", "(?)", statement)


def shapes_for(database: Database, query: str, ids: Sequence[str] = ()) -> Counter[str]:
    with counted_statements() as statements:
        body = execute(database, query, {"ids": list(ids)}, asking=CURATOR)
    assert "errors" not in body, (query, body["errors"])
    return Counter(map(shape_of, statements))


@pytest.fixture(scope="module")
def ids_of(broad: Database, breadth: Breadth) -> dict[str, list[str]]:
    """Ids of nodes by their type."""
    roots = ("entities(first: 100)", "events(first: 100)", "claims(first: 100)", "relations(first: 100)", "articles(first: 100)")
    asked = " ".join(
        f"{each.partition('(')[0]}: {each} {{ nodes {{ __typename id }} }}"
        for each in (*roots, "quantities(first: 100)", "sources", "stories", "ingestRuns")
    )
    body = execute(broad, f"{{ {asked} decisions(first: 100) {{ __typename id }} }}")
    data = body["data"]
    assert isinstance(data, dict)
    decisions = data.pop("decisions")
    nodes = [*decisions, *(node for connection in data.values() for node in connection["nodes"])]
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for node in nodes:
        found["Entity" if node["__typename"] in ENTITIES else node["__typename"]].append(node["id"])
    found["Fact"] = [fact.id for each in breadth.extractions for fact in each.facts] + [fact.id for fact in breadth.facts]
    found["Mention"] = [mention.id for each in breadth.extractions for mention in each.mentions]
    return {kind: ids[:PARENTS] for kind, ids in found.items()}


def fields_to_ask() -> list[tuple[str, str]]:
    return [
        (kind, name)
        for kind in KINDS
        for name, field in fields_of(SCHEMA.type_map[kind]).items()
        if not is_leaf_type(get_named_type(field.type)) or name in ("formerIds",)
    ]


def list_grown(alone: Sequence[Counter[str]], together: Counter[str], leeway: int = 0) -> dict[str, tuple[int, int]]:
    """Statements that are sent more often for many rows than for the one that needs them most often, by more than the leeway."""
    most = Counter({shape: max(each[shape] for each in alone) for each in alone for shape in each})
    return {shape: (most[shape], count) for shape, count in together.items() if count > max(most[shape], 1) + leeway}


def list_grown_below(found: Sequence[tuple[str, ...]], count: Callable[[str], tuple[list[Counter[str]], Counter[str]]]) -> object:
    """What grows of what is needed for all the ways down, in words of `count`: for single rows, and for many.

    One row has this and another one that, on this level and on that: together they may need a little more than either. A field
    that asks for each row needs as much more as there are rows, and is found out by asking of each place alone.
    """
    if not list_grown(*count(write(found)), leeway=2):
        return None
    places: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for chain in found:
        places.setdefault(chain[:-1], []).append(chain)
    return {place: grown for place, group in places.items() if (grown := list_grown(*count(write(group)), leeway=1))}


@pytest.mark.parametrize(("kind", "name"), fields_to_ask())
def test_a_field_takes_as_many_statements_for_many_parents_as_for_one(
    broad: Database, ids_of: dict[str, list[str]], kind: str, name: str
) -> None:
    ids = ids_of[kind]
    assert len(ids) > 1
    inner = get_named_type(fields_of(SCHEMA.type_map[kind])[name].type)
    below = [()] if is_leaf_type(inner) else chains(inner, 0 if is_node(inner) else 1)

    def count(selection: str) -> tuple[list[Counter[str]], Counter[str]]:
        query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind} {{ {selection} }} }} }}"
        return [shapes_for(broad, query, [each]) for each in ids[:SINGLE]], shapes_for(broad, query, ids)

    assert not list_grown_below([(name, *chain) for chain in below], count)


def root_fields() -> list[str]:
    return sorted(set(fields_of(SCHEMA.type_map["Query"])) - ROOT_FIELDS_OF_ONE_ROW - {"path"})


def ask_root(name: str, given: str) -> str:
    """The root field with an argument and with those that it must have."""
    field = fields_of(SCHEMA.type_map["Query"])[name]
    arguments = [REQUIRED[key] for key, argument in field.args.items() if is_required_argument(argument)]
    return f"{name}({' '.join([*arguments, given])})"


def ask_root_for_single_rows(database: Database, name: str) -> list[str]:
    """The root field, each time for one row and another one, as far as it can be asked for them."""
    arguments = fields_of(SCHEMA.type_map["Query"])[name].args
    if "after" not in arguments:
        return [ask_root(name, "first: 1" if "first" in arguments else FEWER)]
    body = execute(database, f"{{ {ask_root(name, f'first: {PARENTS}')} {{ edges {{ cursor }} }} }}")
    assert isinstance(body["data"], dict)
    cursors = [edge["cursor"] for edge in body["data"][name]["edges"]]
    return [ask_root(name, "first: 1"), *(ask_root(name, f'first: 1 after: "{cursor}"') for cursor in cursors[: SINGLE - 1])]


@pytest.mark.parametrize("name", root_fields())
def test_a_root_field_takes_as_many_statements_for_many_rows_as_for_one(broad: Database, name: str) -> None:
    field = fields_of(SCHEMA.type_map["Query"])[name]
    inner = get_named_type(field.type)
    singles, all_of_them = (
        ask_root_for_single_rows(broad, name),
        ask_root(name, f"first: {PARENTS}" if "first" in field.args else ""),
    )

    def count(selection: str) -> tuple[list[Counter[str]], Counter[str]]:
        alone = [shapes_for(broad, f"{{ {asked} {{ {selection} }} }}") for asked in singles]
        return alone, shapes_for(broad, f"{{ {all_of_them} {{ {selection} }} }}")

    assert not list_grown_below(list(chains(inner, 0 if is_node(inner) else 1)), count)


def test_several_ways_take_as_many_statements_as_one(broad: Database) -> None:
    body = execute(broad, "{ entities(first: 20) { nodes { id } } }")
    assert isinstance(body["data"], dict)
    entities = [node["id"] for node in body["data"]["entities"]["nodes"]]
    found: dict[int, dict[int, str]] = {}
    for start in entities:
        asked = {end: f'path(from: "{start}", to: "{end}")' for end in entities}
        body = execute(
            broad, f"{{ {' '.join(f'to{number}: {text} {{ length }}' for number, text in enumerate(asked.values()))} }}"
        )
        assert isinstance(body["data"], dict)
        for ways, text in zip(body["data"].values(), asked.values(), strict=True):
            if ways and ways[0]["length"]:
                found.setdefault(ways[0]["length"], {})[len(ways)] = text
    # Of one length, as each level takes statements of its own.
    by_count = max(found.values(), key=len)
    assert len(by_count) > 1
    few, many = by_count[min(by_count)], by_count[max(by_count)]
    found_below = list(chains(get_named_type(fields_of(SCHEMA.type_map["Query"])["path"].type), 1))

    def count(selection: str) -> tuple[list[Counter[str]], Counter[str]]:
        alone, together = (shapes_for(broad, f"{{ {asked} {{ {selection} }} }}") for asked in (few, many))
        return [alone], together

    assert not list_grown_below(found_below, count)


def test_a_field_that_asks_for_each_row_is_found_out(
    broad: Database, ids_of: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "Loader", partial(loaders.Loader, max_batch_size=1))

    def count(selection: str) -> tuple[list[Counter[str]], Counter[str]]:
        query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Claim {{ {selection} }} }} }}"
        ids = ids_of["Claim"]
        return [shapes_for(broad, query, [each]) for each in ids[:SINGLE]], shapes_for(broad, query, ids)

    assert list_grown_below([("article", "source", "name"), ("sentence",)], count)


def passed_by(kind: GraphQLNamedType, chain: Sequence[str]) -> Iterator[str]:
    """The fields that a way down passes, as Type.field."""
    for name in chain:
        if name.startswith("... on "):
            kind = SCHEMA.type_map[name.removeprefix("... on ")]
            continue
        yield f"{kind.name}.{name}"
        kind = get_named_type(fields_of(kind)[name].type)


def test_every_field_is_asked() -> None:
    passed = {f"Query.{name}" for name in (*root_fields(), "path", *ROOT_FIELDS_OF_ONE_ROW)}
    for parent, name in [*fields_to_ask(), *(("Query", name) for name in (*root_fields(), "path"))]:
        kind = SCHEMA.type_map[parent]
        inner = get_named_type(fields_of(kind)[name].type)
        below = [()] if is_leaf_type(inner) else chains(inner, 0 if is_node(inner) else 1)
        passed |= {each for chain in below for each in passed_by(kind, (name, *chain))}
    # What costs nothing: fields of a row that is there, and what is of the ontology alone.
    written = {
        f"{kind.name}.{name}"
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__") and kind.name not in ENTITIES
        for name, field in kind.fields.items()
        if not is_leaf_type(get_named_type(field.type))
    }
    changing = (
        {kind.name for kind in SCHEMA.type_map.values() if kind.name.endswith("Payload")} | TOLD | {"Mutation", "Subscription"}
    )
    assert {each for each in written - passed if each.split(".")[0] not in {*changing, "Ontology", "EventTypeInfo"}} == set()
