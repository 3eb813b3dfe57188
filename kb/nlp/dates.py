"""When a claim says it happened: month-day, weekday and year expressions near the trigger, relative to the article's date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from spacy.tokens import Span, Token

from kb.domain.claim import DatePrecision, Modality

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
_YEAR: Final = re.compile(r"^(1[89]\d\d|20\d\d)$")
_DAY: Final = re.compile(r"^(\d{1,2})(st|nd|rd|th)?$")
_FUTURE: Final = {Modality.PLANNED, Modality.THREATENED, Modality.REQUESTED, Modality.POSSIBLE}


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date that the text fixes, and the token that it hangs on."""

    token: Token
    date: date
    precision: DatePrecision


def find_date(trigger: Token, sentence: Span, published_on: date | None, modality: Modality) -> tuple[date, DatePrecision] | None:
    """The date of the claim at `trigger`, or None where the text fixes none: an expression counts on the trigger's clause."""
    clause = _clause(trigger)
    for expression in _expressions(sentence, published_on, forward=modality in _FUTURE):
        above = expression.token
        for _ in range(4):
            if above in (trigger, clause):
                return expression.date, expression.precision
            if above.head == above:
                break
            above = above.head
    return None


def _clause(token: Token) -> Token:
    """The verb of the clause that `token` stands in."""
    while token.pos_ not in {"VERB", "AUX"} and token.head != token:
        token = token.head
    return token


def _expressions(sentence: Span, published_on: date | None, *, forward: bool) -> Iterator[DateExpression]:
    for token in sentence:
        word = token.lower_.rstrip(".")
        following = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
        if word in _MONTHS and token.text[0].isupper():
            if found := _month(token, _MONTHS[word], following, published_on, forward=forward):
                yield found
        elif word in _WEEKDAYS and published_on is not None:
            back = (published_on.weekday() - _WEEKDAYS[word]) % 7
            yield DateExpression(token, published_on + timedelta(days=_days_off(token, back, forward=forward)), DatePrecision.DAY)
        elif word in {"today", "yesterday", "tomorrow"} and published_on is not None:
            days = {"today": 0, "yesterday": -1, "tomorrow": 1}[word]
            yield DateExpression(token, published_on + timedelta(days=days), DatePrecision.DAY)
        elif _YEAR.match(word) and token.i and token.doc[token.i - 1].lower_ in {"in", "since", "of", "during"}:
            yield DateExpression(token, date(int(word), 1, 1), DatePrecision.YEAR)


def _days_off(weekday: Token, back: int, *, forward: bool) -> int:
    """How many days after the article's the weekday is that was last `back` days before it.

    "Will meet on Monday" and "next Monday" lie ahead. A plan may be told of a day just past ("ordered on Monday to send"):
    the nearer one then.
    """
    ahead = (7 - back) % 7
    before = weekday.doc[weekday.i - 1].lower_ if weekday.i else ""
    if before in {"next", "coming"}:
        return ahead or 7
    governing = weekday.head.head if weekday.dep_ == "pobj" else weekday.head
    if forward and any(child.dep_ == "aux" and child.lower_ in {"will", "'ll", "shall"} for child in governing.children):
        return ahead
    return ahead if forward and ahead <= back else -back


def _month(token: Token, month: int, following: str, published_on: date | None, *, forward: bool) -> DateExpression | None:
    doc = token.doc
    day = _DAY.match(following)
    before = _DAY.match(doc[token.i - 1].lower_) if token.i else None
    year_at = next((t for t in doc[token.i + 1 : token.i + 4] if _YEAR.match(t.text)), None)
    number = int(day[1]) if day and not _YEAR.match(following) else int(before[1]) if before else None
    year = int(year_at.text) if year_at is not None else _nearest_year(month, number or 1, published_on, forward=forward)
    if year is None:
        return None
    try:
        return DateExpression(token, date(year, month, number or 1), DatePrecision.DAY if number else DatePrecision.MONTH)
    except ValueError:
        return None


def _nearest_year(month: int, day: int, published_on: date | None, *, forward: bool) -> int | None:
    """The year that puts month and day nearest to the article's date, before it unless the claim looks ahead."""
    if published_on is None:
        return None
    try:
        same = date(published_on.year, month, min(day, 28))
    except ValueError:
        return None
    if same > published_on + timedelta(days=60 if forward else 7):
        return published_on.year - 1
    if forward and same < published_on - timedelta(days=300):
        return published_on.year + 1
    return published_on.year


def iso(day: date, precision: DatePrecision) -> str:
    """The date as ISO 8601, as short as its precision."""
    return day.isoformat()[: {DatePrecision.DAY: 10, DatePrecision.MONTH: 7, DatePrecision.YEAR: 4}[precision]]
