"""Single articles that somebody hands in, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PostedArticle:
    """An article as handed in: its text or the HTML of its page, of which one is given, and what is known of it."""

    text: str | None = None
    html: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None


class IntakeState(StrEnum):
    """What became of an article that was handed in."""

    ADDED = "added"
    KNOWN = "known"
    RETRACTED = "retracted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of an article, in which run. `article_id` is of what was added or is known; `reason` and `message` say why it
    was rejected and what to do, and are empty otherwise."""

    state: IntakeState
    run_id: str
    article_id: str = ""
    reason: str = ""
    message: str = ""
