"""Runs a trained network on plain NumPy: token states from features, and small heads on top of them.

Trained by `kb train` (kb/learn), which holds the same layers in PyTorch; tests/learn compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from kb.nlp.reader.row import Floats, Numbers

# spaCy's vectors are a few units long; scaled down they start out no louder than the other features.
TENSOR_SCALE: Final = 0.3
_LAYER_EPSILON: Final = 1e-5
_GELU: Final = np.float32(np.sqrt(2.0 / np.pi))
_CUBIC: Final = np.float32(0.044715)
_HALF: Final = np.float32(0.5)
_LOOKS: Final = 2


@dataclass(frozen=True, slots=True)
class Network:
    """Named weights and what is computed with them."""

    weights: Mapping[str, Floats]

    def states(self, tensor: Floats, columns: Numbers, read: Floats | None = None) -> Floats:
        """[tokens, width] from `columns` [tokens, features], spaCy's vectors and what an encoder has `read` of them.

        The order of columns is the training's.
        """
        parts = [self.weights[f"columns.{n}"][columns[:, n]] for n in range(columns.shape[1])]
        parts.append(tensor * TENSOR_SCALE)
        if read is not None:
            parts.append(read)
        x = self.linear("project", np.concatenate(parts, axis=1))
        for layer in range(_LOOKS):
            # A network with an encoder has no need to look at neighbours.
            if f"convolve.{layer}.weight" in self.weights:
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

    def normal(self, name: str, x: Floats, epsilon: float = _LAYER_EPSILON) -> Floats:
        """Layer normalisation over the last axis."""
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)
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
