"""`kb entity`: what is known of one entity."""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from kb.cli.output import write_json, write_line
from kb.domain.entity import Entity
from kb.errors import NotFoundError

app = typer.Typer(help="Entities: look at one.", no_args_is_help=True)

_WIKIDATA: Final = re.compile(r"Q[1-9][0-9]*")
_ID: Final = re.compile(r"ent_\S+")


@app.callback()
def group() -> None:
    """Entities: look at one."""


@app.command()
def show(
    key: Annotated[str, typer.Argument(metavar="ENTITY", help="Its id, its Wikidata id, or a name that it bears.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON on stdout.")] = False,
) -> None:
    """Print what is known of an entity: kind, names and where they come from, and how much is told of it."""
    from kb.domain.query import EventFilter, RelationFilter
    from kb.settings import read_settings
    from kb.storage import claims, entities, events, mentions, relations
    from kb.storage.session import Database

    database = Database.open(read_settings().database_url, read_only=True)
    try:
        with database.reader() as session:
            if _ID.fullmatch(key):
                entity: Entity | None = entities.get_entity(session, key)
            elif _WIKIDATA.fullmatch(key):
                entity = entities.lookup_entity_by_wikidata(session, key)
            else:
                entity = entities.lookup_entity_by_name(session, key)
            if entity is None:
                raise NotFoundError("entity", key)
            counts = {
                "mentions": mentions.count_mentions_of_entities(session, [entity.id])[entity.id],
                "claims": claims.count_claims(session, EventFilter(participant=(entity.id,))),
                "events": events.count_events(session, EventFilter(participant=(entity.id,))),
                "relations": relations.count_relations(session, RelationFilter(participant=(entity.id,))),
            }
    finally:
        database.dispose()
    if as_json:
        write_json(_to_json(entity, counts))
        return
    write_line(f"{entity.name} ({entity.kind.value.lower()})")
    write_line(f"id: {entity.id}")
    write_line(f"Wikidata: {entity.wikidata_id or 'unknown there'}")
    for count_of, count in counts.items():
        write_line(f"{count_of}: {count}")
    for alias in entity.aliases:
        write_line(f"{alias.kind.value}: {alias.name}  [{alias.origin}]")


def _to_json(entity: Entity, counts: dict[str, int]) -> dict[str, object]:
    return {
        "id": entity.id,
        "kind": entity.kind.value,
        "name": entity.name,
        "wikidata_id": entity.wikidata_id,
        "aliases": [{"name": alias.name, "kind": alias.kind.value, "origin": alias.origin} for alias in entity.aliases],
        "counts": counts,
    }
