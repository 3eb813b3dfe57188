"""Groups articles into the happenings they tell. Pure functions of the set of articles: order and history don't matter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from kb.domain.event import Story, ToldArticle
from kb.domain.ids import content_id
from kb.resolve.names import fold_name

# What comes later about the same people is the next happening.
_SAME_NEWS: Final = timedelta(days=4)
_CAST: Final = 6
# Dated articles of the same days are about the same when they share so many of the cast and so much of the rest.
_SHARED_CAST: Final = 3
_ENOUGH_SAME_DAYS: Final = 6
# Without a date, names and titles prove nothing: Russia and Ukraine are in the news every year.
_SHARED_OCCURRENCES: Final = 2
_ENOUGH_UNDATED: Final = 12
# An occurrence told by both weighs as much as two names that both mention.
_OCCURRENCE: Final = 2
# "recognising" and "recognizes", "Russian" and "Russia" open alike; shorter words are mostly of the grammar.
_STEM: Final = re.compile(r"\b\w{4,5}")

_Occurrence = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Item:
    """An article with what comparing needs: who did what to whom, who had to do with whom, whom it names most, its title."""

    told: ToldArticle
    occurrences: frozenset[_Occurrence]
    pairs: frozenset[tuple[str, str]]
    cast: frozenset[str]
    words: frozenset[str]


class StoryGrouper:
    """Knows whom people and bodies act for, so that "Putin" and "Russia" can be one actor, and what has no direction."""

    def __init__(self, affiliations: Mapping[str, str], symmetric_types: frozenset[str]) -> None:
        """`affiliations` leads from an entity id to the id of the state or body it acts for."""
        self._affiliations = affiliations
        self._symmetric = symmetric_types

    def block_keys(self, told: ToldArticle) -> frozenset[str]:
        """Keys such that two articles that can be one story hang together, directly or through articles between them.

        Dated articles share a key for three of their cast and a stretch of time. An undated one can be of any time: it has a key
        `>x` for each of its occurrences, which hangs together with the `<x` of dated ones.
        """
        item = self._item(told)
        names = ["|".join(occurrence) for occurrence in item.occurrences]
        if told.day is None:
            return frozenset(key for name in names for key in (f"{name}|undated", f">{name}"))
        # Two days at most `_SAME_NEWS` apart lie in the same or in neighbouring stretches, and neighbours share a key.
        stretch = told.day.toordinal() // (_SAME_NEWS.days + 1)
        casts = ["|".join(some) for some in combinations(sorted(item.cast), _SHARED_CAST)]
        return frozenset(f"{cast}|{when}" for cast in casts for when in (stretch, stretch + 1)) | {f"<{name}" for name in names}

    def group_articles(self, articles: Sequence[ToldArticle]) -> tuple[Story, ...]:
        """The stories of `articles`, by id; every article is in exactly one, alone where no other tells the same."""
        groups: list[list[_Item]] = []
        for item in sorted((self._item(told) for told in articles), key=_earliest):
            fits = [(_fit(item, group), -position) for position, group in enumerate(groups)]
            best, place = max(fits, default=(0, 0))
            if best:
                groups[-place].append(item)
            else:
                groups.append([item])
        return tuple(sorted((_story(group) for group in groups), key=lambda story: story.id))

    def _item(self, told: ToldArticle) -> _Item:
        occurrences = frozenset(self._occurrence(*occurrence) for occurrence in told.occurrences)
        pairs = frozenset((min(pair), max(pair)) for _, *pair in occurrences)
        cast = sorted(told.names, key=lambda name: (-name[1], name[0]))[:_CAST]
        words = frozenset(_STEM.findall(fold_name(told.title)))
        return _Item(told, occurrences, pairs, frozenset(entity_id for entity_id, _ in cast), words)

    def _occurrence(self, kind: str, subject_id: str, object_id: str) -> _Occurrence:
        subject = self._affiliations.get(subject_id, subject_id)
        target = self._affiliations.get(object_id, object_id)
        if kind in self._symmetric and target < subject:
            subject, target = target, subject
        return kind, subject, target


def _earliest(item: _Item) -> tuple[date, str]:
    return (item.told.day or date.max, item.told.article_id)


def _fit(item: _Item, group: list[_Item]) -> int:
    """How well `item` fits: 0 where it is too late or tells too little of the same as any article there."""
    if any(_days_differ(item, other) for other in group):
        return 0
    return max(_likeness(item, other) for other in group)


def _days_differ(left: _Item, right: _Item) -> bool:
    return left.told.day is not None and right.told.day is not None and abs(left.told.day - right.told.day) > _SAME_NEWS


def _likeness(left: _Item, right: _Item) -> int:
    """How much two articles that can be of the same days share; 0 where that is not enough."""
    occurrences = len(left.occurrences & right.occurrences)
    cast = len(left.cast & right.cast)
    points = _OCCURRENCE * occurrences + len(left.pairs & right.pairs) + cast + len(left.words & right.words)
    if left.told.day is None or right.told.day is None:
        return points if occurrences >= _SHARED_OCCURRENCES and points >= _ENOUGH_UNDATED else 0
    return points if cast >= _SHARED_CAST and points >= _ENOUGH_SAME_DAYS else 0


def _story(group: list[_Item]) -> Story:
    first = group[0].told
    return Story(content_id("sto", first.article_id), first.title, tuple(item.told.article_id for item in group))
