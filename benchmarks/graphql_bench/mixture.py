"""What many people ask at once: pages mostly, some searches and lists, now and then something that takes long."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.graphql_bench.asking import encode_body
from benchmarks.graphql_bench.operations import OPERATIONS, Json, list_variables
from benchmarks.graphql_bench.world import World

_EVENT_PAGE: Final = """
query EventPage($id: ID!) {
  event(id: $id) {
    id type modality date sourceCount subjects { id name } objects { id name } about { id } reactions { id }
    claims(first: 10) { totalCount nodes { sentence trigger { text } attributedTo { name } article { title source { name } } } }
  }
}"""
_ARTICLE_PAGE: Final = """
query ArticlePage($id: ID!) {
  article(id: $id) {
    title publishedAt text source { name } story { title }
    claims(first: 20) { nodes { type start end subjects { name } objects { name } } }
    mentions(first: 20) { nodes { start end entity { name } } pageInfo { hasNextPage endCursor } }
  }
}"""
_RELATIONS: Final = """
query Relations($id: ID!) {
  entity(id: $id) {
    name
    relations(first: 20) { nodes { type eventCount claimCount firstDate lastDate subject { name } object { name } } }
  }
}"""
_SEARCH: Final = """
query Search($text: String!) {
  search(text: $text, first: 10) { nodes { kind title snippet score highlights { start end } node { __typename id } } }
}"""
_CLAIMS: Final = """
query Claims($id: ID!) {
  claims(filter: {participant: [$id]}, first: 30) {
    nodes { id sentence confidence date article { title url } event { id } }
    pageInfo { hasNextPage endCursor }
  }
}"""
_LATEST: Final = """
query Latest {
  articles(first: 20) { nodes { id title publishedAt source { name } } }
  events(first: 20) { edges { cursor node { id type date subjects { name } objects { name } } } }
}"""
_TIMELINE: Final = """
query Timeline($id: ID!) {
  timeline(filter: {participant: [$id]}, interval: MONTH) { start eventCount claimCount }
}"""
_FACETS: Final = """
query Facets($id: ID!) {
  events(filter: {participant: [$id]}, first: 5) {
    totalCount
    nodes { id }
    facets(first: 5) { byType { type count } bySource { source { name } count } byMonth { month count } }
  }
}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation of the mixture: `weight` is how often it is asked of 100 times."""

    name: str
    weight: int
    query: str
    variables: Callable[[World, random.Random], dict[str, Json]]


def _entity(world: World, rng: random.Random) -> dict[str, Json]:
    return {"id": world.entity_ids[int(world.participants[rng.randrange(world.size.events), 0])]}


def _event(world: World, rng: random.Random) -> dict[str, Json]:
    return {"id": rng.choice(world.event_ids)}


def _article(world: World, rng: random.Random) -> dict[str, Json]:
    return {"id": rng.choice(world.article_ids)}


def _words(world: World, rng: random.Random) -> dict[str, Json]:
    return {"text": rng.choice(world.entities).name}


def _nothing(world: World, rng: random.Random) -> dict[str, Json]:
    del world, rng
    return {}


OTHERS: Final = (
    Asked("EventPage", 15, _EVENT_PAGE, _event),
    Asked("ArticlePage", 10, _ARTICLE_PAGE, _article),
    Asked("Relations", 8, _RELATIONS, _entity),
    Asked("Search", 5, _SEARCH, _words),
    Asked("Claims", 5, _CLAIMS, _entity),
    Asked("Latest", 5, _LATEST, _nothing),
    Asked("Timeline", 1, _TIMELINE, _entity),
    Asked("Facets", 1, _FACETS, _entity),
)
# How often the operations of the benchmark are asked of 100 times.
_WEIGHTS: Final = {"q1": 15, "q2": 10, "q3": 5, "q4": 20}


def list_bodies(world: World, count: int, seed: int = 11) -> list[tuple[str, bytes]]:
    """About `count` (operation's name, request body) in an order without a pattern, always the same."""
    rng = random.Random(seed)
    found: list[tuple[str, bytes]] = []
    for operation in OPERATIONS:
        number = _WEIGHTS.get(operation.key, 0) * count // 100
        if number:
            asked = list_variables(world, operation, number, seed)
            found += [(operation.name, encode_body(operation.ours, operation.name, each)) for each in asked]
    for other in OTHERS:
        for _ in range(other.weight * count // 100):
            found.append((other.name, encode_body(other.query, other.name, other.variables(world, rng))))
    rng.shuffle(found)
    return found
