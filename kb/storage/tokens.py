"""Tokens of the API, found by the digest of their secret."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from kb.domain.access import Role, Token
from kb.errors import NotFoundError
from kb.storage.batches import rows_in
from kb.storage.tables import API_TOKEN

_LATEST_FIRST: Final = (API_TOKEN.c.created_at.desc(), API_TOKEN.c.id)


def save_token(session: Session, token: Token, digest: str) -> None:
    """Writes a new token; the secret itself is never here."""
    row = {name: getattr(token, name) for name in ("id", "name", "created_at", "expires_at", "revoked_at", "last_used_at")}
    session.execute(insert(API_TOKEN), [row | {"digest": digest, "scopes": [str(token.role)]}])


def list_tokens(session: Session) -> tuple[Token, ...]:
    """All tokens, revoked and expired ones included, the latest first."""
    return tuple(_to_token(row) for row in session.execute(select(API_TOKEN).order_by(*_LATEST_FIRST)))


def get_token(session: Session, token_id: str) -> Token:
    """The token with this id, whether it still counts or not; raises NotFoundError."""
    row = next(rows_in(session, select(API_TOKEN), API_TOKEN.c.id, [token_id]), None)
    if row is None:
        raise NotFoundError("token", token_id)
    return _to_token(row)


def lookup_token(session: Session, digest: str) -> Token | None:
    """The token whose secret has this digest, whether it still counts or not."""
    row = next(rows_in(session, select(API_TOKEN), API_TOKEN.c.digest, [digest]), None)
    # The index has compared already, in a time that tells something of the digest if not of the secret; this does not.
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    return _to_token(row)


def list_lapsed(session: Session, token_ids: Collection[str], moment: datetime) -> frozenset[str]:
    """Those of the tokens that do not count at that time: expired, revoked or gone."""
    found = {row.id: row for row in rows_in(session, select(API_TOKEN), API_TOKEN.c.id, token_ids)}
    counting = {
        each.id
        for each in map(_to_token, found.values())
        if each.revoked_at is None and (each.expires_at is None or each.expires_at > moment)
    }
    return frozenset(token_ids) - counting


def revoke_token(session: Session, token_id: str, moment: datetime) -> Token:
    """Revokes a token and returns it; one revoked before keeps the time of then. Raises NotFoundError."""
    get_token(session, token_id)
    still = (API_TOKEN.c.id == token_id, API_TOKEN.c.revoked_at.is_(None))
    session.execute(update(API_TOKEN).where(*still).values(revoked_at=moment))
    return get_token(session, token_id)


def save_last_use(session: Session, token_id: str, moment: datetime) -> None:
    """Notes that the token was used."""
    session.execute(update(API_TOKEN).where(API_TOKEN.c.id == token_id).values(last_used_at=moment))


def _to_token(row: Row[Any]) -> Token:
    known = [role for role in Role if str(role) in row.scopes]
    return Token(
        row.id, row.name, max(known, key=list(Role).index), row.created_at, row.expires_at, row.revoked_at, row.last_used_at
    )
