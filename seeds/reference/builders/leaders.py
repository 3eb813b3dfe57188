"""Office holders written one a line in hand/leaders.yaml: "Name = other name, other name | Wikidata id | offices"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from builders.person import Person
from builders.rows import read_hand, year_or_day
from kb.domain.reference import Office

_OFFICE = re.compile(r"(?P<title>[a-z][a-z0-9' -]*?)(?: @(?P<of>Q\d+))?(?: (?P<since>\d[\d-]*)?\.\.(?P<until>\d[\d-]*)?)?")
_QID = re.compile(r"Q[1-9]\d*")


def read_leaders(hand: Path, countries: Mapping[str, str]) -> Iterator[Person]:
    """The people of the list, in its order; `countries` has the key of each country by its code.

    An office reads "defence minister 2001-03-28..2007-02-15", of another body than the country "president @Q8880 2019-12-01..".
    """
    for code, lines in _read_lists(hand):
        for line in lines:
            yield _read_line(line, countries[code] if code != "international" else None)


def _read_lists(hand: Path) -> Iterator[tuple[str, list[str]]]:
    yield from read_hand(hand, "leaders").items()


def _read_line(line: str, country: str | None) -> Person:
    fields = [field.strip() for field in line.split("|")]
    named, qid, offices = (*fields, "", "")[:3]
    name, _, others = (part.strip() for part in named.partition("="))
    if len(fields) > 3 or not name or (qid not in ("", "-") and not _QID.fullmatch(qid)):
        raise SystemExit(f"leaders: {line!r} is not 'Name = others | id | offices'")
    known = qid if _QID.fullmatch(qid) else None
    return Person(
        name=name,
        wikidata_id=known,
        names=[other.strip() for other in others.split(",") if other.strip()],
        offices=[_read_office(text.strip(), line, country) for text in offices.split(";") if text.strip()],
        origins={"hand", "wikidata"} if known else {"hand"},
        country=country,
    )


def _read_office(text: str, line: str, country: str | None) -> Office:
    match = _OFFICE.fullmatch(text)
    of = (match["of"] or country) if match else None
    if match is None or of is None:
        raise SystemExit(f"leaders: {text!r} in {line!r} is no office")
    return Office(match["title"], of, year_or_day(match["since"], last=False), year_or_day(match["until"], last=True))
