"""How many hand-coded PLOVER events are found, each sentence given alone to the extractor.

    python -m benchmarks.plover [FOLDER] [--json]

FOLDER holds plover_gsr.jsonl and plv_train.jsonl; nothing of them is kept. A record codes ONE event of a sentence that may tell
several: a type, a source, a target. Claims get their PLOVER type from the ontology, by event type and modality, as PLOVER codes a
promise of aid as AGREE and a refusal of talks as REJECT. Three ways to count what is predicted:

`one`, the headline: one type a record, that of the claim that fits best. First come claims with the record's source as subject,
of these the ones that are actual (PLOVER codes the act of agreeing, threatening, refusing or being asked to release somebody,
and no release), of these the ones with its target as object, then the most confident, then the first of the text. Where
no actor fits, that rule still picks a claim; a sentence without claims predicts nothing. This is the headline because published
figures are of classifiers that were handed source and target and gave each record one label (but never none), and because it is
the strictest on the coded pair: a right type told of others doesn't count where the pair's own claim has another.
The part of the rule about what is actual is PLOVER's, but was put in after a first look at the figures: when it was, it made 0.49
of 0.45, and choosing the coded type wherever any claim has it would have made 0.52.

`every`: all types of the sentence are predictions, those that no record of that sentence codes are false. Too hard: coders left
out most of what a sentence tells.

`lenient`: as `every`, but where the coded type is among them, the others are not held to be false. Too easy: it rewards guessing.

Macro-F1 is the plain average of F1 over the types that records code; its standard error comes from drawing the records again.

`found` is the share of records whose type is told by any claim of the sentence, `in full` the share where such a claim also has
the source among its subjects and the target among its objects (in symmetric types: both among its participants). An entity is
a coded actor where one of its mentions, in whatever form, shares characters with an occurrence of the coded text ("Mr Bo" with
"Foreign Minister Bo of Qumar", and "Qumar" too: PLOVER codes him as that state's government); where the coder's words are not in
the sentence, where they contain a name of the entity. Of several coded actors on a side one is enough, and a side on which none
is coded asks for nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Final, TypeAlias

from kb.domain.article import Article, OffsetMap
from kb.domain.claim import Claim, Modality, Role
from kb.domain.extraction import Extraction
from kb.domain.ids import article_id
from kb.errors import KbError, UsageError
from kb.evaluate.score import Count
from kb.ingest.extract import Extractor
from kb.ontology.model import Ontology
from kb.resolve.names import fold_name
from kb.settings import read_settings

DEFAULT_FOLDER: Final = Path("../shared/data/plover")
_RESAMPLES: Final = 200
# What older and coarser versions of PLOVER call the types of the ontology's version.
_RENAMED: Final = {
    "DEMAND": "REQUEST",
    "DISAPPROVE": "ACCUSE",
    "INVESTIGATE": "ACCUSE",
    "FIGHT": "ASSAULT",
    "RETREAT": "CONCEDE",
    "YIELD": "CONCEDE",
}
# What stands in plv_train for an actor that the sentence does not name.
_NOBODY: Final = frozenset({"", "An actor", "a recipient"})


@dataclass(frozen=True, slots=True)
class Record:
    """One coded event of a sentence; `source` and `target` are the coders' words for each actor, empty where there is none."""

    origin: str
    sentence: str
    type: str
    source: tuple[str, ...]
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a record's sentence yielded: its PLOVER types, the one that stands for the record, whether that was found in full."""

    record: Record
    types: frozenset[str]
    chosen: str | None
    in_full: bool

    @property
    def found(self) -> bool:
        """Whether any claim of the sentence has the coded type."""
        return self.record.type in self.types


Predict: TypeAlias = Callable[[Outcome, frozenset[str]], frozenset[str]]
"""The types that an outcome counts as predicting, given the types that records code in its sentence."""


def _predict_one(outcome: Outcome, _coded: frozenset[str]) -> frozenset[str]:
    return frozenset() if outcome.chosen is None else frozenset({outcome.chosen})


def _predict_every(outcome: Outcome, coded: frozenset[str]) -> frozenset[str]:
    return outcome.types - (coded - {outcome.record.type})


def _predict_leniently(outcome: Outcome, coded: frozenset[str]) -> frozenset[str]:
    return frozenset({outcome.record.type}) if outcome.found else _predict_every(outcome, coded)


HEADLINE: Final = "one"
WAYS: Final[Mapping[str, Predict]] = {HEADLINE: _predict_one, "every": _predict_every, "lenient": _predict_leniently}


def read_records(folder: Path, types: frozenset[str]) -> tuple[Record, ...]:
    """The records of both files, in their order; raises UsageError where one is missing, malformed or of no type in `types`."""
    records = [
        *(_gsr_record(row) for row in _read_lines(folder / "plover_gsr.jsonl")),
        *(_plv_record(row) for row in _read_lines(folder / "plv_train.jsonl")),
    ]
    unknown = sorted({record.type for record in records} - types)
    if unknown:
        raise UsageError(f"{folder} codes {unknown[0]}, which is no PLOVER type of the ontology; add it or its present name")
    return tuple(records)


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name the folder that holds it") from error
    except ValueError as error:
        raise UsageError(f"{path} is no JSON Lines: {error}") from error


def _gsr_record(row: Mapping[str, Any]) -> Record:
    # One sentence still has the braces of the manual that it was copied from.
    sentence = str(row["text"]).strip("{} ")
    return Record("plover_gsr", sentence, _present_name(row["event"]), _gsr_actors(row, "source"), _gsr_actors(row, "target"))


def _gsr_actors(row: Mapping[str, Any], side: str) -> tuple[str, ...]:
    actors = row.get(side)
    # Where sources do it to each other, the target is missing or holds what belongs to another column.
    return tuple(str(actor["actorText"]) for actor in actors) if isinstance(actors, list) else ()


def _plv_record(row: Mapping[str, Any]) -> Record:
    source, target = (() if row[side] in _NOBODY else (str(row[side]),) for side in ("source", "target"))
    return Record("plv_train", str(row["sentence"]), _present_name(row["plover"]), source, target)


def _present_name(type_: str) -> str:
    return _RENAMED.get(type_, type_)


def make_article(sentence: str) -> Article:
    """A sentence as an article of one paragraph, undated, as nobody published it."""
    return Article(
        id=article_id(sentence),
        file="sentence",
        title="",
        text=sentence,
        original=sentence,
        paragraphs=((0, len(sentence)),),
        offsets=OffsetMap((0,), (0,), (len(sentence),)),
    )


def judge(record: Record, extraction: Extraction, ontology: Ontology) -> Outcome:
    """What `extraction`, of the record's sentence, has of the record."""
    source, target = (_find_actors(texts, extraction) for texts in (record.source, record.target))

    def fits(claim: Claim) -> tuple[bool, bool]:
        """Whether source and target are where they belong."""
        subjects, objects = (set(claim.entity_ids(role)) for role in (Role.SUBJECT, Role.OBJECT))
        if ontology.event_types[claim.type].symmetric:
            subjects = objects = subjects | objects
        return not record.source or bool(source & subjects), not record.target or bool(target & objects)

    def rank(claim: Claim) -> tuple[bool, bool, bool, float, int, str]:
        by_source, by_target = fits(claim)
        unreal = claim.modality is not Modality.ACTUAL
        return not by_source, unreal, not by_target, -claim.confidence, claim.trigger.start, claim.id

    def plover(claim: Claim) -> str:
        return ontology.plover_type(claim.type, claim.modality)

    best = min(extraction.claims, key=rank, default=None)
    return Outcome(
        record=record,
        types=frozenset(map(plover, extraction.claims)),
        chosen=None if best is None else plover(best),
        in_full=any(plover(claim) == record.type and all(fits(claim)) for claim in extraction.claims),
    )


def _find_actors(texts: Iterable[str], extraction: Extraction) -> frozenset[str]:
    """The ids of the entities that one of the coders' `texts` may mean."""
    found: set[str] = set()
    for text in texts:
        places = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(text.strip())}(?!\w)", extraction.article.text)]
        if places:
            found |= {m.entity_id for m in extraction.mentions for start, end in places if m.start < end and start < m.end}
            continue
        words = f" {fold_name(text)} "
        for entity in extraction.entities:
            names = (fold_name(name) for name in (entity.name, *(alias.name for alias in entity.aliases)))
            if any(name and f" {name} " in words for name in names):
                found.add(entity.id)
    return frozenset(found)


def count_types(outcomes: Sequence[Outcome], predict: Predict) -> dict[str, Count]:
    """By coded type, in alphabetical order: how often it was predicted, coded, and both."""
    coded: dict[str, set[str]] = {}
    for outcome in outcomes:
        coded.setdefault(outcome.record.sentence, set()).add(outcome.record.type)
    predicted: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for outcome in outcomes:
        types = predict(outcome, frozenset(coded[outcome.record.sentence]))
        predicted.update(types)
        hits[outcome.record.type] += outcome.record.type in types
    wanted = Counter(outcome.record.type for outcome in outcomes)
    return {name: Count(hits[name], predicted[name], hits[name], wanted[name]) for name in sorted(wanted)}


def macro_f1(outcomes: Sequence[Outcome], predict: Predict) -> float:
    """The average F1 over the types that are coded; 0 where there is no record."""
    counts = count_types(outcomes, predict)
    return fmean(count.f1 for count in counts.values()) if counts else 0.0


def _standard_error(outcomes: Sequence[Outcome], predict: Predict) -> float:
    draw = random.Random(1)
    return stdev(macro_f1(draw.choices(outcomes, k=len(outcomes)), predict) for _ in range(_RESAMPLES))


Row: TypeAlias = "dict[str, int | float]"


def summarise(outcomes: Sequence[Outcome]) -> Row:
    """Of some records: number, shares found and found in full, macro-F1 each way, standard error of the headline."""
    row: Row = _shares(outcomes)
    row |= {f"macro_f1_{name}": round(macro_f1(outcomes, predict), 3) for name, predict in WAYS.items()}
    return row | {"standard_error": round(_standard_error(outcomes, WAYS[HEADLINE]), 3)}


def list_types(outcomes: Sequence[Outcome]) -> dict[str, Row]:
    """By coded type: the same shares, precision, recall and F1 by the headline, F1 the other ways, and how it was missed.

    `other_type` and `no_claim` count the records whose type no claim tells: there are claims of other types, or none at all.
    """
    counts = {name: count_types(outcomes, predict) for name, predict in WAYS.items()}
    rows: dict[str, Row] = {}
    for name, count in counts[HEADLINE].items():
        own = [outcome for outcome in outcomes if outcome.record.type == name]
        row: Row = _shares(own)
        row |= {"precision": round(count.precision, 3), "recall": round(count.recall, 3)}
        row |= {f"f1_{way}": round(counts[way][name].f1, 3) for way in WAYS}
        row["other_type"] = sum(not outcome.found and bool(outcome.types) for outcome in own)
        row["no_claim"] = sum(not outcome.types for outcome in own)
        rows[name] = row
    return rows


def _shares(outcomes: Sequence[Outcome]) -> Row:
    whole = len(outcomes) or 1
    found, in_full = sum(outcome.found for outcome in outcomes), sum(outcome.in_full for outcome in outcomes)
    return {"records": len(outcomes), "found": round(found / whole, 3), "in_full": round(in_full / whole, 3)}


def list_confusions(outcomes: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """By coded type, the types chosen for its records instead ("none": no claim), the most frequent first."""
    taken: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        if outcome.chosen != outcome.record.type:
            taken.setdefault(outcome.record.type, Counter())[outcome.chosen or "none"] += 1
    return {name: dict(taken[name].most_common()) for name in sorted(taken)}


def _write_table(rows: Mapping[str, Row]) -> None:
    header = ["", *next(iter(rows.values()))]
    cells = [[name, *(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values())] for name, row in rows.items()]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    for first, *rest in (header, *cells):
        print("  ".join((first.ljust(widths[0]), *map(str.rjust, rest, widths[1:]))))
    print()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 where the records cannot be read."""
    parser = argparse.ArgumentParser(prog="benchmarks.plover", description="Measure the extractor on hand-coded PLOVER events.")
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT_FOLDER, help="where the two .jsonl files are")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    try:
        extractor = Extractor.open(read_settings())
        ontology = extractor.ontology
        records = read_records(options.folder, frozenset(each.plover for each in ontology.event_types.values()))
    except KbError as error:
        print(error, file=sys.stderr)
        return 2
    outcomes = [judge(record, extractor.extract(make_article(record.sentence)), ontology) for record in records]
    sets = {"all": summarise(outcomes)}
    for origin in dict.fromkeys(record.origin for record in records):
        sets[origin] = summarise([outcome for outcome in outcomes if outcome.record.origin == origin])
    types, confusions = list_types(outcomes), list_confusions(outcomes)
    if options.json:
        print(
            json.dumps({"headline": f"macro_f1_{HEADLINE}", "sets": sets, "types": types, "chosen_instead": confusions}, indent=2)
        )
        return 0
    _write_table(sets)
    _write_table(types)
    print("chosen instead")
    for name, instead in confusions.items():
        print(f"{name:10}", ", ".join(f"{other} {count}" for other, count in instead.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
