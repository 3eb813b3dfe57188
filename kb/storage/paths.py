"""How two entities hang together: the shortest ways over relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from kb.domain.query import RelationFilter
from kb.domain.result import Path, PathStep
from kb.errors import NotFoundError, UsageError
from kb.storage.batches import rows_in
from kb.storage.canonical import list_canonical_ids
from kb.storage.filters import relation_conditions
from kb.storage.tables import RELATION

MAX_LENGTH: Final = 6
_MAX_PATHS: Final = 20
# Entities looked at from one level; in a large base the third level of a hub would otherwise be nearly everything.
_MAX_FRONTIER: Final = 2000


def list_paths(
    session: Session, from_id: str, to_id: str, max_length: int = 4, wanted: RelationFilter | None = None
) -> tuple[Path, ...]:
    """All shortest ways (at most 20) of up to `max_length` relations, whichever way these point, the best attested first.

    Two neighbours are joined by their relation of most events. Raises NotFoundError for an unknown entity, UsageError for a
    length outside 1 to 6.
    """
    if not 1 <= max_length <= MAX_LENGTH:
        raise UsageError(f"maxLength: {max_length} is not between 1 and {MAX_LENGTH}; give a length in that range")
    canonical = list_canonical_ids(session, (from_id, to_id))
    for given in (from_id, to_id):
        if given not in canonical:
            raise NotFoundError("entity", given)
    start, goal = canonical[from_id], canonical[to_id]
    if start == goal:
        return (Path((start,), ()),)
    before: dict[str, dict[str, Row[Any]]] = {start: {}}
    frontier = [start]
    for _ in range(max_length):
        reached = _list_next(session, frontier, before, wanted)
        before |= reached
        if goal in reached:
            return _rank(_walk_back(goal, start, before))
        frontier = sorted(reached, key=lambda each: (-max(row.event_count for row in reached[each].values()), each))[
            :_MAX_FRONTIER
        ]
        if not frontier:
            break
    return ()


def _list_next(
    session: Session, frontier: Sequence[str], seen: Mapping[str, object], wanted: RelationFilter | None
) -> dict[str, dict[str, Row[Any]]]:
    """The entities one relation further, each with the strongest relation to each entity it was reached from."""
    reached: defaultdict[str, dict[str, Row[Any]]] = defaultdict(dict)
    statement = select(RELATION).where(*relation_conditions(session, wanted))
    edge = set(frontier)
    for column in (RELATION.c.subject_id, RELATION.c.object_id):
        for row in rows_in(session, statement, column, frontier):
            for here, there in ((row.subject_id, row.object_id), (row.object_id, row.subject_id)):
                if here in edge and there not in seen:
                    known = reached[there].get(here)
                    if known is None or (-row.event_count, row.id) < (-known.event_count, known.id):
                        reached[there][here] = row
    return dict(reached)


def _walk_back(goal: str, start: str, before: Mapping[str, Mapping[str, Row[Any]]]) -> list[list[tuple[str, Row[Any], str]]]:
    """All ways from start to goal, as (from, relation, to); depth first, so that what is kept at a time stays small."""
    found: list[list[tuple[str, Row[Any], str]]] = []
    open_ways: list[list[tuple[str, Row[Any], str]]] = [
        [(here, row, goal)] for here, row in sorted(before[goal].items(), key=lambda item: (item[1].event_count, item[0]))
    ]
    while open_ways and len(found) < _MAX_PATHS:
        way = open_ways.pop()
        first = way[0][0]
        if first == start:
            found.append(way)
            continue
        steps = sorted(before[first].items(), key=lambda item: (item[1].event_count, item[0]))
        open_ways += [[(here, row, first), *way] for here, row in steps]
    return found


def _rank(ways: Sequence[Sequence[tuple[str, Row[Any], str]]]) -> tuple[Path, ...]:
    ranked = sorted(ways, key=lambda way: (-min(row.event_count for _, row, _ in way), [to for _, _, to in way]))
    return tuple(
        Path(
            (way[0][0], *(to for _, _, to in way)),
            tuple(PathStep(row.id, here, to, forward=row.subject_id == here) for here, row, to in way),
        )
        for way in ranked
    )
