"""Publishers and the document versions they publish."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher. `id` is decided by the name; `domain` is the host it publishes on, where known."""

    id: str
    name: str
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Leads from characters of the cleaned text back to characters of the kept original.

    `clean_starts[i]` is where the i-th unchanged run starts in the cleaned text, `original_starts[i]` where it starts in the
    original. Characters put in by repair (a lost apostrophe) map to the place in the original where they were missing.
    """

    clean_starts: tuple[int, ...]
    original_starts: tuple[int, ...]
    lengths: tuple[int, ...]

    def to_original(self, position: int) -> int:
        """The character of the original that stands behind character `position` of the cleaned text."""
        run = bisect_right(self.clean_starts, position) - 1
        if run < 0:
            return 0
        return self.original_starts[run] + min(position - self.clean_starts[run], self.lengths[run])


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as read, before repair.

    `file` is the name shown to users (a record of a container has `name#number`), `original` what the article's id is made of,
    `body` the text in which paragraphs are lines. Metadata is what the container or header states, never a guess. `path` is
    the file it was read from, in full, and `record` what tells it from others in that file ("#3"); both may be empty.
    """

    file: str
    original: str
    body: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    path: str = ""
    record: str = ""

    @property
    def origin(self) -> str:
        """What errors name the document by: where it lies, which `file` alone need not tell."""
        return f"{self.path}{self.record}" if self.path else self.file


@dataclass(frozen=True, slots=True)
class Article:
    """One document version, cleaned, with its original kept.

    `text` is what all offsets count in; `paragraphs` are (start, end) ranges of it in order, the title being the first where the
    text opens with it. `published_inferred` says that the date was read from the text and its year or month concluded.
    """

    id: str
    file: str
    title: str
    text: str
    original: str
    paragraphs: tuple[tuple[int, int], ...]
    offsets: OffsetMap
    url: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    published_inferred: bool = False
    language: str = "en"
    repairs: tuple[str, ...] = field(default=())

    @property
    def published_on(self) -> date | None:
        """The calendar day that the publisher printed, in whatever zone that was; all comparing of days goes by it."""
        return self.published_at.date() if self.published_at else None
