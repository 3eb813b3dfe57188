"""Relations are what claims state: no edge without a sentence that names both of its ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from kb.domain.claim import Argument, Claim, Modality, Role
from kb.domain.event import Event, Relation
from kb.domain.extraction import Extraction
from kb.domain.ids import content_id
from kb.domain.query import EventFilter, Page, RelationFilter
from kb.domain.span import Span
from kb.storage import claims, events, paths, relations
from kb.storage.relation_writer import save_relations
from kb.storage.session import Database
from kb.storage.tables import ENTITY
from kb.storage.writer import save_events, save_extraction
from tests.storage.synthetic import COUNTRIES, country, extraction

ACTUAL, POSSIBLE, PLANNED = Modality.ACTUAL, Modality.POSSIBLE, Modality.PLANNED
ANY_MODALITY = RelationFilter(modality=tuple(Modality))
IDS = {name: country(name).id for name in COUNTRIES}
NAMES = {key: name for name, key in IDS.items()}
# Nothing but the ontology says which types have no direction; `met` is one of those.
UNDIRECTED = "met"


@dataclass(frozen=True)
class Told:
    """A sentence: who did what to whom, and how it is put."""

    subjects: tuple[str, ...]
    type: str
    objects: tuple[str, ...] = ()
    modality: Modality = ACTUAL
    publisher: str | None = None

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The ids of both ends of each edge that the sentence states."""
        if self.type != UNDIRECTED:
            return {(IDS[s], IDS[o]) for s, o in product(self.subjects, self.objects) if s != o}
        mutual = combinations(self.subjects, 2) if not self.objects else product(self.subjects, self.objects)
        return {(min(IDS[a], IDS[b]), max(IDS[a], IDS[b])) for a, b in mutual if a != b}


def article(number: int, told: Told) -> Extraction:
    """An article that consists of the one sentence."""
    sentence = f"{' and '.join(told.subjects)} {told.modality} {told.type} {' and '.join(told.objects)}."
    countries = [country(name) for name in COUNTRIES]
    made = extraction(f"{number} {sentence}", [], publisher=told.publisher, extra_entities=countries)
    roles = ((Role.SUBJECT, told.subjects), (Role.OBJECT, told.objects))
    claim = Claim(
        content_id("clm", made.article.id),
        made.article.id,
        told.type,
        told.modality,
        tuple(Argument(role, IDS[name], None) for role, names in roles for name in names),
        Span(0, len(sentence), sentence),
        Span(0, len(sentence), sentence),
        0.5,
    )
    return replace(made, claims=(claim,))


def unite(key: str, members: Sequence[Extraction], day: date | None = None) -> Event:
    """One event of all of them, as grouping makes it: all subjects, all objects, actual where any of them is."""
    of = [each.claims[0] for each in members]
    return Event(
        id=f"evt_{key}",
        type=of[0].type,
        modality=min((claim.modality for claim in of), key=lambda modality: modality is not ACTUAL),
        subject_ids=tuple(sorted({each for claim in of for each in claim.entity_ids(Role.SUBJECT)})),
        object_ids=tuple(sorted({each for claim in of for each in claim.entity_ids(Role.OBJECT)})),
        claim_ids=tuple(claim.id for claim in of),
        article_ids=tuple(claim.article_id for claim in of),
        source_count=len(of),
        date=day,
    )


def save(session: Session, told: Sequence[Told]) -> list[Extraction]:
    made = [article(number, each) for number, each in enumerate(told)]
    for each in made:
        save_extraction(session, each, None, {})
    return made


def save_united(database: Database, told: Sequence[Told], day: date | None = None) -> None:
    with database.transaction() as session:
        save_events(session, [unite("one", save(session, told), day)])


def edges(session: Session, wanted: RelationFilter = ANY_MODALITY) -> set[tuple[str, str, str]]:
    found = relations.list_relations(session, wanted).items
    assert relations.count_relations(session, wanted) == len(found)
    return {(NAMES[each.subject_id], NAMES[each.object_id], str(each.modality)) for each in found}


SANCTIONS = (
    Told(("France", "Germany"), "sanctioned", ("Russia",), POSSIBLE),
    Told(("Turkey",), "sanctioned", ("Ukraine",)),
)


def test_an_event_of_several_claims_adds_no_pair_that_none_of_them_states(database: Database) -> None:
    save_united(database, SANCTIONS)
    with database.reader() as session:
        assert edges(session) == {
            ("France", "Russia", "possible"),
            ("Germany", "Russia", "possible"),
            ("Turkey", "Ukraine", "actual"),
        }
        assert edges(session, RelationFilter()) == {("Turkey", "Ukraine", "actual")}
        assert paths.list_paths(session, IDS["France"], IDS["Ukraine"], 6, ANY_MODALITY) == ()
        assert paths.list_paths(session, IDS["France"], IDS["Russia"]) == ()
        assert len(paths.list_paths(session, IDS["France"], IDS["Russia"], 1, ANY_MODALITY)) == 1


def test_who_did_what_to_whom_finds_events_of_which_one_claim_says_so(database: Database) -> None:
    save_united(database, SANCTIONS)

    def count(session: Session, subject: str, target: str, *modality: Modality) -> int:
        wanted = EventFilter(subject=(IDS[subject],), object=(IDS[target],), modality=modality or None)
        assert events.count_events(session, wanted) == len(events.list_events(session, wanted).items)
        return events.count_events(session, wanted)

    with database.reader() as session:
        assert count(session, "France", "Russia") == 1
        assert count(session, "France", "Ukraine") == 0
        assert count(session, "Turkey", "Ukraine", ACTUAL) == 1
        assert count(session, "France", "Russia", ACTUAL) == 0


def test_what_one_sentence_calls_possible_stays_apart_from_what_another_calls_done(database: Database) -> None:
    told = [
        Told(("France",), "sanctioned", ("Russia",), POSSIBLE, "Paper"),
        Told(("France",), "sanctioned", ("Russia",), ACTUAL, "Paper"),
        Told(("France",), "sanctioned", ("Russia",), ACTUAL, "Gazette"),
        Told(("France",), "sanctioned", ("Russia",), ACTUAL, "Gazette"),
    ]
    save_united(database, told, date(2022, 2, 24))
    with database.reader() as session:
        found = {each.modality: each for each in relations.list_relations(session, ANY_MODALITY).items}
        assert {key: (r.event_count, r.claim_count, r.source_count) for key, r in found.items()} == {
            POSSIBLE: (1, 1, 1),
            ACTUAL: (1, 3, 2),
        }
        assert {r.first_date for r in found.values()} == {date(2022, 2, 24)}
        pages = claims.list_claims_of_relations(session, [r.id for r in found.values()], Page(first=2))
        assert [claim.sentence.text for claim in pages[found[POSSIBLE].id].items] == ["France possible sanctioned Russia."]
        first = pages[found[ACTUAL].id]
        rest = claims.list_claims_of_relations(session, [found[ACTUAL].id], Page(first=2, after=first.cursors[-1]))
        shown = [*first.items, *rest[found[ACTUAL].id].items]
        assert (first.has_next, len({claim.id for claim in shown})) == (True, 3)
        assert {claim.sentence.text for claim in shown} == {"France actual sanctioned Russia."}


def test_whom_one_meets_has_no_direction(database: Database) -> None:
    told = [
        Told(("France",), "met", ("Germany",)),
        Told(("Germany",), "met", ("France",)),
        Told(("Germany", "France"), "met"),
    ]
    save_united(database, told)
    with database.reader() as session:
        (relation,) = relations.list_relations(session).items
        assert (relation.subject_id, relation.object_id) == (IDS["France"], IDS["Germany"])
        assert (relation.event_count, relation.claim_count) == (1, 3)
        france, germany = (IDS["France"],), (IDS["Germany"],)
        for wanted in (
            RelationFilter(subject=france),
            RelationFilter(subject=germany),
            RelationFilter(object=france),
            RelationFilter(subject=germany, object=france),
            RelationFilter(participant=germany),
        ):
            assert edges(session, wanted) == {("France", "Germany", "actual")}
        assert edges(session, RelationFilter(subject=france, object=france)) == set()
        assert relations.count_relations_of_entities(session, [*france, *germany]) == {france[0]: 1, germany[0]: 1}


def test_a_direction_is_kept_where_there_is_one(database: Database) -> None:
    save_united(database, [Told(("France",), "condemned", ("Russia",)), Told(("Germany", "Poland"), "condemned")])
    with database.reader() as session:
        assert edges(session) == {("France", "Russia", "actual")}
        assert edges(session, RelationFilter(subject=(IDS["Russia"],))) == set()
        assert edges(session, RelationFilter(object=(IDS["Russia"],))) == {("France", "Russia", "actual")}


def test_several_who_meet_without_a_counterpart_met_each_other(database: Database) -> None:
    save_united(database, [Told(("France", "Germany", "Poland"), "met")])
    with database.reader() as session:
        assert {frozenset(edge[:2]) for edge in edges(session)} == {
            frozenset(pair) for pair in combinations(("France", "Germany", "Poland"), 2)
        }


def test_entities_judged_the_same_have_one_relation_and_none_to_themselves(database: Database) -> None:
    told = [
        Told(("France",), "condemned", ("Russia",)),
        Told(("Poland",), "condemned", ("Russia",)),
        Told(("Poland",), "condemned", ("France",)),
        Told(("Germany",), "met", ("Poland",)),
    ]
    with database.transaction() as session:
        made = save(session, told)
        save_events(session, [unite(str(number), [each]) for number, each in enumerate(made)])
        assert len(edges(session)) == 4
        session.execute(update(ENTITY).where(ENTITY.c.id == IDS["Poland"]).values(canonical_id=IDS["France"]))
        save_relations(session, [each.claims[0].id for each in made])
    with database.reader() as session:
        assert edges(session) == {("France", "Russia", "actual"), ("France", "Germany", "actual")}
        (condemned,) = relations.list_relations(session, RelationFilter(type=("condemned",))).items
        assert (condemned.event_count, condemned.claim_count) == (2, 2)
    assert database.check() == ()


names = st.lists(st.sampled_from(sorted(COUNTRIES)[:4]), max_size=3, unique=True).map(tuple)
told_claims = st.builds(
    Told,
    subjects=names,
    type=st.sampled_from(["met", "sanctioned"]),
    objects=names,
    modality=st.sampled_from([ACTUAL, POSSIBLE, PLANNED]),
    publisher=st.sampled_from([None, "Paper", "Gazette"]),
)


@st.composite
def grouped_claims(draw: st.DrawFn) -> tuple[list[Told], list[list[int]]]:
    """Claims, and twice the number of the event that each one is put into; only claims of one type share an event."""
    told = draw(st.lists(told_claims, min_size=1, max_size=7))
    numbers = st.lists(st.integers(0, 2), min_size=len(told), max_size=len(told))
    return told, [draw(numbers), draw(numbers)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=grouped_claims())
def test_every_relation_has_its_sentences_and_counts_them_however_events_unite_and_change(
    database: Database, drawn: tuple[list[Told], list[list[int]]]
) -> None:
    told, groupings = drawn
    with database.transaction() as session:
        undo = session.begin_nested()
        made = save(session, told)
        for turn, numbers in enumerate(groupings):
            members: defaultdict[str, list[Extraction]] = defaultdict(list)
            for each, number in zip(made, numbers, strict=True):
                members[f"{each.claims[0].type}_{number}"].append(each)
            # One event keeps its date when claims move, one gets another, one has none.
            days = {key: date(2022, 1, 1 + number + (number - 1) * turn) for key in members if (number := int(key[-1]))}
            save_events(session, [unite(key, of, days.get(key)) for key, of in members.items()])
            event_of = {each.claims[0].id: f"evt_{key}" for key, of in members.items() for each in of}
            check_relations(session, dict(zip(told_ids(made), told, strict=True)), event_of, days)
        undo.rollback()


def told_ids(made: Sequence[Extraction]) -> list[str]:
    return [each.claims[0].id for each in made]


def check_relations(session: Session, told: dict[str, Told], event_of: dict[str, str], days: dict[str, date]) -> None:
    """That the stored relations are those of the claims, no more and no fewer, with all that they add up to."""
    stating: defaultdict[tuple[str, str, str, Modality], set[str]] = defaultdict(set)
    for claim_id, each in told.items():
        for subject, target in each.pairs:
            stating[subject, each.type, target, each.modality].add(claim_id)
    stored = {key(each): each for each in relations.iterate_all(session)}
    assert stored.keys() == stating.keys()
    ids = [each.id for each in stored.values()]
    shown_claims = claims.list_claims_of_relations(session, ids, Page(first=100))
    shown_events = events.list_events_of_relations(session, ids, None, Page(first=100))
    for edge, relation in stored.items():
        of = stating[edge]
        shown = shown_claims[relation.id].items
        assert {claim.id for claim in shown} == of
        ends = {relation.subject_id, relation.object_id}
        assert all(ends <= {argument.entity_id for argument in claim.arguments} for claim in shown)
        assert {event.id for event in shown_events[relation.id].items} == {event_of[claim_id] for claim_id in of}
        sources = {told[claim_id].publisher or claim_id for claim_id in of}
        events_of = {event_of[claim_id] for claim_id in of}
        assert (relation.event_count, relation.claim_count, relation.source_count) == (len(events_of), len(of), len(sources))
        dated = [days[event.removeprefix("evt_")] for event in events_of if event.removeprefix("evt_") in days]
        assert (relation.first_date, relation.last_date) == (min(dated, default=None), max(dated, default=None))
        wanted = EventFilter(relation=(relation.id,))
        assert {event.id for event in events.list_events(session, wanted).items} == events_of
        assert {claim.id for claim in claims.list_claims(session, wanted).items} == of


def key(relation: Relation) -> tuple[str, str, str, Modality]:
    return relation.subject_id, relation.type, relation.object_id, relation.modality
