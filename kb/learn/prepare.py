"""An annotated article with its stage set: ready to become samples, and to be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.domain.gazetteer import Gazetteer
from kb.domain.mention import Referent
from kb.evaluate.gold import GoldArticle
from kb.evaluate.names import UNKNOWN, fold
from kb.evaluate.score import Count
from kb.evaluate.triples import Triple, list_pairs
from kb.ingest.extract import Extractor
from kb.learn.align import Alignment, align
from kb.learn.marked import MarkedArticle
from kb.nlp.reader.participants import PATHS, find_path
from kb.nlp.reader.stage import Stage, set_stage
from kb.ontology.model import EventType


@dataclass(frozen=True, slots=True)
class Prepared:
    """`sure` are the gold's triples that count, `debatable` those that count neither way."""

    name: str
    stage: Stage
    alignment: Alignment
    gold: GoldArticle
    sure: frozenset[Triple]
    debatable: frozenset[Triple]


def prepare(extractor: Extractor, marked: MarkedArticle) -> Prepared:
    """`marked` parsed, resolved and read by rules, with its annotation on the tokens."""
    found = extractor.resolve(marked.article)
    stage = set_stage(found.parsed, found.names, found.referents, found.mentions, extractor.lexicon, extractor.ontology)
    triples: dict[bool, set[Triple]] = {True: set(), False: set()}
    for event in marked.gold.events:
        event_type = extractor.ontology.event_types[event.type]
        triples[event.debatable].update(to_triples(event_type, event.subjects, event.objects))
    alignment = align(stage.scene.row, marked)
    return Prepared(marked.gold.name, stage, alignment, marked.gold, frozenset(triples[False]), frozenset(triples[True]))


def to_triples(event_type: EventType, subjects: Sequence[str], objects: Sequence[str]) -> Iterable[Triple]:
    """What a claim counts as."""
    pairs = list_pairs(subjects, objects, symmetric=event_type.symmetric)
    return (Triple(event_type.id, subject, obj) for subject, obj in pairs)


def count_claims(article: Prepared, found: Iterable[Triple]) -> Count:
    """How many of the article's claims are among those found, what gold holds for debatable in neither."""
    kept = frozenset(found) - (article.debatable - article.sure)
    hits = len(kept & article.sure)
    return Count(hits, len(kept), hits, len(article.sure))


def recognise(gold: GoldArticle, referents: Sequence[Referent], gazetteer: Gazetteer) -> Mapping[int, str]:
    """The gold entity that each referent is, by Wikidata id or else by name; `?` and its number for one that gold lacks."""
    by_id = {entity.wikidata_id: entity.id for entity in gold.entities if entity.wikidata_id}
    by_name: dict[str, str] = {}
    for entity in gold.entities:
        for name in entity.names:
            by_name.setdefault(fold(name), entity.id)
    found = {}
    for referent in referents:
        names = [referent.name, *referent.surfaces]
        known = gazetteer.entities[referent.key] if referent.key else None
        if known is not None:
            names += [known.name, *known.names, *known.acronyms, *known.demonyms, *known.metonyms]
        same = by_id.get(known.wikidata_id) if known is not None and known.wikidata_id else None
        same = same or next((by_name[fold(name)] for name in names if fold(name) in by_name), None)
        found[referent.number] = same or f"{UNKNOWN}{referent.number}"
    return found


def list_paths(prepared: Iterable[Prepared]) -> tuple[str, ...]:
    """The dependency paths between triggers and heads that occur more than once, the most frequent first."""
    counts: Counter[str] = Counter()
    for each in prepared:
        for trigger in sorted({claim.trigger for claim in each.alignment.claims}):
            counts.update(find_path(each.stage.scene.row, trigger, head) for head in each.stage.scene.window(trigger))
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(path for path, count in ordered[: PATHS - 1] if count > 1)
