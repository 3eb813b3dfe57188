"""What happened in the invented knowledge base: events, who took part, and which article claims them. The same for one seed.

Who takes part follows Zipf's law, and how many claims tell of an event is skewed too: a few entities stand in thousands of
events, most in a handful. An entity has one role in an event and every claim names all participants; all entities are canonical.
That spares the peer work which our server does all the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.graphql_bench.names import Named, invent_entities
from benchmarks.graphql_bench.sizes import Size
from kb.domain.claim import Modality, Role
from kb.domain.ids import content_id, source_id
from kb.ontology.loader import load_ontology
from kb.storage.terms import fold

FIRST_DAY: Final = date(2021, 1, 1)
DAYS: Final = 730
_MOST_PARTICIPANTS: Final = 5
_SOURCES: Final = 300
_UNDATED: Final = 0.03
_SPOKEN: Final = 0.15
_LAG_DAYS: Final = 1.5
_MODALITY_WEIGHTS: Final = (0.72, 0.08, 0.05, 0.07, 0.06, 0.02)

Ints = npt.NDArray[np.int64]


class World:
    """All of it as arrays of small numbers; rows.py makes rows of them."""

    def __init__(self, size: Size, seed: int = 5) -> None:
        self.size: Final = size
        self.types: Final = sorted(load_ontology().event_types)
        self.modalities: Final = [str(each) for each in Modality]
        self.entities: Final[list[Named]] = invent_entities(size.entities, seed)
        self.entity_ids: Final = [each.id for each in self.entities]
        self.source_names: Final = [f"The {each.name} Post" for each in invent_entities(_SOURCES, seed + 1)]
        self.source_ids: Final = [source_id(name) for name in self.source_names]
        self.article_ids: Final = _ids("art", size.articles, seed)
        self.event_ids: Final = _ids("evt", size.events, seed)
        self.claim_ids: Final = _ids("clm", size.claims, seed)
        rng = np.random.default_rng(seed)
        self._draw_events(rng)
        self._draw_claims(rng)

    def _draw_events(self, rng: np.random.Generator) -> None:
        size = self.size
        self.event_type: Ints = rng.choice(len(self.types), size.events, p=_zipf(len(self.types), 2, 0.8))
        self.event_modality: Ints = rng.choice(len(self.modalities), size.events, p=_MODALITY_WEIGHTS)
        self.event_day: Ints = np.sort(rng.integers(0, DAYS, size.events))
        self.event_dated = rng.random(size.events) >= _UNDATED
        more = np.repeat(np.arange(size.events), _MOST_PARTICIPANTS - 1)
        chosen = rng.choice(more, size.participants - size.events, replace=False)
        self.participant_count: Ints = 1 + np.bincount(chosen, minlength=size.events)
        weights = _zipf(size.entities, 4, 0.9)
        drawn = rng.choice(size.entities, (size.events, _MOST_PARTICIPANTS), p=weights)
        while (twice := np.flatnonzero((np.diff(np.sort(drawn, axis=1), axis=1) == 0).any(axis=1))).size:
            drawn[twice] = rng.choice(size.entities, (twice.size, _MOST_PARTICIPANTS), p=weights)
        self.participants: Ints = drawn
        # The first is a subject, the second an object, the others either.
        self.is_object = rng.random((size.events, _MOST_PARTICIPANTS)) < 0.5
        self.is_object[:, 0], self.is_object[:, 1] = False, True

    def _draw_claims(self, rng: np.random.Generator) -> None:
        size = self.size
        loud = rng.lognormal(0.0, 1.2, size.events)
        extra = rng.choice(size.events, size.claims - size.events, p=loud / loud.sum())
        self.claim_event: Ints = np.sort(np.concatenate([np.arange(size.events), extra]))
        lag = rng.exponential(_LAG_DAYS, size.claims)
        spread = (self.event_day[self.claim_event] + rng.random(size.claims) + lag) / (DAYS + 1) * size.articles
        self.claim_article: Ints = np.minimum(spread.astype(np.int64), size.articles - 1)
        self.claim_confidence = np.round(rng.beta(6, 2, size.claims), 2)
        self.claim_variant: Ints = rng.integers(0, 1 << 30, size.claims)
        spoken = rng.random(size.claims) < _SPOKEN
        self.claim_speaker: Ints = np.where(spoken, rng.choice(size.entities, size.claims, p=_zipf(size.entities, 4, 1.0)), -1)
        self.article_source: Ints = rng.choice(_SOURCES, size.articles, p=_zipf(_SOURCES, 2, 0.9))
        self.article_second: Ints = rng.integers(0, 86_400, size.articles)

    @cached_property
    def claims_of_articles(self) -> list[Ints]:
        """The claims of each article, in the order of its text."""
        order = np.argsort(self.claim_article, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.claim_article, minlength=self.size.articles))[:-1])

    @cached_property
    def events_of_entities(self) -> dict[int, list[int]]:
        """The events in which each entity takes part, in the order of time."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for event, count in enumerate(self.participant_count.tolist()):
            for entity in self.participants[event, :count].tolist():
                found[entity].append(event)
        return found

    @cached_property
    def word_counts(self) -> Counter[str]:
        """In how many names each word stands."""
        return Counter(word for entity in self.entities for word in set(fold(entity.name).split()))

    @cached_property
    def claim_counts(self) -> Ints:
        """How many claims tell of each event."""
        return np.bincount(self.claim_event, minlength=self.size.events)

    @cached_property
    def source_counts(self) -> Ints:
        """How many publishers tell of each event."""
        pairs = np.unique(self.claim_event * _SOURCES + self.article_source[self.claim_article])
        return np.bincount(pairs // _SOURCES, minlength=self.size.events)

    def roles(self, event: int) -> list[tuple[Role, int]]:
        """(role, entity) of all who take part in the event, subjects first."""
        count = int(self.participant_count[event])
        who = zip(self.participants[event, :count].tolist(), self.is_object[event, :count].tolist(), strict=True)
        return sorted(((Role.OBJECT if done_to else Role.SUBJECT), entity) for entity, done_to in who)[::-1]

    def day(self, event: int) -> date | None:
        """When the event happened; None where nobody says."""
        return FIRST_DAY + timedelta(days=int(self.event_day[event])) if self.event_dated[event] else None


def _ids(prefix: str, count: int, seed: int) -> list[str]:
    return [content_id(prefix, str(seed), str(number)) for number in range(count)]


def _zipf(count: int, shift: int, exponent: float) -> npt.NDArray[np.float64]:
    weights = 1.0 / (np.arange(count) + shift) ** exponent
    return weights / weights.sum()
