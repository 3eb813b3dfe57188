"""Reads an article with the trained network: who is meant, and which claims are worth keeping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

import numpy as np

from kb.domain.claim import Modality
from kb.domain.gazetteer import Gazetteer
from kb.domain.mention import NameMention, Referent
from kb.errors import ConfigError
from kb.nlp.reader.antecedents import SIZES as LINK_SIZES
from kb.nlp.reader.antecedents import Memory
from kb.nlp.reader.base import build_small, find_graph, is_beside_base
from kb.nlp.reader.capitals import CAPITAL, settle_capitals
from kb.nlp.reader.encoder import Encoder, split_encoder
from kb.nlp.reader.judge import Judgement
from kb.nlp.reader.kinds import NAMED, NAMELESS, settle_kinds
from kb.nlp.reader.meant import Meant
from kb.nlp.reader.modality import MODALITY, choose_modality
from kb.nlp.reader.network import Network, sigmoid, softmax
from kb.nlp.reader.participants import SIZES as PAIR_SIZES
from kb.nlp.reader.participants import Scene, find_pairs, number_paths
from kb.nlp.reader.pieces import Pieces
from kb.nlp.reader.row import Floats, Numbers
from kb.nlp.reader.sided import LEAST_ROLE, LEAST_TYPE, Sided, TypedTrigger, find_speakers, list_sided
from kb.nlp.reader.weights import load_weights
from kb.ontology.model import EventType, Ontology

# Pairs whose roles are computed together: more at once only take memory.
_AT_ONCE: Final = 4096

Side = tuple[int, int]
"""(referent, head)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim as read: trigger position, type, (referent, head) pairs, the chance that it is right, and the chances of speakers.

    `speakers` leads from a referent to the chance that the claim is in its words, and the head that speaks best for it.
    """

    position: int
    type: EventType
    subjects: tuple[Side, ...]
    objects: tuple[Side, ...]
    chance: float
    speakers: Mapping[int, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A trained network with its inventories. One instance serves any number of articles."""

    network: Network
    encoder: Encoder | None
    types: tuple[EventType, ...]
    paths: Mapping[str, int]
    judgement: Judgement | None

    @classmethod
    def open(cls, path: Path, ontology: Ontology, model: str) -> Reader:
        """The reader whose weights lie at `path`; raises ConfigError where they don't fit the ontology or the spaCy model."""
        weights, meta = load_weights(path)
        missing = {"types", "model", "least", "least_stated", "paths", "pieces"} - meta.keys()
        if missing:
            raise ConfigError(f"the reader's weights {path.name} lack {', '.join(sorted(missing))}; train them with `kb train`")
        names = cast("Sequence[str]", meta["types"])
        if list(names) != list(ontology.event_types):
            raise ConfigError(f"the reader's weights {path.name} were trained for other event types; run `kb train`")
        if meta["model"] != model:
            raise ConfigError(
                f"the reader was trained on spaCy's {meta['model']}, not on {model}; unset KB_SPACY_MODEL, or set KB_READER=rules"
            )
        paths = number_paths(cast("Sequence[str]", meta["paths"]))
        own, others = split_encoder(weights)
        encoder = None
        if pieces := cast("Sequence[str]", meta["pieces"]):
            graph = find_graph(own, str(meta.get("base", ""))) if is_beside_base(own) else build_small(own)
            # A hundred megabytes, that they don't add to the peak of memory.
            del weights, own
            encoder = Encoder(graph, Pieces(pieces))
        if absent := {MODALITY, NAMED, NAMELESS, CAPITAL} - {name.removesuffix(".weight") for name in others}:
            raise ConfigError(f"the reader's weights {path.name} lack {' and '.join(sorted(absent))}; train them with `kb train`")
        network = Network(others)
        least, least_stated = (float(cast("float", meta[name])) for name in ("least", "least_stated"))
        judgement = Judgement(network, least, least_stated)
        return cls(network, encoder, tuple(ontology.event_types.values()), paths, judgement)

    def read(self, scene: Scene, states: Floats, settled: Set[int] = frozenset()) -> tuple[Meant, list[Reading]]:
        """Whom the article's heads mean, and its claims in the order of the text; `settled` heads mean whom rules say."""
        meant, possible = self.list_possible(scene, states, settled)
        if self.judgement is None or not possible:
            return meant, []
        features = np.array([sided.features for _, sided in possible], dtype=np.float32)
        chances = self.judgement.chances(features)
        kept: dict[tuple[int, str], list[tuple[Sided, float]]] = defaultdict(list)
        triggers: dict[tuple[int, str], TypedTrigger] = {}
        for (trigger, sided), chance in zip(possible, chances, strict=True):
            if self.judgement.keeps(float(chance), stated=sided.stated):
                kept[trigger.position, trigger.type.id].append((sided, float(chance)))
                triggers[trigger.position, trigger.type.id] = trigger
        readings = [reading for place, chosen in sorted(kept.items()) for reading in _join(triggers[place], chosen, meant)]
        return meant, readings

    def states(self, scene: Scene, columns: Numbers) -> Floats:
        """What the network knows of each token, [tokens, width]: what all else is read from."""
        read = self.encoder.vectors(scene.row) if self.encoder is not None else None
        return self.network.states(scene.row.tensor, columns, read)

    def find_modality(self, reading: Reading, states: Floats, by_rules: Modality) -> Modality:
        """How a claim is put, given what rules say of it."""
        number = self.types.index(reading.type)
        return choose_modality(self.network, states[reading.position], number, len(self.types), by_rules)

    def settle_capitals(self, scene: Scene, states: Floats, names: Sequence[NameMention], gazetteer: Gazetteer) -> Scene:
        """`scene` with those capitals linked to places that rules took for states and the network doesn't."""
        return replace(scene, candidates=settle_capitals(self.network, states, names, scene.candidates, gazetteer))

    def settle_kinds(self, scene: Scene, states: Floats, meant: Meant) -> tuple[Referent, ...]:
        """All referents, those that nobody knows with their kinds, and whether they are anybody."""
        return settle_kinds(self.network, states, scene.candidates, meant)

    def list_possible(
        self, scene: Scene, states: Floats, settled: Set[int] = frozenset()
    ) -> tuple[Meant, list[tuple[TypedTrigger, Sided]]]:
        """Every claim worth judging, with its features; `settled` as in `read`."""
        chances = softmax(self.network.deep("trigger", states))
        triggers = self._triggers(scene, states, chances)
        asked = {head for trigger in triggers for head, roles in trigger.roles.items() if max(roles) >= LEAST_ROLE}
        antecedents = self._antecedents(scene, states, asked)
        meant = Meant(scene.row, scene.candidates, {h: found for h, found in antecedents.items() if h not in settled})
        possible = [
            (trigger, sided)
            for trigger in triggers
            for sided in list_sided(trigger, scene.triggers.get(trigger.position, ()), meant, len(self.types))
        ]
        return meant, possible

    def _triggers(self, scene: Scene, states: Floats, chances: Floats) -> list[TypedTrigger]:
        """Where a type is likely enough, or where rules see one."""
        wanted = {(int(p), int(k)) for p, k in zip(*np.nonzero(chances[:, 1:] >= LEAST_TYPE), strict=True)}
        numbers = {event_type.id: n for n, event_type in enumerate(self.types)}
        wanted |= {(position, numbers[rule.type]) for position, rules in scene.triggers.items() for rule in rules}
        places = sorted(wanted)
        rows = [find_pairs(scene, position, number, self.types[number].id, self.paths) for position, number in places]
        ends = np.cumsum([len(each) for each in rows])
        roles = np.split(self._roles(states, np.concatenate(rows)), ends[:-1]) if rows else []
        found = []
        for (position, number), pairs, taken in zip(places, rows, roles, strict=True):
            found.append(
                TypedTrigger(
                    position=position,
                    type=self.types[number],
                    type_number=number,
                    chance=float(chances[position, number + 1]),
                    best=bool(chances[position, number + 1] >= chances[position, 1:].max() - 1e-6),
                    roles={head: (s, o, k) for head, (s, o, k) in zip(pairs[:, 2].tolist(), taken.tolist(), strict=True)},
                )
            )
        return found

    def _roles(self, states: Floats, rows: Numbers) -> Floats:
        """The chances as subject, object and speaker of each row, [rows, 3]."""
        network = self.network
        triggers, heads = self._layer("at_trigger", states, rows[:, 0]), self._layer("at_head", states, rows[:, 2])
        found = [np.zeros((0, 3), dtype=np.float32)]
        for first in range(0, len(rows), _AT_ONCE):
            part = rows[first : first + _AT_ONCE]
            trigger, head = triggers[first : first + _AT_ONCE], heads[first : first + _AT_ONCE]
            features = [network.table(f"pair.{n}", part[:, 3 + n]) for n in range(len(PAIR_SIZES))]
            typed = network.table("types", part[:, 1])
            found.append(sigmoid(network.deep("role", np.concatenate([trigger, head, trigger * head, typed, *features], axis=1))))
        return np.concatenate(found)

    def _layer(self, name: str, states: Floats, positions: Numbers) -> Floats:
        """What a layer makes of the states at `positions`, most of which come many times."""
        distinct, places = np.unique(positions, return_inverse=True)
        return self.network.linear(name, states[distinct])[places]

    def _antecedents(self, scene: Scene, states: Floats, asked: Set[int]) -> dict[int, tuple[Numbers, Floats]]:
        """For what rules found and what is `asked` for: the antecedents of all nouns would cost more than all else."""
        network, candidates = self.network, scene.candidates
        memory = make_memory(scene)
        anaphors = [h for h in candidates.heads if (h in asked or h in candidates.mentions) and not candidates.named(h)]
        rows = [memory.find_pairs(head) for head in anaphors]
        if not anaphors:
            return {}
        joined = np.concatenate(rows)
        scores = np.zeros(0, dtype=np.float32)
        if len(joined):
            anaphor = self._layer("at_anaphor", states, joined[:, 0])
            antecedent = self._layer("at_antecedent", states, joined[:, 1])
            features = [network.table(f"link.{n}", joined[:, 2 + n]) for n in range(len(LINK_SIZES))]
            scores = network.deep("same", np.concatenate([anaphor, antecedent, anaphor * antecedent, *features], axis=1))[:, 0]
        new = network.deep("new", states[np.array(anaphors)])[:, 0]
        found, first = {}, 0
        for head, pairs, fresh in zip(anaphors, rows, new, strict=True):
            last = first + len(pairs)
            found[head] = (pairs[:, 1], softmax(np.concatenate([[fresh], scores[first:last]])))
            first = last
        return found


def make_memory(scene: Scene) -> Memory:
    """What the article names, as antecedents are looked for in it."""
    return Memory(scene.row, scene.candidates, [h for h in scene.candidates.heads if h in scene.candidates.mentions])


def _join(trigger: TypedTrigger, chosen: Sequence[tuple[Sided, float]], meant: Meant) -> list[Reading]:
    """Claims of one trigger: subjects that act on the same objects share one; who has a named object needs no empty one."""
    objects: dict[Side | None, dict[Side | None, float]] = defaultdict(dict)
    for sided, chance in chosen:
        objects[sided.subject][sided.object] = max(chance, objects[sided.subject].get(sided.object, 0.0))
    if any(side is not None for side in objects):
        objects.pop(None, None)
    joined: dict[tuple[Side, ...], list[tuple[Side | None, float]]] = defaultdict(list)
    for subject, found in objects.items():
        named = tuple(sorted(side for side in found if side is not None))
        joined[named].append((subject, max(found.values())))
    speakers = find_speakers(trigger, meant)
    return [
        Reading(
            position=trigger.position,
            type=trigger.type,
            subjects=tuple(side for side, _ in subjects if side is not None),
            objects=named,
            chance=max(chance for _, chance in subjects),
            speakers=speakers,
        )
        for named, subjects in joined.items()
    ]
