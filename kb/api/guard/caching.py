"""What lets browsers and proxies keep answers: a tag that changes with the database, so that asking again costs next to nothing.

Only of documents that were registered, asked for by GET: the address then says all that the answer depends on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from kb.api.documents import read_document
from kb.api.schema import load_schema
from kb.domain.access import Caller
from kb.storage import changes
from kb.storage.session import Database

VARY: Final = b"Accept, Authorization"


@cache
def _schema_digest() -> str:
    return hashlib.sha256(load_schema().as_str().encode()).hexdigest()


def is_cacheable(text: str) -> bool:
    """Whether what a document asks for follows the sequence of changes alone."""
    return not read_document(load_schema().core, text).volatile


def tag_of(
    database: Database,
    text: str,
    variables: Mapping[str, Any] | None,
    operation_name: str | None,
    media_type: bytes,
    caller: Caller,
) -> bytes:
    """The entity tag of an answer that is made from now on: the same as long as no change is recorded and the schema is the same.

    A weak one: compressed answers have it too.
    """
    with database.reader() as session:
        number = changes.lookup_last_change(session)
        # A database restored from a backup counts on from an older number; the time tells it apart.
        latest = changes.list_changes(session, number - 1, 1)
    parts = (
        _schema_digest(),
        text,
        variables,
        operation_name,
        media_type.decode(),
        caller.key,
        number,
        [c.changed_at for c in latest],
    )
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]
    return f'W/"{digest}"'.encode()


def matches(header: bytes, tag: bytes) -> bool:
    """Whether an If-None-Match header names the tag."""
    wanted = tag.removeprefix(b"W/")
    return any(each.strip().removeprefix(b"W/") in (wanted, b"*") for each in header.split(b","))


def cache_control(caller: Caller, seconds: int, *, anonymous: bool) -> bytes:
    """For how long and by whom an answer may be kept: by everybody only where everybody would get it."""
    whose = "public" if anonymous and caller.key is None else "private"
    return f"{whose}, max-age={seconds}".encode() if seconds else f"{whose}, no-cache".encode()
