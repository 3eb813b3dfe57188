"""An article that is read to see how well: with its entities found or given, by rules or by a trained network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kb.domain.gazetteer import Gazetteer
from kb.domain.mention import Referent
from kb.evaluate.score import Count
from kb.evaluate.triples import Triple
from kb.ingest.extract import Extractor
from kb.learn.given import resolve_given
from kb.learn.marked import MarkedArticle
from kb.learn.prepare import Prepared, prepare, recognise, to_triples
from kb.nlp.extract import extract_claims
from kb.nlp.reader.columns import NAME_COLUMNS
from kb.nlp.reader.reader import Reader
from kb.nlp.reader.stage import Stage, set_stage


class Entities(StrEnum):
    """Whether the project finds an article's entities, or gold says what names and nominals mean them."""

    FOUND = "found"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Trial:
    """An article to be read.

    `given` leads from referents that were given to their gold ids, by their numbers; `settled` are the heads of nominals that
    were given.
    """

    entities: Entities
    article: Prepared
    given: Mapping[int, str]
    settled: frozenset[int]

    def identify(self, referents: Sequence[Referent], gazetteer: Gazetteer) -> Mapping[int, str]:
        """The gold id of each referent: as given, else as recognised."""
        return {**recognise(self.article.gold, referents, gazetteer), **self.given}


def list_trials(extractor: Extractor, marked: MarkedArticle) -> Iterator[Trial]:
    """The article once with its entities found, then with them given."""
    found = prepare(extractor, marked)
    yield Trial(Entities.FOUND, found, {}, frozenset())
    given = resolve_given(extractor, marked)
    resolved = given.resolved
    stage = set_stage(
        resolved.parsed, resolved.names, resolved.referents, resolved.mentions, extractor.lexicon, extractor.ontology
    )
    settled = frozenset(stage.scene.row.position(*head) for head in given.nominals)
    yield Trial(Entities.GIVEN, replace(found, stage=stage), given.ids, settled)


def hide_votes(stage: Stage) -> Stage:
    """`stage` without all that rules say of claims: triggers with their participants, and who says what is quoted.

    What is left are grammar, and names, roles and pronouns with whom they mean.
    """
    columns = stage.columns.copy()
    columns[:, len(NAME_COLUMNS) :] = 0
    return replace(stage, scene=replace(stage.scene, triggers={}, quotes={}), columns=columns, rules={})


def read_by_rules(extractor: Extractor, trial: Trial) -> frozenset[Triple]:
    """What rules alone claim, in gold ids."""
    scene = trial.article.stage.scene
    referents, mentions = scene.candidates.referents, scene.candidates.resolved
    names = trial.identify(referents, extractor.gazetteer)
    types = extractor.ontology.event_types
    return frozenset(
        triple
        for draft in extract_claims(scene.row.parsed, referents, mentions, extractor.lexicon, extractor.ontology)
        for triple in to_triples(types[draft.type], [names[r] for _, r in draft.subjects], [names[r] for _, r in draft.objects])
    )


def read_by_network(reader: Reader, trial: Trial, gazetteer: Gazetteer, *, votes: bool) -> frozenset[Triple]:
    """What `reader` claims, in gold ids; without `votes` rules tell it nothing of claims."""
    stage = trial.article.stage if votes else hide_votes(trial.article.stage)
    meant, readings = reader.read(stage.scene, reader.states(stage.scene, stage.columns), trial.settled)
    names = trial.identify(meant.referents, gazetteer)
    return frozenset(
        triple
        for reading in readings
        for triple in to_triples(reading.type, [names[r] for r, _ in reading.subjects], [names[r] for r, _ in reading.objects])
    )


def add_up(counts: Iterable[Count]) -> Count:
    """The counts of several articles as one, so that each claim weighs the same."""
    total = Count(0, 0, 0, 0)
    for count in counts:
        total = Count(
            total.precise + count.precise,
            total.found + count.found,
            total.recalled + count.recalled,
            total.wanted + count.wanted,
        )
    return total
