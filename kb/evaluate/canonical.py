"""Which entities of several articles the knowledge base takes for one, while nobody has judged."""

from __future__ import annotations

from collections.abc import Iterable

from kb.domain.curation import NamedEntity
from kb.domain.entity import Entity
from kb.resolve.clusters import choose_canonical
from kb.resolve.likeness import list_alike


def find_canonical(entities: Iterable[Entity]) -> dict[str, str]:
    """The id of the entity that stands for each of `entities`, by their ids."""
    named = [NamedEntity(e.id, e.kind, e.name, e.wikidata_id, e.article_id, is_reference=bool(e.wikidata_id)) for e in entities]
    return choose_canonical(named, (), (), list_alike(named, ()))
