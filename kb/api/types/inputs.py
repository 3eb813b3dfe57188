"""What mutations take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

import strawberry

from kb.api.types.enums import AliasKind, Verdict

_KEY = (
    "Any text of your own, such as a UUID. Sent again with the same input within 30 days, the mutation is not done again but"
    " answered as before; null does it again."
)
_REASON = "Why; it stays on record with the decision."
_ENTITY = "The entity's id."


def contents(given: object) -> Mapping[str, object]:
    """All that an input says but its key, for comparing it with another."""
    return {name: value for name, value in asdict(given).items() if name != "idempotency_key"}  # type: ignore[call-overload]


@strawberry.input(description="Entities that are one.")
class MergeEntitiesInput:
    """Read by `mergeEntities`."""

    into: strawberry.ID = strawberry.field(description="The id of the one that gives the name.")
    others: list[strawberry.ID] = strawberry.field(description="The ids of those that are the same.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="A verdict on two entities.")
class JudgeEntitiesInput:
    """Read by `judgeEntities`."""

    left: strawberry.ID = strawberry.field(description="The id of the one; where they are the same, it gives the name.")
    right: strawberry.ID = strawberry.field(description="The id of the other.")
    verdict: Verdict = strawberry.field(description="What they are to each other.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="Articles that mean another entity than the one they were read to mean.")
class SplitEntityInput:
    """Read by `splitEntity`."""

    entity: strawberry.ID = strawberry.field(description="The id of what they were read to mean.")
    articles: list[strawberry.ID] = strawberry.field(description="The ids of the articles.")
    to: strawberry.ID | None = strawberry.field(
        default=None, description="The id of what they mean; null makes a new entity for it."
    )
    name: str | None = strawberry.field(default=None, description="The name of the new entity; as before where there is none.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="A decision to take back.")
class UndoDecisionInput:
    """Read by `undoDecision`."""

    id: strawberry.ID = strawberry.field(description="The id of a judgement, split or retraction.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="An article to withdraw.")
class RetractArticleInput:
    """Read by `retractArticle`."""

    article: strawberry.ID = strawberry.field(description="The article's id.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="A name for an entity to be shown by.")
class RenameEntityInput:
    """Read by `renameEntity`."""

    entity: strawberry.ID = strawberry.field(description=_ENTITY)
    name: str = strawberry.field(description="The name.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="A further name for an entity.")
class AddAliasInput:
    """Read by `addAlias`."""

    entity: strawberry.ID = strawberry.field(description=_ENTITY)
    name: str = strawberry.field(description="The name.")
    kind: AliasKind = strawberry.field(default=AliasKind.NAME, description="How it stands for the entity.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="A name that a curator gave, to be taken away.")
class RemoveAliasInput:
    """Read by `removeAlias`."""

    entity: strawberry.ID = strawberry.field(description=_ENTITY)
    name: str = strawberry.field(description="The name, exactly as it was given.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)


@strawberry.input(description="An article to take in, as text or HTML. What is stated beside it counts more than what it says.")
class IngestArticleInput:
    """Read by `ingestArticle`."""

    text: str | None = strawberry.field(default=None, description="The text, paragraphs as lines; without a title, as in a file.")
    html: str | None = strawberry.field(default=None, description="The whole page; give either this or text.")
    title: str | None = strawberry.field(default=None, description="The headline.")
    url: str | None = strawberry.field(default=None, description="Where it was published; nothing is fetched from there.")
    publisher: str | None = strawberry.field(default=None, description="Who published it.")
    published_at: datetime | None = strawberry.field(default=None, description="When it was published.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)
