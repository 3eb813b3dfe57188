"""Groups claims into the real events they tell. Pure functions of the set of claims: order and history don't matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from kb.domain.claim import DatePrecision, Modality, Role
from kb.domain.event import DatedClaim, Event
from kb.domain.ids import content_id
from kb.domain.independence import count_independent

# Two reports of one event come out within so many days of each other; a later one is another event of the same kind.
_SAME_NEWS: Final = timedelta(days=7)
_SAME_DAY: Final = timedelta(days=1)
# Which modality an event has when its claims differ: what happened outranks what was planned, and so on.
_RANK: Final = (
    Modality.ACTUAL,
    Modality.PLANNED,
    Modality.THREATENED,
    Modality.REQUESTED,
    Modality.POSSIBLE,
    Modality.DENIED,
)


@dataclass(frozen=True, slots=True)
class _Item:
    """A claim with what comparing needs: participants as given and as the states or bodies they act for."""

    dated: DatedClaim
    subjects: frozenset[str]
    objects: frozenset[str]
    both: frozenset[str] | None = None

    @property
    def is_full(self) -> bool:
        return bool(self.subjects and self.objects)


class EventGrouper:
    """Knows whom people and bodies act for, so that "Putin" and "Russia" can be one subject, and what has no direction."""

    def __init__(self, affiliations: Mapping[str, str], symmetric_types: frozenset[str]) -> None:
        """`affiliations` leads from an entity id to the id of the state or body it acts for."""
        self._affiliations = affiliations
        self._symmetric = symmetric_types

    def block_keys(self, dated: DatedClaim) -> frozenset[str]:
        """Keys such that two claims that can be one event hang together, directly or through claims between them.

        Claims of dated articles share a key for each participant and stretch of time. Those of an undated article can be of any
        time: they have keys `>x` that hang together with the `<x` of dated ones, so that they alone reach beyond their time.
        """
        item = self._item(dated)
        actors = sorted(item.subjects | item.objects) or [dated.claim.id]
        names = [f"{dated.claim.type}|{actor}" for actor in actors]
        if dated.article_date is None:
            return frozenset(key for name in names for key in (f"{name}|undated", f">{name}"))
        # Two days at most `_SAME_NEWS` apart lie in the same or in neighbouring stretches, and neighbours share a key.
        stretch = dated.article_date.toordinal() // (_SAME_NEWS.days + 1)
        return frozenset(key for name in names for key in (f"{name}|{stretch}", f"{name}|{stretch + 1}", f"<{name}"))

    def group_claims(self, claims: Sequence[DatedClaim]) -> tuple[Event, ...]:
        """The events of `claims`, by id; every claim is in exactly one."""
        items = sorted((self._item(claim) for claim in claims), key=_earliest)
        groups: list[list[_Item]] = []
        for wanted in (True, False):
            for item in items:
                if item.is_full is wanted:
                    self._place(item, groups)
        events = [_event(group) for group in groups]
        event_of = {claim_id: event.id for event in events for claim_id in event.claim_ids}
        return tuple(sorted((_with_about(event, groups[i], event_of) for i, event in enumerate(events)), key=lambda e: e.id))

    def _place(self, item: _Item, groups: list[list[_Item]]) -> None:
        """Puts `item` into the group it fits best, or into one of its own."""
        best, best_score = None, 0.0
        for group in groups:
            score = _fit(item, group)
            if score > best_score:
                best, best_score = group, score
        if best is None:
            groups.append([item])
        else:
            best.append(item)

    def _item(self, dated: DatedClaim) -> _Item:
        subjects = frozenset(self._actor(e) for e in dated.claim.entity_ids(Role.SUBJECT))
        objects = frozenset(self._actor(e) for e in dated.claim.entity_ids(Role.OBJECT))
        if dated.claim.type in self._symmetric:
            both = subjects | objects
            return _Item(dated, both, both, both)
        return _Item(dated, subjects, objects)

    def _actor(self, entity_id: str) -> str:
        return self._affiliations.get(entity_id, entity_id)


def _earliest(item: _Item) -> tuple[date, str, int, str]:
    claim = item.dated.claim
    return (item.dated.article_date or date.max, claim.article_id, claim.trigger.start, claim.id)


def _fit(item: _Item, group: list[_Item]) -> float:
    """How well `item` fits: 0 where type, participants or time forbid it; else by the member it shares most with."""
    if group[0].dated.claim.type != item.dated.claim.type or _days_differ(item, group):
        return 0.0
    return max((_shared(item, other) for other in group if _same_time(item.dated, other.dated)), default=0.0)


def _shared(item: _Item, other: _Item) -> float:
    """How many participants two claims share, and a little for a shared article; 0 where they can't be one occurrence.

    Both sides must agree where both are named. Who meets whom has no sides: all of the smaller party must agree.
    """
    if item.both is not None and other.both is not None:
        common = len(item.both & other.both)
        enough = common == min(len(item.both), len(other.both))
    else:
        common = len(item.subjects & other.subjects) + len(item.objects & other.objects)
        enough = _compatible(item.subjects, other.subjects) and _compatible(item.objects, other.objects)
    if not common or not enough:
        return 0.0
    return common + 0.5 * (item.dated.claim.article_id == other.dated.claim.article_id)


def _compatible(left: frozenset[str], right: frozenset[str]) -> bool:
    return not left or not right or bool(left & right)


def _same_time(left: DatedClaim, right: DatedClaim) -> bool:
    if left.article_date is None or right.article_date is None:
        return True
    return abs(left.article_date - right.article_date) <= _SAME_NEWS


def _days_differ(item: _Item, group: list[_Item]) -> bool:
    """Whether the text fixes days for both, and they are more than a day apart: two meetings a week apart are two."""
    day = _fixed_day(item)
    days = [fixed for other in group if (fixed := _fixed_day(other)) is not None]
    return day is not None and bool(days) and all(abs(day - other) > _SAME_DAY for other in days)


def _fixed_day(item: _Item) -> date | None:
    claim = item.dated.claim
    return claim.date if claim.date_precision is DatePrecision.DAY else None


def _event(group: list[_Item]) -> Event:
    group = sorted(group, key=_earliest)
    claims = [item.dated.claim for item in group]
    modality = min((claim.modality for claim in claims), key=_RANK.index)
    dates = Counter((claim.date, claim.date_precision) for claim in claims if claim.date is not None)
    chosen = max(dates, key=lambda key: (_precision(key[1]), dates[key], str(key[0])), default=(None, None))
    return Event(
        id=content_id("evt", claims[0].type, claims[0].id),
        type=claims[0].type,
        modality=modality,
        subject_ids=_by_frequency(e for claim in claims for e in claim.entity_ids(Role.SUBJECT)),
        object_ids=_by_frequency(e for claim in claims for e in claim.entity_ids(Role.OBJECT)),
        claim_ids=tuple(claim.id for claim in claims),
        article_ids=tuple(dict.fromkeys(claim.article_id for claim in claims)),
        source_count=count_independent({item.dated.origin for item in group}),
        date=chosen[0],
        date_precision=chosen[1],
    )


def _precision(precision: DatePrecision | None) -> int:
    return {DatePrecision.DAY: 3, DatePrecision.WEEK: 2, DatePrecision.MONTH: 1}.get(precision, 0) if precision else 0


def _by_frequency(entity_ids: Iterable[str]) -> tuple[str, ...]:
    counted = Counter(entity_ids)
    return tuple(sorted(counted, key=lambda e: (-counted[e], e)))


def _with_about(event: Event, group: list[_Item], event_of: Mapping[str, str]) -> Event:
    """`event` with links to the events, among those grouped together, that its claims are about."""
    about = {
        event_of[target]
        for item in group
        if (target := item.dated.claim.about_claim_id) is not None and target in event_of and event_of[target] != event.id
    }
    return replace(event, about_event_ids=tuple(sorted(about)))
