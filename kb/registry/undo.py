"""Takes back what somebody decided, whatever it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

from kb.domain.curation import Judgement, Retraction, Split
from kb.errors import ConflictError, NotFoundError
from kb.registry.groupers import Groupers
from kb.registry.judge import undo_judgement
from kb.registry.split import undo_split
from kb.storage import judgements, retractions, splits
from kb.storage.session import Session

Act: TypeAlias = "Judgement | Split | Retraction"


def undo(session: Session, groupers: Groupers, act_id: str, author: str, reason: str = "") -> Act:
    """Undoes the judgement, split or retraction with this id; returns it as it is on record now.

    A retracted article does not come back by itself: it may be ingested again. Raises NotFoundError for an id that names nothing,
    ConflictError for what is undone already or has to be undone in another order.
    """
    act = _get(session, act_id)
    if act.undone_at is not None:
        raise ConflictError(f"{act_id} was undone on {act.undone_at:%Y-%m-%d} by {act.undone_by}; decide anew instead")
    if isinstance(act, Judgement):
        return undo_judgement(session, groupers, act, author, reason)
    if isinstance(act, Split):
        return undo_split(session, groupers, act, author, reason)
    retractions.undo_retraction(session, act_id, author, datetime.now(UTC), reason)
    return retractions.get_retraction(session, act_id)


def _get(session: Session, act_id: str) -> Act:
    found = judgements.lookup_judgement(session, act_id) or splits.lookup_split(session, act_id)
    found_or_retraction = found or retractions.lookup_retraction_by_id(session, act_id)
    if found_or_retraction is None:
        raise NotFoundError("judgement, split or retraction", act_id)
    return found_or_retraction
