"""Who asks: the bearer of a token, or somebody unnamed, who may read unless the settings say otherwise."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Final

from kb.api.desk import Desk
from kb.api.errors import ForbiddenError, UnauthenticatedError
from kb.domain.access import ANONYMOUS, Caller, Role, Token, digest_of
from kb.errors import StorageError
from kb.storage import tokens
from kb.storage.session import Database

_log: Final = logging.getLogger("kb.api")
_ANEW: Final = "`kb token create NAME` makes another"
# When a token was used last is kept this exactly: writing it with every request would keep ingestion waiting.
_USE_KEPT: Final = timedelta(hours=1)


def require(caller: Caller, role: Role) -> None:
    """Raises ForbiddenError where the caller may not do what takes `role`."""
    if not caller.role.includes(role):
        raise ForbiddenError(
            f"this takes the role {role}, and you have {caller.role}; send a token of it as `Authorization: Bearer TOKEN`"
            f" (`kb token create NAME --role {role}` makes one)"
        )


class Gate:
    """Finds out who sends a request. With `anonymous` those without a token are readers, else nobody."""

    def __init__(self, database: Database, *, anonymous: bool) -> None:
        self._database = database
        self.anonymous: Final = anonymous
        self._noted: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def admit(self, authorization: str | None) -> Caller:
        """The caller whom the Authorization header names; raises UnauthenticatedError where it names nobody any more."""
        if authorization is None:
            if self.anonymous:
                return ANONYMOUS
            raise UnauthenticatedError("this server answers only those with a token; send it as `Authorization: Bearer TOKEN`")
        scheme, _, secret = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise UnauthenticatedError("the Authorization header cannot be read; write it as `Authorization: Bearer TOKEN`")
        with self._database.reader() as session:
            token = tokens.lookup_token(session, digest_of(secret.strip()))
        if token is None:
            raise UnauthenticatedError(f"nobody has this token; check that it is whole, or {_ANEW}")
        if token.revoked_at is not None:
            raise UnauthenticatedError(f"this token was revoked on {token.revoked_at:%Y-%m-%d}; {_ANEW}")
        if token.expires_at is not None and token.expires_at <= datetime.now(UTC):
            raise UnauthenticatedError(f"this token expired on {token.expires_at:%Y-%m-%d}; {_ANEW}")
        return Caller(token.role, token.name, token.id, token)

    def is_news(self, token: Token) -> bool:
        """Whether this use of the token is to be kept; says so once an hour."""
        now = datetime.now(UTC)
        with self._lock:
            known = max(filter(None, (self._noted.get(token.id), token.last_used_at)), default=None)
            if known is not None and now - known < _USE_KEPT:
                return False
            self._noted[token.id] = now
            return True


def save_use(desk: Desk, token: Token) -> None:
    """Keeps that the token was used now; a database that cannot be written is no reason to refuse what was asked."""
    try:
        with desk.database.transaction() as session:
            tokens.save_last_use(session, token.id, datetime.now(UTC))
    except StorageError as error:
        _log.warning("that token %s was used is not kept: %s", token.id, error.message)
