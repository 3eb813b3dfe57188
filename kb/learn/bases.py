"""Base models of two shapes: MiniLM's, whose layers are tuned themselves, and MPNet's, beside which little is learnt."""

from __future__ import annotations

import hashlib
from pathlib import Path

from safetensors import safe_open

from kb.learn.encoder import WEIGHTS, EncoderModel, TunedModel
from kb.learn.large import LargeModel

# Only MPNet looks at how far words are apart.
_DISTANCES = "encoder.relative_attention_bias.weight"


def open_model(folder: Path) -> TunedModel:
    """An encoder that begins as the base model in `folder`."""
    with safe_open(folder / WEIGHTS, framework="pt") as base:
        return LargeModel(folder) if _DISTANCES in base.keys() else EncoderModel(folder)  # noqa: SIM118 (no mapping)


def hash_base(folder: Path) -> str:
    """SHA-256 of the base model's weights."""
    with (folder / WEIGHTS).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
