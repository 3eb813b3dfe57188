"""When a document was published: dates as headers, addresses and datelines state them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_MONTH_NAMES: Final = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?"
    r"|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
WEEKDAY: Final = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?"
DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
DATELINE_DATE: Final = rf"(?:{MONTH} {DAY}|{DAY} {MONTH})(?:,? \d{{4}})?"
# Before and after these years a date is a misreading. They don't move with the clock: a document is of the same day whenever it
# is read. Addresses are full of numbers, so that less is believed of them.
_FIRST_YEAR: Final = 1850
_LAST_YEAR: Final = 2100
_LAST_YEAR_OF_ADDRESSES: Final = 2049

_LABEL: Final = re.compile(
    r"(?:(?:last )?(?:published|posted|updated|date|dated|issued|released)(?: on| at)?\s*[:\-–—]?\s*)", re.IGNORECASE
)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?")
_SLASHED: Final = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_CLOCK: Final = (
    r"(?:,?\s*(?:at|-|–|—|\|)?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2})?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>GMT|UTC|Z)?(?:[A-Z]{2,4})?)?"
)
_NAMED: Final = re.compile(
    rf"(?:{WEEKDAY},?\s+)?(?:(?P<month1>{MONTH})\s+(?P<day1>{DAY}),?\s+(?P<year1>\d{{4}})"
    rf"|(?P<day2>{DAY})[ -](?P<month2>{MONTH}),?[ -](?P<year2>\d{{4}})){_CLOCK}",
    re.IGNORECASE,
)
_URL_DATES: Final = (
    re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?:/|$)"),
    re.compile(r"(?<!\d)((?:19|20)\d{2})-(\d{2})-(\d{2})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)"),
)
_URL_MONTH: Final = re.compile(r"/((?:19|20)\d{2})/([a-z]{3})/(\d{1,2})(?:/|$)", re.IGNORECASE)


def month_number(name: str) -> int:
    """1 to 12 for an English month name or its abbreviation."""
    return MONTHS[name.rstrip(".").lower()]


def day_number(text: str) -> int:
    """The number in "21st"."""
    return int(text.rstrip("stndrh"))


def utc_day(year: int, month: int, day: int) -> datetime | None:
    """Midnight UTC of that day; None where there is no such day or nobody could have published on it."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _aware(moment: datetime) -> datetime | None:
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return moment if utc_day(moment.year, moment.month, moment.day) is not None else None


def _named_date(found: re.Match[str]) -> datetime | None:
    part = found.groupdict()
    month, day, year = (part["month1"] or part["month2"], part["day1"] or part["day2"], part["year1"] or part["year2"])
    whole = utc_day(int(year), month_number(month), day_number(day.lower()))
    # A clock counts only in a zone that is certain: elsewhere it could put the document on another day.
    if whole is None or part["hour"] is None or part["zone"] is None:
        return whole
    hour = int(part["hour"]) % 12 + 12 * (part["half"][0].lower() == "p") if part["half"] else int(part["hour"])
    minute = int(part["minute"])
    return whole.replace(hour=hour, minute=minute) if hour < 24 and minute < 60 else whole


def parse_stated_date(value: str) -> datetime | None:
    """The moment that `value`, which holds a date and nothing else, states; midnight UTC where it names only the day."""
    text = _LABEL.sub("", " ".join(value.split()), count=1) if len(value) <= 100 else ""
    compact = _COMPACT.fullmatch(text) or _SLASHED.fullmatch(text)
    if compact is not None:
        return utc_day(*(int(part) for part in compact.groups()))
    if _ISO.fullmatch(text):
        iso = text.replace("UTC", "+00:00").replace("GMT", "+00:00").replace(" +", "+").replace(",", ".")
        try:
            return _aware(datetime.fromisoformat(iso))
        except ValueError:
            return None
    named = _NAMED.fullmatch(text)
    if named is not None:
        return _named_date(named)
    if "," in text[:12] and ":" in text:
        try:
            return _aware(parsedate_to_datetime(text))
        except (ValueError, TypeError):
            return None
    return None


def parse_timestamp(value: object) -> datetime | None:
    """The moment in a metadata field: text, or seconds or milliseconds since 1970; None where it is no date."""
    if isinstance(value, str):
        return parse_stated_date(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and 18500101 <= value <= 21001231 and (day := parse_stated_date(str(value))) is not None:
        return day
    seconds = value / 1000 if abs(value) > 10_000_000_000 else value
    try:
        return _aware(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def date_of_url(url: str | None) -> datetime | None:
    """The day an address carries (/2019/05/01/, 2022-02-22, 20220222), None where it carries none."""
    for pattern in _URL_DATES if url else ():
        for found in pattern.finditer(url or ""):
            day = utc_day(*(int(part) for part in found.groups()))
            if day is not None and day.year <= _LAST_YEAR_OF_ADDRESSES:
                return day
    named = _URL_MONTH.search(url or "")
    if named is not None and named.group(2).lower() in MONTHS:
        return utc_day(int(named.group(1)), month_number(named.group(2)), int(named.group(3)))
    return None
