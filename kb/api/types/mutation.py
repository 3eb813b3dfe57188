"""What curators can change. Each mutation is one transaction: all of it counts at once, or nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import strawberry

from kb.api.auth import require
from kb.api.context import Info
from kb.api.fields import found_by
from kb.api.ids import check_id
from kb.api.limits import MAX_IDS
from kb.api.types.filters import read_text
from kb.api.types.inputs import (
    AddAliasInput,
    IngestArticleInput,
    JudgeEntitiesInput,
    MergeEntitiesInput,
    RemoveAliasInput,
    RenameEntityInput,
    RetractArticleInput,
    SplitEntityInput,
    UndoDecisionInput,
    contents,
)
from kb.api.types.payload import (
    EntityNamesPayload,
    IngestArticlePayload,
    JudgeEntitiesPayload,
    MergeEntitiesPayload,
    Outcome,
    RetractArticlePayload,
    SplitEntityPayload,
    UndoDecisionPayload,
)
from kb.domain import curation, entity
from kb.domain.access import Role
from kb.domain.posted import Intake, PostedArticle
from kb.errors import UsageError
from kb.registry.groupers import Groupers
from kb.registry.judge import judge
from kb.registry.rename import add_alias, remove_alias, rename
from kb.registry.retract import retract
from kb.registry.split import split
from kb.registry.undo import undo
from kb.storage.session import Session

_INPUT: Final = strawberry.argument(name="input", description="What is to be done.")


def _reason(value: str | None) -> str:
    return read_text("reason", value) or ""


def _name(value: str | None) -> str:
    return read_text("name", value) or ""


def _ids(name: str, noun: str, values: Sequence[str]) -> tuple[str, ...]:
    if not values:
        raise UsageError(f"{name}: the list is empty; give an id")
    if len(values) > MAX_IDS:
        raise UsageError(f"{name}: {len(values)} ids are too many; give up to {MAX_IDS}")
    return tuple(check_id(name, noun, each) for each in dict.fromkeys(values))


async def _merge(info: Info, given: Annotated[MergeEntitiesInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    into, others = check_id("into", "entity", given.into), _ids("others", "entity", given.others)
    reason = _reason(given.reason)

    def work(session: Session, groupers: Groupers, author: str) -> tuple[str, ...]:
        return tuple(judge(session, groupers, into, each, curation.Verdict.SAME, author, reason).id for each in others)

    return Outcome(info.context.curate("mergeEntities", contents(given), given.idempotency_key, work), into)


async def _judge(info: Info, given: Annotated[JudgeEntitiesInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    left, right = check_id("left", "entity", given.left), check_id("right", "entity", given.right)
    verdict, reason = curation.Verdict(given.verdict.value), _reason(given.reason)

    def work(session: Session, groupers: Groupers, author: str) -> tuple[str, ...]:
        return (judge(session, groupers, left, right, verdict, author, reason).id,)

    return Outcome(info.context.curate("judgeEntities", contents(given), given.idempotency_key, work))


async def _split(info: Info, given: Annotated[SplitEntityInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    from_id, articles = check_id("entity", "entity", given.entity), _ids("articles", "article", given.articles)
    to_id = None if given.to is None else check_id("to", "entity", given.to)
    if to_id is not None and given.name is not None:
        raise UsageError("name: it is for a new entity; leave it or `to` out, and renameEntity names one that is there")
    name, reason = _name(given.name) or None, _reason(given.reason)

    def work(session: Session, groupers: Groupers, author: str) -> tuple[str, ...]:
        return (split(session, groupers, from_id, articles, author, reason, to_id=to_id, name=name).id,)

    return Outcome(info.context.curate("splitEntity", contents(given), given.idempotency_key, work))


async def _undo(info: Info, given: Annotated[UndoDecisionInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    key, reason = read_text("id", given.id) or "", _reason(given.reason)

    def work(session: Session, groupers: Groupers, author: str) -> tuple[str, ...]:
        return (undo(session, groupers, key, author, reason).id,)

    return Outcome(info.context.curate("undoDecision", contents(given), given.idempotency_key, work))


async def _retract(info: Info, given: Annotated[RetractArticleInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    article, reason = check_id("article", "article", given.article), _reason(given.reason)

    def work(session: Session, groupers: Groupers, author: str) -> tuple[str, ...]:
        return (retract(session, groupers, article, author, reason).id,)

    return Outcome(info.context.curate("retractArticle", contents(given), given.idempotency_key, work))


async def _rename(info: Info, given: Annotated[RenameEntityInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    key, name = check_id("entity", "entity", given.entity), _name(given.name)

    def work(session: Session, groupers: Groupers, _author: str) -> tuple[str, ...]:
        return (rename(session, groupers, key, name),)

    (named,) = info.context.curate("renameEntity", contents(given), given.idempotency_key, work)
    return Outcome(entity_id=named)


async def _add_alias(info: Info, given: Annotated[AddAliasInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    key, name, kind = check_id("entity", "entity", given.entity), _name(given.name), entity.AliasKind(given.kind.value)

    def work(session: Session, groupers: Groupers, _author: str) -> tuple[str, ...]:
        return (add_alias(session, groupers, key, name, kind),)

    (named,) = info.context.curate("addAlias", contents(given), given.idempotency_key, work)
    return Outcome(entity_id=named)


async def _remove_alias(info: Info, given: Annotated[RemoveAliasInput, _INPUT]) -> Outcome:
    require(info.context.caller, Role.CURATOR)
    key, name = check_id("entity", "entity", given.entity), _name(given.name)

    def work(session: Session, groupers: Groupers, _author: str) -> tuple[str, ...]:
        return (remove_alias(session, groupers, key, name),)

    (named,) = info.context.curate("removeAlias", contents(given), given.idempotency_key, work)
    return Outcome(entity_id=named)


async def _ingest(info: Info, given: Annotated[IngestArticleInput, _INPUT]) -> Intake:
    require(info.context.caller, Role.CURATOR)
    if (given.text is None) == (given.html is None):
        raise UsageError("give either text or html")
    posted = PostedArticle(
        text=given.text,
        html=given.html,
        title=read_text("title", given.title),
        url=_address(given.url),
        publisher=read_text("publisher", given.publisher),
        published_at=given.published_at,
    )
    return info.context.take_in("ingestArticle", contents(given), given.idempotency_key, posted)


def _address(value: str | None) -> str | None:
    url = read_text("url", value)
    if url is not None and not (url.startswith(("http://", "https://")) and url.isprintable()):
        raise UsageError("url: it is no address of a page; it begins with http:// or https://")
    return url


@strawberry.type(
    description="What curators can change. A mutation that fails has changed nothing and is null; several in one request are done"
    " one after the other, each for itself. Code CONFLICT says that something decided before must be undone first."
)
class Mutation:
    """The root of all mutations."""

    ingest_article: IngestArticlePayload | None = found_by(
        _ingest, "Reads an article and takes in what it says; answered when that is done, which may take seconds."
    )
    merge_entities: MergeEntitiesPayload | None = found_by(
        _merge, "Judges that entities are one. Claims, relations, counts and search follow at once."
    )
    judge_entities: JudgeEntitiesPayload | None = found_by(
        _judge, "Judges that two entities are one, certainly are not, or that nobody can tell."
    )
    split_entity: SplitEntityPayload | None = found_by(
        _split, "Says that in some articles another entity is meant; what they say of the one is then said of the other."
    )
    undo_decision: UndoDecisionPayload | None = found_by(
        _undo,
        "Takes a decision back: everything is as if it had never been made. An article that was retracted may be ingested again.",
    )
    retract_article: RetractArticlePayload | None = found_by(
        _retract, "Withdraws an article with all that only it said: claims, figures, events and entities."
    )
    rename_entity: EntityNamesPayload | None = found_by(
        _rename, "Shows an entity by another name; removeAlias with that name brings the one of before back."
    )
    add_alias: EntityNamesPayload | None = found_by(
        _add_alias, "Gives an entity a further name, by which entity(name:), filters and search find it."
    )
    remove_alias: EntityNamesPayload | None = found_by(
        _remove_alias, "Takes away a name that a curator gave; those of articles and of the reference set stay."
    )
