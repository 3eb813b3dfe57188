"""Inputs of one size for a layer to learn from, and the layer that reads them as they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from torch import nn

from kb.nlp.reader.row import Floats

# Rare features have nearly no deviation; dividing by it would make them shout.
_LEAST_DEVIATION: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Scale:
    """Means and deviations of inputs, [features] each."""

    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, inputs: Floats) -> Scale:
        """That of `inputs`, [examples, features]."""
        return cls(inputs.mean(axis=0), inputs.std(axis=0) + np.float32(_LEAST_DEVIATION))

    def apply(self, inputs: Floats) -> Floats:
        """The inputs shifted and scaled."""
        scaled: Floats = (inputs - self.mean) / self.deviation
        return scaled

    def fold(self, layer: nn.Linear) -> tuple[Floats, Floats]:
        """Weight, [features, out], and bias of the layer that gives for inputs what `layer` gives for them scaled."""
        matrix = layer.weight.detach().numpy().T / self.deviation[:, None]
        bias = np.asarray(layer.bias.detach().numpy() - self.mean @ matrix, dtype=np.float32)
        return np.ascontiguousarray(matrix, dtype=np.float32), bias
