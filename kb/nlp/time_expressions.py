"""Expressions of time in a text and the dates they fix, relative to the day on which the text came out. Knows no grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

from kb.domain.claim import DatePrecision

Fixed: TypeAlias = tuple[date, DatePrecision]
"""A date (the first day of a week, month or year) and how much of it the text fixes."""


class Look(Enum):
    """Where from the article's day the claim lies that an expression dates."""

    BACK = auto()
    AHEAD = auto()
    EITHER = auto()


_Read: TypeAlias = Callable[[re.Match[str], date | None, Look], Fixed | None]

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS: Final = {
    name: n for n, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}
_NUMBERS: Final = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
_DAYS_AWAY: Final = {
    "today": 0, "tonight": 0, "overnight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "yesterday": -1,
    "last night": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2,
}  # fmt: skip
_STEPS: Final = {"last": -1, "this": 0, "next": 1}

# A name of a month is one when it begins with a capital; what follows tells "May 3" from "May said".
_MONTH: Final = "(?P<month>(?:" + "|".join(sorted((name.title() for name in _MONTHS), key=len, reverse=True)) + r")\b\.?)"
_DAY: Final = r"(?P<day>(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?)(?![\d:%]|[.,]\d)"
_YEAR: Final = r"(?P<year>1[89]\d\d|20\d\d)(?![\d-])"
_WEEKDAY: Final = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_BEFORE_DATE: Final = rf"(?:\b{_WEEKDAY},?\s+\(?(?:the\s+)?)?"
# Several days ("21-23", "21 and 22", "21 or 22") leave open which of them it was.
_SEVERAL: Final = r"(?P<several>\s*(?:[-–—/]|\band\b|\bor\b|\bto\b)\s*\d{1,2}(?:st|nd|rd|th)?\b)?"
_ONE_OF: Final = r"(?P<relation>[Ll]ast|[Nn]ext|[Tt]his|[Cc]oming)"
# What comes before a month or year that stands alone, so that nobody's name and no number is one.
_PART: Final = r"(?:[Ee]arly|[Ll]ate|[Mm]id)[\s-]+"
_IN: Final = rf"\b(?:(?:[Ii]n|[Oo]f(?!\s+May\b)|[Dd]uring|[Tt]hroughout)\s+(?:{_PART})?|{_PART})"
# Two of them leave open which.
_NOT_TWO: Final = r"(?!\s+(?:and|or|to)\s+(?:[A-Z]|\d{4}))"
_ABOUT: Final = r"(?<!about )(?<!some )(?<!nearly )(?<!almost )(?<!over )(?<!than )(?<!around )(?<!least )(?<!or )(?<!to )"


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """An expression at characters `start` to `end` of a text."""

    start: int
    end: int
    _found: re.Match[str]
    _read: _Read

    def fix(self, published_on: date | None, look: Look) -> Fixed | None:
        """The date that it fixes in a text of that day; None where it fixes none."""
        try:
            return self._read(self._found, published_on, look)
        except (ValueError, OverflowError):
            return None


# Asked again for each claim of a sentence.
@lru_cache(maxsize=64)
def find_time_expressions(text: str) -> tuple[TimeExpression, ...]:
    """Expressions that can fix a date, in the order of the text; none overlaps another. Of alternatives ("May or June") none."""
    found: list[TimeExpression] = []
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("whole")
            if all(end <= other.start or other.end <= start for other in found):
                found.append(TimeExpression(start, end, match, read))
    found.sort(key=lambda each: each.start)
    unsure = {
        each
        for pair in pairwise(found)
        if re.fullmatch(r",?\s+or\s+(?:(?:on|in|early|late)\s+)?", text[pair[0].end : pair[1].start])
        for each in pair
    }
    return tuple(each for each in found if each not in unsure)


def _iso(found: re.Match[str], _published_on: date | None, _look: Look) -> Fixed:
    return date.fromisoformat(found["whole"]), DatePrecision.DAY


def _month_and_day(found: re.Match[str], published_on: date | None, look: Look) -> Fixed | None:
    month, day = _month(found), int(found["day"].rstrip("stndrh"))
    year = int(found["year"]) if found["year"] else _year_of(month, day, published_on, look)
    if year is None:
        return None
    fixed = date(year, month, day)
    return (fixed.replace(day=1), DatePrecision.MONTH) if found["several"] else (fixed, DatePrecision.DAY)


def _month_and_year(found: re.Match[str], _published_on: date | None, _look: Look) -> Fixed:
    return date(int(found["year"]), _month(found), 1), DatePrecision.MONTH


def _month_alone(found: re.Match[str], published_on: date | None, look: Look) -> Fixed | None:
    relation = (found["relation"] or "").lower()
    if relation == "last" and published_on is not None and _month(found) == published_on.month:
        return date(published_on.year - 1, _month(found), 1), DatePrecision.MONTH
    look = {"last": Look.BACK, "next": Look.AHEAD, "coming": Look.AHEAD}.get(relation, look)
    year = _year_of(_month(found), None, published_on, look)
    return None if year is None else (date(year, _month(found), 1), DatePrecision.MONTH)


def _year(found: re.Match[str], _published_on: date | None, _look: Look) -> Fixed:
    return date(int(found["year"]), 1, 1), DatePrecision.YEAR


def _weekday(found: re.Match[str], published_on: date | None, look: Look) -> Fixed | None:
    """The day of that name before the article's, or at it; what lies ahead after it.

    A plan may be told of a day just past ("ordered on Monday to send"): the nearer one then.
    """
    if published_on is None:
        return None
    back = (published_on.weekday() - _WEEKDAYS[found["weekday"].lower()]) % 7
    ahead = (7 - back) % 7
    relation = (found["relation"] or "").lower()
    if relation == "last":
        days = -(back or 7)
    elif relation in {"next", "coming"}:
        days = ahead or 7
    elif look is Look.AHEAD or (look is Look.EITHER and ahead <= back):
        days = ahead
    else:
        days = -back
    return published_on + timedelta(days=days), DatePrecision.DAY


def _day_away(found: re.Match[str], published_on: date | None, _look: Look) -> Fixed | None:
    if published_on is None:
        return None
    return published_on + timedelta(days=_DAYS_AWAY[" ".join(found["whole"].lower().split())]), DatePrecision.DAY


def _ago(found: re.Match[str], published_on: date | None, _look: Look) -> Fixed | None:
    """Days ago are counted; of longer stretches only one says which week, month or year is meant."""
    if published_on is None:
        return None
    word, unit = found["number"].lower(), found["unit"].lower()
    number = int(word) if word.isdigit() else _NUMBERS[word]
    if unit == "day":
        return published_on - timedelta(days=number), DatePrecision.DAY
    return _stretch(unit, -1, published_on) if number == 1 else None


def _relative_stretch(found: re.Match[str], published_on: date | None, _look: Look) -> Fixed | None:
    if published_on is None:
        return None
    return _stretch(found["unit"].lower(), _STEPS[found["relation"].lower()], published_on)


def _stretch(unit: str, step: int, day: date) -> Fixed:
    """The week, month or year that lies `step` after that of `day`."""
    if unit == "week":
        return day - timedelta(days=day.weekday() - 7 * step), DatePrecision.WEEK
    if unit == "month":
        months = day.year * 12 + day.month - 1 + step
        return date(months // 12, months % 12 + 1, 1), DatePrecision.MONTH
    return date(day.year + step, 1, 1), DatePrecision.YEAR


def _month(found: re.Match[str]) -> int:
    return _MONTHS[found["month"].rstrip(".").lower()]


def _year_of(month: int, day: int | None, published_on: date | None, look: Look) -> int | None:
    """The year in which a month, or a day of it, is meant: the latest one up to the article's, the next one, or the nearest."""
    if published_on is None:
        return None
    here = published_on.year
    if day is None:
        distance = month - published_on.month
        if look is Look.BACK:
            return here if distance <= 0 else here - 1
        if look is Look.AHEAD:
            return here if distance >= 0 else here + 1
        return here + (distance < -6) - (distance > 6)
    same = date(here, month, day)
    # What is told as done may be of some days ahead all the same: "called a summit on March 1".
    if look is Look.BACK:
        return here if same <= published_on + timedelta(days=7) else here - 1
    if look is Look.AHEAD:
        return here if same >= published_on else here + 1
    return min((here, here - 1, here + 1), key=lambda year: abs((same - published_on).days + 365 * (year - here)))


_RELATIVE: Final = "|".join(sorted((name.replace(" ", r"\s+") for name in _DAYS_AWAY), key=len, reverse=True))


def _list_patterns() -> Iterator[tuple[re.Pattern[str], _Read]]:
    """Patterns whose group `whole` is the expression, the more explicit ones first."""
    yield re.compile(r"(?<![\d-])(?P<whole>(?:1[89]|20)\d\d-\d\d-\d\d)(?![\d-])"), _iso
    year = rf"(?:,?\s+(?:of\s+)?{_YEAR})?"
    yield re.compile(rf"(?P<whole>{_BEFORE_DATE}\b{_MONTH}\s+(?:the\s+)?{_DAY}{_SEVERAL}{year})"), _month_and_day
    yield re.compile(rf"(?P<whole>{_BEFORE_DATE}(?<![\d,.])\b{_DAY}{_SEVERAL}\s+(?:of\s+)?{_MONTH}{year})"), _month_and_day
    yield re.compile(rf"\b(?P<whole>{_MONTH},?\s+(?:of\s+)?{_YEAR})"), _month_and_year
    yield re.compile(rf"(?:{_IN}|\b{_ONE_OF}\s+)(?P<whole>{_MONTH})(?!\s+\d){_NOT_TWO}"), _month_alone
    yield re.compile(rf"{_IN}(?P<whole>{_YEAR}){_NOT_TWO}"), _year
    yield re.compile(rf"(?:\b{_ONE_OF}\s+)?\b(?P<whole>(?P<weekday>{_WEEKDAY}))\b"), _weekday
    yield re.compile(rf"\b(?P<whole>{_RELATIVE})\b", re.IGNORECASE), _day_away
    number = rf"(?P<number>{'|'.join(_NUMBERS)}|\d{{1,3}})"
    yield re.compile(rf"{_ABOUT}\b(?P<whole>{number}\s+(?P<unit>day|week|month|year)s?\s+ago)\b", re.IGNORECASE), _ago
    relation = r"(?P<relation>last|this|next)"
    yield re.compile(rf"(?<!the )\b(?P<whole>{relation}\s+(?P<unit>week|month|year))\b", re.IGNORECASE), _relative_stretch


_PATTERNS: Final = tuple(_list_patterns())
