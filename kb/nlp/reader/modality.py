"""How a claim is put: what the network knows of its trigger, what rules say of it and its type, weighed together."""

from __future__ import annotations

from typing import Final

import numpy as np

from kb.domain.claim import Modality
from kb.nlp.reader.columns import MODALITIES
from kb.nlp.reader.network import Network
from kb.nlp.reader.row import Floats

MODALITY: Final = "modality"
"""What the layer is called among the weights."""


def choose_modality(network: Network, state: Floats, type_number: int, types: int, by_rules: Modality) -> Modality:
    """The likeliest modality of a claim whose trigger has `state`, [width]; `types` is how many types there are."""
    scores = network.linear(MODALITY, describe_put(state, type_number, types, by_rules))
    return MODALITIES[int(scores.argmax())]


def describe_put(state: Floats, type_number: int, types: int, by_rules: Modality) -> Floats:
    """What is weighed, [width + types + modalities]: the state, then which type it is and what rules say."""
    signs = np.zeros(types + len(MODALITIES), dtype=np.float32)
    signs[type_number] = 1.0
    signs[types + MODALITIES.index(by_rules)] = 1.0
    return np.concatenate([state, signs])
