"""Learns what single words show to the trained network: how claims are put, and what names and nominals mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kb.domain.gazetteer import Gazetteer
from kb.errors import UsageError
from kb.learn.prepare import Prepared
from kb.learn.scale import Scale
from kb.nlp.lexicon import Words
from kb.nlp.reader.capitals import CAPITAL, CLASSES, find_capitals
from kb.nlp.reader.columns import KINDS, MODALITIES
from kb.nlp.reader.kinds import NAMED, NAMELESS, NOBODY, find_unknown
from kb.nlp.reader.modality import MODALITY, describe_put
from kb.nlp.reader.reader import Reader
from kb.nlp.reader.row import Floats

_CLASSES: Final = {MODALITY: len(MODALITIES), NAMED: NOBODY + 1, NAMELESS: len(KINDS), CAPITAL: len(CLASSES)}
# On 627 exercises that a network with the large encoder had not seen, learnt from those it had (6,300 and 12,700 claims): rules
# put .847 of the claims rightly, .630 of those that aren't actual and .896 of those that are. Learnt .922, .670 and .980; with
# rarer modalities counting more, by this power of how rare they are, .919, .716, .969; by 0.5 .906, .715, .949.
_RARITY: Final = {MODALITY: 0.3}
# From 0.001 to 0.01 the same within .006 for modalities and .002 for kinds, where rules have an F1 of .815 on unknown names, and
# what is learnt .909; of actors without a name .845 are organisations, and the kinds learnt are right for .979. What stands
# around the word, by its dependencies, adds nothing, nor does a hidden layer.
_RESTRAINT: Final = 3e-3
_ROUNDS: Final = 150

Sign = tuple[Floats, int]
"""What is seen of a word, and the class that is right."""


def fit_signs(reader: Reader, articles: Sequence[Prepared], words: Words, gazetteer: Gazetteer) -> Mapping[str, Floats]:
    """The weights of a softmax each for modalities, kinds of names and of the nameless, and capitals.

    The same articles give the same weights. Raises UsageError where they have no example of one of these.
    """
    signs: dict[str, list[Sign]] = {name: [] for name in _CLASSES}
    for article in articles:
        states = reader.states(article.stage.scene, article.stage.columns)
        signs[MODALITY] += _list_put(reader, article, states, words)
        signs[NAMED] += _list_named(article, states)
        signs[NAMELESS] += _list_nameless(article, states)
        signs[CAPITAL] += _list_capitals(article, states, gazetteer)
    if empty := [name for name, found in signs.items() if not found]:
        raise UsageError(f"the articles have no example of {', '.join(empty)}; name folders with more of them to learn from")
    layers = {name: _fit(found, _CLASSES[name], _RARITY.get(name, 0.0)) for name, found in signs.items()}
    return {f"{name}.{part}": array for name, layer in layers.items() for part, array in layer.items()}


def _list_put(reader: Reader, article: Prepared, states: Floats, words: Words) -> Iterator[Sign]:
    """The annotated claims of which it is certain how they are put."""
    numbers = {event_type.id: number for number, event_type in enumerate(reader.types)}
    for claim in article.alignment.claims:
        if claim.modality is not None:
            number = numbers[claim.type]
            by_rules = article.stage.find_modality(claim.trigger, reader.types[number], words)
            yield describe_put(states[claim.trigger], number, len(numbers), by_rules), MODALITIES.index(claim.modality)


def _list_named(article: Prepared, states: Floats) -> Iterator[Sign]:
    """What rules take for names of somebody unknown; those that mean several are left out."""
    kinds = {entity.id: KINDS.index(entity.kind) for entity in article.gold.entities}
    for heads in find_unknown(article.stage.scene.candidates).values():
        for head in heads:
            meant = article.alignment.named_at(head)
            if len(meant) < 2:
                yield states[head], next((kinds.get(entity, NOBODY) for entity in meant), NOBODY)


def _list_nameless(article: Prepared, states: Floats) -> Iterator[Sign]:
    """Whatever means one of those that bear no name in the article."""
    kinds = {entity.id: KINDS.index(entity.kind) for entity in article.gold.entities if not entity.surfaces}
    candidates = article.stage.scene.candidates
    for head in candidates.heads:
        meant = article.alignment.meant.get(head, frozenset())
        if len(meant) == 1 and not candidates.named(head):
            yield from ((states[head], kinds[entity]) for entity in meant if entity in kinds)


def _list_capitals(article: Prepared, states: Floats, gazetteer: Gazetteer) -> Iterator[Sign]:
    """The capitals of which it is annotated whether the place or the state is meant."""
    kinds = {entity.id: entity.kind for entity in article.gold.entities}
    for capital in find_capitals(article.stage.names, article.stage.scene.candidates, gazetteer):
        meant = article.alignment.named_at(capital.head)
        kind = kinds.get(next(iter(meant))) if len(meant) == 1 else None
        if kind in CLASSES:
            yield states[capital.head], CLASSES.index(kind)


def _fit(signs: Sequence[Sign], classes: int, rarity: float) -> Mapping[str, Floats]:
    seen = np.stack([inputs for inputs, _ in signs]).astype(np.float32)
    scale = Scale.of(seen)
    right = torch.tensor([number for _, number in signs])
    counts = torch.bincount(right, minlength=classes).float().clamp(min=1)
    layer = _fit_layer(torch.from_numpy(scale.apply(seen)), right, (counts.max() / counts) ** rarity)
    weight, bias = scale.fold(layer)
    return {"weight": weight, "bias": bias}


def _fit_layer(inputs: Tensor, right: Tensor, weights: Tensor) -> nn.Linear:
    layer = nn.Linear(inputs.shape[1], len(weights))
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    optimiser = torch.optim.LBFGS(layer.parameters(), max_iter=_ROUNDS, line_search_fn="strong_wolfe")

    def cost() -> Tensor:
        optimiser.zero_grad()
        loss = functional.cross_entropy(layer(inputs), right, weight=weights)
        loss = loss + _RESTRAINT / 2 * (layer.weight**2).sum()
        loss.backward()
        return loss

    optimiser.step(cost)
    return layer
