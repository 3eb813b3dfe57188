"""Whether the name of a capital means the place or the state that is governed there, by what the network knows of the mention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Gazetteer, NameUse
from kb.domain.mention import NameMention, Referent, ResolvedMention
from kb.nlp.reader.candidates import Candidates
from kb.nlp.reader.network import Network, softmax
from kb.nlp.reader.row import Floats

CAPITAL: Final = "capital"
"""What the layer is called among the weights."""
CLASSES: Final = (EntityKind.COUNTRY, EntityKind.REGION)
"""What a capital can mean, in the order of the layer's classes: its state, and the place."""
_PLACE: Final = CLASSES.index(EntityKind.REGION)
# On 1,411 capitals of exercises that the network had not seen, rules take 683 for states, .922 of them rightly; of those that the
# network takes for places .79 to .84 are, from 0.5 to 0.9. Of what rules take for a place it takes few for a state, and those
# wrongly too often (.59 right, .69 from 0.6 on): "in Paris" stays the place.
_LEAST: Final = 0.5
_SIGN: Final = "how the sentence uses it"


@dataclass(frozen=True, slots=True)
class Capital:
    """A name at `head` that can mean a state or a place, `place` by its key; `mention` is its number among all mentions."""

    head: int
    mention: int
    place: str


def find_capitals(names: Sequence[NameMention], candidates: Candidates, gazetteer: Gazetteer) -> Iterator[Capital]:
    """The names that rules linked to one of the two that they can mean."""
    at = {(name.paragraph, name.first, name.last): name for name in names}
    for head, numbers in candidates.mentions.items():
        for number in numbers:
            mention = candidates.resolved[number]
            name = at.get((mention.paragraph, mention.first, mention.last)) if mention.form is MentionForm.NAME else None
            keys = _find_keys(name, gazetteer) if name is not None else None
            if keys is not None and len(mention.referents) == 1 and candidates.referents[mention.referents[0]].key in keys:
                yield Capital(head, number, keys[1])


def settle_capitals(
    network: Network, states: Floats, names: Sequence[NameMention], candidates: Candidates, gazetteer: Gazetteer
) -> Candidates:
    """`candidates` with capitals that rules took for states linked to the places that the network takes them for.

    `states` are what it knows of each token, [tokens, width].
    """
    referents, resolved = list(candidates.referents), list(candidates.resolved)
    numbers = {referent.key: referent.number for referent in referents if referent.key is not None}
    for capital in find_capitals(names, candidates, gazetteer):
        mention = resolved[capital.mention]
        if referents[mention.referents[0]].key == capital.place:
            continue
        chance = float(softmax(network.linear(CAPITAL, states[capital.head]))[_PLACE])
        if chance <= _LEAST:
            continue
        if capital.place not in numbers:
            known = gazetteer.entities[capital.place]
            numbers[capital.place] = len(referents)
            referents.append(Referent(len(referents), known.kind, known.name, known.key, (), chance, _SIGN))
        place = referents[numbers[capital.place]]
        referents[place.number] = replace(place, surfaces=tuple(dict.fromkeys((*place.surfaces, mention.text))))
        resolved[capital.mention] = _move(mention, place.number, chance)
    return replace(candidates, resolved=tuple(resolved), referents=tuple(referents))


def _move(mention: ResolvedMention, referent: int, chance: float) -> ResolvedMention:
    score = round(chance, 3)
    return replace(mention, referents=(referent,), score=score, reason=_SIGN, parts=((_SIGN, score),))


def _find_keys(name: NameMention, gazetteer: Gazetteer) -> tuple[str, str] | None:
    """The one state and the first place that a name can mean; None where it cannot mean both."""

    def keys(use: NameUse, kind: EntityKind) -> list[str]:
        return [each.key for each in name.candidates if each.use is use and gazetteer.entities[each.key].kind is kind]

    governed, places = keys(NameUse.METONYM, EntityKind.COUNTRY), keys(NameUse.NAME, EntityKind.REGION)
    return (governed[0], places[0]) if len(governed) == 1 and places else None
