"""Every field of the schema answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    visit,
)

from kb.api.schema import load_schema
from kb.ontology.loader import load_ontology
from tests.api.conftest import Ask
from tests.api.sample import DONETSK, RUSSIA, STORY, Sample

QUERIES = Path(__file__).parent / "queries"


def named_types() -> Iterator[GraphQLNamedType]:
    return (named for name, named in load_schema().core.type_map.items() if not name.startswith("__"))


class _Asked(Visitor):
    """Collects which fields of which types a document asks for."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.fields: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.info.get_parent_type()
        if parent is not None:
            self.fields.add(f"{parent.name}.{node.name.value}")


def asked_fields() -> set[str]:
    fields: set[str] = set()
    for path in QUERIES.glob("*.graphql"):
        info = TypeInfo(load_schema().core)
        asked = _Asked(info)
        visit(parse(path.read_text()), TypeInfoVisitor(info, asked))
        fields |= asked.fields
    return fields


def test_the_queries_of_this_test_ask_for_every_field() -> None:
    # What an entity's kinds share is asked of the interface; that a kind has the field as well is GraphQL's to see to.
    interfaces = [each for each in named_types() if isinstance(each, GraphQLInterfaceType)]
    shared = {
        f"{kind.name}.{field}"
        for each in interfaces
        for kind in load_schema().core.get_possible_types(each)
        for field in each.fields
    }
    there = {
        f"{named.name}.{field}"
        for named in named_types()
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
        for field in named.fields
    }
    via_interface = {f"{each.name}.{field}" for each in interfaces for field in each.fields}
    asked = asked_fields()
    assert there - asked - shared - via_interface == set()
    assert via_interface - asked - {"Node.id"} == set()


def test_every_list_answers(ask: Ask, sample: Sample) -> None:
    recognition = sample.event_of("recognised")
    source = sample.extractions[0].source
    assert source is not None
    variables = {"russia": RUSSIA, "recognition": recognition.id, "source": source.id}
    data = ask((QUERIES / "lists.graphql").read_text(), variables)
    event = data["events"]["edges"][0]["node"]
    assert data["events"]["totalCount"] == 1
    assert [entity["name"] for entity in event["objects"]] == ["Donetsk", "Luhansk"]
    assert event["place"] == {"name": "Donetsk", "kind": "REGION"}
    assert event["sourceCount"] == 2
    assert [each["type"] for each in event["reactions"]] == ["CONDEMNED"]
    assert data["events"]["facets"]["byMonth"] == [{"month": "2022-02", "count": 1}]
    assert {(row["entity"]["name"], row["count"]) for row in data["events"]["facets"]["byObject"]} == {
        ("Donetsk", 1),
        ("Luhansk", 1),
    }
    assert [row["source"]["name"] for row in data["events"]["facets"]["bySource"]] == ["Daily Example", "Evening Example"]
    assert data["reactions"]["nodes"][0]["about"] == [
        {"type": "RECOGNISED", "objects": [{"name": "Donetsk"}, {"name": "Luhansk"}]}
    ]
    assert data["said"]["totalCount"] == 2
    assert {each["node"]["attributedTo"][0]["name"] for each in data["said"]["edges"]} == {"European Union"}
    assert {each["about"]["sentence"] for each in data["about"]["nodes"]} == {"Russia recognised Donetsk and Luhansk as states."}
    relation = data["relations"]["edges"][0]["node"]
    assert (relation["subject"]["name"], relation["type"], relation["eventCount"]) == ("Russia", "RECOGNISED", 1)
    assert relation["claimCount"] == relation["sourceCount"] == 2
    assert relation["events"]["totalCount"] == len(relation["events"]["nodes"]) == 1
    assert relation["events"]["facets"]["byMonth"] == [{"month": "2022-02", "count": 1}]
    assert relation["claims"]["totalCount"] == 2
    assert relation["claims"]["pageInfo"] == {"hasNextPage": True}
    assert [each["sentence"] for each in relation["claims"]["nodes"]] == ["Russia recognised Donetsk and Luhansk as states."]
    article = data["articles"]["edges"][0]["node"]
    assert article["source"]["name"] == "Daily Example"
    assert article["publishedAt"] == "2022-02-22T12:00:00Z"
    assert article["claims"]["totalCount"] == 4
    assert article["facts"]["totalCount"] == 2
    assert article["facts"]["pageInfo"]["hasNextPage"]
    assert [each["node"]["sentence"]["text"] for each in article["facts"]["edges"]] == ["Putin is the president of Russia."]
    assert article["quantities"]["totalCount"] == 1
    (figure,) = (each["node"] for each in article["quantities"]["edges"])
    assert (figure["low"], figure["high"], figure["bound"]) == (150_000, 150_000, "AT_LEAST")
    assert figure["span"]["text"] == "over 150,000"
    assert article["story"] == {"title": "Moscow goes ahead"}
    assert data["stories"]["nodes"] == [{"id": STORY}]
    number = {"about": "troops", "unit": "people", "low": 150_000, "high": 150_000, "agreed": True}
    assert data["stories"]["edges"][0]["node"]["figures"] == [number | {"quantities": [{"id": figure["id"]}]}]
    assert [each["node"]["id"] for each in data["figures"]["edges"]] == [figure["id"]]
    assert data["figures"]["totalCount"] == 1
    assert data["mentioning"]["totalCount"] == 2
    assert data["timeline"] == [{"start": "2022-02-01", "end": "2022-02-28", "eventCount": 3, "claimCount": 4}]
    assert data["search"]["totalCount"] >= 1
    assert {"Claim", "Article"} & {each["node"]["node"]["__typename"] for each in data["search"]["edges"]}


def test_offsets_cut_out_what_they_say(ask: Ask, sample: Sample) -> None:
    data = ask(
        """{ articles { nodes { text
          claims { nodes { sentence start end trigger { start end text } } }
          mentions(first: 100) { nodes { start end text } } } } }"""
    )
    for article in data["articles"]["nodes"]:
        text = article["text"]
        assert article["mentions"]["nodes"]
        for claim in article["claims"]["nodes"]:
            assert text[claim["start"] : claim["end"]] == claim["sentence"]
            assert text[claim["trigger"]["start"] : claim["trigger"]["end"]] == claim["trigger"]["text"]
        for mention in article["mentions"]["nodes"]:
            assert text[mention["start"] : mention["end"]] == mention["text"]


def test_why_a_mention_was_linked_is_shown(ask: Ask) -> None:
    mention = ask("{ articles(first: 1) { nodes { mentions(first: 1) { nodes { score reason parts { sign added } } } } } }")
    assert mention["articles"]["nodes"][0]["mentions"]["nodes"] == [
        {
            "score": 0.9,
            "reason": "the only bearer of the name",
            "parts": [
                {"sign": "only bearer of the name", "added": 2.5},
                {"sign": "another country near it", "added": -0.25},
            ],
        }
    ]


def test_entities_and_nodes_answer(ask: Ask, sample: Sample) -> None:
    claim = sample.claims[0]
    variables = {
        "region": DONETSK,
        "event": sample.event_of("condemned").id,
        "article": sample.extractions[1].article.id,
        "claim": claim.id,
    }
    data = ask((QUERIES / "entities.graphql").read_text(), variables)
    assert data["node"] == {"__typename": "Claim", "id": claim.id, "sentence": claim.sentence.text}
    region = {"__typename": "Region", "id": DONETSK}
    assert data["nodes"] == [{"__typename": "Event", "id": variables["event"]}, region, None, region]
    assert data["event"]["type"] == "CONDEMNED"
    assert data["article"]["title"] == "Two regions recognised"
    assert data["byId"]["__typename"] == "Region"
    assert data["byId"]["events"]["totalCount"] == 2
    assert data["byId"]["facts"][0]["object"] == {"name": "Russia"}
    assert data["byId"]["coOccurring"][0]["articleCount"] == 2
    assert data["byWikidata"]["__typename"] == "Person"
    assert data["byWikidata"]["facts"][0]["objectText"] == "president of Russia"
    assert data["byName"]["name"] == "Russia"
    assert [node["name"] for node in data["entities"]["nodes"]] == ["European Union"]
    assert {row["name"] for row in data["ontology"]["eventTypes"]} == {key.upper() for key in load_ontology().event_types}
    assert {row["kind"] for row in data["ontology"]["entityKinds"]} == {"PERSON", "COUNTRY", "ORGANISATION", "REGION"}


def test_node_finds_every_noun_by_its_id(ask: Ask, sample: Sample) -> None:
    extraction = sample.extractions[0]
    assert extraction.source is not None
    relation = ask("{ relations(first: 1) { nodes { id } } }")["relations"]["nodes"][0]["id"]
    expected = {
        RUSSIA: "Country",
        sample.events[0].id: "Event",
        sample.claims[0].id: "Claim",
        extraction.article.id: "Article",
        extraction.source.id: "Source",
        extraction.mentions[0].id: "Mention",
        extraction.facts[0].id: "Fact",
        extraction.quantities[0].id: "Quantity",
        relation: "Relation",
        STORY: "Story",
    }
    for key, kind in expected.items():
        assert ask("query($id: ID!) { node(id: $id) { __typename id } }", {"id": key})["node"] == {"__typename": kind, "id": key}


def test_pages_follow_each_other_in_both_directions(ask: Ask, sample: Sample) -> None:
    query = """query($first: Int, $after: String, $last: Int, $before: String) {
      events(first: $first, after: $after, last: $last, before: $before) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    whole = [node["id"] for node in ask("{ events(first: 100) { nodes { id } } }")["events"]["nodes"]]
    assert sorted(whole) == sorted(event.id for event in sample.events)
    forwards: list[str] = []
    cursor, more = None, True
    while more:
        page = ask(query, {"first": 3, "after": cursor})["events"]
        forwards += [node["id"] for node in page["nodes"]]
        cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert forwards == whole
    last = ask(query, {"last": 3})["events"]
    assert [node["id"] for node in last["nodes"]] == whole[-3:]
    assert last["pageInfo"]["hasPreviousPage"]
    rest = ask(query, {"last": 3, "before": last["pageInfo"]["startCursor"]})["events"]
    assert [node["id"] for node in rest["nodes"]] == whole[:-3]
    assert not rest["pageInfo"]["hasPreviousPage"]


def test_a_page_of_nothing_has_no_cursors(ask: Ask) -> None:
    data = ask("{ events(first: 0) { totalCount edges { cursor } pageInfo { startCursor endCursor hasNextPage } } }")
    assert data["events"]["edges"] == []
    assert data["events"]["totalCount"] == 4
    assert data["events"]["pageInfo"] == {"startCursor": None, "endCursor": None, "hasNextPage": True}


def test_everything_has_a_description() -> None:
    bare = []
    for named in named_types():
        if not named.description:
            bare.append(named.name)
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            bare += [f"{named.name}.{name}" for name, field in named.fields.items() if not field.description]
            bare += [
                f"{named.name}.{name}({argument})"
                for name, field in named.fields.items()
                for argument, row in field.args.items()
                if not row.description
            ]
        if isinstance(named, GraphQLInputObjectType):
            bare += [f"{named.name}.{name}" for name, field in named.fields.items() if not field.description]
        if isinstance(named, GraphQLEnumType):
            bare += [f"{named.name}.{name}" for name, value in named.values.items() if not value.description]
    assert bare == []
