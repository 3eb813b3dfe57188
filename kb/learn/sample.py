"""One annotated article as the arrays that training runs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.learn.align import AlignedClaim, Alignment
from kb.nlp.reader.antecedents import Memory
from kb.nlp.reader.encoder import Window, list_windows
from kb.nlp.reader.participants import Scene, find_pairs
from kb.nlp.reader.pieces import Pieces
from kb.nlp.reader.row import Floats, Numbers


@dataclass(frozen=True, slots=True)
class Sample:
    """Arrays of one article.

    `columns` and `tensor` describe its tokens; `types` [tokens, types + 1] is the share of each type at each token (0: none) and
    `weights` what each token counts. `pairs` rows come with `roles` [pairs, 3] and `counted` [pairs, 3], which leaves open what
    the annotation doesn't say. `windows` are what an encoder reads, if there is one. `links` rows come with `anaphors`: (head,
    first row, last row, for each entity that is meant the numbers of the rows that mean it).
    """

    name: str
    columns: Numbers
    tensor: Floats
    types: Floats
    weights: Floats
    pairs: Numbers
    roles: Floats
    counted: Floats
    triggers: int
    windows: tuple[Window, ...]
    links: Numbers
    anaphors: tuple[tuple[int, int, int, tuple[tuple[int, ...], ...]], ...]


# Words of these classes state nearly every event; the others count a tenth, so that they don't drown them.
_CARRYING = frozenset({"VERB", "NOUN", "ADJ", "AUX", "PROPN", "ADV"})


def make_sample(
    name: str,
    scene: Scene,
    memory: Memory,
    columns: Numbers,
    alignment: Alignment,
    types: Sequence[str],
    paths: Mapping[str, int],
    pieces: Pieces | None,
) -> Sample:
    """The arrays of an article whose annotation is `alignment`, cut into `pieces` if an encoder is to read it."""
    row = scene.row
    claims: dict[int, dict[str, list[AlignedClaim]]] = defaultdict(lambda: defaultdict(list))
    for claim in alignment.claims:
        claims[claim.trigger][claim.type].append(claim)
    shares = np.zeros((len(row), len(types) + 1), dtype=np.float32)
    shares[:, 0] = 1
    weights = np.array([1.0 if t.pos_ in _CARRYING else 0.1 for t in row.tokens], dtype=np.float32)
    pairs, roles, counted = [], [], []
    for trigger, by_type in claims.items():
        shares[trigger] = 0
        for type_name, same in by_type.items():
            shares[trigger, 1 + types.index(type_name)] = 1 / len(by_type)
            rows = find_pairs(scene, trigger, types.index(type_name), type_name, paths)
            wanted, open_ = _label(scene, alignment, rows, same)
            pairs.append(rows)
            roles.append(wanted)
            counted.append(open_)
        weights[trigger] = float(any(not c.debatable for same in by_type.values() for c in same))
    links, anaphors, first = [], [], 0
    for head, entities in sorted(alignment.meant.items()):
        if head in alignment.named:
            continue
        rows = memory.find_pairs(head)
        right = _list_right(rows, entities, alignment)
        links.append(rows)
        anaphors.append((head, first, first + len(rows), right))
        first += len(rows)
    return Sample(
        name=name,
        columns=columns,
        tensor=row.tensor,
        types=shares,
        weights=weights,
        pairs=np.concatenate(pairs) if pairs else np.zeros((0, 10), dtype=np.int64),
        roles=np.concatenate(roles) if roles else np.zeros((0, 3), dtype=np.float32),
        counted=np.concatenate(counted) if counted else np.zeros((0, 3), dtype=np.float32),
        triggers=len(claims),
        windows=tuple(list_windows(row, pieces)) if pieces is not None else (),
        links=np.concatenate(links) if links else np.zeros((0, 7), dtype=np.int64),
        anaphors=tuple(anaphors),
    )


def _list_right(rows: Numbers, entities: frozenset[str], alignment: Alignment) -> tuple[tuple[int, ...], ...]:
    """For each of the `entities` the rows whose antecedent means it and nobody else than them; none for one without a row."""
    meant = [alignment.meant.get(int(antecedent), frozenset()) for antecedent in rows[:, 1]]
    found = (tuple(n for n, each in enumerate(meant) if entity in each and each <= entities) for entity in sorted(entities))
    return tuple(numbers for numbers in found if numbers)


def _label(scene: Scene, alignment: Alignment, rows: Numbers, claims: Sequence[AlignedClaim]) -> tuple[Floats, Floats]:
    """Which pairs of a trigger take which role, and which are to be counted.

    One mention of each participant is sure: the one that the annotation points at, else the nearest in the trigger's
    sentence, else the latest before it. Its other mentions are left open.
    """
    wanted = np.zeros((len(rows), 3), dtype=np.float32)
    counted = np.ones((len(rows), 3), dtype=np.float32)
    heads = [int(head) for head in rows[:, 2]]
    for claim in claims:
        for role, side in enumerate(claim.sides):
            for entity, head in side:
                mates = [n for n, h in enumerate(heads) if entity in alignment.meant.get(h, frozenset())]
                here = [n for n in mates if scene.row.sentence[heads[n]] == scene.row.sentence[claim.trigger]]
                if head in heads:
                    sure = heads.index(head)
                elif here:
                    sure = min(here, key=lambda n: abs(heads[n] - claim.trigger))
                elif mates:
                    sure = mates[-1]
                else:
                    continue
                counted[mates, role] = 0
                wanted[sure, role] = counted[sure, role] = 1
    return wanted, counted
