"""Lays an annotation over a row of tokens: who is meant at which head, and which token triggers what."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb.domain.claim import Modality
from kb.learn.marked import MarkedArticle, MarkedSide
from kb.nlp.reader.row import Row


@dataclass(frozen=True, slots=True)
class AlignedClaim:
    """A claim by positions: (entity, head or None) of each participant."""

    type: str
    modality: Modality | None
    trigger: int
    sides: tuple[tuple[tuple[str, int | None], ...], ...]
    debatable: bool


@dataclass(frozen=True, slots=True)
class Alignment:
    """`meant` leads from a head to the entities meant there, `named` are the heads of names."""

    meant: Mapping[int, frozenset[str]]
    named: frozenset[int]
    claims: tuple[AlignedClaim, ...]

    def named_at(self, head: int) -> frozenset[str]:
        """The entities that a name at `head` means; empty where no name is annotated."""
        return self.meant[head] if head in self.named else frozenset()


def align(row: Row, marked: MarkedArticle) -> Alignment:
    """The annotation of `marked` on the tokens of `row`; what falls on no token is left out."""
    starts = [row.parsed.paragraphs[p].start + t.idx for p, t in zip(row.paragraph, row.tokens, strict=True)]
    ends = [start + len(token) for start, token in zip(starts, row.tokens, strict=True)]

    def head_of(start: int, end: int) -> int | None:
        first, last = bisect_right(ends, start), bisect_left(starts, end)
        if last <= first:
            return None
        while row.paragraph[last - 1] != row.paragraph[first]:
            last -= 1
        return row.root(first, last)

    meant: dict[int, frozenset[str]] = {}
    named: set[int] = set()
    for mention in sorted(marked.mentions, key=lambda m: (m.start - m.end, m.start)):
        head = head_of(mention.start, mention.end)
        if head is None or head in named:
            continue
        if mention.named:
            named.add(head)
            meant[head] = mention.entities
        else:
            meant.setdefault(head, mention.entities)
    claims = []
    extra: dict[int, set[str]] = defaultdict(set)
    for claim in marked.claims:
        trigger = head_of(*claim.trigger)
        if trigger is None:
            continue
        sides = []
        for side in (claim.subjects, claim.objects, claim.speakers):
            placed = tuple((s.entity, _place(s, head_of)) for s in side)
            for entity, head in placed:
                if head is not None and head not in named:
                    extra[head].add(entity)
            sides.append(placed)
        claims.append(AlignedClaim(claim.type, claim.modality, trigger, tuple(sides), claim.debatable))
    for head, entities in extra.items():
        meant.setdefault(head, frozenset(entities))
    return Alignment(meant, frozenset(named), tuple(claims))


def _place(side: MarkedSide, head_of: Callable[[int, int], int | None]) -> int | None:
    return None if side.span is None else head_of(*side.span)
