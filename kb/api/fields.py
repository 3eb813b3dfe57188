"""Fields that are found by a function of the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry


def found_by(resolver: Callable[..., Any], description: str) -> Any:
    """A field of a GraphQL type that `resolver` finds for a row.

    The annotation of the field says what GraphQL shows, the resolver's what storage hands out. They are different classes on
    purpose, which is why what comes back is typed as Any.
    """
    return strawberry.field(resolver=resolver, description=description)
