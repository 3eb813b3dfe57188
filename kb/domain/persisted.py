"""GraphQL documents that were registered before anybody sends them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PersistedDocument:
    """A document under the digest of its text. `name` are the names of its operations, with commas between; empty without any."""

    digest: str
    name: str
    text: str
    saved_at: datetime


def digest_of_text(text: str) -> str:
    """SHA-256 of the text as UTF-8, in hexadecimal: what clients send instead of it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
