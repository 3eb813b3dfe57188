"""One person while the sources are being brought together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from kb.domain.reference import Office
from kb.resolve.names import list_spellings

spell = cache(list_spellings)
"""`list_spellings`, remembered: every new person is compared with all before."""


@dataclass(slots=True)
class Person:
    """What is known so far; `origins` are the sources that said something, `country` the key of the state acted for."""

    name: str
    wikidata_id: str | None = None
    names: list[str] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)
    country: str | None = None

    def spellings(self) -> frozenset[str]:
        """Every folded form of every name."""
        return frozenset(form for name in (self.name, *self.names) for form in spell(name))
