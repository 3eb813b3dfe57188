"""Who is one with whom: entities that people or their names say are the same, with the one that stands for each cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kb.domain.curation import Likeness, NamedEntity
from kb.domain.ids import is_local_entity
from kb.resolve.likeness import SURE

Pair = tuple[str, str]


def choose_canonical(
    entities: Sequence[NamedEntity],
    same: Iterable[Pair],
    different: Iterable[Pair],
    alike: Iterable[Likeness],
) -> dict[str, str]:
    """The canonical id of each of `entities`: a function of the judgements and likenesses among them alone.

    `same` and `different` are judged pairs, (left, right), the left one giving its name; ids of entities that are gone may stand
    in them and connect others. Likenesses from `SURE` on join two that the reference set does not know, the surest first, unless
    that would put together what is judged different or has different Wikidata ids. Which of those that are known a name means
    is the linker's to say, who saw its article, or a curator's.

    Of a cluster the one with a Wikidata id stands for it, else one of the reference set, else one that nobody judged to be
    another, else the longest name, else the smallest id.
    """
    by_id = {entity.id: entity for entity in entities}
    judged = list(same)
    clusters = _Clusters(by_id, list(different))
    for left, right in judged:
        clusters.join(left, right)
    for each in sorted(alike, key=lambda likeness: (-likeness.score, likeness.left_id, likeness.right_id)):
        local = is_local_entity(each.left_id) and is_local_entity(each.right_id)
        if local and each.score >= SURE and clusters.may_join(each.left_id, each.right_id):
            clusters.join(each.left_id, each.right_id)
    demoted = {right for _, right in judged}

    def rank(entity: NamedEntity) -> tuple[bool, bool, bool, bool, int, str]:
        return (
            entity.wikidata_id is None,
            not entity.is_reference,
            entity.id in demoted,
            entity.article_id is not None,
            -len(entity.name.split()),
            entity.id,
        )

    best: dict[str, NamedEntity] = {}
    for entity in sorted(entities, key=rank):
        best.setdefault(clusters.root(entity.id), entity)
    return {entity.id: best[clusters.root(entity.id)].id for entity in entities}


class _Clusters:
    """Sets of ids that grow together, with what each may not be put together with."""

    def __init__(self, entities: Mapping[str, NamedEntity], different: Sequence[Pair]) -> None:
        self._parents: dict[str, str] = {}
        self._wikidata = {each.id: {each.wikidata_id} for each in entities.values() if each.wikidata_id is not None}
        self._enemies: dict[str, set[str]] = {}
        self._members: dict[str, set[str]] = {}
        for left, right in different:
            self._enemies.setdefault(left, set()).add(right)
            self._enemies.setdefault(right, set()).add(left)

    def root(self, entity_id: str) -> str:
        while (parent := self._parents.get(entity_id, entity_id)) != entity_id:
            entity_id = parent
        return entity_id

    def may_join(self, left: str, right: str) -> bool:
        one, other = self.root(left), self.root(right)
        if one == other:
            return True
        if len(self._wikidata.get(one, set()) | self._wikidata.get(other, set())) > 1:
            return False
        return not (self._enemies.get(one, set()) & self._members.get(other, {other}))

    def join(self, left: str, right: str) -> None:
        one, other = sorted((self.root(left), self.root(right)))
        if one == other:
            return
        self._parents[other] = one
        self._members.setdefault(one, {one}).update(self._members.pop(other, {other}))
        self._wikidata.setdefault(one, set()).update(self._wikidata.get(other, set()))
        self._enemies.setdefault(one, set()).update(self._enemies.get(other, set()))
