"""Judges claims of articles that the network has not seen, and learns from it which to keep and how sure they are."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from kb.domain.gazetteer import Gazetteer
from kb.evaluate.triples import Triple
from kb.learn.prepare import Prepared, count_claims, recognise, to_triples
from kb.learn.scale import Scale
from kb.nlp.reader.judge import JUDGES, Judgement, judge_name
from kb.nlp.reader.network import Network
from kb.nlp.reader.reader import Reader
from kb.nlp.reader.row import Floats

# Chosen on 568 exercises that their network had not seen, in four parts: more passes or wider judges change nothing.
_HIDDEN: Final = 32
_PASSES: Final = 12
_BATCH: Final = 256
_RATE: Final = 2e-3
_DECAY: Final = 0.01
_DROPOUT: Final = 0.2
_PARTS: Final = 4
_THRESHOLDS: Final = tuple(round(0.02 * n, 2) for n in range(3, 21))
_RESAMPLES: Final = 200
_SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """Possible claims of an article unseen by its network: features, triple, right (1), wrong (0) or debatable (-1), and
    whether rules state them just so."""

    article: Prepared
    features: Floats
    triples: tuple[Triple, ...]
    labels: Floats
    stated: tuple[bool, ...]


def judge_article(reader: Reader, article: Prepared, gazetteer: Gazetteer) -> Judged:
    """Every claim that `reader` thinks worth judging, compared with the article's gold."""
    scene = article.stage.scene
    meant, possible = reader.list_possible(scene, reader.states(scene, article.stage.columns))
    gold = recognise(article.gold, meant.referents, gazetteer)
    triples, labels = [], []
    for trigger, sided in possible:
        subjects = [gold[sided.subject[0]]] if sided.subject else []
        objects = [gold[sided.object[0]]] if sided.object else []
        triple = next(iter(to_triples(trigger.type, subjects, objects)))
        triples.append(triple)
        labels.append(1.0 if triple in article.sure else -1.0 if triple in article.debatable else 0.0)
    features = np.array([sided.features for _, sided in possible], dtype=np.float32)
    stated = tuple(sided.stated for _, sided in possible)
    return Judged(article, features, tuple(triples), np.array(labels, dtype=np.float32), stated)


def fit_judges(judged: Sequence[Judged]) -> Mapping[str, Floats]:
    """The weights of JUDGES networks, learnt from everything that isn't debatable; the same claims give the same weights."""
    filled = [j for j in judged if len(j.labels)]
    features = np.concatenate([j.features[j.labels >= 0] for j in filled])
    labels = torch.from_numpy(np.concatenate([j.labels[j.labels >= 0] for j in filled]))
    scale = Scale.of(features)
    inputs = torch.from_numpy(scale.apply(features))
    weights: dict[str, Floats] = {}
    for number in range(JUDGES):
        first, second = _fit_judge(inputs, labels, number)
        name = judge_name(number)
        weights[f"{name}.1.weight"], weights[f"{name}.1.bias"] = scale.fold(first)
        weights[f"{name}.2.weight"] = np.ascontiguousarray(second.weight.detach().numpy().T)
        weights[f"{name}.2.bias"] = second.bias.detach().numpy()
    return weights


def _fit_judge(inputs: Tensor, labels: Tensor, seed: int) -> tuple[nn.Linear, nn.Linear]:
    torch.manual_seed(seed)
    first, second = nn.Linear(inputs.shape[1], _HIDDEN), nn.Linear(_HIDDEN, 1)
    optimiser = torch.optim.AdamW([*first.parameters(), *second.parameters()], lr=_RATE, weight_decay=_DECAY)
    steps = _PASSES * math.ceil(len(inputs) / _BATCH)
    step = 0
    for _ in range(_PASSES):
        order = torch.randperm(len(inputs))
        for start in range(0, len(inputs), _BATCH):
            chosen = order[start : start + _BATCH]
            for group in optimiser.param_groups:
                group["lr"] = _RATE * (1 - step / steps)
            step += 1
            hidden = functional.dropout(functional.gelu(first(inputs[chosen]), approximate="tanh"), _DROPOUT)
            loss = functional.binary_cross_entropy_with_logits(second(hidden)[:, 0], labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return first, second


def judge_unseen(judged: Sequence[Judged]) -> list[Floats]:
    """How likely each claim of each article is right, by judges who learnt from the other articles."""
    chances = [np.zeros(len(each.labels), dtype=np.float32) for each in judged]
    for part in range(_PARTS):
        judgement = Judgement(Network(fit_judges([j for j in judged if _part(j) != part])), 0.0, 0.0)
        for number, each in enumerate(judged):
            if _part(each) == part and len(each.labels):
                chances[number] = judgement.chances(each.features)
    return chances


def _part(each: Judged) -> int:
    # Another digest than that by which articles are held out: what is held out together is parted here.
    return int(hashlib.md5(each.article.name.encode(), usedforsecurity=False).hexdigest(), 16) % _PARTS


def choose_least(judged: Sequence[Judged], chances: Sequence[Floats]) -> tuple[float, float, dict[str, float]]:
    """The least chance of a claim, that of one which rules state just so, and what was reached with them.

    The best pair by F1 over the articles, its standard error by drawing them again. The small encoder's was still chosen by the
    one-standard-error rule in favour of rules; with the large one that lost precision and recall alike on unseen exercises.
    """
    counts = {
        (least, stated): np.array([_count(each, sure, least, stated) for each, sure in zip(judged, chances, strict=True)])
        for least in _THRESHOLDS
        for stated in _THRESHOLDS
        if stated <= least
    }
    reached = {pair: _f1(count.sum(axis=0)) for pair, count in counts.items()}
    best = max(reached, key=lambda pair: reached[pair])
    chance = np.random.default_rng(_SEED)
    drawn = [chance.integers(0, len(judged), len(judged)) for _ in range(_RESAMPLES)]
    error = float(np.std([_f1(counts[best][numbers].sum(axis=0)) for numbers in drawn]))
    least, stated = best
    hits, found, wanted = counts[least, stated].sum(axis=0)
    figures = {"precision": hits / max(1, found), "recall": hits / max(1, wanted), "f1": reached[least, stated], "error": error}
    return least, stated, {name: round(float(value), 3) for name, value in figures.items()}


def _count(each: Judged, chances: Floats, least: float, least_stated: float) -> tuple[int, int, int]:
    """(right, found, wanted) of one article."""
    judged = zip(each.triples, chances, each.stated, strict=True)
    count = count_claims(each.article, (t for t, chance, stated in judged if chance >= (least_stated if stated else least)))
    return int(count.precise), count.found, count.wanted


def _f1(count: NDArray[np.int64]) -> float:
    hits, found, wanted = count
    return float(2 * hits / max(1, found + wanted))


def reliability(judged: Sequence[Judged], chances: Sequence[Floats]) -> list[list[float]]:
    """[least chance, mean chance, share right, claims] in tenths."""
    sure = np.concatenate(list(chances))
    labels = np.concatenate([each.labels for each in judged])
    sure, labels = sure[labels >= 0], labels[labels >= 0]
    rows = []
    for tenth in range(10):
        inside = (sure >= tenth / 10) & (sure < (tenth + 1) / 10)
        if inside.any():
            rows.append(
                [tenth / 10, round(float(sure[inside].mean()), 3), round(float(labels[inside].mean()), 3), int(inside.sum())]
            )
    return rows
