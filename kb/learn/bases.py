"""Base models of two shapes: MiniLM's, whose layers are tuned themselves, and MPNet's, beside which little is learnt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import safe_open

from kb.learn.encoder import WEIGHTS, EncoderModel, TunedModel
from kb.learn.large import LargeModel
from kb.nlp.reader.base import build_small, build_tuned, is_beside_base
from kb.nlp.reader.encoder import Encoder, split_encoder
from kb.nlp.reader.pieces import Pieces
from kb.nlp.reader.row import Floats

# Only MPNet looks at how far words are apart.
_DISTANCES = "encoder.relative_attention_bias.weight"


def open_model(folder: Path) -> TunedModel:
    """An encoder that begins as the base model in `folder`."""
    with safe_open(folder / WEIGHTS, framework="pt") as base:
        return LargeModel(folder) if _DISTANCES in base.keys() else EncoderModel(folder)  # noqa: SIM118 (no mapping)


def open_tuned(weights: Mapping[str, Floats], vocabulary: Sequence[str], folder: Path | None) -> Encoder | None:
    """The encoder among a reader's `weights`, tuned from the base model in `folder`; None where there is no vocabulary."""
    if not vocabulary:
        return None
    own, _ = split_encoder(weights)
    beside = folder if is_beside_base(own) else None
    graph = build_small(own) if beside is None else build_tuned(beside / WEIGHTS, own)
    return Encoder(graph, Pieces(vocabulary))


def hash_base(folder: Path) -> str:
    """SHA-256 of the base model's weights."""
    with (folder / WEIGHTS).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
