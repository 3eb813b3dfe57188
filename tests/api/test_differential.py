"""Whatever is asked, the compiled plan and the resolvers answer it alike, on SQLite and on PostgreSQL, and the databases do too.

`make fuzz` asks far more than the suite: KB_FUZZ_OPERATIONS says how much.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries

import kb
from kb.api.run import Asking, answer
from kb.storage.session import Database
from tests.api.breadth import NAMES, Breadth, entity_id, save_breadth
from tests.api.operations import OFTEN, Operation, make_operation, refill
from tests.api.world import SCHEMA, World, explore

# Where one field fails, graphql-core cancels its siblings, and what those that have not begun would have awaited warns.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")

FUZZ = int(os.environ.get("KB_FUZZ_OPERATIONS", "0"))
MADE, SKELETONS = FUZZ or 200, FUZZ // 8 or 12
QUERIES = Path(__file__).parent / "queries"
EXAMPLES = Path(kb.__file__).parent / "web" / "src" / "graphiql"
# Ranks are the database's own, and so is how changes are counted.
OF_ONE_DATABASE = ("search", "changeCursor")
"""Root fields that two databases need not answer alike."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, breadth: Breadth
) -> Iterator[tuple[Database, ...]]:
    """The database that is asked, and where it is a PostgreSQL one, an SQLite one with the same in it."""
    cluster = request.getfixturevalue("postgres_cluster") if request.param == "postgresql" else None
    urls = [f"sqlite:///{tmp_path_factory.mktemp('broad') / 'kb.db'}"]
    if cluster is not None:
        urls.insert(0, cluster.create())
    opened = []
    for url in urls:
        writer = Database.open(url)
        writer.upgrade()
        save_breadth(writer, breadth)
        writer.dispose()
        opened.append(Database.open(url, read_only=True))
    yield tuple(opened)
    for each in opened:
        each.dispose()
    if cluster is not None:
        cluster.drop(urls[0])


@pytest.fixture(scope="module")
def world(bases: tuple[Database, ...], breadth: Breadth) -> World:
    extractions = breadth.extractions
    known = {
        "entity": [*(entity_id(number) for number in range(len(NAMES))), "ent_Q2"],
        "event": [each.id for each in breadth.events],
        "article": [each.article.id for each in extractions],
        "source": sorted({each.source.id for each in extractions if each.source}),
        "story": [each.id for each in breadth.stories],
        "claim": [claim.id for each in extractions for claim in each.claims][:20],
        "fact": [fact.id for each in extractions for fact in each.facts][:9] + [fact.id for fact in breadth.facts],
        "quantity": [quantity.id for each in extractions for quantity in each.quantities][:9],
        "mention": [mention.id for each in extractions for mention in each.mentions][:9],
        "decision": ["jdg_1", "spl_0", "ret_0"],
    }
    body = say(bases[0], Operation("{ relations(first: 20) { nodes { id } } }", {}), "resolvers")[0]
    return explore(bases[0], known | {"relation": [node["id"] for node in json.loads(body)["data"]["relations"]["nodes"]]})


def say(database: Database, operation: Operation, way: str) -> tuple[str, str]:
    """The whole response as text, keys in their order, and the way it was made."""
    given = answer(database, operation.text, operation.variables, None, Asking(way=way, request_id="x"))
    try:
        body = given.body if given.encoded is None else json.loads(given.encoded)
    except ValueError:
        raise AssertionError(f"no JSON: {given.encoded!r}\n{operation}") from None
    if "errors" in body:
        # Now, as a warning needs an import, and wherever else the collector comes by may be a place without.
        gc.collect(1)
        # Several fields may fail in any order.
        body["errors"] = sorted(body["errors"], key=json.dumps)
    return json.dumps(body, ensure_ascii=False), given.way


def compare(bases: tuple[Database, ...], operation: Operation, seen: Counter[str]) -> None:
    """Asks every way and demands one answer; counts in `seen` what sort of answer it was."""
    planned, way = say(bases[0], operation, "any")
    resolved, _ = say(bases[0], operation, "resolvers")
    assert planned == resolved, f"by plan and by resolvers:\n{operation}"
    if len(bases) > 1 and not any(name in operation.text for name in OF_ONE_DATABASE):
        assert say(bases[1], operation, "resolvers")[0] == resolved, f"on SQLite and on PostgreSQL:\n{operation}"
    body = json.loads(resolved)
    seen["asked"] += 1
    seen[f"by {way or 'nothing'}"] += 1
    seen["with rows"] += has_rows(body.get("data"))
    seen["with rows by plan"] += way == "plan" and has_rows(body.get("data"))
    seen["with errors"] += "errors" in body
    assert not {error["extensions"]["code"] for error in body.get("errors", ())} & {"INTERNAL", "STORAGE"}, operation


def has_rows(value: object) -> bool:
    """Whether there is anything that a database has to know."""
    if isinstance(value, Mapping):
        return any(has_rows(each) for name, each in value.items() if name != "__typename")
    if isinstance(value, list):
        return any(map(has_rows, value))
    return value is not None and not isinstance(value, bool) and value != 0


def ask_many(count: int, strategy: st.SearchStrategy[Any], ask: Callable[[Any], None]) -> None:
    """The same operations each time in the suite, ever others in `make fuzz`."""

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=not FUZZ,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(strategy)
    def check(drawn: Any) -> None:
        ask(drawn)

    check()


def report(seen: Counter[str], request: pytest.FixtureRequest) -> None:
    """In `make fuzz`, how much of it meant anything."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    if FUZZ:
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            sys.stdout.write(f"\n{request.node.name}: {dict(seen)}\n")


def test_operations_made_up_are_answered_alike(bases: tuple[Database, ...], world: World, request: pytest.FixtureRequest) -> None:
    seen: Counter[str] = Counter()
    ask_many(
        MADE,
        st.randoms(note_method_calls=False, use_true_random=True),
        lambda random: compare(bases, make_operation(random, world), seen),
    )
    report(seen, request)
    assert seen["asked"] >= MADE
    assert seen["with rows"] > seen["asked"] / 3
    assert seen["with rows by plan"] > seen["asked"] / 5


def test_operations_of_hypothesis_graphql_are_answered_alike(
    bases: tuple[Database, ...], world: World, request: pytest.FixtureRequest
) -> None:
    seen: Counter[str] = Counter()
    # One root field each: the more there are, the likelier is one that only resolvers answer.
    skeletons = st.one_of(
        [queries(SCHEMA, fields=[name], print_ast=lambda document: document, allow_x00=False) for name in sorted(OFTEN)]
    )
    ask_many(
        SKELETONS,
        st.tuples(skeletons, st.randoms(note_method_calls=False, use_true_random=True)),
        lambda drawn: compare(bases, refill(drawn[0], drawn[1], world), seen),
    )
    report(seen, request)
    assert seen["asked"] >= SKELETONS
    assert seen["with rows"] > 0


# What operations made up rarely come to: whole pages in turn, everything at once, one thing asked for in several ways.
GIVEN: dict[str, list[dict[str, Any]]] = {
    "articles": [{}],
    "bounds_alone": [{}, {"first": 2}, {"first": 0}],
    "by_name": [
        *({"name": name} for name in ("russia", "NOBODY", "", "%")),
        *({"wikidata": wikidata} for wikidata in ("Q159", "Q4", "x")),
        *({"id": key} for key in ("ent_Q30", "evt_1", "ent_Q0")),
        *({}, {"id": "ent_Q159", "name": "russia"}, {"name": None, "id": "ent_Q159"}),
    ],
    "kinds": [{}],
    "nested_pages": [{}, {"first": 1}, {"last": 1}, {"first": None, "last": 2}],
    "page": [
        *({"first": size} for size in (3, 0, -1, 501)),
        *({"last": size} for size in (3, 0)),
        *({}, {"first": 1, "last": 1}, {"after": "x"}),
    ],
    "relations": [
        *({}, {"types": ["MET"]}, {"types": ["X"]}),
        *({"types": "RECOGNISED", "modality": ["PLANNED", "ACTUAL"]}, {"modality": []}),
    ],
    "who_said_what_of_whom": [
        *({}, {"who": ["ent_Q159"]}, {"who": ["ent_Q159"], "whom": [entity_id(1)]}),
        *({"who": []}, {"who": ["ent_Q159", "ent_Q0"]}, {"who": "ent_Q30"}, {"said": [entity_id(3)], "who": None}),
        *({"text": text} for text in ("recognised", "%", "", "日本語 troops")),
    ],
}


def read_query(name: str) -> str:
    return (QUERIES / "alike" / f"{name}.graphql").read_text(encoding="utf-8")


def test_all_that_is_written_is_asked() -> None:
    assert {path.stem for path in (QUERIES / "alike").iterdir()} == GIVEN.keys()


@pytest.mark.parametrize("name", GIVEN)
def test_operations_written_by_hand_are_answered_alike(bases: tuple[Database, ...], name: str) -> None:
    seen: Counter[str] = Counter()
    for variables in GIVEN[name]:
        compare(bases, Operation(read_query(name), variables), seen)
    assert seen["with rows"] > 0


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize(
    ("forwards", "order"), [(True, "DATE_DESC"), (False, "DATE_ASC"), (True, "SOURCES_DESC"), (False, "CLAIMS_DESC")]
)
def test_page_after_page_is_answered_alike(bases: tuple[Database, ...], size: int, forwards: bool, order: str) -> None:
    text = read_query("page").replace("DATE_ASC", order)
    seen: Counter[str] = Counter()
    variables: dict[str, Any] = {"first" if forwards else "last": size}
    found: list[str] = []
    more = True
    while more:
        operation = Operation(text, dict(variables))
        compare(bases, operation, seen)
        page = json.loads(say(bases[0], operation, "any")[0])["data"]["events"]
        ids = [edge["node"]["id"] for edge in page["edges"]]
        found = found + ids if forwards else ids + found
        more = page["pageInfo"]["hasNextPage" if forwards else "hasPreviousPage"]
        variables["after" if forwards else "before"] = page["pageInfo"]["endCursor" if forwards else "startCursor"]
    assert len(found) == len(set(found)) == page["totalCount"]
    assert seen["by plan"] == seen["asked"]


@pytest.mark.parametrize(
    "path", sorted([*QUERIES.glob("[le]*.graphql"), *EXAMPLES.rglob("*.graphql")]), ids=lambda path: path.stem
)
def test_what_is_shown_to_people_is_answered_alike(bases: tuple[Database, ...], world: World, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    variables = {"russia": "ent_Q159", "region": "ent_Q16150196"}
    variables |= {name: world.ids[name][0] for name in ("event", "article", "claim", "source")}
    compare(bases, Operation(text, variables | {"recognition": world.ids["event"][0]}), Counter())
