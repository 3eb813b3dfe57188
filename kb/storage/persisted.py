"""Documents that front ends have registered, by the digest of their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from kb.domain.persisted import PersistedDocument
from kb.errors import NotFoundError
from kb.storage.insertion import insert_new
from kb.storage.tables import PERSISTED_DOCUMENT


def save_documents(session: Session, documents: Sequence[PersistedDocument]) -> tuple[str, ...]:
    """Registers those that are not there yet; returns their digests, in their order."""
    known = select(PERSISTED_DOCUMENT.c.digest).where(PERSISTED_DOCUMENT.c.digest.in_([each.digest for each in documents]))
    there = set(session.execute(known).scalars())
    new = {each.digest: each for each in documents if each.digest not in there}
    insert_new(session, PERSISTED_DOCUMENT, [asdict(each) for each in new.values()])
    return tuple(new)


def lookup_text(session: Session, digest: str) -> str | None:
    """The text that was registered under the digest."""
    statement = select(PERSISTED_DOCUMENT.c.text).where(PERSISTED_DOCUMENT.c.digest == digest)
    text: str | None = session.execute(statement).scalar()
    return text


def list_documents(session: Session) -> tuple[PersistedDocument, ...]:
    """All documents, by name."""
    statement = select(PERSISTED_DOCUMENT).order_by(PERSISTED_DOCUMENT.c.name, PERSISTED_DOCUMENT.c.digest)
    return tuple(_to_document(row) for row in session.execute(statement))


def delete_document(session: Session, digest: str) -> PersistedDocument:
    """Takes a document away and returns it; raises NotFoundError."""
    row = session.execute(select(PERSISTED_DOCUMENT).where(PERSISTED_DOCUMENT.c.digest == digest)).first()
    if row is None:
        raise NotFoundError("persisted document", digest)
    session.execute(delete(PERSISTED_DOCUMENT).where(PERSISTED_DOCUMENT.c.digest == digest))
    return _to_document(row)


def _to_document(row: Row[Any]) -> PersistedDocument:
    return PersistedDocument(row.digest, row.name, row.text, row.saved_at)
