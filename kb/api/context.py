"""What resolvers of one request share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import strawberry

from kb.api.loaders import Loaders

if TYPE_CHECKING:
    from kb.api.reading import Reading


@dataclass(frozen=True, slots=True)
class Context:
    """One request: its read session, opened when first used, and the loaders over it."""

    reading: Reading
    loaders: Loaders
    request_id: str


Info: TypeAlias = strawberry.Info[Context, None]
