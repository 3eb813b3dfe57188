"""The sequence of changes: what has been seen of it is never added to before its end, and a cursor is right or refused."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from kb.errors import ExpiredError, UsageError
from kb.storage import changes
from kb.storage.changes import CAME, WENT
from kb.storage.session import Database

LATER = datetime.now(UTC) + timedelta(days=1)


def record(database: Database, *ids: str) -> None:
    with database.transaction() as session:
        changes.record_changes(session, "event", CAME, ids)


def read(database: Database, after: int) -> list[tuple[int, str]]:
    with database.reader() as session:
        return [(each.seq, each.noun_id) for each in changes.list_changes(session, after)]


def test_a_follower_misses_nothing_that_writers_at_once_and_rollbacks_leave(database: Database) -> None:
    """Each writer takes its numbers, waits and only then commits; a third of them change their minds."""
    writers, each = 6, 8
    barrier = threading.Barrier(writers + 1)
    problems: list[BaseException] = []
    written: set[str] = set()

    def write(writer: int) -> None:
        barrier.wait()
        for number in range(each):
            name = f"evt_{writer}_{number}"
            try:
                with database.transaction() as session:
                    changes.record_changes(session, "event", CAME, [name])
                    # Others get their chance between the number and its commit.
                    barrier_free.wait(0.002)
                    if number % 3 == 2:
                        raise ZeroDivisionError
                    written.add(name)
            except ZeroDivisionError:
                written.discard(name)
            except BaseException as error:  # noqa: BLE001
                problems.append(error)

    barrier_free = threading.Event()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    barrier.wait()
    seen: list[tuple[int, str]] = []
    while any(thread.is_alive() for thread in threads):
        seen += read(database, seen[-1][0] if seen else 0)
    seen += read(database, seen[-1][0] if seen else 0)
    assert problems == []
    assert len(written) == writers * 6
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})
    assert sorted(name for _, name in seen) == sorted(written)


def test_a_writer_takes_no_number_before_the_one_before_it_has_committed(database: Database) -> None:
    """What a follower relies on: were the second not kept waiting, it could commit a larger number first."""
    first_has_number, second_tried = threading.Event(), threading.Event()

    def second() -> None:
        first_has_number.wait()
        second_tried.set()
        record(database, "evt_second")

    thread = threading.Thread(target=second)
    thread.start()
    with database.transaction() as session:
        changes.record_changes(session, "event", CAME, ["evt_first"])
        first_has_number.set()
        second_tried.wait()
        thread.join(0.3)
        assert thread.is_alive()
        assert read(database, 0) == []
    thread.join()
    assert [name for _, name in read(database, 0)] == ["evt_first", "evt_second"]


def test_only_the_nouns_asked_for_are_listed(database: Database) -> None:
    record(database, "evt_1")
    with database.transaction() as session:
        changes.record_changes(session, "story", WENT, ["sty_1"])
        assert [each.noun_id for each in changes.list_changes(session, nouns=["story", "run"])] == ["sty_1"]


@pytest.mark.parametrize("cursor", ["", "-1", "1.0", "x", "²", "9" * 19, "1\x00", " 1", "١"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(UsageError, match=r"after: .* is no cursor of changes"):
        changes.parse_place("after", cursor)


def test_a_cursor_of_another_database_is_refused(database: Database) -> None:
    record(database, "evt_1")
    with database.reader() as session:
        last = changes.lookup_last_change(session)
        changes.check_place(session, "after", last)
        with pytest.raises(UsageError, match=f"there is no change {last + 1} yet"):
            changes.check_place(session, "after", last + 1)


def test_who_stands_before_what_was_deleted_is_told_to_begin_anew(database: Database) -> None:
    record(database, "evt_1", "evt_2", "evt_3")
    numbers = [number for number, _ in read(database, 0)]
    with database.transaction() as session:
        assert changes.prune_changes(session, LATER) == 2
    record(database, "evt_4")
    with database.reader() as session:
        changes.check_place(session, "after", numbers[2])
        for place in (0, *numbers[:2]):
            with pytest.raises(ExpiredError, match=f"changes up to {numbers[2]} are not kept"):
                changes.check_place(session, "after", place)
    assert [name for _, name in read(database, numbers[2])] == ["evt_4"]


def test_deleting_nothing_leaves_every_cursor_good(database: Database) -> None:
    record(database, "evt_1")
    with database.transaction() as session:
        assert changes.prune_changes(session, datetime.now(UTC) - timedelta(days=1)) == 0
        changes.check_place(session, "after", 0)


def test_numbers_go_on_where_all_changes_were_deleted(database: Database) -> None:
    record(database, "evt_1", "evt_2")
    with database.transaction() as session:
        before = changes.lookup_last_change(session)
        changes.prune_changes(session, LATER)
        assert changes.lookup_last_change(session) == before
    record(database, "evt_3")
    assert read(database, before) == [(before + 1, "evt_3")]
