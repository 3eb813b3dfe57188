"""Gives the ids of hand/wikidata.yaml to whoever bears the name or the key there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kb.domain.reference import ReferenceEntity


def give_ids(entities: Iterable[ReferenceEntity], ids: Mapping[str, str], section: str) -> tuple[ReferenceEntity, ...]:
    """`entities` in their order, those that `ids` names, by key or by name, with the id as key.

    Stops where a name is nobody's, where two bear it and where its bearer has an id already.
    """
    listed = tuple(entities)
    unused = dict(ids)
    keys = {entity.key for entity in listed}
    given: list[ReferenceEntity] = []
    for entity in listed:
        called = entity.key if entity.key in ids else entity.name
        qid = ids.get(called)
        if qid is None:
            given.append(entity)
            continue
        if called not in unused or entity.wikidata_id is not None or qid in keys:
            raise SystemExit(f"wikidata, {section}: {entity.name} ({entity.key}) cannot be given {qid}")
        del unused[called]
        origins = sorted({*entity.origin.split(", "), "wikidata"})
        given.append(replace(entity, key=qid, wikidata_id=qid, origin=", ".join(origins)))
    if unused:
        raise SystemExit(f"wikidata, {section}: nobody is called {', '.join(unused)}")
    return tuple(given)
