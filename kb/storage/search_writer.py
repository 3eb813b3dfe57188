"""Keeps what full text search looks through up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from kb.domain.result import HitKind
from kb.storage.batches import batches, rows_in
from kb.storage.insertion import insert_rows
from kb.storage.tables import NAME_START, SEARCH_DOCUMENT
from kb.storage.terms import name_starts, to_terms


def save_documents(session: Session, kind: HitKind, documents: Mapping[str, tuple[str, str]]) -> None:
    """Indexes the (title, body) of each id of this kind in place of what was indexed for it."""
    if not documents:
        return
    statement = select(SEARCH_DOCUMENT.c.noun_id).where(SEARCH_DOCUMENT.c.kind == kind)
    known = {row.noun_id for row in rows_in(session, statement, SEARCH_DOCUMENT.c.noun_id, documents)}
    rows = {key: (to_terms(title), to_terms(body)) for key, (title, body) in documents.items()}
    new = [
        {"kind": str(kind), "noun_id": key, "title_terms": title, "body_terms": body}
        for key, (title, body) in rows.items()
        if key not in known
    ]
    insert_rows(session, SEARCH_DOCUMENT, new)
    changed = [{"key": key, "title": title, "body": body} for key, (title, body) in rows.items() if key in known]
    if changed:
        replacing = update(SEARCH_DOCUMENT).where(
            SEARCH_DOCUMENT.c.kind == str(kind), SEARCH_DOCUMENT.c.noun_id == bindparam("key")
        )
        values: dict[str, Any] = {"title_terms": bindparam("title"), "body_terms": bindparam("body")}
        session.connection().execute(replacing.values(values), changed)


def save_name_starts(session: Session, names: Mapping[str, Collection[str]]) -> None:
    """Makes the words of these names what each entity is found by the beginning of; of one without names nothing is left."""
    wanted = {(start, each) for each, of in names.items() for name in of for start in name_starts(name)}
    known = {(row.start, row.entity_id) for row in rows_in(session, select(NAME_START), NAME_START.c.entity_id, names)}
    if gone := sorted(known - wanted):
        it = delete(NAME_START).where(NAME_START.c.start == bindparam("of"), NAME_START.c.entity_id == bindparam("entity"))
        session.connection().execute(it, [{"of": start, "entity": each} for start, each in gone])
    insert_rows(session, NAME_START, [{"start": start, "entity_id": each} for start, each in sorted(wanted - known)])


def delete_documents(session: Session, kind: HitKind, ids: Iterable[str]) -> None:
    """Takes what was indexed for these ids of this kind out of the index."""
    for batch in batches(ids):
        session.execute(delete(SEARCH_DOCUMENT).where(SEARCH_DOCUMENT.c.kind == str(kind), SEARCH_DOCUMENT.c.noun_id.in_(batch)))
