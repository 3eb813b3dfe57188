"""Who may do what: roles, and the tokens that grant them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

_SECRET_BYTES: Final = 32
# What leaks into a log or a repository is recognised by its beginning.
_PREFIX: Final = "kb_"


class Role(StrEnum):
    """What somebody may do; each role may do what those before it may."""

    READER = "reader"
    CURATOR = "curator"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Token:
    """What grants a role to whoever holds its secret, of which nothing is kept but a digest. The name stands for its holder."""

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `key` tells callers of one name apart; None for somebody unnamed, who may read only."""

    role: Role = Role.READER
    name: str | None = None
    key: str | None = None
    token: Token | None = None


ANONYMOUS: Final = Caller()


def make_secret() -> str:
    """A new token's secret: 256 random bits behind `kb_`."""
    return f"{_PREFIX}{secrets.token_urlsafe(_SECRET_BYTES)}"


def digest_of(secret: str) -> str:
    """What is kept of a secret: SHA-256 in hexadecimal. As much randomness as it digests needs no slower function."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
