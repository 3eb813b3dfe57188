"""What was decided, of whatever kind: judgements, splits and retractions together."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from kb.domain.curation import Decision, Judgement, Retraction, Split
from kb.storage import judgements, retractions, splits
from kb.storage.canonical import list_cluster_ids
from kb.storage.paging import MAX_PAGE


def list_decisions(session: Session, first: int = MAX_PAGE) -> tuple[Decision, ...]:
    """The latest decisions, undone ones included, the latest first."""
    return _latest(
        (
            *judgements.list_judgements(session, first),
            *splits.list_splits(session, first),
            *retractions.list_retractions(session, first),
        ),
        first,
    )


def list_decisions_of_entity(session: Session, entity_id: str, first: int = MAX_PAGE) -> tuple[Decision, ...]:
    """The latest judgements and splits that name the entity or one that it stands for, undone ones included, the latest first."""
    ids = list_cluster_ids(session, [entity_id])
    return _latest(
        (
            *judgements.list_judgements_of_entities(session, ids, active=False),
            *splits.list_splits_of_entities(session, ids, active=False),
        ),
        first,
    )


def list_decisions_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Decision]:
    """The decision of each id that names one."""
    wanted = sorted(set(ids))
    found: tuple[Decision, ...] = (
        *judgements.list_judgements_by_ids(session, wanted),
        *splits.list_splits_by_ids(session, wanted),
        *retractions.list_retractions_by_ids(session, wanted),
    )
    return {each.id: each for each in found}


def _latest(found: Iterable[Decision], first: int) -> tuple[Decision, ...]:
    return tuple(sorted(found, key=_latest_first)[:first])


def _latest_first(decision: Decision) -> tuple[float, str]:
    match decision:
        case Judgement():
            made = decision.judged_at
        case Split():
            made = decision.made_at
        case Retraction():
            made = decision.retracted_at
    return -made.timestamp(), decision.id
