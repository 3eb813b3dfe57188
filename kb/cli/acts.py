"""How decisions are printed: the id comes first, as that is what `kb entity undo` takes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from kb.domain.curation import Judgement, Retraction, Split


def act_json(act: Judgement | Split | Retraction) -> dict[str, object]:
    """All that is on record of a decision."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(act).items()}


def act_line(act: Judgement | Split | Retraction) -> str:
    """A decision in one line: its id, what it says, by whom, when and why, and whether it was undone."""
    reason = f"  ({act.reason})" if act.reason else ""
    why = f" ({act.undone_reason})" if act.undone_reason else ""
    undone = f"  undone {act.undone_at:%Y-%m-%d %H:%M} by {act.undone_by}{why}" if act.undone_at else ""
    return f"{act.id}  {_says(act)}  by {act.author} {_when(act):%Y-%m-%d %H:%M}{reason}{undone}"


def _says(act: Judgement | Split | Retraction) -> str:
    if isinstance(act, Judgement):
        return f"{act.left_id} {act.verdict.value} {act.right_id}"
    if isinstance(act, Split):
        return f"{act.entity_id} is {act.new_entity_id} in {', '.join(act.article_ids)}"
    return f"{act.article_id} retracted: {act.title}"


def _when(act: Judgement | Split | Retraction) -> datetime:
    if isinstance(act, Judgement):
        return act.judged_at
    return act.made_at if isinstance(act, Split) else act.retracted_at
