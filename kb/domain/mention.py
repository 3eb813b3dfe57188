"""What stands between finding names in a text and knowing whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Candidate


class Usage(StrEnum):
    """How the sentence uses a name: as somebody who acts or is acted upon, as a place, or neither visibly."""

    ACTS = "acts"
    PLACE = "place"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name in the text, not yet linked.

    `paragraph`, `first`, `last` are the token range [first, last) in that paragraph; `start`, `end` characters of the text.
    `kind` is what the tagger or a pattern took it for; `country` the surface of a country that the name itself contains ("Russian
    Foreign Ministry"); `styled` the name with the form of address before it ("Lord Carrington"), where there is one.
    """

    paragraph: int
    first: int
    last: int
    start: int
    end: int
    text: str
    kind: EntityKind | None
    candidates: tuple[Candidate, ...]
    usage: Usage
    country: str | None = None
    styled: str | None = None


@dataclass(frozen=True, slots=True)
class Referent:
    """Who or what an article means, whatever it calls it.

    `key` is the reference set's; `surfaces` all names used in the article; `nameless` marks an actor without a name. `score` and
    `reason` say how sure the link is and what spoke for it, `parts` which sign added how much. `scoped` marks who has a name but
    one that others bear too (a surname alone), so that nobody outside of the article is meant by it; `nobody` marks what looks
    like a name but more likely names no actor and no place.
    """

    number: int
    kind: EntityKind
    name: str
    key: str | None
    surfaces: tuple[str, ...]
    score: float
    reason: str
    nameless: bool = False
    country: str | None = None
    parts: tuple[tuple[str, float], ...] = ()
    scoped: bool = False
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedMention:
    """A stretch of text and the referents it means: one, or several for "the two leaders".

    A name has its own `score`, `reason` and `parts` of the link; None where they are the referent's.
    """

    paragraph: int
    first: int
    last: int
    start: int
    end: int
    text: str
    form: MentionForm
    referents: tuple[int, ...]
    demonym: bool = False
    score: float | None = None
    reason: str | None = None
    parts: tuple[tuple[str, float], ...] = ()
