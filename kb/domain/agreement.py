"""Which facts say the same thing of the same time, and when it may have held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# What the words of an office begin with where somebody held it before.
_FORMER: Final = "former "


@dataclass(frozen=True, slots=True)
class Statement:
    """What facts with equal content say; `fact_id` is one of them, and all ids are canonical.

    The dates mean what they mean in `kb.domain.claim.Fact`.
    """

    fact_id: str
    subject_id: str
    predicate: str
    object_id: str | None
    object_text: str | None
    valid_from: date | None
    valid_to: date | None
    held_on: date | None
    is_reference: bool

    @property
    def is_exact(self) -> bool:
        """Whether it says when it began and ended, or that it has not ended; else what bounds it may be wide."""
        return self.is_reference or (self.valid_from is not None and self.valid_to is not None)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Statements that say the same without contradicting each other on when, the one that says most first.

    `earliest` and `latest` are the first and the last day on which it may have held, None where that is open.
    """

    statements: tuple[Statement, ...]
    earliest: date | None
    latest: date | None

    def may_hold(self, day: date) -> bool:
        """Whether it may have held on the day, as far as anybody says."""
        return (self.earliest is None or self.earliest <= day) and (self.latest is None or day <= self.latest)


def list_agreements(statements: Iterable[Statement], lasting: Mapping[str, int | None]) -> tuple[Agreement, ...]:
    """All statements in agreements, by subject, predicate and object, the earliest first; each statement is in one of them.

    `lasting` tells by predicate for how many days around a day on which it held a thing is taken to hold where nobody says more,
    None for what lasts. Statements on one thing that contradict each other on when, or are of times too far apart to be of one
    spell, stand side by side. What comes out does not depend on the order of `statements`.
    """
    same: defaultdict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for each in statements:
        same[each.subject_id, each.predicate, _object_of(each)].append(each)
    found: list[Agreement] = []
    for (_, predicate, _), alike in sorted(same.items()):
        spells: list[_Spell] = []
        # Who says most comes first: what says little joins what says much, and not the other way round.
        for each in sorted(alike, key=_by_worth):
            # Where nothing else tells which of several terms is meant, the latest is.
            if not any(spell.takes(each) for spell in sorted(spells, key=_Spell.begins, reverse=True)):
                spells.append(_Spell(each, lasting.get(predicate)))
        found.extend(sorted((spell.agreement() for spell in spells), key=_by_time))
    return tuple(found)


def _object_of(statement: Statement) -> str:
    """What statements on one thing have in common; the words of an office go before what it is an office of."""
    if statement.object_text is None:
        return statement.object_id or ""
    return " ".join(statement.object_text.casefold().split()).removeprefix(_FORMER)


def _by_worth(statement: Statement) -> tuple[bool, int, date, str]:
    bounds = (statement.valid_from is not None) + (statement.valid_to is not None)
    return (not statement.is_reference, -bounds, statement.held_on or statement.valid_to or date.max, statement.fact_id)


def _by_time(agreement: Agreement) -> tuple[date, date, str]:
    return agreement.earliest or date.min, agreement.latest or date.max, agreement.statements[0].fact_id


class _Spell:
    """One time for which something held, while statements on it are collected."""

    def __init__(self, best: Statement, days: int | None) -> None:
        self.best = best
        self.days = days
        self.statements = [best]
        self.start, self.end = best.valid_from, best.valid_to
        self.first = self.last = best.held_on

    def begins(self) -> date:
        """When it began, or the first day there is."""
        return self.start or self.first or date.min

    def takes(self, each: Statement) -> bool:
        """Adds the statement where it contradicts none of those that are there."""
        other = _Spell(each, self.days)
        if self._contradicts(each) or not _overlap(self._open_span(), other._open_span()):
            return False
        start, end = _latest(self.start, each.valid_from), _earliest(self.end, each.valid_to)
        first, last = _earliest(self.first, each.held_on), _latest(self.last, each.held_on)
        if not _in_order(start, end) or not _in_order(start, first) or not _in_order(last, end):
            return False
        self.start, self.end, self.first, self.last = start, end, first, last
        self.statements.append(each)
        return True

    def _contradicts(self, each: Statement) -> bool:
        """Whether a beginning or an end is given and another one was; a text may give no more than the year of either."""
        if self.start is not None and each.valid_from is not None and self.start.year != each.valid_from.year:
            return True
        if not self.best.is_exact:
            return False
        ends = self.best.valid_to, each.valid_to
        if each.is_exact:
            return (ends[0] and ends[0].year) != (ends[1] and ends[1].year)
        # "A former president" is no president any more, since whenever; whoever still is one is not meant.
        return ends[1] is not None and (ends[0] is None or ends[1] < ends[0])

    def _open_span(self) -> tuple[date | None, date | None]:
        """From when to when it may have held."""
        earliest, latest = self.start, self.end
        if self.days is not None and self.first is not None and self.last is not None:
            earliest = earliest or _shift(self.first, -self.days)
            latest = latest or _shift(self.last, self.days)
        return earliest, latest

    def agreement(self) -> Agreement:
        return Agreement(tuple(self.statements), *self._open_span())


def _latest(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _in_order(one: date | None, other: date | None) -> bool:
    return one is None or other is None or one <= other


def _overlap(one: Sequence[date | None], other: Sequence[date | None]) -> bool:
    return _in_order(one[0], other[1]) and _in_order(other[0], one[1])


def _shift(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max
