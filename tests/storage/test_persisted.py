"""Registered documents in both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kb.domain.persisted import PersistedDocument, digest_of_text
from kb.errors import NotFoundError
from kb.storage import persisted
from kb.storage.session import Database

NOW = datetime(2022, 2, 22, tzinfo=UTC)


def document(name: str) -> PersistedDocument:
    text = f"query {name} {{ viewer {{ name }} }} # \u20ac \U0001f30d\r\n"
    return PersistedDocument(digest_of_text(text), name, text, NOW)


def test_a_document_comes_back_as_it_was_registered(database: Database) -> None:
    one, other = document("B"), document("A")
    with database.transaction() as session:
        assert persisted.save_documents(session, [one, other, one]) == (one.digest, other.digest)
    with database.transaction() as session:
        assert persisted.save_documents(session, [other]) == ()
    with database.reader() as session:
        assert persisted.lookup_text(session, one.digest) == one.text
        assert persisted.lookup_text(session, "0" * 64) is None
        assert persisted.list_documents(session) == (other, one)
    with database.transaction() as session:
        assert persisted.delete_document(session, one.digest) == one
        with pytest.raises(NotFoundError):
            persisted.delete_document(session, one.digest)
    with database.reader() as session:
        assert persisted.list_documents(session) == (other,)
