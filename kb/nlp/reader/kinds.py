"""What a name that the reference set doesn't know is a name of, if of anybody, and what actors without a name are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from kb.domain.entity import EntityKind
from kb.domain.mention import Referent
from kb.nlp.reader.candidates import Candidates
from kb.nlp.reader.columns import KINDS
from kb.nlp.reader.meant import Meant
from kb.nlp.reader.network import Network, softmax
from kb.nlp.reader.row import Floats

NAMED: Final = "kind.named"
NAMELESS: Final = "kind.nameless"
"""What the layers are called among the weights."""
NOBODY: Final = len(KINDS)
"""The class of a name, after those of KINDS, that is no actor's and no place's."""
# What rules take for a name isn't given up for less: an entity too many is seen, one that is missing isn't.
_LIKELIER_THAN_NOT: Final = 0.5


def settle_kinds(network: Network, states: Floats, candidates: Candidates, meant: Meant) -> tuple[Referent, ...]:
    """The article's referents, with those kinds that all mentions together make likeliest; `states` are [tokens, width].

    Whom the reference set knows stays as he is.
    """
    settled = list(meant.referents)
    for number, heads in find_unknown(candidates).items():
        settled[number] = _settle_named(settled[number], _weigh(network, NAMED, states[heads]))
    nameless: defaultdict[int, list[int]] = defaultdict(list)
    for head, found in meant.answers.items():
        if len(found) == 1 and settled[found[0]].nameless:
            nameless[found[0]].append(head)
    for number, heads in nameless.items():
        likeliest = int(_weigh(network, NAMELESS, states[heads]).argmax())
        settled[number] = replace(settled[number], kind=KINDS[likeliest])
    return tuple(settled)


def find_unknown(candidates: Candidates) -> Mapping[int, list[int]]:
    """The heads of the names of each referent that rules found and the reference set doesn't know."""
    heads: defaultdict[int, list[int]] = defaultdict(list)
    for head in candidates.mentions:
        for referent in candidates.named(head):
            if candidates.referents[referent].key is None:
                heads[referent].append(head)
    return heads


def _weigh(network: Network, layer: str, states: Floats) -> Floats:
    """The mean of the chances that the mentions give each class, [classes]."""
    chances: Floats = softmax(network.linear(layer, states)).mean(axis=0)
    return chances


def _settle_named(referent: Referent, chances: Floats) -> Referent:
    if chances[NOBODY] > _LIKELIER_THAN_NOT:
        return replace(referent, nobody=True)
    if referent.country is not None:
        # "Eastern Ukraine" reads like the country that it is a part of.
        chances[KINDS.index(EntityKind.COUNTRY)] = 0.0
    kind = KINDS[int(chances[:NOBODY].argmax())]
    return replace(referent, kind=kind, scoped=referent.scoped and kind is EntityKind.PERSON)
