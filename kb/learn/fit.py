"""Fits the reader's network to samples; the same samples and seed give the same weights."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from kb.learn.layers import ReaderModel
from kb.learn.sample import Sample

# Chosen on gold/train by cross-validation: fewer passes leave claims unread, more learn the exercises by heart.
_PASSES: Final = 10
_BATCH: Final = 4
_RATE: Final = 1.5e-3
_DECAY: Final = 0.01
_WARM_UP: Final = 0.1
_CLIP: Final = 1.0
# Rule votes are hidden this often, so that the network also learns to read without them.
_HIDDEN_VOTES: Final = 0.25
_VOTE_COLUMNS: Final = (2, 4, 6, 7)
_RULES: Final = 6
_ENCODER: Final = "encoder."
_ANAPHORS: Final = 60
_SEED: Final = 20261122


def fit(samples: Sequence[Sample], model: Callable[[], ReaderModel]) -> ReaderModel:
    """A model trained on `samples`, in several passes over them."""
    torch.manual_seed(_SEED)
    chance = random.Random(_SEED)  # noqa: S311 (shuffling)
    net = model()
    tuned = {name: p for name, p in net.named_parameters() if p.requires_grad and name.startswith(_ENCODER)}
    fresh = [p for name, p in net.named_parameters() if p.requires_grad and name not in tuned]
    groups = [{"params": fresh, "lr": _RATE}]
    if net.encoder is not None:
        groups.append({"params": list(tuned.values()), "lr": net.encoder.rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=_DECAY)
    rates = [group["lr"] for group in optimiser.param_groups]
    passes = net.encoder.passes if net.encoder is not None else _PASSES
    steps = passes * math.ceil(len(samples) / _BATCH)
    step = 0
    order = list(samples)
    for _ in range(passes):
        net.train()
        chance.shuffle(order)
        for first in range(0, len(order), _BATCH):
            share = min(1.0, step / (_WARM_UP * steps)) * max(0.02, 1 - step / steps)
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * share
            step += 1
            batch = order[first : first + _BATCH]
            read: Sequence[Tensor | None] = [None] * len(batch)
            if net.encoder is not None:
                read = net.encoder.vectors([sample.windows for sample in batch], [len(sample.columns) for sample in batch])
            losses = [_loss(net, sample, vectors, chance) for sample, vectors in zip(batch, read, strict=True)]
            loss = torch.stack(losses).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), _CLIP)
            optimiser.step()
    net.eval()
    return net


def _loss(net: ReaderModel, sample: Sample, read: Tensor | None, chance: random.Random) -> Tensor:
    """The weighted sum of what types, roles and antecedents cost in one article."""
    columns = torch.from_numpy(sample.columns).clone()
    for column in _VOTE_COLUMNS:
        columns[:, column] *= (torch.rand(len(columns)) > _HIDDEN_VOTES).long()
    states = net.states(columns, torch.from_numpy(sample.tensor), read)
    logs = functional.log_softmax(net.trigger(states), 1)
    shares, weights = torch.from_numpy(sample.types), torch.from_numpy(sample.weights)
    loss = -(shares * logs).sum(1).mul(weights).sum() / (sample.triggers + 10)
    if len(sample.pairs):
        rows = torch.from_numpy(sample.pairs).clone()
        rows[:, _RULES] *= (torch.rand(len(rows)) > _HIDDEN_VOTES).long()
        each = functional.binary_cross_entropy_with_logits(
            net.roles(states, rows), torch.from_numpy(sample.roles), reduction="none"
        )
        loss = loss + (each * torch.from_numpy(sample.counted)).sum() / max(4, sample.triggers)
    if sample.anaphors:
        loss = loss + 0.5 * _antecedents(net, sample, states, chance)
    return loss


def _antecedents(net: ReaderModel, sample: Sample, states: Tensor, chance: random.Random) -> Tensor:
    """Minus the log of the chance that goes to a right antecedent, or to "nobody before" where none is right.

    Where several are meant, the mean over them: the best is to share the chance out evenly.
    """
    chosen = chance.sample(sample.anaphors, _ANAPHORS) if len(sample.anaphors) > _ANAPHORS else list(sample.anaphors)
    scores = net.links(states, torch.from_numpy(sample.links)) if len(sample.links) else torch.zeros(0)
    new = net.new(states)[torch.tensor([head for head, *_ in chosen]), 0]
    costs = []
    for fresh, (_, first, last, right) in zip(new, chosen, strict=True):
        logs = functional.log_softmax(torch.cat([fresh[None], scores[first:last]]), 0)
        each = [-torch.logsumexp(logs[torch.tensor(rows) + 1], 0) for rows in right] or [-logs[0]]
        costs.append(torch.stack(each).mean())
    return torch.stack(costs).sum() / max(5, len(chosen))
