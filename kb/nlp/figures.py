"""Numbers in a text with what is written right beside them: hedge, currency, scale, second end of a range, unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from kb.domain.claim import Bound
from kb.errors import ConfigError
from kb.ontology.loader import read_yaml
from kb.settings import read_settings

_DIGITS: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_THOUSAND: Final = 1000
_LONGEST_HEDGE: Final = 40


@dataclass(frozen=True, slots=True)
class FigureWords:
    """schema/lexicon/quantities.yaml, with its patterns compiled. Group names of `figure`: low, high, currency and the like."""

    numbers: Mapping[str, float]
    scales: Mapping[str, float]
    short_scales: Mapping[str, float]
    figure: re.Pattern[str]
    before: tuple[tuple[re.Pattern[str], Bound], ...]
    after: tuple[tuple[re.Pattern[str], Bound], ...]
    units: tuple[tuple[re.Pattern[str], str], ...]
    rate: re.Pattern[str]
    currencies: Mapping[str, str]
    rate_units: Mapping[str, str]
    counted: Mapping[str, str]
    persons: str
    small: Mapping[str, int]
    outcomes: Mapping[str, str]
    intransitive: frozenset[str]
    states: Mapping[str, str]
    outcome_nouns: Mapping[str, str]
    about_links: frozenset[str]
    worth: frozenset[str]
    money: frozenset[str]
    exchange_rate: str
    estimating: frozenset[str]
    never_before: frozenset[str]
    never_after: frozenset[str]
    months: frozenset[str]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or range in characters of the searched text.

    [start, end) covers hedge, number and unit, [number_start, number_end) the number alone. `unit` is set for money, percent and
    measures ("USD", "percent", "km"), `rate` where it is so much for something. `plain` says that it is written in bare digits.
    """

    start: int
    end: int
    number_start: int
    number_end: int
    low: float
    high: float
    bound: Bound
    unit: str | None
    rate: bool
    plain: bool


def find_figures(text: str, start: int, end: int, words: FigureWords) -> Iterator[Figure]:
    """The figures in `text` from `start` to `end`, in order, none overlapping another."""
    position = start
    while (match := words.figure.search(text, position, end)) is not None:
        figure = _figure(text, match, start, end, words)
        position = max(match.end(), figure.end if figure is not None else 0, position + 1)
        if figure is not None:
            yield figure


def _figure(text: str, match: re.Match[str], start: int, end: int, words: FigureWords) -> Figure | None:
    low, low_scaled = _value(match["low"], words)
    high = low
    if match["high"] is not None:
        high, high_scaled = _value(match["high"], words)
        if high_scaled and not low_scaled and low < _THOUSAND:
            # "10 to 20 million": the scale counts for both ends.
            low *= high_scaled
        if high <= low:
            # "107 to 14" is a score.
            return None
    symbol = match["currency"]
    unit = words.currencies[symbol] if symbol else None
    reached, bound = match.end(), Bound.EXACT
    for pattern, kind in words.after:
        if (found := pattern.match(text, reached, end)) is not None:
            reached, bound = found.end(), kind
            break
    for pattern, name in words.units if unit is None else ():
        if (found := pattern.match(text, reached, end)) is not None:
            unit, reached = name, found.end()
            break
    rate = words.rate.match(text, reached, end)
    if rate is not None:
        per = words.rate_units[rate["unit"].lower()]
        unit, reached = (f"{unit} per {per}" if unit else f"per {per}"), rate.end()
    first = match.start()
    begun = text[max(start, first - _LONGEST_HEDGE) : first]
    for pattern, kind in words.before:
        if (hedge := pattern.search(begun)) is not None:
            first, bound = first - len(begun) + hedge.start(), kind
            break
    if low != high:
        bound = Bound.EXACT if bound is Bound.EXACT else Bound.ABOUT
    plain = match["low"].isdigit() and match["high"] is None and unit is None
    return Figure(first, reached, match.start(), match.end(), low, high, bound, unit, rate is not None, plain)


def _value(text: str, words: FigureWords) -> tuple[float, float]:
    """The number that digits and number words make, and what scales multiplied it by (0 where none did)."""
    total = current = scaled = 0.0
    for part in re.findall(rf"{_DIGITS}|[a-z]+", text.lower()):
        scale = words.scales.get(part) or words.short_scales.get(part)
        if part[0].isdigit():
            current += float(part.replace(",", ""))
        elif part == "half":
            current = 0.5
        elif scale is not None:
            current, scaled = (current or 1.0) * scale, (scaled or 1.0) * scale
            if scale >= _THOUSAND:
                total, current = total + current, 0.0
        else:
            current += words.numbers.get(part, 0.0)
    return total + current, scaled


def _any_of(words: Iterable[str]) -> str:
    """A pattern for the longest of `words` that fits, spaces standing for any white space."""
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in sorted(words, key=lambda w: (-len(w), w)))


def _figure_pattern(
    numbers: Iterable[str], scales: Iterable[str], short: Iterable[str], currencies: Iterable[str]
) -> re.Pattern[str]:
    number, scale = _any_of(numbers), _any_of(scales)
    spelled = rf"(?:{number})(?:-(?:{number}))?\b"
    one = rf"(?:half\s+)?an?(?=[\s-](?:{scale})\b)|{spelled}|{_DIGITS}"
    amount = rf"(?:{one})(?:(?:{_any_of(short)})\b|(?:[\s-](?:{scale})\b(?:(?:\s+and)?\s+(?:{spelled}))?)*)"
    between = r"\s?[\u2013\u2014-]\s?|\s+to\s+|\s+or\s+|(?<=\d)\s+and\s+(?=\d)"
    return re.compile(
        rf"(?<![\w.,/\u2013\u2014-])(?P<currency>{_any_of(currencies)})?\s?(?P<low>{amount})"
        rf"(?:(?:{between})(?:{_any_of(currencies)})?(?P<high>{amount}))?(?!\w|[.,:/]\d|st\b|nd\b|rd\b|th\b|-\d)",
        re.IGNORECASE,
    )


def _hedges(raw: Mapping[str, Mapping[str, list[str]]], side: str) -> tuple[tuple[re.Pattern[str], Bound], ...]:
    """Patterns of hedges on one side, longer ones first so that "no more than" is not read as "more than"."""
    entries = [(phrase, Bound(bound)) for bound, sides in raw.items() for phrase in sides.get(side, ())]
    entries.sort(key=lambda entry: (-len(entry[0]), entry[0]))
    before = side == "before"
    return tuple(
        (re.compile(rf"\b(?:{_any_of([phrase])})\s+$" if before else rf"\s+(?:{_any_of([phrase])})\b", re.IGNORECASE), bound)
        for phrase, bound in entries
    )


def _units(raw: Mapping[str, Any]) -> tuple[tuple[re.Pattern[str], str], ...]:
    forms = dict.fromkeys(raw["percent"], "percent")
    forms |= {form: unit for unit, written in raw["measures"].items() for form in written}
    for names in (raw["currency_words"], raw["currency_adjectives"]):
        forms |= names
        forms |= {f"{name}s": code for name, code in names.items()}
    ordered = sorted(forms.items(), key=lambda entry: (-len(entry[0]), entry[0]))
    return tuple(
        (re.compile(rf"[\s-]*{_any_of([form])}{'' if form == '%' else chr(92) + 'b'}", re.IGNORECASE), unit)
        for form, unit in ordered
    )


def read_figure_words(schema_dir: Path) -> FigureWords:
    """The words under `schema_dir`; raises ConfigError where the file lacks a part."""
    path = schema_dir / "lexicon" / "quantities.yaml"
    raw = read_yaml(path)
    try:
        money = {name.lower(): code for name, code in raw["currency_words"].items()}
        barrels = {form: unit for unit, forms in raw["measures"].items() for form in forms}
        singular = {form: unit.removesuffix("s") for form, unit in barrels.items()}
        rate_units = money | singular
        return FigureWords(
            numbers=raw["numbers"],
            scales=raw["scales"],
            short_scales=raw["short_scales"],
            figure=_figure_pattern(raw["numbers"], raw["scales"], raw["short_scales"], raw["currencies"]),
            before=_hedges(raw["hedges"], "before"),
            after=_hedges(raw["hedges"], "after"),
            units=_units(raw),
            rate=re.compile(
                rf"\s+(?:{_any_of(raw['per'])})\s+(?:U\.?S\.?\s+)?(?P<unit>{_any_of(rate_units)})\b",
                re.IGNORECASE,
            ),
            currencies=raw["currencies"],
            rate_units={form.lower(): unit for form, unit in rate_units.items()},
            counted={noun: unit for unit, nouns in raw["counted"].items() for noun in nouns},
            persons=raw["persons"],
            small=raw["small"],
            outcomes={verb: outcome for outcome, verbs in raw["outcomes"].items() for verb in verbs},
            intransitive=frozenset(raw["intransitive"]),
            states=raw["states"],
            outcome_nouns=raw["outcome_nouns"],
            about_links=frozenset(raw["about_links"]),
            worth=frozenset(raw["worth"]),
            money=frozenset(money),
            exchange_rate=raw["exchange_rate"],
            estimating=frozenset(raw["estimating"]),
            never_before=frozenset(raw["never"]["before"]),
            never_after=frozenset(raw["never"]["after"]),
            months=frozenset(raw["never"]["following"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"{path} lacks or misnames {error}") from error


@cache
def load_figure_words() -> FigureWords:
    """The installed words, read once a process."""
    return read_figure_words(read_settings().schema_dir)
