"""Whatever is ingested, merged, split, undone and retracted, in whatever order: what is stored is what the claims say."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kb.domain.curation import Verdict
from kb.domain.extraction import Extraction
from kb.errors import ConflictError, UsageError
from kb.registry.groupers import open_groupers
from kb.registry.intake import take_in
from kb.registry.judge import judge
from kb.registry.retract import retract
from kb.registry.split import split
from kb.registry.undo import undo
from kb.settings import read_settings
from kb.storage import judgements, likenesses, retractions, splits
from kb.storage.session import Database
from tests.registry.rebuilt import rebuild
from tests.storage.stored_rows import list_rows
from tests.storage.synthetic import extraction

GROUPERS = open_groupers(read_settings())


def _make_empty() -> Path:
    path = Path(tempfile.mkdtemp()) / "empty.sqlite"
    database = Database.open(f"sqlite:///{path}")
    database.upgrade()
    database.dispose()
    return path


EMPTY = _make_empty()
_WIRE = " ".join(
    f"The {number}. sentence of what an agency sent to all its customers on the day in question." for number in range(40)
)
_NAMES = ("Mohammed Hassani", "Muhammad Hassani", "Mohamed Hasani", "Ana Petrova", "Ana Petrovna", "Anna Petrova")


def _articles() -> list[Extraction]:
    """Spellings of a few people, nameless actors, two articles with one text, undated ones, events that several tell."""
    first, second, third, fourth, fifth, sixth = _NAMES
    return [
        extraction("One", [(first, "met", "Russia"), ("rebels", "attacked", "Ukraine")], day=date(2022, 2, 1), publisher="A"),
        extraction("Two", [(second, "met", "Russia"), (fourth, "condemned", "France")], day=date(2022, 2, 2), publisher="B"),
        extraction(
            "Three", [(third, "met", "Russia"), ("rebels", "attacked", "Ukraine")], day=date(2022, 2, 3), about_previous=True
        ),
        extraction("Four", [(fourth, "met", second), (fifth, "condemned", "France")], day=date(2022, 2, 4), publisher="A"),
        extraction("Five", [(sixth, "condemned", "France"), (first, "met", fourth)], publisher="C"),
        extraction(
            "Wire", [("Russia", "attacked", "Ukraine"), (fifth, "met", first)], day=date(2022, 2, 2), publisher="D", ending=_WIRE
        ),
        extraction(
            "Wire copied",
            [("Russia", "attacked", "Ukraine"), (fifth, "met", first)],
            day=date(2022, 2, 3),
            publisher="E",
            ending=_WIRE,
        ),
        extraction(
            "Eight",
            [("Russia", "met", "Germany"), (sixth, "met", "Germany")],
            day=date(2022, 2, 20),
            publisher="A",
            speaker=fourth,
        ),
    ]


class Curation(RuleBasedStateMachine):
    """A database under way, and beside it only what articles are in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(EMPTY, self.folder / "empty.sqlite")
        shutil.copy(EMPTY, self.folder / "kb.sqlite")
        self.database = Database.open(f"sqlite:///{self.folder / 'kb.sqlite'}")
        self.articles = _articles()
        self.present: list[Extraction] = []
        self.acts: list[str] = []

    def teardown(self) -> None:
        self.database.dispose()
        shutil.rmtree(self.folder)

    def _entities(self) -> list[str]:
        with self.database.reader() as session:
            found = {e.id for each in self.articles for e in each.entities} | {
                s.new_entity_id for s in splits.list_splits(session)
            }
            return [each.id for each in likenesses.list_named_entities(session, found)]

    @rule(number=st.integers(0, 7))
    def ingest(self, number: int) -> None:
        article = self.articles[number]
        with self.database.transaction() as session:
            withdrawn = retractions.lookup_retraction(session, article.article.id)
            if withdrawn is not None:
                undo(session, GROUPERS, withdrawn.id, "editor")
            if take_in(session, GROUPERS, [article], None):
                self.present.append(article)

    @precondition(lambda self: self.present)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        article = data.draw(st.sampled_from(self.present))
        with self.database.transaction() as session:
            retract(session, GROUPERS, article.article.id, "editor", "withdrawn by its publisher")
        self.present.remove(article)

    @precondition(lambda self: self.present)
    @rule(data=st.data(), verdict=st.sampled_from([Verdict.SAME, Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE]))
    def judge(self, data: st.DataObject, verdict: Verdict) -> None:
        known = self._entities()
        left, right = data.draw(st.sampled_from(known)), data.draw(st.sampled_from(known))
        try:
            with self.database.transaction() as session:
                self.acts.append(judge(session, GROUPERS, left, right, verdict, "editor", "").id)
        except UsageError:
            # One entity with itself, or against another judgement: refused, and nothing has changed.
            return

    @precondition(lambda self: self.present)
    @rule(data=st.data(), elsewhere=st.booleans())
    def split(self, data: st.DataObject, *, elsewhere: bool) -> None:
        entity = data.draw(st.sampled_from(self._entities()))
        articles = data.draw(
            st.lists(st.sampled_from(self.present), min_size=1, max_size=2, unique_by=lambda each: each.article.id)
        )
        target = data.draw(st.sampled_from(self._entities())) if elsewhere else None
        try:
            with self.database.transaction() as session:
                ids = [each.article.id for each in articles]
                self.acts.append(split(session, GROUPERS, entity, ids, "editor", "", to_id=target, name="Somebody Else").id)
        except UsageError:
            return

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from(self.acts))
        try:
            with self.database.transaction() as session:
                undo(session, GROUPERS, act, "editor")
        except ConflictError:
            return

    @invariant()
    def what_is_stored_is_what_the_claims_say(self) -> None:
        assert self.database.check() == ()
        stored = list_rows(self.database)
        expected = rebuild(self.database, self.present, GROUPERS, self.folder / "empty.sqlite")
        for table in expected:
            assert stored[table] == expected[table], table

    @invariant()
    def everything_undone_is_as_if_it_never_was(self) -> None:
        with self.database.reader() as session:
            active = [j for j in judgements.list_judgements(session) if j.undone_at is None]
            active_splits = [s for s in splits.list_splits(session) if s.undone_at is None]
        if not active and not active_splits:
            stored = {row[0] for row in list_rows(self.database)["entity"]}
            assert stored == {e.id for each in self.present for e in each.entities}


# Every step builds a database anew; `make fuzz` takes far more of them, and others each time.
Curation.TestCase.settings = settings(
    max_examples=int(os.environ.get("KB_FUZZ_EXAMPLES", "3")),
    derandomize="KB_FUZZ_EXAMPLES" not in os.environ,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_any_order_of_curation = Curation.TestCase
