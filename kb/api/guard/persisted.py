"""Documents that were registered, as the API looks them up by digest; where the settings say so, nothing else is answered."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from kb.api.errors import NotPersistedError, RequestError, UnknownDocumentError
from kb.domain.persisted import digest_of_text
from kb.storage import persisted
from kb.storage.session import Database

_KEPT: Final = 1_000
# What was taken away is answered for this long at most.
_FRESH_S: Final = 10.0


class Library:
    """Finds the texts of registered documents. With `only`, what is not registered is refused. Safe to share between threads."""

    def __init__(self, database: Database, *, only: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self.only: Final = only
        self._clock = clock
        self._texts: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def resolve(self, query: str | None, document_id: str | None) -> tuple[str, bool]:
        """The text that is meant, and whether it is registered.

        Raises RequestError where the digest is another text's, UnknownDocumentError where nothing is registered under it and
        NotPersistedError where only what is registered is answered.
        """
        if document_id is None:
            if not self.only:
                return query or "", False
            document_id = digest_of_text(query or "")
        elif query is not None and digest_of_text(query) != document_id:
            raise RequestError(400, "the query's SHA-256 is another than the one sent with it; send the text that was hashed")
        text = self._find(document_id)
        if text is not None:
            return text, True
        if self.only and query is not None:
            raise NotPersistedError
        if query is None:
            raise UnknownDocumentError(document_id)
        return query, False

    def _find(self, digest: str) -> str | None:
        now = self._clock()
        with self._lock:
            text, since = self._texts.get(digest, (None, 0.0))
            if text is not None and now - since < _FRESH_S:
                self._texts.move_to_end(digest)
                return text
        with self._database.reader() as session:
            text = persisted.lookup_text(session, digest)
        with self._lock:
            self._texts.pop(digest, None)
            if text is not None:
                self._texts[digest] = (text, now)
                if len(self._texts) > _KEPT:
                    self._texts.popitem(last=False)
        return text
