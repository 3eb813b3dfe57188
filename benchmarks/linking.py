"""How well names are linked to the reference set, on articles whose names others have linked to Wikipedia (DWIE).

    python -m benchmarks.linking [FOLDER] [--json] [--errors N]

FOLDER holds dwie_train_350.jsonl: 350 articles of Deutsche Welle with their mentions, and Wikipedia titles of whom they mean.
Nothing of them is kept; `--errors` shows the commonest confusions, on the terminal only. Articles are parsed and their names
resolved; claims are not read, and no network takes part (the reader's rules). The data have no dates, so that whoever holds an
office today is taken for holding it.

A Wikipedia title is a reference entity, strictly: the title, folded (case, accents and punctuation aside), equals one of the
entity's names, or an acronym in the same capitals, and the entity is of the kind that DWIE's annotators say:

  person        person
  gpe0          country, else (Kosovo, Hong Kong) region
  organization  organisation
  location      region; but no facilities

Their events, works, languages and peoples are not asked for. A title of several entities is `ambiguous` and left out
("Victoria"). "Georgia_(country)" is asked for as "Georgia" where the words in brackets tell a kind, which then is the one it must
have; others leave open whether the set has this one or the one that is better known, and so are ambiguous if it has the name.
"Alexandria,_Egypt" is Alexandria if the set has that in Egypt. So neither the names in the text play a part nor what the linker
knows of spellings: titles that the set has under another spelling only are not `known`.

`known` is the share of mentions with a title whose title is in the set, those of ambiguous ones aside. Of these, as mentions and
by article (`once`: an entity that an article names forty times counts once, as in `kb eval`): `recall`, the share linked to the
right entity, and `precision`, the share of right ones among those linked to any. The name that was found must cover the same
words as DWIE's, or, for people, end with it ("Mr Putin"); `unfound` are those where there is no such name, linked or not. Not
asked for are mentions without a title, such as adjectives.

`metonyms` are those wrong links of mentions where a city was taken for the government that sits there: DWIE links the city even
where "Washington warned", which the gold of `kb eval` does not. `beside` is precision without those.
`astray` counts the mentions of titles that the set does not know, but that were linked to somebody in it. It is no part of
precision, as some are right, under a title that no name in the set equals; the others should have been nobody known.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeAlias

from kb.domain.article import Article, OffsetMap
from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Gazetteer, NameUse
from kb.domain.ids import article_id
from kb.domain.reference import ReferenceEntity
from kb.errors import KbError, UsageError
from kb.evaluate.links import STRAIGHT, is_same_name
from kb.evaluate.names import fold
from kb.ingest.extract import Extractor
from kb.settings import RULES, read_settings

DEFAULT_FOLDER: Final = Path("../shared/data/dwie")
_FILE: Final = "dwie_train_350.jsonl"
_BRACKETS: Final = re.compile(r"(?P<name>.+?) \((?P<what>[^()]+)\)")
_COMMA: Final = re.compile(r"(?P<name>[^,]+), (?P<where>[^,]+)")
# Which words in a title's brackets tell a kind that the set has; the last of them counts ("Belgian politician").
_TOLD_KINDS: Final[Mapping[str, EntityKind]] = {
    **dict.fromkeys(("country",), EntityKind.COUNTRY),
    **dict.fromkeys(("state", "city", "province", "region", "territory", "island", "county", "district"), EntityKind.REGION),
    **dict.fromkeys(("politician", "president", "diplomat", "general", "minister"), EntityKind.PERSON),
    **dict.fromkeys(
        ("party", "organization", "organisation", "company", "newspaper", "agency", "group"), EntityKind.ORGANISATION
    ),
}


class Standing(StrEnum):
    """How a title stands to the reference set."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class GoldName:
    """Characters `start` to `end` name somebody of a kind, whom Wikipedia has an article `title` on."""

    start: int
    end: int
    title: str
    kind: EntityKind


@dataclass(frozen=True, slots=True)
class Sample:
    """One article of the data."""

    text: str
    names: tuple[GoldName, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A name with a title, whom it should be and whom it was linked to: keys of the set, None where that is nobody in it.

    `found` says whether it was found to be a name at all, `metonym` that it stands for whom it was linked to as a seat of
    government does.
    """

    article: int
    surface: str
    title: str
    kind: EntityKind
    standing: Standing
    wanted: str | None
    linked: str | None
    found: bool = True
    metonym: bool = False

    @property
    def right(self) -> bool:
        """Whether it was linked to whom it should be."""
        return self.wanted is not None and self.linked == self.wanted


def read_samples(folder: Path) -> Iterator[Sample]:
    """The articles, in their order; raises UsageError where there are none or they are malformed."""
    path = folder / _FILE
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name the folder that holds it") from error
    for number, line in enumerate(lines, 1):
        try:
            yield _sample(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}, line {number}, is no article of DWIE: {error}") from error


def _sample(row: Mapping[str, Any]) -> Sample:
    concepts = {concept["concept"]: concept for concept in row["concepts"]}
    names = []
    for mention in row["mentions"]:
        concept = concepts[mention["concept"]]
        kind = kind_of(concept.get("tags") or ())
        if concept.get("link") and kind is not None:
            names.append(GoldName(mention["begin"], mention["end"], str(concept["link"]).strip(), kind))
    return Sample(str(row["content"]), tuple(sorted(names, key=lambda name: (name.start, name.end))))


def kind_of(tags: Iterable[str]) -> EntityKind | None:
    """What DWIE's annotators say that something is; None where it is nothing that the set holds, or two things at once."""
    types = {tag.removeprefix("type::") for tag in tags}
    kinds = {
        EntityKind.PERSON: "person" in types,
        EntityKind.ORGANISATION: "organization" in types,
        EntityKind.COUNTRY: "gpe0" in types,
        EntityKind.REGION: "location" in types and not types & {"gpe0", "facility"},
    }
    told = [kind for kind, holds in kinds.items() if holds]
    return told[0] if len(told) == 1 and not types & {"misc", "event"} else None


class Titles:
    """Leads from Wikipedia titles to entities of the reference set."""

    def __init__(self, entities: Iterable[ReferenceEntity]) -> None:
        self._entities = {entity.key: entity for entity in entities}
        self._by_name: dict[str, dict[str, ReferenceEntity]] = {}
        for entity in self._entities.values():
            for name in (entity.name, *entity.names):
                self._by_name.setdefault(fold(name), {})[entity.key] = entity
            for acronym in entity.acronyms:
                self._by_name.setdefault(acronym, {})[entity.key] = entity

    def lookup(self, title: str, kind: EntityKind) -> tuple[Standing, str | None]:
        """How `title`, of something of that kind, stands to the set, and the key of the entity where it is known."""
        name = title.replace("_", " ")
        kinds: tuple[EntityKind, ...] = (EntityKind.COUNTRY, EntityKind.REGION) if kind is EntityKind.COUNTRY else (kind,)
        brackets = _BRACKETS.fullmatch(name)
        if brackets and not any(self._list(name, each) for each in kinds):
            name = brackets["name"]
            told = [_TOLD_KINDS[word] for word in brackets["what"].casefold().split() if word in _TOLD_KINDS]
            if not told or told[-1] not in kinds:
                return (Standing.AMBIGUOUS if any(self._list(name, each) for each in kinds) else Standing.UNKNOWN), None
            kinds = (told[-1],)
        for each in kinds:
            found = self._list(name, each) or self._list_within(name, each)
            if found:
                return (Standing.KNOWN, found[0]) if len(found) == 1 else (Standing.AMBIGUOUS, None)
        return Standing.UNKNOWN, None

    def _list(self, name: str, kind: EntityKind) -> list[str]:
        found = {**self._by_name.get(fold(name), {}), **self._by_name.get(name, {})}
        return [key for key, entity in found.items() if entity.kind is kind]

    def _list_within(self, name: str, kind: EntityKind) -> list[str]:
        """Those of the name before a comma that belong to the country after it."""
        parts = _COMMA.fullmatch(name)
        countries = self._list(parts["where"], EntityKind.COUNTRY) if parts else []
        return [key for key in self._list(parts["name"], kind) if self._entities[key].country in countries] if parts else []


def link(samples: Iterable[Sample], extractor: Extractor) -> Iterator[Outcome]:
    """What became of each name that has a title."""
    titles = Titles(extractor.gazetteer.entities.values())
    for number, sample in enumerate(samples):
        resolved = extractor.resolve(make_article(sample.text))
        found = [
            (mention.start, mention.end, resolved.referents[mention.referents[0]].key)
            for mention in resolved.mentions
            if mention.form is MentionForm.NAME
        ]
        yield from judge(number, sample, found, titles, extractor.gazetteer)


def judge(
    number: int, sample: Sample, found: Sequence[tuple[int, int, str | None]], titles: Titles, gazetteer: Gazetteer
) -> Iterator[Outcome]:
    """The names of one article against those that were `found`: start, end, and key of the reference entity if it is one."""
    text = sample.text.translate(STRAIGHT)
    for name in sample.names:
        standing, wanted = titles.lookup(name.title, name.kind)
        person = name.kind is EntityKind.PERSON
        same = [each for each in found if is_same_name(text, (name.start, name.end), each[:2], person=person)]
        linked = max(same, key=lambda each: each[1] - each[0])[2] if same else None
        surface = text[name.start : name.end]
        metonym = any(c.key == linked and c.use is NameUse.METONYM for c in gazetteer.candidates(surface))
        yield Outcome(number, surface, name.title, name.kind, standing, wanted, linked, bool(same), metonym)


def make_article(text: str) -> Article:
    """`text` as an article, undated; each line is a paragraph, the first its title."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    return Article(
        id=article_id(text),
        file="article",
        title=lines[0],
        text=text,
        original=text,
        paragraphs=tuple((start, start + len(line)) for start, line in zip(starts, lines, strict=True) if line.strip()),
        offsets=OffsetMap((0,), (0,), (len(text),)),
    )


Row: TypeAlias = "dict[str, int | float]"


def summarise(outcomes: Sequence[Outcome]) -> Row:
    """The figures of some names; shares are 0 where there is nothing to share."""
    titled = [outcome for outcome in outcomes if outcome.standing is not Standing.AMBIGUOUS]
    known = [outcome for outcome in titled if outcome.standing is Standing.KNOWN]
    linked = [outcome for outcome in known if outcome.linked]
    right = [outcome for outcome in known if outcome.right]
    metonyms = sum(outcome.metonym and not outcome.right for outcome in linked)
    wanted_once = {(outcome.article, outcome.wanted) for outcome in known}
    linked_once = {(outcome.article, outcome.wanted, outcome.linked) for outcome in linked}
    right_once = {(outcome.article, outcome.wanted) for outcome in right}
    return {
        "titled": len(titled),
        "known": _share(len(known), len(titled)),
        "names": len(known),
        "precision": _share(len(right), len(linked)),
        "recall": _share(len(right), len(known)),
        "unfound": sum(not outcome.found for outcome in known),
        "entities": len(wanted_once),
        "precision_once": _share(len(right_once), len(linked_once)),
        "recall_once": _share(len(right_once), len(wanted_once)),
        "metonyms": metonyms,
        "beside": _share(len(right), len(linked) - metonyms),
        "astray": sum(bool(outcome.linked) for outcome in titled if outcome.standing is Standing.UNKNOWN),
        "ambiguous": len(outcomes) - len(titled),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def list_kinds(outcomes: Sequence[Outcome]) -> dict[str, Row]:
    """The figures by kind, then of all."""
    rows = {kind.value.lower(): summarise([outcome for outcome in outcomes if outcome.kind is kind]) for kind in EntityKind}
    return {**rows, "all": summarise(outcomes)}


def list_confusions(
    outcomes: Iterable[Outcome], entities: Mapping[str, ReferenceEntity]
) -> dict[str, list[tuple[int, str, str, str]]]:
    """By fault the cases: how often, the words, the title, whom they were linked to instead; the most frequent first."""
    faults: dict[str, Counter[tuple[str, str, str]]] = {"wrong": Counter(), "missed": Counter(), "astray": Counter()}
    for outcome in outcomes:
        if outcome.right or outcome.standing is Standing.AMBIGUOUS:
            continue
        name = f"{entities[outcome.linked].name} ({outcome.linked})" if outcome.linked else ""
        if outcome.standing is Standing.UNKNOWN:
            fault = "astray" if outcome.linked else ""
        else:
            fault = "wrong" if outcome.linked else "missed"
        if fault:
            faults[fault][outcome.surface, outcome.title, name] += 1
    return {fault: [(count, *case) for case, count in cases.most_common()] for fault, cases in faults.items()}


def _write_table(rows: Mapping[str, Row]) -> None:
    header = ["", *next(iter(rows.values()))]
    cells = [[name, *(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values())] for name, row in rows.items()]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    for first, *rest in (header, *cells):
        print("  ".join((first.ljust(widths[0]), *map(str.rjust, rest, widths[1:]))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 where the articles cannot be read."""
    parser = argparse.ArgumentParser(prog="benchmarks.linking", description="Measure linking on articles linked to Wikipedia.")
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT_FOLDER, help=f"where {_FILE} is")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show the N commonest confusions of each sort")
    options = parser.parse_args(arguments)
    try:
        samples = list(read_samples(options.folder))
        extractor = Extractor.open(replace(read_settings(), reader=RULES))
    except KbError as error:
        print(error, file=sys.stderr)
        return 2
    outcomes = list(link(samples, extractor))
    kinds = list_kinds(outcomes)
    if options.json:
        print(json.dumps({"articles": len(samples), "kinds": kinds}, indent=2))
        return 0
    _write_table(kinds)
    if options.errors:
        for fault, cases in list_confusions(outcomes, extractor.gazetteer.entities).items():
            print(f"\n{fault}: {sum(case[0] for case in cases)}")
            for count, surface, title, name in cases[: options.errors]:
                print(f"{count:5}  {surface}  =  {title}" + (f"  ->  {name}" if name else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
