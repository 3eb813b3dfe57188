"""What each part of reading is worth: claims by rules alone, by the network alone and by both, learnt from ever more articles."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import torch

from kb.domain.gazetteer import Gazetteer
from kb.errors import UsageError
from kb.evaluate.score import Count
from kb.evaluate.triples import Triple
from kb.ingest.extract import Extractor
from kb.learn.encoder import read_vocabulary
from kb.learn.judged import Judged, choose_least, fit_judges, judge_article
from kb.learn.lessons import read_lessons
from kb.learn.marked import MarkedArticle
from kb.learn.prepare import Prepared, count_claims, list_paths, prepare
from kb.learn.train import learn_weights, make_samples, open_reader
from kb.learn.trial import Entities, Trial, add_up, hide_votes, list_trials, read_by_network, read_by_rules
from kb.nlp.reader.judge import Judgement
from kb.nlp.reader.network import Network
from kb.nlp.reader.pieces import Pieces
from kb.nlp.reader.reader import Reader
from kb.nlp.reader.row import Floats
from kb.nlp.reader.weights import as_kept
from kb.ontology.model import EventType

Log = Callable[[str], None]

ARTICLES: Final = (28, 56)
"""How many articles are learnt from, before all of them are."""
LEAST_ARTICLES: Final = 4
"""With fewer, not each half of the articles has two parts that judge each other's claims."""
_PARTS: Final = 2
# How often each article stands among the samples of a pass. A pass of `kb train` is over many more: on halves of gold/train the
# network alone reached an F1 of 0.04 with each article once, 0.14 three times and 0.15 six times; with rules 0.35 and 0.37.
_TIMES: Final = 3
_PROCESSES: Final = 2


class ReadBy(StrEnum):
    """What reads claims. Rules tell `LEARNED` nothing of claims, neither when it learns nor when it reads."""

    RULES = "rules alone"
    LEARNED = "learned alone"
    BOTH = "both"
    ENCODER = "both, encoder"


@dataclass(frozen=True, slots=True)
class Row:
    """How well claims of the articles `on` were read; `articles` is how many were learnt from, None where nothing is learnt."""

    read_by: ReadBy
    articles: int | None
    on: str
    entities: Entities
    count: Count


@dataclass(frozen=True, slots=True)
class _Course:
    """What one reader learns from, and its networks to come: of all articles, and for each half that of the other half."""

    read_by: ReadBy
    articles: tuple[Prepared, ...]
    paths: tuple[str, ...]
    vocabulary: tuple[str, ...]
    base: Path | None
    whole: Future[Mapping[str, Floats]]
    others: tuple[Future[Mapping[str, Floats]], ...]


def ablate(
    folder: Path, on: Sequence[Path], extractor: Extractor, elsewhere: Path, base: Path | None, log: Log
) -> tuple[Row, ...]:
    """The table: by reader, then by how much it learnt from, by folder of `on`, and with entities found before given.

    Learnt from are the first articles of `folder` by name. `elsewhere` lie the articles of gold that has none beside it. With
    `base`, the folder of a base model, there are rows of a network with an encoder. Deterministic on one machine and PyTorch
    version. Raises UsageError where a folder holds nothing that fits, or an article is both learnt from and read.
    """
    torch.set_num_threads(1)
    vocabulary = read_vocabulary(base) if base is not None else ()
    names = set(extractor.ontology.event_types)
    lessons = sorted(read_lessons([folder], names, extractor.known_names), key=lambda lesson: lesson.gold.name)
    if len(lessons) < LEAST_ARTICLES:
        raise UsageError(
            f"{folder} holds {len(lessons)} articles; name a folder with at least {LEAST_ARTICLES}, to judge by halves"
        )
    exams = {name: read_lessons([each], names, extractor.known_names, elsewhere) for name, each in _name_folders(on).items()}
    _check_unseen(lessons, exams)
    log(f"{len(lessons)} articles to learn from and {sum(map(len, exams.values()))} to read; reading them by rules")
    trials = [(name, trial) for name, marked in exams.items() for each in marked for trial in list_trials(extractor, each)]
    rows = [*_list_rows(ReadBy.RULES, None, trials, [read_by_rules(extractor, trial) for _, trial in trials])]
    prepared = [prepare(extractor, lesson) for lesson in lessons]
    counts = sorted({min(count, len(prepared)) for count in (*ARTICLES, len(prepared))})
    readers = (ReadBy.LEARNED, ReadBy.BOTH, *((ReadBy.ENCODER,) if base is not None else ()))
    types = tuple(extractor.ontology.event_types.values())
    # One thread each: threads that share a sum would add it up in another order every time.
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        # The longest work first.
        plan = product(reversed(readers), reversed(counts))
        courses = [_enrol(pool, read_by, prepared[:count], types, vocabulary, base) for read_by, count in plan]
        while courses:
            # Taken out of the list, so that its networks can be forgotten: those with an encoder are large.
            course = courses.pop(0)
            reader = _finish(course, types, extractor.gazetteer)
            votes = course.read_by is not ReadBy.LEARNED
            found = [read_by_network(reader, trial, extractor.gazetteer, votes=votes) for _, trial in trials]
            rows += _list_rows(course.read_by, len(course.articles), trials, found)
            log(f"{course.read_by}, {len(course.articles)} articles: learnt and read")
    order = list(ReadBy)
    return tuple(sorted(rows, key=lambda row: (order.index(row.read_by), row.articles or 0)))


def split(names: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Which half each article belongs to, and which part of that half, each 0 or 1: as good as drawn, but equal in size."""
    drawn = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return {name: (number % _PARTS, number // _PARTS % _PARTS) for number, name in enumerate(drawn)}


def _name_folders(folders: Sequence[Path]) -> dict[str, Path]:
    """The folders by what the table calls them: their names, or their paths where two have the same name."""
    distinct = dict.fromkeys(folders)
    often = Counter(folder.resolve().name for folder in distinct)
    return {name if often[name := folder.resolve().name] == 1 else str(folder): folder for folder in distinct}


def _check_unseen(lessons: Sequence[MarkedArticle], exams: Mapping[str, Sequence[MarkedArticle]]) -> None:
    learnt = {lesson.article.id: lesson.gold.name for lesson in lessons}
    for name, marked in exams.items():
        for each in marked:
            if each.article.id in learnt:
                raise UsageError(
                    f"article {each.gold.name} of {name} is among those to learn from ({learnt[each.article.id]}); "
                    "what was learnt shows on other articles only"
                )


def _enrol(
    pool: ProcessPoolExecutor,
    read_by: ReadBy,
    prepared: Sequence[Prepared],
    types: Sequence[EventType],
    vocabulary: Sequence[str],
    base: Path | None,
) -> _Course:
    encoded = read_by is ReadBy.ENCODER
    words = tuple(vocabulary) if encoded else ()
    begin = base if encoded else None
    hidden = read_by is ReadBy.LEARNED
    articles = tuple(replace(each, stage=hide_votes(each.stage)) if hidden else each for each in prepared)
    paths = list_paths(articles)
    samples = make_samples(articles, types, paths, Pieces(words) if words else None)
    places = split([each.name for each in articles])
    whole = pool.submit(learn_weights, samples * _TIMES, len(types), begin)
    parts = [[sample for sample in samples if places[sample.name][0] != half] * _TIMES for half in range(_PARTS)]
    others = tuple(pool.submit(learn_weights, part, len(types), begin) for part in parts)
    return _Course(read_by, articles, paths, words, begin, whole, others)


def _finish(course: _Course, types: Sequence[EventType], gazetteer: Gazetteer) -> Reader:
    """A reader that judges by the claims of articles that its networks had not seen."""
    places = split([each.name for each in course.articles])
    judged = []
    for half, learnt in enumerate(course.others):
        reader = open_reader(learnt.result(), types, course.paths, course.vocabulary, course.base)
        judged += [judge_article(reader, each, gazetteer) for each in course.articles if places[each.name][0] == half]
    reader = open_reader(course.whole.result(), types, course.paths, course.vocabulary, course.base)
    judgement = _learn_judgement(judged)
    if judgement is None:
        return reader
    others = [_learn_judgement([each for each in judged if places[each.article.name][1] != part]) for part in range(_PARTS)]
    chances = []
    for each in judged:
        other = others[places[each.article.name][1]]
        chances.append(other.chances(each.features) if other and len(each.labels) else np.zeros_like(each.labels))
    least, stated, _ = choose_least(judged, chances)
    return replace(reader, judgement=replace(judgement, least=least, least_stated=stated))


def _learn_judgement(judged: Sequence[Judged]) -> Judgement | None:
    """What was learnt from the claims, as yet without thresholds; None where a network found nothing worth judging."""
    if not any((each.labels >= 0).any() for each in judged):
        return None
    return Judgement(Network(as_kept(fit_judges(judged))), 0.0, 0.0)


def _list_rows(
    read_by: ReadBy, articles: int | None, trials: Sequence[tuple[str, Trial]], found: Sequence[frozenset[Triple]]
) -> Iterator[Row]:
    """A row for each folder and for entities found and given; `found` is what was read in each of the trials."""
    for on in dict.fromkeys(name for name, _ in trials):
        for entities in Entities:
            counts = [
                count_claims(trial.article, triples)
                for (name, trial), triples in zip(trials, found, strict=True)
                if name == on and trial.entities is entities
            ]
            yield Row(read_by, articles, on, entities, add_up(counts))
