"""From when to when something held, as the words beside it say: "since March 2014", "from 2010 to 2014", "until 5 May 2016"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def _day(number: int) -> str:
    """A pattern of a day, a month or a year: "5 May 2014", "May 5, 2014", "May 2014", "2014"."""
    day = rf"(?:(?P<day{number}>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?:(?P<month{number}>[A-Z][a-z]+)\.?\s+)?"
    return rf"{day}(?:(?P<other{number}>\d{{1,2}})\s?,\s+)?(?P<year{number}>(?:1[5-9]|20)\d\d)\b"


_RANGE: Final = re.compile(rf"\b(?:from|between)\s+{_day(1)}\s+(?:to|until|till|through|and)\s+{_day(2)}")
_SINCE: Final = re.compile(rf"\b(?:since|from)\s+{_day(1)}")
_UNTIL: Final = re.compile(rf"\b(?:until|till|through)\s+{_day(1)}")
_IN: Final = re.compile(rf"\b(?:in|on)\s+{_day(1)}")


def find_validity(text: str, *, begins: bool = False) -> tuple[date | None, date | None]:
    """The first and the last day on which it can have held; None where `text` names none.

    Of a year or a month that it began in this is the first day, of one that it ended in the last. `begins` is for words on how it
    began: then "in 2014" is a beginning.
    """
    if (match := _RANGE.search(text)) is not None:
        start, end = _first_day(match, 1), _last_day(match, 2)
        return (start, end) if start <= end else (None, None)
    since = _SINCE.search(text) or (_IN.search(text) if begins else None)
    until = _UNTIL.search(text)
    start_day, end_day = since and _first_day(since, 1), until and _last_day(until, 1)
    if start_day is not None and end_day is not None and end_day < start_day:
        return None, None
    return start_day, end_day


def _parts(match: re.Match[str], number: int) -> tuple[int, int | None, int | None]:
    """Year, month and day, as far as they are given; a day that the month does not have is none."""
    year, written = int(match[f"year{number}"]), (match[f"month{number}"] or "").lower()
    month = next((place for place, name in enumerate(_MONTHS, 1) if written and name.startswith(written)), None)
    digits = match[f"day{number}"] or match[f"other{number}"]
    day = int(digits) if digits and month is not None else None
    return year, month, day if month is not None and day is not None and 1 <= day <= monthrange(year, month)[1] else None


def _first_day(match: re.Match[str], number: int) -> date:
    year, month, day = _parts(match, number)
    return date(year, month or 1, day or 1)


def _last_day(match: re.Match[str], number: int) -> date:
    year, month, day = _parts(match, number)
    return date(year, month or 12, day or monthrange(year, month or 12)[1])
