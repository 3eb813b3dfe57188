"""What the networks are told of each token: its grammar, and what rules and the reference set say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.domain.gazetteer import NameUse
from kb.domain.mention import NameMention, Referent, ResolvedMention
from kb.nlp.reader.row import DEP_SIZE, ENT_SIZE, POS_SIZE, SHAPES, Numbers, Row

KINDS: Final = (EntityKind.PERSON, EntityKind.COUNTRY, EntityKind.ORGANISATION, EntityKind.REGION)
"""The order in which tags and votes number the kinds."""
MODALITIES: Final = tuple(Modality)
TAGS: Final = 1 + 2 * len(KINDS)
"""How many tags a token can have: 0 outside, 1 + 2k the first and 2 + 2k a further token of a name of kind k."""
_USES: Final = tuple(NameUse)

NAME_COLUMNS: Final = ((POS_SIZE, 12), (DEP_SIZE, 16), (ENT_SIZE, 8), (SHAPES, 4), (TAGS, 16), (len(_USES) + 1, 8))
"""(size, width) of the embeddings of the columns that describe_names gives."""


@dataclass(frozen=True, slots=True)
class RuleTrigger:
    """What rules say at the position of a trigger: type, modality, and the heads of subjects, objects and speakers."""

    type: str
    modality: Modality
    subjects: frozenset[int]
    objects: frozenset[int]
    speakers: frozenset[int]


def claim_columns(types: int) -> tuple[tuple[int, int], ...]:
    """(size, width) of each column's embedding for the claim network, given how many claim types there are."""
    return (*NAME_COLUMNS, (types + 1, 16), (len(MODALITIES) + 1, 8))


def tag_names(row: Row, spans: Iterable[tuple[int, int, EntityKind]]) -> Numbers:
    """The tags of positions [start, end) that are names of a kind."""
    tags = np.zeros(len(row), dtype=np.int64)
    for start, end, kind in spans:
        tags[start:end] = 2 + 2 * KINDS.index(kind)
        tags[start] -= 1
    return tags


def describe_names(
    row: Row, names: Sequence[NameMention], referents: Sequence[Referent], linked: Sequence[ResolvedMention]
) -> Numbers:
    """[tokens, 6]: the row's grammar, the names that rules see with the kinds they are linked to, and their use."""
    spans = [
        (row.position(m.paragraph, m.first), row.position(m.paragraph, m.last), referents[m.referents[0]].kind) for m in linked
    ]
    uses = np.zeros(len(row), dtype=np.int64)
    for name in names:
        if name.candidates:
            start, end = row.position(name.paragraph, name.first), row.position(name.paragraph, name.last)
            uses[start:end] = 1 + _USES.index(name.candidates[0].use)
    return np.column_stack([row.grammar, tag_names(row, spans), uses])


def describe_triggers(row: Row, names: Numbers, triggers: dict[int, tuple[RuleTrigger, ...]], types: Sequence[str]) -> Numbers:
    """[tokens, 8]: `names` as by describe_names, then type and modality of what rules take for a trigger (a token's last)."""
    kind = np.zeros(len(row), dtype=np.int64)
    modality = np.zeros(len(row), dtype=np.int64)
    for position, found in triggers.items():
        kind[position] = 1 + types.index(found[-1].type)
        modality[position] = 1 + MODALITIES.index(found[-1].modality)
    return np.column_stack([names, kind, modality])
