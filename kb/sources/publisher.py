"""Who published a document, by the address it came from or the dateline it opens with."""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from kb.sources.dates import DATELINE_DATE
from kb.sources.lexicon import load_lexicon

_PLACE: Final = r"[A-Z][\w.'’-]*(?:[ /-][A-Z][\w.'’-]*){0,4}(?:, [A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2})?"


@cache
def _domains() -> dict[str, str]:
    return {domain: str(name) for domain, name in load_lexicon("publishers").table("domains").items()}


@cache
def _dateline() -> re.Pattern[str]:
    agencies = "|".join(re.escape(name) for name in load_lexicon("publishers").table("agencies"))
    date = rf"(?:,? {DATELINE_DATE})?"
    bracketed = rf"\((?P<bracketed>{agencies})\)\s*(?:[-–—]|$)"
    dashed = rf"[-–—]{{1,2}}\s*(?P<dashed>{agencies})(?:\s*[-–—]|\s*$)"
    return re.compile(rf"(?:{_PLACE}{date}\s*)?{bracketed}|{_PLACE}{date}\s*{dashed}", re.MULTILINE)


def find_domain(url: str | None) -> str | None:
    """The host of `url` without "www.", lower case; None where it names none."""
    if not url:
        return None
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and "." in host else None


def publisher_of_domain(domain: str) -> str:
    """The name of who publishes on `domain` or a domain above it; the domain itself where that is not known."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        name = _domains().get(".".join(labels[start:]))
        if name is not None:
            return name
    return domain


def find_dateline_agency(paragraphs: list[str]) -> str | None:
    """The agency that one of the opening paragraphs' datelines names ("KYIV, March 3 (AP) -"), by its full name."""
    for paragraph in paragraphs:
        found = _dateline().match(paragraph[:160])
        if found is not None:
            name = found.group("bracketed") or found.group("dashed")
            return str(load_lexicon("publishers").table("agencies")[name])
    return None
