"""When a document was published, concluded from the dates its text names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kb.sources.dates import DATELINE_DATE, DAY, MONTH, WEEKDAY, day_number, month_number, utc_day

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_DAY: Final = rf"(?:(?P<month1>{MONTH})\s(?P<day1>{DAY})|(?P<day2>{DAY})\s(?:of\s)?(?P<month2>{MONTH}))(?![\d:])"
_DATE: Final = re.compile(
    rf"(?P<today>\b[Tt]his\s|\b[Tt]oday,?\s)?(?:\b(?P<weekday>{WEEKDAY}),?\s\(?(?:the\s)?)?\b{_MONTH_DAY}(?:,?\s(?P<year>(?:19|20)\d\d)\b)?"
)
_DATELINE: Final = re.compile(
    r"[A-Z][\w.'’-]*(?:[ /-][A-Z][\w.'’-]*){0,4}(?:, [A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)?)?,? "
    rf"(?P<date>{DATELINE_DATE})(?: \([^)]{{2,40}}\))?\s?[-–—:]"
)
_YEAR: Final = re.compile(r"(?<![\d,.$€£-])(?:19|20)\d\d(?![\d,]\d|-)")
_AHEAD: Final = re.compile(r"\b(?:by|until|till|before|through|for|toward|towards|beyond|target|deadline)\s(?:\w+\s){0,2}$")
# A war of N years that began in year Y: the text was written in Y + N.
_LASTING: Final = re.compile(
    r"\b(?P<years>\w+)[- ]year(?:-old|-long|s of)?[- ](?:\w+\s)?"
    r"(?:war|conflict|insurgency|rebellion|ceasefire|cease-fire|truce|occupation|siege|blockade|standoff)\b"
)
_NUMBERS: Final = {
    name: number for number, name in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2)
}
_FUTURE: Final = re.compile(
    r"\b(?:will|would|expected|due|plan(?:s|ned)?|scheduled|to be held|upcoming|next|slated|set to|starting|deadline)\b",
    re.IGNORECASE,
)
# "U.S. " and "Feb. " end no sentence.
_SENTENCE_END: Final = re.compile(r"(?<=[a-z\d”\"][.!?])(?<!\b(?:Jan|Feb|Mar|Apr|Aug|Sep|Oct|Nov|Dec)\.)(?<!Sept\.)\s|\n")
# Articles say when they are in their first pages; the rest of a book would say something else.
_ENOUGH: Final = 40_000
# An article names the year before its own, or one not long before, when it names any.
_YEARS_AFTER_NAMED: Final = 3
# What a text without any year is taken for: the latest year that fits, up to this one. It is fixed, to be raised with a release,
# because a text must be of the same day whenever it is read; weekdays come round to the same day every five to eleven years.
_LATEST_UNNAMED: Final = 2027
_EARLIEST_UNNAMED: Final = _LATEST_UNNAMED - 40
# Sentences this far around a date tell whether it lies ahead.
_CONTEXT: Final = 160


@dataclass(frozen=True, slots=True)
class _Named:
    month: int
    day: int
    weekday: int | None
    year: int | None
    today: bool
    ahead: bool


def _named_dates(text: str) -> list[_Named]:
    named: list[_Named] = []
    for found in _DATE.finditer(text):
        part = found.groupdict()
        sentence = text[max(found.start() - _CONTEXT, 0) : found.end() + _CONTEXT]
        at = min(found.start(), _CONTEXT)
        opened = max((end.end() for end in _SENTENCE_END.finditer(sentence, 0, at)), default=0)
        closing = _SENTENCE_END.search(sentence, at)
        closed = closing.start() if closing else len(sentence)
        named.append(
            _Named(
                month_number(part["month1"] or part["month2"]),
                day_number(part["day1"] or part["day2"]),
                _WEEKDAYS.index(part["weekday"][:3].lower()) if part["weekday"] else None,
                int(part["year"]) if part["year"] else None,
                today=part["today"] is not None,
                ahead=_FUTURE.search(sentence, opened, closed) is not None,
            )
        )
    return named


def _past_years(text: str) -> set[int]:
    years = ((int(found.group()), text[max(found.start() - 40, 0) : found.start()]) for found in _YEAR.finditer(text))
    return {year for year, before in years if _AHEAD.search(before) is None}


def _year_of_duration(text: str, years: set[int]) -> int | None:
    """The one year N years after a year the text names in which a war or truce of N years began; rather soon after the latest."""
    sums: set[int] = set()
    for found in _LASTING.finditer(text):
        word = found.group("years").lower()
        length = int(word) if word.isdigit() and len(word) < 3 else _NUMBERS.get(word)
        if length is not None:
            sums.update(year + length for year in years)
    sums = {year for year in sums if max(years) <= year}
    soon = {year for year in sums if year <= max(years) + _YEARS_AFTER_NAMED}
    chosen = soon or sums
    return chosen.pop() if len(chosen) == 1 else None


def _year_of_weekday(date: _Named, named: int | None) -> int | None:
    """The latest year in which the day fell on its weekday: of those soon after the latest one the text names, if it does."""
    first, last = (_EARLIEST_UNNAMED, _LATEST_UNNAMED) if named is None else (named, named + _YEARS_AFTER_NAMED)
    for year in range(last, first - 1, -1):
        day = utc_day(year, date.month, date.day)
        if day is not None and day.weekday() == date.weekday:
            return year
    return None


def _publication_day(dates: list[_Named], year: int) -> datetime | None:
    """The day called today, otherwise the last one that does not lie ahead."""
    pool = [date for date in dates if date.today] or [date for date in dates if not date.ahead] or dates
    days = [day for date in pool if (day := utc_day(date.year or year, date.month, date.day)) is not None and day.year == year]
    return max(days, default=None)


def infer_published(text: str) -> datetime | None:
    """The day `text` was published (midnight UTC), its year concluded; None where nothing in the text fixes the year.

    The same text is of the same day whenever it is read.
    What fixes it: a weekday beside a day of a month; another date of the same weeks with its year; how long a war has lasted.
    """
    text = text[:_ENOUGH]
    dates = _named_dates(text)
    if not dates:
        return None
    years = _past_years(text)
    named = max(years, default=None)
    full = [date for date in dates if date.year is not None and date.year == named and not date.ahead]
    partial = [date for date in dates if date.year is None]
    if full and not partial:
        # A date with its year is an occasion that the text tells of, which may lie long before it.
        return None
    for date in partial:
        near = [other for other in full if abs((other.month - date.month) * 30 + other.day - date.day) <= 45]
        if near and named is not None:
            return _publication_day(partial, named)
    weekday_dates = [date for date in partial if date.weekday is not None]
    candidates = {_year_of_weekday(date, named) for date in weekday_dates if not date.ahead or len(weekday_dates) == 1}
    if len(candidates) == 1 and (found := candidates.pop()) is not None:
        return _publication_day(partial, found)
    by_duration = _year_of_duration(text, years) if years and partial else None
    return _publication_day(partial, by_duration) if by_duration is not None else None


def find_dateline_date(paragraphs: list[str]) -> str | None:
    """The date in the dateline that one of the opening paragraphs begins with, as written ("March 3", "3 May 2019")."""
    for paragraph in paragraphs:
        found = _DATELINE.match(paragraph[:160])
        if found is not None:
            return found.group("date")
    return None
