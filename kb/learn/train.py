"""Trains the reader: the network by passes over samples, the judge on claims of articles that its network had not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch.nn import functional

from kb.domain.gazetteer import Gazetteer
from kb.ingest.extract import Extractor
from kb.learn.fit import fit
from kb.learn.layers import ReaderModel
from kb.learn.lessons import read_lessons
from kb.learn.prepare import Prepared, list_paths, prepare, recognise, to_triples
from kb.learn.sample import Sample, make_sample
from kb.nlp.pipeline import name_model
from kb.nlp.reader.columns import claim_columns
from kb.nlp.reader.judge import judge
from kb.nlp.reader.network import Network, save_network
from kb.nlp.reader.participants import number_paths
from kb.nlp.reader.reader import Reader, make_memory
from kb.nlp.reader.row import Floats
from kb.ontology.model import EventType

Log = Callable[[str], None]

FOLDS: Final = 3
_PROCESSES: Final = 2
# Strength of the judge's L2 penalty, as scikit-learn's C would be about 0.3.
_PENALTY: Final = 1.5
_JUDGE_STEPS: Final = 60
_THRESHOLDS: Final = tuple(round(0.1 + 0.01 * n, 2) for n in range(40))


@dataclass(frozen=True, slots=True)
class Judged:
    """Possible claims of an article unseen by its network: features, triple, and right (1), wrong (0) or debatable (-1)."""

    article: Prepared
    features: Floats
    triples: tuple[object, ...]
    labels: Floats


def train(folders: Sequence[Path], out: Path, extractor: Extractor, log: Log) -> Mapping[str, float]:
    """Write the reader's weights, learnt from `folders`, to `out`; returns what was reached on unseen articles, by name.

    Deterministic on one machine and PyTorch version: fixed seeds, one thread.
    """
    types = tuple(extractor.ontology.event_types.values())
    lessons = read_lessons(folders, set(extractor.ontology.event_types), extractor.known_names)
    log(f"{len(lessons)} annotated articles; reading them by rules")
    prepared = [prepare(extractor, lesson) for lesson in lessons]
    paths = list_paths(prepared)
    samples = _make_samples(prepared, types, paths)
    parts = [[s for s in samples if _fold(s.name) != fold] for fold in range(FOLDS)]
    log(f"learning from {FOLDS} parts of {', '.join(str(len(part)) for part in parts)} articles, and from all {len(samples)}")
    judged: list[Judged] = []
    # One thread each: threads that share a sum would add it up in another order every time.
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        # The longest work first.
        everything = pool.submit(learn_weights, samples, len(types))
        for fold, learnt in enumerate([pool.submit(learn_weights, part, len(types)) for part in parts]):
            reader = _reader(learnt.result(), types, paths)
            judged += [_judge(reader, each, extractor.gazetteer) for each in prepared if _fold(each.name) == fold]
            log(f"part {fold + 1} of {FOLDS} judged")
        network = everything.result()
    weights, bias = _fit_judge(judged)
    least, reached = _choose_least(judged, weights, bias)
    arrays = {**network, "judge.weight": weights, "judge.bias": np.array([bias], dtype=np.float32)}
    meta = {
        "model": name_model(extractor.nlp),
        "types": [t.id for t in types],
        "paths": list(paths),
        "least": least,
        "articles": len(lessons),
        "data": checksum(folders),
        "unseen": reached,
        "reliability": _reliability(judged, weights, bias),
    }
    save_network(out, arrays, meta)
    return reached


def checksum(folders: Sequence[Path]) -> str:
    """SHA-256 of everything that was learnt from, so that weights tell their data."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in {".exercises", ".yaml", ".txt"}):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _make_samples(prepared: Sequence[Prepared], types: Sequence[EventType], paths: Sequence[str]) -> list[Sample]:
    numbers = number_paths(paths)
    names = [t.id for t in types]
    return [
        make_sample(p.name, p.stage.scene, make_memory(p.stage.scene), p.stage.columns, p.alignment, names, numbers)
        for p in prepared
    ]


def learn_weights(samples: Sequence[Sample], types: int) -> Mapping[str, Floats]:
    """The weights of a network that learnt from `samples`; what a process of its own does."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    tensor = samples[0].tensor.shape[1]
    return fit(samples, lambda: ReaderModel(claim_columns(types), tensor, types)).weights()


def _reader(learnt: Mapping[str, Floats], types: Sequence[EventType], paths: Sequence[str]) -> Reader:
    # In half precision, as it will be read back.
    weights = {name: array.astype(np.float16).astype(np.float32) for name, array in learnt.items()}
    return Reader(Network(weights, {}), tuple(types), number_paths(paths), None)


def _fold(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def _judge(reader: Reader, article: Prepared, gazetteer: Gazetteer) -> Judged:
    meant, possible = reader.list_possible(article.stage.scene, article.stage.columns)
    gold = recognise(article.gold, meant.referents, gazetteer)
    triples, labels = [], []
    for trigger, sided in possible:
        subjects = [gold[sided.subject[0]]] if sided.subject else []
        objects = [gold[sided.object[0]]] if sided.object else []
        triple = next(iter(to_triples(trigger.type, subjects, objects)))
        triples.append(triple)
        labels.append(1.0 if triple in article.sure else -1.0 if triple in article.debatable else 0.0)
    features = np.array([sided.features for _, sided in possible], dtype=np.float32)
    return Judged(article, features, tuple(triples), np.array(labels, dtype=np.float32))


def _fit_judge(judged: Sequence[Judged]) -> tuple[Floats, float]:
    """Logistic regression on everything that isn't debatable."""
    filled = [j for j in judged if len(j.labels)]
    features = torch.from_numpy(np.concatenate([j.features[j.labels >= 0] for j in filled]))
    labels = torch.from_numpy(np.concatenate([j.labels[j.labels >= 0] for j in filled]))
    weights = torch.zeros(features.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=_JUDGE_STEPS, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        optimiser.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(features @ weights + bias, labels, reduction="sum")
        loss = loss + _PENALTY * (weights**2).sum()
        loss.backward()
        return loss

    optimiser.step(cost)
    learnt: Floats = weights.detach().numpy()
    return learnt, float(bias.detach())


def _chances(each: Judged, weights: Floats, bias: float) -> Floats:
    return judge(each.features, weights, bias) if len(each.labels) else np.zeros(0, dtype=np.float32)


def _choose_least(judged: Sequence[Judged], weights: Floats, bias: float) -> tuple[float, dict[str, float]]:
    """The least chance at which F1 over unseen articles is best, and what it is there."""
    scored = [(each, _chances(each, weights, bias)) for each in judged]
    best = (0.0, {"precision": 0.0, "recall": 0.0, "f1": 0.0})
    for least in _THRESHOLDS:
        hits = found = wanted = 0
        for each, chances in scored:
            kept = {t for t, c in zip(each.triples, chances, strict=True) if c >= least} - (
                each.article.debatable - each.article.sure
            )
            hits += len(kept & each.article.sure)
            found += len(kept)
            wanted += len(each.article.sure)
        precision, recall = hits / max(1, found), hits / max(1, wanted)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        if f1 > best[1]["f1"]:
            best = (least, {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)})
    return best


def _reliability(judged: Sequence[Judged], weights: Floats, bias: float) -> list[list[float]]:
    """[least chance, mean chance, share right, claims] in tenths."""
    filled = [each for each in judged if len(each.labels)]
    chances = np.concatenate([_chances(each, weights, bias) for each in filled])
    labels = np.concatenate([each.labels for each in filled])
    chances, labels = chances[labels >= 0], labels[labels >= 0]
    rows = []
    for tenth in range(10):
        inside = (chances >= tenth / 10) & (chances < (tenth + 1) / 10)
        if inside.any():
            rows.append(
                [tenth / 10, round(float(chances[inside].mean()), 3), round(float(labels[inside].mean()), 3), int(inside.sum())]
            )
    return rows
