"""What a subscription follows, and what changes mean to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.api.reading import Reading
from kb.domain.changes import ChangeKind, EventChange, RunChange
from kb.domain.query import EventFilter
from kb.domain.result import Change
from kb.storage import event_changes, runs

Item = EventChange | RunChange


@dataclass(frozen=True, slots=True)
class Told:
    """What a page of changes comes to; `over` says that nothing will follow."""

    items: tuple[Item, ...]
    over: bool = False


class Followed(Protocol):
    """Something to follow, from behind the change `after`."""

    @property
    def after(self) -> int:
        """The number of the last change that need not be told."""
        ...

    def open(self, reading: Reading) -> Told:
        """What is told before any change."""
        ...

    def tell(self, reading: Reading, changes: Sequence[Change]) -> Told:
        """What these changes, which are in their order, come to."""
        ...


@dataclass(frozen=True, slots=True)
class EventsFollowed:
    """The events of a filter."""

    after: int
    wanted: EventFilter
    kinds: frozenset[ChangeKind]

    def open(self, reading: Reading) -> Told:
        """Nothing."""
        return Told(())

    def tell(self, reading: Reading, changes: Sequence[Change]) -> Told:
        """One item for each event and reason."""
        return Told(reading.ask(event_changes.list_event_changes, changes, self.wanted, self.kinds))


@dataclass(frozen=True, slots=True)
class RunsFollowed:
    """All runs of ingestion, or the one with this id."""

    after: int
    run_id: str | None

    def open(self, reading: Reading) -> Told:
        """The run as it is, where it is one."""
        return Told(()) if self.run_id is None else self._tell(reading, {self.run_id: self.after})

    def tell(self, reading: Reading, changes: Sequence[Change]) -> Told:
        """One item for each run: all changes of a run would be shown as it is now."""
        latest = {each.noun_id: each.seq for each in changes if each.noun == runs.NOUN}
        chosen = {run_id: seq for run_id, seq in latest.items() if self.run_id in (None, run_id)}
        return self._tell(reading, chosen)

    def _tell(self, reading: Reading, latest: dict[str, int]) -> Told:
        found = reading.ask(runs.list_runs_by_ids, latest)
        over = self.run_id in found and found[self.run_id].finished_at is not None
        items = (RunChange(seq, run_id) for run_id, seq in sorted(latest.items(), key=lambda each: each[1]) if run_id in found)
        return Told(tuple(items), over)
