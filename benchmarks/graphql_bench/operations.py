"""What is asked of the servers: the operations as each of them words them, with the same variables."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np

from benchmarks.graphql_bench.world import DAYS, FIRST_DAY, World
from kb.storage.terms import fold

Json = Any
Variables = Mapping[str, Json]

_ENTITY_PAGE: Final = """
query EntityPage($id: ID!) {
  entity(id: $id) {
    id kind name wikidataId
    aliases { name kind }
    events(first: 20) {
      nodes {
        id type modality date sourceCount
        subjects { id kind name }
        objects { id kind name }
        claims(first: 3) {
          nodes { id sentence confidence article { id title url publishedAt source { id name } } }
        }
      }
    }
  }
}"""
_EVENTS: Final = """
query Events($participant: ID!, $types: [EventType!]!, $from: Date!, $to: Date!, $after: String) {
  events(filter: {participant: [$participant], type: $types, date: {from: $from, to: $to}}, first: 50, after: $after) {
    nodes { id type modality date subjects { id kind name } objects { id kind name } }
    pageInfo { hasNextPage endCursor }
  }
}"""
_NAMES: Final = """
query Names($name: String!) {
  entities(filter: {name: $name}, first: 20) { nodes { id kind name } }
}"""
_SCALARS: Final = """
query Scalars($id: ID!) {
  entity(id: $id) { id kind name wikidataId }
}"""

# The same of PostGraphile in the cheapest ways that its schema offers: lists where no cursor is asked for, and events by way of
# the index over participants. One list of participants for both roles, measured as well, costs it as much as these two.
_PEER_ENTITY_PAGE: Final = """
query EntityPage($id: String!) {
  entity: entityByRowId(rowId: $id) {
    id: rowId kind name wikidataId
    aliases: aliasesByEntityIdList(orderBy: [KIND_ASC, NAME_ASC]) { name kind }
    events: eventParticipantsByEntityIdList(first: 20, orderBy: [SORT_DATE_DESC, EVENT_ID_DESC]) {
      event: eventByEventId {
        id: rowId type modality date sourceCount
        subjects: eventParticipantsByEventIdList(condition: {role: "subject"}, orderBy: [POSITION_ASC]) {
          entity: entityByEntityId { id: rowId kind name }
        }
        objects: eventParticipantsByEventIdList(condition: {role: "object"}, orderBy: [POSITION_ASC]) {
          entity: entityByEntityId { id: rowId kind name }
        }
        claims: claimsByEventIdList(first: 3, orderBy: [CONFIDENCE_DESC, ROW_ID_DESC]) {
          id: rowId sentence confidence
          article: articleByArticleId { id: rowId title url publishedAt source: sourceBySourceId { id: rowId name } }
        }
      }
    }
  }
}"""
_PEER_EVENTS: Final = """
query Events($participant: String!, $types: [String!]!, $from: Date!, $to: Date!, $after: Cursor) {
  events: allEventParticipants(
    condition: {entityId: $participant}
    filter: {type: {in: $types}, sortDate: {greaterThanOrEqualTo: $from, lessThanOrEqualTo: $to}}
    orderBy: [SORT_DATE_DESC, EVENT_ID_DESC]
    first: 50
    after: $after
  ) {
    nodes {
      event: eventByEventId {
        id: rowId type modality date
        subjects: eventParticipantsByEventIdList(condition: {role: "subject"}, orderBy: [POSITION_ASC]) {
          entity: entityByEntityId { id: rowId kind name }
        }
        objects: eventParticipantsByEventIdList(condition: {role: "object"}, orderBy: [POSITION_ASC]) {
          entity: entityByEntityId { id: rowId kind name }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""
_PEER_NAMES: Final = """
query Names($name: String!) {
  entities: entitiesNamedList(prefix: $name, upTo: 20) { id: rowId kind name }
}"""
_PEER_SCALARS: Final = """
query Scalars($id: String!) {
  entity: entityByRowId(rowId: $id) { id: rowId kind name wikidataId }
}"""


@dataclass(frozen=True, slots=True)
class Operation:
    """`key` is what --only takes. `ours` is sent to our server and to the limit, `peer` to PostGraphile with `peer_variables`;
    `to_ours` brings PostGraphile's data into the shape of ours. `second_page` asks behind the page that the same variables give.
    """

    key: str
    title: str
    name: str
    ours: str
    peer: str
    peer_variables: Callable[[Variables], Variables]
    to_ours: Callable[[Json], Json]
    second_page: bool = False

    @property
    def root(self) -> str:
        """The field of the query that is asked for."""
        return {"Events": "events", "Names": "entities"}.get(self.name, "entity")

    @property
    def pages(self) -> bool:
        """Whether the answer has a cursor to go on from."""
        return "endCursor" in self.ours


def _events_to_ours(found: Iterable[Json]) -> list[Json]:
    events = []
    for row in found:
        event = dict(row["event"])
        event |= {"type": event["type"].upper(), "modality": event["modality"].upper()}
        event |= {field: [each["entity"] for each in event[field]] for field in ("subjects", "objects")}
        if "claims" in event:
            event["claims"] = {"nodes": event["claims"]}
        events.append(event)
    return events


def _page_to_ours(data: Json) -> Json:
    entity = dict(data["entity"])
    entity["aliases"] = [{"name": each["name"], "kind": each["kind"].upper()} for each in entity["aliases"]]
    entity["events"] = {"nodes": _events_to_ours(entity["events"])}
    return {"entity": entity}


def _list_to_ours(data: Json) -> Json:
    events = data["events"]
    return {"events": {"nodes": _events_to_ours(events["nodes"]), "pageInfo": events["pageInfo"]}}


def _names_to_ours(data: Json) -> Json:
    return {"entities": {"nodes": data["entities"]}}


def _same(value: Json) -> Json:
    return value


def _stored_types(variables: Variables) -> Variables:
    return {**variables, "types": [each.lower() for each in variables["types"]]}


OPERATIONS: Final = (
    Operation("q1", "Q1 entity page", "EntityPage", _ENTITY_PAGE, _PEER_ENTITY_PAGE, _same, _page_to_ours),
    Operation("q2", "Q2 events, page 1", "Events", _EVENTS, _PEER_EVENTS, _stored_types, _list_to_ours),
    Operation("q2b", "Q2 events, page 2", "Events", _EVENTS, _PEER_EVENTS, _stored_types, _list_to_ours, second_page=True),
    Operation("q3", "Q3 name search", "Names", _NAMES, _PEER_NAMES, _same, _names_to_ours),
    Operation("q4", "Q4 four scalars", "Scalars", _SCALARS, _PEER_SCALARS, _same, _same),
)


def list_variables(world: World, operation: Operation, count: int, seed: int = 7) -> list[dict[str, Json]]:
    """`count` sets of variables: entities as often as events have them, the same for all servers and every run."""
    rng = random.Random(f"{seed} {operation.name}")
    busy = {entity: len(events) for entity, events in world.events_of_entities.items()}
    if operation.name == "Names":
        return [{"name": _begin(world, rng, entity)} for entity in _choose(rng, busy, count)]
    if operation.name != "Events":
        return [{"id": world.entity_ids[entity]} for entity in _choose(rng, busy, count)]
    # Two pages of 50 must be there; whoever takes part in few events is looked up without a filter.
    fewest = min(400, sorted(busy.values())[-5])
    leading = {entity: events for entity, events in busy.items() if events >= fewest}
    found: list[dict[str, Json]] = []
    while len(found) < count:
        asked = (_filter(world, rng, entity) for entity in _choose(rng, leading, count))
        found += [each for each in asked if each is not None]
    return found[:count]


def _choose(rng: random.Random, weights: Mapping[int, int], count: int) -> list[int]:
    return rng.choices(list(weights), list(weights.values()), k=count)


def _begin(world: World, rng: random.Random, entity: int) -> str:
    """What somebody has typed of the word of the entity's name that tells it from others."""
    name = fold(world.entities[entity].name)
    words = [word for word in name.split() if len(word) > 3] or [name]
    return min(words, key=lambda word: (world.word_counts[word], word))[: rng.randint(4, 7)]


def _filter(world: World, rng: random.Random, entity: int) -> dict[str, Json] | None:
    """Types, days and the participant; None where fewer than 60 events are of them."""
    types = sorted(rng.sample(range(len(world.types)), rng.randint(8, 16)))
    length = rng.randint(DAYS // 3, DAYS)
    begin = rng.randint(0, DAYS - length)
    events = np.array(world.events_of_entities[entity])
    days = world.event_day[events]
    matching = world.event_dated[events] & (days >= begin) & (days <= begin + length) & np.isin(world.event_type[events], types)
    if matching.sum() < 60:
        return None
    first = FIRST_DAY + timedelta(days=begin)
    return {
        "participant": world.entity_ids[entity],
        "types": [world.types[each].upper() for each in types],
        "from": first.isoformat(),
        "to": (first + timedelta(days=length)).isoformat(),
    }
