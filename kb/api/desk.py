"""Where mutations are carried out: each in one transaction, and once for each key that its caller gives."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from kb.domain.access import Caller
from kb.domain.ids import content_id
from kb.errors import UsageError
from kb.registry.groupers import Groupers, open_groupers
from kb.settings import Settings
from kb.storage import answered
from kb.storage.session import Database, Session

Work: TypeAlias = Callable[[Session, Groupers, str], tuple[str, ...]]
"""What a mutation does, on behalf of an author; returns the ids that its answer is made from."""

LONGEST_KEY = 200


class Desk:
    """What the mutations of one application share: the database opened for writing, and what groups claims anew.

    Either is opened when it is first needed: servers that only read need neither, and reading the reference set takes its time.
    Safe to share between threads.
    """

    def __init__(self, settings: Settings, database: Database | None = None) -> None:
        self._settings = settings
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
        if caller.name is None or caller.key is None:
            raise UsageError("who decides something has a name; send a token")
        request = content_id("req", mutation, json.dumps(given, sort_keys=True, default=str))
        groupers, database = self._open_groupers(), self.database
        with database.transaction() as session:
            if key is not None:
                before = answered.lookup_answer(session, caller.key, _check_key(key), request)
                if before is not None:
                    return before
            ids = work(session, groupers, caller.name)
            if key is not None:
                answered.save_answer(session, caller.key, key, request, ids, datetime.now(UTC))
        return ids

    def dispose(self) -> None:
        """Closes the database where it was opened here."""
        with self._lock:
            if self._opened is not None:
                self._opened.dispose()
                self._opened = None


def _check_key(key: str) -> str:
    if not key.strip() or len(key) > LONGEST_KEY or not key.isprintable():
        raise UsageError(f"idempotencyKey: give 1 to {LONGEST_KEY} printable characters, such as a UUID")
    return key
