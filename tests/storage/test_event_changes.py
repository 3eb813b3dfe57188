"""What changes mean to those who follow the events of a filter."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kb.domain.changes import ChangeKind, EventChange
from kb.domain.query import EventFilter
from kb.storage import changes, event_changes
from kb.storage.changes import CAME, CHANGED, WENT
from kb.storage.session import Database, Session
from tests.storage.synthetic import extraction, ingest

ADDED, MODIFIED, REMOVED = ChangeKind
CONDEMNED, MET = EventFilter(type=("condemned",)), EventFilter(type=("met",))


def fill(database: Database) -> str:
    """Leaves one event, a condemnation, and forgets how it came; returns its id."""
    ingest(database, [extraction("One", [("Russia", "condemned", "France")])])
    with database.reader() as session:
        (event,) = {each.noun_id for each in changes.list_changes(session, nouns=["event"])}
    return event


def tell(
    session: Session,
    steps: Sequence[tuple[str, str]],
    wanted: EventFilter = CONDEMNED,
    kinds: Collection[ChangeKind] = tuple(ChangeKind),
) -> list[tuple[ChangeKind, str]]:
    """What is told of an event that these things happen to, in that order."""
    last = changes.lookup_last_change(session)
    for operation, event in steps:
        changes.record_changes(session, "event", operation, [event])
    found = event_changes.list_event_changes(session, changes.list_changes(session, last), wanted, kinds)
    assert [each.seq for each in found] == sorted({each.seq for each in found})
    return [(each.kind, each.event_id) for each in found]


def test_what_is_let_through_is_told_as_it_happened(database: Database) -> None:
    event = fill(database)
    with database.transaction() as session:
        assert tell(session, [(CAME, event)]) == [(ADDED, event)]
        assert tell(session, [(CHANGED, event)]) == [(MODIFIED, event)]
        assert tell(session, [(CAME, event)], EventFilter()) == [(ADDED, event)]


def test_an_event_that_is_shown_as_it_is_now_is_not_shown_again_for_less(database: Database) -> None:
    event = fill(database)
    with database.transaction() as session:
        assert tell(session, [(CAME, event), (CHANGED, event), (CHANGED, event)]) == [(ADDED, event)]
        assert tell(session, [(CHANGED, event), (CHANGED, event)]) == [(MODIFIED, event)]
        again = [(CAME, event), (WENT, event), (CAME, event), (CHANGED, event)]
        assert tell(session, again) == [(ADDED, event), (REMOVED, event), (ADDED, event)]


def test_what_is_not_let_through_any_more_is_removed_and_what_never_was_is_not_told(database: Database) -> None:
    event = fill(database)
    with database.transaction() as session:
        assert tell(session, [(CAME, event)], MET) == []
        assert tell(session, [(CHANGED, event), (CHANGED, event)], MET) == [(REMOVED, event)]


def test_what_is_gone_is_removed_for_everybody_and_was_never_added(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        for wanted in (CONDEMNED, MET, EventFilter()):
            assert tell(session, [(WENT, "evt_gone")], wanted) == [(REMOVED, "evt_gone")]
            assert tell(session, [(CAME, "evt_gone"), (WENT, "evt_gone")], wanted) == [(REMOVED, "evt_gone")]


def test_only_the_kinds_asked_for_are_told_and_none_hides_another(database: Database) -> None:
    event = fill(database)
    steps = [(CAME, event), (CHANGED, event), (WENT, "evt_gone")]
    with database.transaction() as session:
        assert tell(session, steps, kinds=[MODIFIED]) == [(MODIFIED, event)]
        assert tell(session, steps, kinds=[ADDED]) == [(ADDED, event)]
        assert tell(session, steps, kinds=[REMOVED]) == [(REMOVED, "evt_gone")]


def test_other_nouns_and_nothing_at_all_are_nothing(database: Database) -> None:
    with database.transaction() as session:
        changes.record_changes(session, "story", CAME, ["sty_1"])
        told = changes.list_changes(session)
        empty: tuple[EventChange, ...] = ()
        assert event_changes.list_event_changes(session, told, EventFilter(), tuple(ChangeKind)) == empty
