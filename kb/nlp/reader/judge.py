"""Whether somebody does something to somebody: small networks judge a claim as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kb.nlp.reader.network import Network, sigmoid
from kb.nlp.reader.row import Floats

# On unseen exercises one logistic judge had F1 0.396, one small network 0.406, the mean of four 0.411.
JUDGES: Final = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """JUDGES small networks that each say how likely a claim is right, and the least chance at which it is kept.

    What rules state just so is kept from a lower chance on: it has a reason that can be told.
    """

    network: Network
    least: float
    least_stated: float

    def keeps(self, chance: float, *, stated: bool) -> bool:
        """Whether a claim is worth telling."""
        return chance >= (self.least_stated if stated else self.least)

    def chances(self, features: Floats) -> Floats:
        """The mean of what the judges say of each claim, [claims], given [claims, features]."""
        return np.asarray(
            np.mean([sigmoid(self.network.deep(judge_name(n), features)[:, 0]) for n in range(JUDGES)], axis=0), dtype=np.float32
        )


def judge_name(number: int) -> str:
    """What the layers of a judge are called among the weights."""
    return f"judge.{number}"
