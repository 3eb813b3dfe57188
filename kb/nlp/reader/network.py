"""Runs a trained network on plain NumPy: token states from features, and small heads on top of them.

Trained by `kb train` (kb/learn), which holds the same layers in PyTorch; tests/learn compares the two. Weights are an .npz of
half-precision arrays read without pickle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np

from kb.errors import ConfigError
from kb.nlp.reader.row import Floats, Numbers, Row

# spaCy's vectors are a few units long; scaled down they start out no louder than the other features.
TENSOR_SCALE: Final = 0.3
_LAYER_EPSILON: Final = 1e-5
_GELU: Final = np.float32(np.sqrt(2.0 / np.pi))
_CUBIC: Final = np.float32(0.044715)
_HALF: Final = np.float32(0.5)
_META: Final = "meta"


@dataclass(frozen=True, slots=True)
class Network:
    """Named weights with the notes that training left beside them (thresholds, inventories, checksum of the data)."""

    weights: Mapping[str, Floats]
    meta: Mapping[str, object]

    def states(self, row: Row, columns: Numbers) -> Floats:
        """[tokens, width] from `columns` [tokens, features] and the row's vectors; the order of columns is the training's."""
        parts = [self.weights[f"columns.{n}"][columns[:, n]] for n in range(columns.shape[1])]
        x = self.linear("project", np.concatenate([*parts, row.tensor * TENSOR_SCALE], axis=1))
        for layer in range(2):
            x = x + self.convolve(f"convolve.{layer}", gelu(self.normal(f"normal.{layer}", x)))
        return gelu(self.normal("normal.out", x))

    def linear(self, name: str, x: Floats) -> Floats:
        """x @ weight + bias."""
        result: Floats = x @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return result

    def convolve(self, name: str, x: Floats) -> Floats:
        """Each token with the one before and the one behind it; weights [3, width, width]."""
        padded = np.pad(x, ((1, 1), (0, 0)))
        before, own, behind = self.weights[f"{name}.weight"]
        result: Floats = padded[:-2] @ before + padded[1:-1] @ own + padded[2:] @ behind + self.weights[f"{name}.bias"]
        return result

    def normal(self, name: str, x: Floats) -> Floats:
        """Layer normalisation over the last axis."""
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _LAYER_EPSILON)
        result: Floats = scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return result

    def deep(self, name: str, x: Floats) -> Floats:
        """Two linear layers with a GELU between them."""
        return self.linear(f"{name}.2", gelu(self.linear(f"{name}.1", x)))

    def table(self, name: str, numbers: Numbers) -> Floats:
        """Rows of an embedding."""
        result: Floats = self.weights[name][numbers]
        return result


def gelu(x: Floats) -> Floats:
    """The usual approximation by tanh, as PyTorch's approximate="tanh"."""
    # Multiplied out and in place: NumPy's power is many times slower, and this is called on every pair.
    inner = x * x
    inner *= _CUBIC
    inner += 1
    inner *= x
    inner *= _GELU
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= _HALF
    return inner


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray((1 + np.tanh(x / 2)) / 2, dtype=np.float32)


def softmax(x: Floats) -> Floats:
    """Over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Floats = e / e.sum(axis=-1, keepdims=True)
    return result


def load_network(path: Path) -> Network:
    """The network saved at `path`; raises ConfigError where it is missing or not one."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            meta = json.loads(bytes(arrays[_META]).decode())
            weights = {name: arrays[name].astype(np.float32) for name in arrays.files if name != _META}
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, BadZipFile) as error:
        raise ConfigError(f"the reader's weights {path.name} cannot be read: {error}; train them with `kb train`") from error
    return Network(weights, meta)


def save_network(path: Path, weights: Mapping[str, Floats], meta: Mapping[str, object]) -> None:
    """Write `weights` in half precision with `meta`; the same input gives the same bytes."""
    arrays = {name: np.asarray(weights[name], dtype=np.float16) for name in sorted(weights)}
    note = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **{_META: note}, **arrays)
