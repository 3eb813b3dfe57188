"""`kb entity`: what is known of an entity, and decisions on who is one with whom, each of which can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kb.cli.acts import act_json, act_line
from kb.cli.curator import Author, Reason, author_or_user, open_for_curation
from kb.cli.output import write_json, write_line
from kb.domain.curation import Judgement, Split
from kb.domain.entity import Entity
from kb.domain.ids import is_wikidata_id
from kb.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from kb.registry.undo import Act
    from kb.storage.session import Session

app = typer.Typer(help="Entities: look at one, merge, split, undo.", no_args_is_help=True)

_ID: Final = re.compile(r"ent_\S+")
_MOST: Final = 1000

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON on stdout.")]
Key = Annotated[str, typer.Argument(metavar="ENTITY", help="Its id, its Wikidata id, or a name that it bears.")]


@app.callback()
def group() -> None:
    """Entities: look at one, merge, split, undo."""


@app.command()
def show(key: Key, *, as_json: Json = False) -> None:
    """Print what is known of an entity: kind, names and where they come from, how much is told of it, who decided what."""
    from kb.domain.query import EventFilter, RelationFilter
    from kb.storage import claims, events, mentions, relations

    with _reading() as session:
        entity = _find(session, key)
        counts = {
            "mentions": mentions.count_mentions_of_entities(session, [entity.id])[entity.id],
            "claims": claims.count_claims(session, EventFilter(participant=(entity.id,))),
            "events": events.count_events(session, EventFilter(participant=(entity.id,))),
            "relations": relations.count_relations(session, RelationFilter(participant=(entity.id,))),
        }
        members, acts = _list_acts(session, entity.id)
    if as_json:
        write_json(_to_json(entity, counts) | {"ids": members, "decisions": [act_json(act) for act in acts]})
        return
    write_line(f"{entity.name} ({entity.kind.value.lower()})")
    write_line(f"id: {entity.id}")
    write_line(f"Wikidata: {entity.wikidata_id or 'unknown there'}")
    for count_of, count in counts.items():
        write_line(f"{count_of}: {count}")
    for member in members:
        if member != entity.id:
            write_line(f"also: {member}")
    for alias in entity.aliases:
        write_line(f"{alias.kind.value}: {alias.name}  [{alias.origin}]")
    for act in acts:
        write_line(act_line(act))


@app.command()
def merge(
    into: Key,
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="Entities that are the same as the first.")],
    *,
    by: Author = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Judge that entities are the same; the first one gives the name. Nothing is lost: `kb entity undo` parts them again."""
    from kb.domain.curation import Verdict
    from kb.registry.judge import judge

    with open_for_curation() as (session, groupers):
        first = _find_exact(session, into)
        made = [
            judge(session, groupers, first, _find_exact(session, other), Verdict.SAME, author_or_user(by), reason)
            for other in others
        ]
    _say_acts(made, as_json=as_json)


@app.command()
def split(
    key: Key,
    other: Annotated[str | None, typer.Argument(metavar="[OTHER]", help="An entity that it certainly is not.")] = None,
    article: Annotated[list[str] | None, typer.Option(help="An article that means another entity by the name.")] = None,
    to: Annotated[str | None, typer.Option(help="The entity that those articles mean (default: a new one).")] = None,
    name: Annotated[str | None, typer.Option(help="The name of the new entity.")] = None,
    *,
    by: Author = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Part an entity from another one for good, or say that some articles mean somebody else by its name."""
    from kb.domain.curation import Verdict
    from kb.registry.judge import judge
    from kb.registry.split import split as split_articles

    if (other is None) == (not article):
        raise UsageError("give either another entity to part it from, or the articles that mean somebody else with --article")
    author = author_or_user(by)
    made: Judgement | Split
    with open_for_curation() as (session, groupers):
        first = _find_exact(session, key)
        if other is not None:
            made = judge(session, groupers, first, _find_exact(session, other), Verdict.DIFFERENT, author, reason)
        else:
            target = None if to is None else _find_exact(session, to)
            made = split_articles(session, groupers, first, article or (), author, reason, to_id=target, name=name)
    _say_acts([made], as_json=as_json)


@app.command()
def undo(
    act: Annotated[
        str, typer.Argument(metavar="DECISION", help="The id of a judgement (jdg_), split (spl_) or retraction (ret_).")
    ],
    *,
    by: Author = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Take a decision back: everything is as if it had never been made. `kb entity show` and `history` list decisions."""
    from kb.registry.undo import undo as undo_act

    with open_for_curation() as (session, groupers):
        undone = undo_act(session, groupers, act, author_or_user(by), reason)
    if as_json:
        write_json(act_json(undone))
    else:
        write_line(f"{undone.id} is undone")


@app.command()
def suggestions(
    first: Annotated[int, typer.Option(min=1, max=_MOST, help="How many at most.")] = 20, *, as_json: Json = False
) -> None:
    """Print pairs of entities with alike names that nobody has judged, the most alike first, and what makes them alike."""
    from kb.storage import entities, likenesses

    with _reading() as session:
        found = likenesses.list_suggestions(session, first)
        named = entities.list_entities_by_ids(session, [i for each in found for i in (each.left_id, each.right_id)])
    if as_json:
        write_json(
            [
                {"left": each.left_id, "right": each.right_id, "score": each.score, "parts": [list(part) for part in each.parts]}
                for each in found
            ]
        )
        return
    for each in found:
        signs = ", ".join(f"{sign} {factor:g}" for sign, factor in each.parts)
        left, right = (f"{named[side].name} [{side}]" for side in (each.left_id, each.right_id))
        write_line(f"{each.score:.2f}  {left}  {right}  ({signs})")


@app.command()
def history(
    first: Annotated[int, typer.Option(min=1, max=_MOST, help="How many of each at most.")] = 20, *, as_json: Json = False
) -> None:
    """Print the latest judgements, splits and retractions, undone ones included: who decided what, when and why."""
    from kb.storage import judgements, retractions, splits

    with _reading() as session:
        acts: tuple[Act, ...] = (
            *judgements.list_judgements(session, first),
            *splits.list_splits(session, first),
            *retractions.list_retractions(session, first),
        )
    if as_json:
        write_json([act_json(act) for act in acts])
        return
    for act in acts:
        write_line(act_line(act))


@contextmanager
def _reading() -> Iterator[Session]:
    from kb.settings import read_settings
    from kb.storage.session import Database

    database = Database.open(read_settings().database_url, read_only=True)
    try:
        with database.reader() as session:
            yield session
    finally:
        database.dispose()


def _find(session: Session, key: str) -> Entity:
    """The canonical entity that the key means."""
    from kb.storage import entities

    if _ID.fullmatch(key):
        return entities.get_entity(session, key)
    by = entities.lookup_entity_by_wikidata if is_wikidata_id(key) else entities.lookup_entity_by_name
    entity = by(session, key)
    if entity is None:
        raise NotFoundError("entity", key)
    return entity


def _find_exact(session: Session, key: str) -> str:
    """The id that the key is, also of an entity that another stands for, or the id of the entity that it names."""
    return key if _ID.fullmatch(key) else _find(session, key).id


def _list_acts(session: Session, entity_id: str) -> tuple[list[str], list[Judgement | Split]]:
    from kb.storage import judgements, splits
    from kb.storage.canonical import list_cluster_ids

    members = list_cluster_ids(session, [entity_id])
    acts: list[Judgement | Split] = [
        *judgements.list_judgements_of_entities(session, members),
        *splits.list_splits_of_entities(session, members),
    ]
    return members, acts


def _say_acts(acts: list[Judgement] | list[Judgement | Split], *, as_json: bool) -> None:
    if as_json:
        write_json([act_json(act) for act in acts])
        return
    for act in acts:
        write_line(act_line(act))


def _to_json(entity: Entity, counts: dict[str, int]) -> dict[str, object]:
    return {
        "id": entity.id,
        "kind": entity.kind.value,
        "name": entity.name,
        "wikidata_id": entity.wikidata_id,
        "aliases": [{"name": alias.name, "kind": alias.kind.value, "origin": alias.origin} for alias in entity.aliases],
        "counts": counts,
    }
