"""What a database holds that operations can be about: ids by noun, and the cursors that its lists give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, get_named_type

from kb.api.run import execute
from kb.api.schema import load_schema
from kb.storage.session import Database

SCHEMA = load_schema().core


@dataclass
class World:
    """What a database holds: ids by noun, and cursors by field and order."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    cursors: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)

    def all_ids(self) -> list[str]:
        return [each for ids in self.ids.values() for each in ids]


def explore(database: Database, ids: Mapping[str, Sequence[str]]) -> World:
    """The world of a database, of which `ids` are known by noun."""
    world = World({noun: list(known) for noun, known in ids.items()})
    for kind in SCHEMA.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.endswith("Payload"):
            continue
        for name, found in kind.fields.items():
            if "after" in found.args and (kind.name == "Query" or "Node" in {each.name for each in kind.interfaces}):
                for order in _orders(found):
                    world.cursors[f"{kind.name}.{name}", order] = _list_cursors(database, world, kind, name, order)
    return world


def _orders(found: GraphQLField) -> list[str | None]:
    if "orderBy" not in found.args:
        return [None]
    named = get_named_type(found.args["orderBy"].type)
    assert isinstance(named, GraphQLEnumType)
    return list(named.values)


def _list_cursors(database: Database, world: World, kind: GraphQLObjectType, name: str, order: str | None) -> list[str]:
    given = " ".join(filter(None, (f"orderBy: {order}" if order else "", 'text: "recognised"' if name == "search" else "")))
    asked = f"{name}(first: 8 {given}) {{ edges {{ cursor }} }}"
    if kind.name == "Query":
        parents = [execute(database, f"{{ {asked} }}")["data"]]
    else:
        query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind.name} {{ {asked} }} }} }}"
        parents = execute(database, query, {"ids": world.all_ids()[:200]})["data"]["nodes"]  # type: ignore[index]
    return [edge["cursor"] for parent in parents if parent for edge in parent[name]["edges"]]
