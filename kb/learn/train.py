"""Trains the reader: the network by passes over samples, the judge on claims of articles that its network had not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import torch

from kb.ingest.extract import Extractor
from kb.learn.bases import hash_base, open_model, open_tuned
from kb.learn.encoder import read_vocabulary
from kb.learn.fit import fit
from kb.learn.judged import Judged, choose_least, fit_judges, judge_article, judge_unseen, reliability
from kb.learn.layers import ReaderModel
from kb.learn.lessons import read_lessons
from kb.learn.prepare import Prepared, list_paths, prepare
from kb.learn.sample import Sample, make_sample
from kb.learn.signs import fit_signs
from kb.nlp.pipeline import name_model
from kb.nlp.reader.columns import claim_columns
from kb.nlp.reader.network import Network
from kb.nlp.reader.participants import number_paths
from kb.nlp.reader.pieces import Pieces
from kb.nlp.reader.reader import Reader, make_memory
from kb.nlp.reader.row import Floats
from kb.nlp.reader.weights import as_kept, save_weights
from kb.ontology.model import EventType

Log = Callable[[str], None]

FOLDS: Final = 3
_PROCESSES: Final = 2


def train(folders: Sequence[Path], out: Path, extractor: Extractor, base: Path | None, log: Log) -> Mapping[str, float]:
    """Write the reader's weights, learnt from `folders`, to `out`; returns what was reached on unseen articles, by name.

    With `base`, the folder of a base model, an encoder is tuned with the rest. Deterministic on one machine and PyTorch version:
    fixed seeds, one thread.
    """
    vocabulary = read_vocabulary(base) if base is not None else ()
    pieces = Pieces(vocabulary) if vocabulary else None
    types = tuple(extractor.ontology.event_types.values())
    lessons = read_lessons(folders, set(extractor.ontology.event_types), extractor.known_names)
    log(f"{len(lessons)} annotated articles; reading them by rules")
    prepared = [prepare(extractor, lesson) for lesson in lessons]
    paths = list_paths(prepared)
    samples = make_samples(prepared, types, paths, pieces)
    # An encoder learns for half an hour, so that its judge must do with the claims of one part that it hasn't seen: some
    # two thousand right ones.
    folds = range(FOLDS if pieces is None else 1)
    parts = [[s for s in samples if fold_of(s.name) != fold] for fold in folds]
    log(f"learning from {', '.join(str(len(part)) for part in parts)} of them, and from all")
    judged: list[Judged] = []
    # One thread each: threads that share a sum would add it up in another order every time.
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        # The longest work first.
        everything = pool.submit(learn_weights, samples, len(types), base)
        for fold, learnt in enumerate([pool.submit(learn_weights, part, len(types), base) for part in parts]):
            reader = open_reader(learnt.result(), types, paths, vocabulary, base)
            judged += [judge_article(reader, each, extractor.gazetteer) for each in prepared if fold_of(each.name) == fold]
            log(f"part {fold + 1} of {len(parts)} judged")
        network = everything.result()
        reader = open_reader(network, types, paths, vocabulary, base)
        signs = fit_signs(reader, prepared, extractor.lexicon.modality, extractor.gazetteer)
    chances = judge_unseen(judged)
    least, least_stated, reached = choose_least(judged, chances)
    meta = {
        "model": name_model(extractor.nlp),
        "types": [t.id for t in types],
        "paths": list(paths),
        "pieces": list(vocabulary),
        "base": hash_base(base) if base is not None else "",
        "least": least,
        "least_stated": least_stated,
        "articles": len(lessons),
        "data": checksum(folders),
        "unseen": reached,
        "reliability": reliability(judged, chances),
    }
    save_weights(out, {**network, **fit_judges(judged), **signs}, meta)
    return reached


def checksum(folders: Sequence[Path]) -> str:
    """SHA-256 of everything that was learnt from, so that weights tell their data."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in {".exercises", ".yaml", ".txt"}):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def make_samples(
    prepared: Sequence[Prepared], types: Sequence[EventType], paths: Sequence[str], pieces: Pieces | None
) -> list[Sample]:
    """The arrays of each article, in order."""
    numbers = number_paths(paths)
    names = [t.id for t in types]
    return [
        make_sample(p.name, p.stage.scene, make_memory(p.stage.scene), p.stage.columns, p.alignment, names, numbers, pieces)
        for p in prepared
    ]


def learn_weights(samples: Sequence[Sample], types: int, base: Path | None) -> Mapping[str, Floats]:
    """The weights of a network that learnt from `samples`; what a process of its own does."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    tensor = samples[0].tensor.shape[1]
    encoder = open_model(base) if base is not None else None
    return fit(samples, lambda: ReaderModel(claim_columns(types), tensor, types, encoder)).weights()


def open_reader(
    learnt: Mapping[str, Floats], types: Sequence[EventType], paths: Sequence[str], vocabulary: Sequence[str], base: Path | None
) -> Reader:
    """A reader with these weights as they will be kept, but without judgement."""
    weights = as_kept(learnt)
    return Reader(Network(weights), open_tuned(weights, vocabulary, base), tuple(types), number_paths(paths), None)


def fold_of(name: str) -> int:
    """Which part an article belongs to; the same whatever else there is to learn from."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS
