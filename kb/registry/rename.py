"""Names that curators give: how an entity is shown, and what else it is found by. Without them it is called what others call it.

Who is one with whom is decided by the names that articles and the reference set give, so a curator's changes nothing there.
"""

from __future__ import annotations

from kb.domain.entity import Alias, AliasKind
from kb.errors import ConflictError, UsageError
from kb.registry.cluster import list_region, recluster
from kb.registry.follow import follow
from kb.registry.groupers import Groupers
from kb.storage import entities, entity_writer
from kb.storage.canonical import list_cluster_ids
from kb.storage.names import CURATOR, list_names
from kb.storage.session import Session


def rename(session: Session, groupers: Groupers, entity_id: str, name: str) -> str:
    """Shows the entity that `entity_id` stands for by this name from now on; returns its canonical id.

    The name it was shown by before stays one of its names. Raises NotFoundError for an id that names nothing, UsageError for a
    name that cannot be.
    """
    return _give(session, groupers, entity_id, Alias(_clean(name), AliasKind.NAME, CURATOR, is_name=True))


def add_alias(session: Session, groupers: Groupers, entity_id: str, name: str, kind: AliasKind) -> str:
    """Gives the entity another name to be found by; returns its canonical id. Raises as `rename` does."""
    return _give(session, groupers, entity_id, Alias(_clean(name), kind, CURATOR))


def remove_alias(session: Session, groupers: Groupers, entity_id: str, name: str) -> str:
    """Takes away a name that a curator gave; returns the canonical id.

    Raises NotFoundError for an id that names nothing, UsageError for a name that no curator gave it, ConflictError for the only
    name that it has.
    """
    canonical = entities.get_entity(session, entity_id).id
    names = list_names(session, list_cluster_ids(session, [canonical]))
    bearers = sorted({of for of, each in names if each.name == name and each.origin == CURATOR})
    if not bearers:
        given = sorted({each.name for _, each in names if each.origin == CURATOR})
        raise UsageError(f"no curator gave {canonical} the name {name!r}; {_list_given(given)}")
    for bearer in bearers:
        taken = [each for of, each in names if of == bearer and each.name == name and each.origin == CURATOR]
        left = [each for of, each in names if of == bearer and each not in taken]
        if any(each.is_name for each in taken) and not any(each.is_name for each in left):
            raise ConflictError(f"{bearer} has no other name to be shown by; rename it before {name!r} is taken away")
        entity_writer.delete_alias(session, bearer, name, CURATOR)
    _follow(session, groupers, canonical)
    return entities.get_entity(session, canonical).id


def _give(session: Session, groupers: Groupers, entity_id: str, alias: Alias) -> str:
    canonical = entities.get_entity(session, entity_id).id
    entity_writer.save_alias(session, canonical, alias)
    _follow(session, groupers, canonical)
    return entities.get_entity(session, canonical).id


def _follow(session: Session, groupers: Groupers, entity_id: str) -> None:
    """Of several that are one, how long a name is may decide which stands for them, where only curators named one of them."""
    follow(session, groupers, recluster(session, list_region(session, [entity_id])))


def _clean(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        raise UsageError("the name is empty; give one")
    if len(cleaned) > entity_writer.MAX_NAME:
        raise UsageError(f"a name of {len(cleaned)} characters is none; give one of up to {entity_writer.MAX_NAME}")
    return cleaned


def _list_given(names: list[str]) -> str:
    return f"those given are {', '.join(names)}" if names else "none was given; names that articles use stay as long as they do"
