"""People: holders of high office from the factbook, leaders_2026 and by hand, one row each however many sources name them."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from builders.leaders import read_leaders
from builders.person import Person, spell
from builders.rows import read_hand, to_slug, unique, year_or_day
from kb.domain.entity import EntityKind
from kb.domain.reference import Office, ReferenceEntity
from kb.resolve.names import fold_name

# Whoever takes one of these ends the term of who held it before; of the others a body may have several at a time.
_SINGLE = frozenset(
    {
        "president",
        "prime minister",
        "king",
        "queen",
        "emperor",
        "emir",
        "sultan",
        "chancellor",
        "foreign minister",
        "secretary-general",
    }
    | {"supreme leader", "pope", "high representative", "secretary of state", "foreign secretary", "monarch", "premier"}
)
_TITLES = (
    (r"vice president", "vice president"),
    (r"deputy prime minister", "deputy prime minister"),
    (r"prime minister|taoiseach|government of spain|chairman of the cabinet|council of ministers", "prime minister"),
    (r"^premier\b", "prime minister"),
    (r"supreme people's assembly|governorate|territorial", ""),
    (r"chairperson of the presidency|state affairs commission", "president"),
    (r"^president|acting president|interim president|transition(?:al)? president|captain regent", "president"),
    (r"sovereign council chair|presidential leadership council", "president"),
    (r"supreme leader|taliban leader", "supreme leader"),
    (r"federal chancellor|^chancellor", "chancellor"),
    (r"crown prince", "crown prince"),
    (r"^king|lord of mann", "king"),
    (r"^queen", "queen"),
    (r"emperor", "emperor"),
    (r"^(?:amir|emir)", "emir"),
    (r"^sultan", "sultan"),
    (r"^pope", "pope"),
    (r"grand duke", "grand duke"),
    (r"^prince\b", "prince"),
)
_HONORIFICS = re.compile(r"\b(?:Sr\. Gen\.|Gen\.|General|Col\.|Capt\.|Dr\.|Sir|Sultan(?= IBRAHIM)|Interim|Transition)\s+")
_FACT = re.compile(r"^(?P<who>.*?)\s*\((?:chairperson )?(?:since )?(?P<since>\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{4}|\d{4})")


def build_people(
    sources: Path, hand: Path, factbook: Mapping[str, Mapping[str, str]], countries: Mapping[str, str]
) -> tuple[ReferenceEntity, ...]:
    """All people; the terms of an office that only one can hold follow each other without a gap where its end is not known."""
    additions = read_hand(hand, "people")
    people = [_read_hand_person(row, countries) for row in additions["people"]]
    for person in (
        *read_leaders(hand, countries),
        *_read_2026(sources, countries, additions["not_2026"], frozenset(additions["confirmed_2026"])),
        *_read_factbook(factbook, countries, additions),
    ):
        _merge(people, person)
    _close_terms(people)
    _compare_2022(sources, people)
    states = frozenset(countries.values())
    return tuple(_to_entity(person, states) for person in people)


def _read_hand_person(row: Mapping[str, Any], countries: Mapping[str, str]) -> Person:
    person = Person(row["name"], row.get("id"), list(row.get("names", ())), origins={"hand"})
    for text in row.get("offices", ()):
        parts = str(text).split("|")
        title, of, since, until = (*(part.strip() for part in parts), "", "")[:4]
        key = countries.get(of, of)
        if not re.fullmatch(r"Q\d+", key):
            raise SystemExit(f"people: {row['name']}: no country or organisation {of!r}")
        person.offices.append(Office(title, key, year_or_day(since, last=False), year_or_day(until, last=True)))
    if row.get("country"):
        person.country = countries[row["country"]]
    return person


def _read_2026(
    sources: Path, countries: Mapping[str, str], unwanted: Sequence[str], confirmed: frozenset[str]
) -> Iterable[Person]:
    newest = max((sources / "leaders_2026").glob("*.json"))
    of_union = {
        "President of the European Commission": ("president", "Q8880"),
        "President of the European Council": ("president", "Q8886"),
        "Chairperson of the African Union Commission": ("commission chairperson", "Q7159"),
        "Chairperson of the African Union": ("chairperson", "Q7159"),
    }
    for place in json.loads(newest.read_text(encoding="utf-8"))["countries"].values():
        for position in place["positions"].values():
            holder, title = position["current_holder"], position["title_en"]
            code = (place["country"].get("iso_code") or "").lower()
            if holder is None or f"{holder['name_en']} | {title} | {code}" in unwanted:
                continue
            title, of = of_union.get(title) or (_to_title(title), countries.get(code, ""))
            if title == "monarch":
                title = "king"
            if title and of:
                since = year_or_day(holder["since"], last=False)
                # Some of its ids are other people's, so only those count that somebody has looked at.
                qid = holder["wikidata_id"] if holder["wikidata_id"] in confirmed else None
                yield Person(holder["name_en"], qid, [], [Office(title, of, since)], {"leaders_2026"})


def _read_factbook(
    factbook: Mapping[str, Mapping[str, str]], countries: Mapping[str, str], additions: Mapping[str, Any]
) -> Iterable[Person]:
    for code, row in factbook.items():
        if code not in countries:
            continue
        for text in (row["chief_of_state"], row["head_of_government"]):
            lead = re.split(r";|, represented|represented by| and Co-prince", text)[0].strip()
            match = _FACT.match(lead)
            if match is None:
                continue
            who = _HONORIFICS.sub("", match["who"]).strip().rstrip(",")
            title, name = _split_title(who)
            if title and name and name not in additions["not_factbook"]:
                office = Office(title, countries[code], _read_day(match["since"]))
                yield Person(name, None, _shorten(who), [office], {"factbook"})


def _split_title(who: str) -> tuple[str, str]:
    """The normalised title and the natural name in "President Vladimir Vladimirovich PUTIN"; the title is "" where it is none."""
    bare = re.sub(r"\([^)]*\)|of the National Council for the Safeguard of the Homeland|of the Government of Spain", " ", who)
    bare = bare.replace("Council Chairperson", "Council")
    words = bare.replace(" of Denmark", "").replace(" of the Netherlands", "").split()
    # Titles are written like given names; they end with the last word that belongs to a known one.
    ends = [number for number, word in enumerate(words) if word.strip(",").casefold() in _TITLE_WORDS]
    end = max(ends) + 1 if ends else 0
    title = _to_title(" ".join(words[:end])) if end else ""
    name = _natural(words[end:])
    # "Philippe" alone is anybody; texts say "King Philippe".
    return title, f"{title.title()} {name}" if name and " " not in name else name


_TITLE_WORDS = frozenset(
    {
        "president",
        "premier",
        "minister",
        "king",
        "queen",
        "emperor",
        "amir",
        "emir",
        "sultan",
        "pope",
        "duke",
        "prince",
        "chancellor",
    }
    | {"prime", "taoiseach", "regent", "council", "confederation", "chair", "forces", "leader", "presidency", "ministers"}
)


def _shorten(who: str) -> list[str]:
    """Given and family name of "President Gustavo Francisco PETRO Urrego": ["Gustavo Petro"]; empty where nothing falls away."""
    words = [word for word in re.sub(r"\([^)]*\)", " ", who).replace(",", "").split() if word.casefold() not in _TITLE_WORDS]
    family = [word for word in words if word.isupper() and len(word) > 2]
    if not words or words[0] in family or not family or len(words) == len(family) + 1:
        return []
    return [_natural([words[0], *family])]


def _natural(words: Sequence[str]) -> str:
    """A name as it is said: particles stay, family names in capitals get one."""
    return " ".join(
        "-".join(
            part.capitalize() if len(part) > 1 and part.isupper() and not re.fullmatch(r"[IVX]+", part) else part
            for part in word.split("-")
        )
        for word in words
    ).replace(",", "")


def _to_title(text: str) -> str:
    folded = text.casefold().strip()
    if folded == "monarch":
        return "king"
    return next((title for pattern, title in _TITLES if re.search(pattern, folded)), "")


def _read_day(text: str) -> date | None:
    for form in ("%d %B %Y", "%d %b %Y", "%B %Y", "%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _merge(people: list[Person], new: Person) -> None:
    spellings = new.spellings()
    known = next((person for person in people if _is_same(person, new, spellings)), None)
    # Sons hold their fathers' offices under longer names, so a longer form only counts where nobody has the very name.
    known = known or next((person for person in people if _is_longer_form(person, new)), None)
    if known is None:
        people.append(new)
        return
    exact = "hand" in known.origins
    known.wikidata_id = known.wikidata_id or new.wikidata_id
    known.names = [*known.names, new.name, *new.names]
    known.origins |= new.origins
    for office in new.offices:
        _add_office(known.offices, office, exact=exact)


def _is_same(known: Person, new: Person, spellings: frozenset[str]) -> bool:
    if known.wikidata_id and new.wikidata_id:
        return known.wikidata_id == new.wikidata_id
    # One king reigns over several states, one minister becomes chief of an organisation: equal full names are one person.
    if fold_name(known.name) == fold_name(new.name) and " " in known.name:
        return True
    shared = {office.of for office in known.offices} & {office.of for office in new.offices}
    return bool(shared) and bool(known.spellings() & spellings)


def _is_longer_form(left: Person, right: Person) -> bool:
    """Whether both hold the same office and every word of the shorter name is in the longer one ("Claudia Sheinbaum Pardo")."""
    if left.wikidata_id and right.wikidata_id and left.wikidata_id != right.wikidata_id:
        return False
    if not {(office.title, office.of) for office in left.offices} & {(office.title, office.of) for office in right.offices}:
        return False
    for one in (left.name, *left.names):
        for other in (right.name, *right.names):
            short, long = sorted(([set(spell(word)) for word in name.split()] for name in (one, other)), key=len)
            if len(short) > 1 and all(any(word & candidate for candidate in long) for word in short):
                return True
    return False


def _add_office(offices: list[Office], new: Office, *, exact: bool) -> None:
    for number, known in enumerate(offices):
        if (known.title, known.of) == (new.title, new.of) and (
            known.until is None or new.since is None or known.until > new.since
        ):
            # Sources date a term from the last election or from the first; the first is when the office was taken.
            if known.since is None or (not exact and new.since is not None and new.since < known.since):
                offices[number] = replace(known, since=new.since)
            return
    offices.append(new)


def _close_terms(people: Sequence[Person]) -> None:
    starts: dict[tuple[str, str], list[date]] = {}
    for person in people:
        for office in person.offices:
            if office.since is not None and office.title in _SINGLE:
                starts.setdefault((office.title, office.of), []).append(office.since)
    for person in people:
        for number, office in enumerate(person.offices):
            later = [day for day in starts.get((office.title, office.of), ()) if office.since is not None and day > office.since]
            if office.until is None and later:
                person.offices[number] = replace(office, until=min(later))
    _narrow_years(people)


def _narrow_years(people: Sequence[Person]) -> None:
    """A term known by its year only gives way to the day that the term before or after it states."""
    held: dict[tuple[str, str], list[tuple[date, date, Person, int]]] = {}
    for person in people:
        for number, office in enumerate(person.offices):
            if office.since is not None and office.title in _SINGLE:
                entry = (office.since, office.until or date.max, person, number)
                held.setdefault((office.title, office.of), []).append(entry)
    for terms in held.values():
        terms.sort(key=lambda term: (term[0], term[1], term[2].name))
        for (_, until, before, earlier), (since, _, after, later) in pairwise(terms):
            if since >= until or since.year != until.year or before is after:
                continue
            if (until.month, until.day) == (12, 31):
                before.offices[earlier] = replace(before.offices[earlier], until=since)
            elif (since.month, since.day) == (1, 1):
                after.offices[later] = replace(after.offices[later], since=until)


def _compare_2022(sources: Path, people: Sequence[Person]) -> None:
    """Says where the hand-written ids and those of leaders_2022 differ; nothing of that list is taken over."""
    path = sources / "leaders_2022" / "wikidata.csv"
    if not path.is_file():
        return
    listed: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            listed.setdefault(fold_name(row["officeholderLabel"]), set()).add(row["officeholder"])
    for person in people:
        ids = {qid for name in (person.name, *person.names) for qid in listed.get(fold_name(name), ())}
        if person.wikidata_id and ids and person.wikidata_id not in ids:
            print(
                f"people: {person.name} is {person.wikidata_id} here and {', '.join(sorted(ids))} in leaders_2022",
                file=sys.stderr,
            )


def _to_entity(person: Person, states: frozenset[str]) -> ReferenceEntity:
    country = person.country or next((office.of for office in person.offices if office.of in states), None)
    offices = sorted(person.offices, key=lambda office: (office.since or date.min, office.of, office.title))
    return ReferenceEntity(
        key=person.wikidata_id or to_slug("person", person.name),
        kind=EntityKind.PERSON,
        name=person.name,
        wikidata_id=person.wikidata_id,
        names=unique(person.names, without=(person.name,)),
        country=country,
        offices=tuple(offices),
        origin=", ".join(sorted(person.origins)),
    )
