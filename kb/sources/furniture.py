"""What a site puts around and into its articles: whole lines, ends of paragraphs, breadcrumbs, lists of links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from kb.errors import ConfigError
from kb.sources.lexicon import Lexicon, load_lexicon

# Longer lines are prose, whatever they begin with.
_LINE_LENGTH: Final = 400
_PHRASE_LENGTH: Final = 120
_CLOSER_WINDOW: Final = 420
_NO_WORD: Final = re.compile(r"[^\w]+")
_COUNT: Final = re.compile(r"\(\d+\)\s*$")
_SENTENCE_END: Final = "(?<=[.!?…”\"'’)\\]])"
_TRAIL: Final = re.compile(
    r"(?:home|news)(?:\s*[>»›/|→\\]\s*[^>»›|→\\]{1,90})+|[^>»›→]{1,40}(?:\s+[>»›→]\s+[^>»›→]{1,90}){2,}", re.IGNORECASE
)
_PHOTOGRAPHER: Final = r"[A-Z][\w.'’-]*(?: [\w.'’-]+){1,4}?"
_SECTIONS: Final = re.compile(r"(?:(?:[A-Z][\w&'’-]*|[>»›/|→-])\s+){1,6}")
_OPEN_END: Final = re.compile(r"[^.!?…”\"'’)\]:;,]$")


@dataclass(frozen=True, slots=True)
class _Patterns:
    phrases: frozenset[str]
    tails: frozenset[str]
    openers: re.Pattern[str]
    closers: re.Pattern[str]
    credit: re.Pattern[str]


def _phrase(line: str) -> str:
    """What a line says, without case, apostrophes, punctuation and counts."""
    plain = _COUNT.sub("", line).replace("'", "").replace("’", "")
    return _NO_WORD.sub(" ", plain).strip().casefold()


def _alternation(lexicon: Lexicon, name: str) -> str:
    loose = (pattern.replace("'", "['’]?") for pattern in lexicon.words(name))
    return "|".join(f"(?:{pattern})" for pattern in loose)


def compile_furniture(lexicon: Lexicon) -> _Patterns:
    """The lexicon made ready for matching; raises ConfigError where a pattern of it is none."""
    names = "|".join(re.escape(name) for name in sorted(lexicon.words("credits"), key=len, reverse=True))
    agencies = rf"(?:{names})(?:(?:\s*[/,&|]\s*|\s+(?:and|via)\s+)(?:{names}))*"
    # "(Jane Doe | AFP | Getty Images)", "Reuters/Jane Doe", "AP Photo/Jane Doe".
    credit = rf"[(\[]?(?:{_PHOTOGRAPHER}\s*[/|]\s*)?{agencies}(?:(?: Photo)?\s*/\s*{_PHOTOGRAPHER})?[)\]]?\.?"
    try:
        return _Patterns(
            phrases=frozenset(_phrase(line) for line in lexicon.words("lines")),
            tails=frozenset(_phrase(line) for line in lexicon.words("tails")),
            openers=re.compile(_alternation(lexicon, "openers"), re.IGNORECASE),
            closers=re.compile(rf"{_SENTENCE_END}\s*(?:{_alternation(lexicon, 'closers')})[\s.…»>→]*$", re.IGNORECASE),
            credit=re.compile(rf"(?:{_SENTENCE_END}|^)\s*(?:[-–—]{{1,2}}\s*)?{credit}$"),
        )
    except re.error as error:
        raise ConfigError(f"{lexicon.path} has a pattern that is no regular expression: {error}; put it right") from error


@cache
def _patterns() -> _Patterns:
    return compile_furniture(load_lexicon("furniture"))


def is_furniture(line: str) -> bool:
    """Whether the whole line belongs to the site and not to the article."""
    if len(line) > _LINE_LENGTH:
        return False
    patterns, plain = _patterns(), " ".join(line.split())
    if len(plain) <= _PHRASE_LENGTH and _phrase(plain) in patterns.phrases:
        return True
    return patterns.openers.match(plain) is not None or patterns.credit.fullmatch(plain) is not None


def is_breadcrumb(line: str, title: str) -> bool:
    """Whether `line` is the path to a page, as "Home > World > Asia" or "Home World News" and the title."""
    if len(line) > _LINE_LENGTH:
        return False
    plain, heading = " ".join(line.split()), " ".join(title.split())
    if _TRAIL.fullmatch(plain) is not None and _OPEN_END.search(plain) is not None:
        return True
    if not heading or plain == heading or not plain.endswith(heading):
        return False
    return _SECTIONS.fullmatch(plain[: -len(heading)]) is not None


def find_own_end(paragraph: str) -> int:
    """Where the paragraph's own text ends: before "find out more", credits and their like; its length where there are none."""
    patterns, end = _patterns(), len(paragraph)
    while end:
        start = max(end - _CLOSER_WINDOW, 0)
        window = paragraph[start:end]
        found = patterns.closers.search(window) or patterns.credit.search(window)
        if found is None:
            break
        own = len(window[: found.start()].rstrip())
        if start + own == end or (own == 0 and start > 0):
            break
        end = start + own
    return end


def find_link_list(lines: Sequence[str]) -> int:
    """The index of the line that opens the links and forms after an article, `len(lines)` where none does."""
    tails = _patterns().tails
    for index in range(len(lines) // 2, len(lines)):
        if len(lines[index]) <= _PHRASE_LENGTH and _phrase(lines[index]) in tails:
            return index
    return len(lines)


def is_link(line: str) -> bool:
    """Whether a line after an article reads as a link to another: short and without an end of sentence."""
    return len(line) <= _PHRASE_LENGTH and _OPEN_END.search(line) is not None
