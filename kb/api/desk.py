"""Where mutations are carried out: each in one transaction, and once for each key that its caller gives."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Final, Protocol, TypeAlias

from kb.domain.access import Caller
from kb.domain.ids import content_id
from kb.domain.posted import Intake, IntakeState, PostedArticle
from kb.errors import UsageError
from kb.registry.groupers import Groupers, open_groupers
from kb.settings import Settings
from kb.storage import answered
from kb.storage.session import Database, Session

Work: TypeAlias = Callable[[Session, Groupers, str], tuple[str, ...]]
"""What a mutation does, on behalf of an author; returns the ids that its answer is made from."""

LONGEST_KEY = 200
# An article that was rejected for these may be read the next time.
_PASSING: Final = frozenset({"internal", "timeout"})


class TakesArticles(Protocol):
    """Reads articles and saves what they say. Safe to share between threads."""

    def take(self, database: Database, open_groupers: Callable[[], Groupers], posted: PostedArticle) -> Intake:
        """What became of the article; returns when that is done."""
        ...

    def dispose(self) -> None:
        """Lets go of what it holds."""
        ...


class Desk:
    """What the mutations of one application share: the database opened for writing, and what groups claims anew.

    Either is opened when it is first needed: servers that only read need neither, and reading the reference set takes its time.
    Safe to share between threads.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database | None = None,
        inlet: TakesArticles | None = None,
        opened: Callable[[Database], object] | None = None,
    ) -> None:
        """`opened` is told of the database where it is opened here."""
        self._settings = settings
        self._tell_opened = opened
        self._inlet = inlet
        self._given = database
        self._opened: Database | None = None
        self._groupers: Groupers | None = None
        self._lock = threading.Lock()

    @property
    def database(self) -> Database:
        """The database, for writing; raises StorageError where it cannot be written."""
        if self._given is not None:
            return self._given
        with self._lock:
            if self._opened is None:
                self._opened = Database.open(self._settings.database_url)
                if self._tell_opened is not None:
                    self._tell_opened(self._opened)
            return self._opened

    def _open_groupers(self) -> Groupers:
        with self._lock:
            if self._groupers is None:
                self._groupers = open_groupers(self._settings)
            return self._groupers

    def carry_out(
        self, caller: Caller, mutation: str, given: Mapping[str, object], key: str | None, work: Work
    ) -> tuple[str, ...]:
        """Does the work for the caller in a transaction of its own; returns the ids that the answer is made from.

        Under a `key` that the caller gave before with the same mutation and input, nothing is done and the ids of then come back;
        with another, ConflictError is raised.
        """
        name, owner = _named(caller)
        request = _digest(mutation, given)
        groupers, database = self._open_groupers(), self.database
        with database.transaction() as session:
            if key is not None:
                before = answered.lookup_answer(session, owner, _check_key(key), request)
                if before is not None:
                    return before
            ids = work(session, groupers, name)
            if key is not None:
                answered.save_answer(session, owner, key, request, ids, datetime.now(UTC))
        return ids

    def take_in(
        self, caller: Caller, mutation: str, given: Mapping[str, object], key: str | None, posted: PostedArticle
    ) -> Intake:
        """Reads an article and saves it for the caller; returns when that is done.

        Under a `key` that the caller gave before with the same article, what was answered then comes back. Where the server was
        killed in between, the article is known: what it says decides its id, so that nothing is ever there twice.
        """
        _, owner = _named(caller)
        if self._inlet is None:
            raise UsageError("articles cannot be handed in here; send them to `kb serve`, or read them with `kb ingest`")
        request, database = _digest(mutation, given), self.database
        if key is not None:
            with database.reader() as session:
                before = answered.lookup_answer(session, owner, _check_key(key), request)
            if before is not None:
                return _to_intake(before)
        intake = self._inlet.take(database, self._open_groupers, posted)
        if key is not None and intake.reason not in _PASSING:
            with database.transaction() as session:
                # Sent twice at the same time, it was read twice and saved once.
                before = answered.lookup_answer(session, owner, key, request)
                if before is not None:
                    return _to_intake(before)
                answered.save_answer(session, owner, key, request, astuple(intake), datetime.now(UTC))
        return intake

    def dispose(self) -> None:
        """Closes the database where it was opened here, and ends what reads articles."""
        if self._inlet is not None:
            self._inlet.dispose()
        with self._lock:
            if self._opened is not None:
                self._opened.dispose()
                self._opened = None


def _named(caller: Caller) -> tuple[str, str]:
    """The caller's name, and what tells them from others of that name."""
    if caller.name is None or caller.key is None:
        raise UsageError("who decides something has a name; send a token")
    return caller.name, caller.key


def _digest(mutation: str, given: Mapping[str, object]) -> str:
    return content_id("req", mutation, json.dumps(given, sort_keys=True, default=str))


def _to_intake(parts: tuple[str, ...]) -> Intake:
    state, *rest = parts
    return Intake(IntakeState(state), *rest)


def _check_key(key: str) -> str:
    if not key.strip() or len(key) > LONGEST_KEY or not key.isprintable():
        raise UsageError(f"idempotencyKey: give 1 to {LONGEST_KEY} printable characters, such as a UUID")
    return key
