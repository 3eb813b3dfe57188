"""Judgements on two entities: the same, certainly different, or unsure; everything follows at once, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from kb.domain.curation import Judgement, Verdict
from kb.domain.ids import act_id
from kb.errors import ConflictError, UsageError
from kb.registry.cluster import list_region, recluster
from kb.registry.follow import drop_unsupported, follow
from kb.registry.groupers import Groupers
from kb.storage import judgements
from kb.storage.canonical import require_entities
from kb.storage.session import Session


def judge(
    session: Session, groupers: Groupers, left_id: str, right_id: str, verdict: Verdict, author: str, reason: str
) -> Judgement:
    """Records the verdict and makes it count; returns the judgement, or the one that says the same already.

    Of two that are the same the left one gives the name. Raises NotFoundError for an id that names nothing, UsageError for one
    entity with itself, ConflictError where judgements that count say otherwise.
    """
    require_entities(session, (left_id, right_id))
    if left_id == right_id:
        raise UsageError(f"{left_id} is one entity already; give the ids of two")
    for each in judgements.list_judged_pair(session, left_id, right_id):
        if each.verdict is verdict:
            return each
    _require_agreement(list_region(session, (left_id, right_id)).judgements, left_id, right_id, verdict)
    judgement = Judgement(
        act_id("jdg", left_id, right_id, verdict), left_id, right_id, verdict, author, datetime.now(UTC), reason
    )
    judgements.save_judgement(session, judgement)
    if verdict is not Verdict.UNSURE:
        follow(session, groupers, recluster(session, list_region(session, (left_id, right_id))))
    return judgement


def undo_judgement(session: Session, groupers: Groupers, judgement: Judgement, author: str, reason: str = "") -> Judgement:
    """Takes a judgement back, and what followed from it; returns it as it is on record now."""
    region = list_region(session, (judgement.left_id, judgement.right_id))
    judgements.undo_judgement(session, judgement.id, author, datetime.now(UTC), reason)
    ids = {each.id for each in region.entities} | {judgement.left_id, judgement.right_id}
    follow(session, groupers, recluster(session, list_region(session, ids)))
    drop_unsupported(session, groupers, (judgement.left_id, judgement.right_id))
    return judgements.get_judgement(session, judgement.id)


def _require_agreement(judged: Sequence[Judgement], left_id: str, right_id: str, verdict: Verdict) -> None:
    """Raises ConflictError where the verdict contradicts others, or what follows from several of them together."""
    same = [each for each in judged if each.verdict is Verdict.SAME]
    if verdict is Verdict.DIFFERENT:
        if way := _list_way(same, left_id, right_id):
            raise ConflictError(f"{left_id} and {right_id} are judged the same by {_names(way)}; undo that first")
    elif verdict is Verdict.SAME:
        for each in judged:
            if each.verdict is not Verdict.DIFFERENT:
                continue
            left, right = _list_joined(same, left_id), _list_joined(same, right_id)
            if (each.left_id in left and each.right_id in right) or (each.left_id in right and each.right_id in left):
                raise ConflictError(f"{each.left_id} and {each.right_id} are judged different by {each.id}; undo that first")


def _names(way: Iterable[Judgement]) -> str:
    return " and ".join(each.id for each in way)


def _list_joined(same: Sequence[Judgement], entity_id: str) -> frozenset[str]:
    """All that the judgements join with the entity, itself included."""
    found = {entity_id}
    while more := {i for each in same for i in (each.left_id, each.right_id) if {each.left_id, each.right_id} & found} - found:
        found |= more
    return frozenset(found)


def _list_way(same: Sequence[Judgement], from_id: str, to_id: str) -> tuple[Judgement, ...]:
    """The fewest judgements that lead from one to the other; none where they are not joined."""
    ways: dict[str, tuple[Judgement, ...]] = {from_id: ()}
    frontier = [from_id]
    while frontier and to_id not in ways:
        reached = []
        for here in frontier:
            for each in same:
                other = {each.left_id: each.right_id, each.right_id: each.left_id}.get(here)
                if other is not None and other not in ways:
                    ways[other] = (*ways[here], each)
                    reached.append(other)
        frontier = reached
    return ways.get(to_id, ())
