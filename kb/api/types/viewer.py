"""Who asks."""

from __future__ import annotations

import strawberry

from kb.api.types.enums import Role


@strawberry.type(description="Whoever sends the request, as the server sees it.")
class Viewer:
    """Shows `kb.domain.access.Caller`."""

    name: str | None = strawberry.field(description="The token's name, which stands with what is decided; null without a token.")
    role: Role = strawberry.field(description="What may be done.")
