"""DataLoaders of one request: what many resolvers ask of the same level is fetched in one go."""

from __future__ import annotations

from asyncio import shield
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from strawberry.dataloader import DataLoader

from kb.api.reading import Reading
from kb.errors import NotFoundError
from kb.storage import (
    articles,
    canonical,
    claims,
    copies,
    decisions,
    entities,
    events,
    facts,
    mentions,
    quantities,
    relations,
    runs,
    sources,
    stories,
)

K = TypeVar("K")
T = TypeVar("T")


class Loader(DataLoader[K, T]):
    """A DataLoader whose answers outlive those who asked: where a field fails its siblings are cancelled, and what one of them
    awaited may be awaited elsewhere in the operation, where nothing failed."""

    def load(self, key: K) -> Awaitable[T]:
        """What `key` stands for; cancelling it leaves it to the others."""
        return shield(super().load(key))


def _by_id(reading: Reading, noun: str, list_by_ids: Callable[[Any, Iterable[str]], Mapping[str, T]]) -> Loader[str, T]:
    """Rows by id; an id that names nothing is a NotFoundError for those who asked for it alone."""

    async def load(ids: list[str]) -> Sequence[T | BaseException]:
        found = reading.ask(list_by_ids, ids)
        return [found[each] if each in found else NotFoundError(noun, each) for each in ids]

    return Loader(load)


def _of_parent(reading: Reading, list_of: Callable[[Any, Iterable[str]], Mapping[str, T]]) -> Loader[str, T]:
    """What each parent has, by the parent's id."""

    async def load(ids: list[str]) -> Sequence[T]:
        found = reading.ask(list_of, ids)
        return [found[each] for each in ids]

    return Loader(load)


def _of_parent_if_any(reading: Reading, list_of: Callable[[Any, Iterable[str]], Mapping[str, T]]) -> Loader[str, T | None]:
    """The one thing that a parent may have, by the parent's id; None where it has none."""

    async def load(ids: list[str]) -> Sequence[T | None]:
        found = reading.ask(list_of, ids)
        return [found.get(each) for each in ids]

    return Loader(load)


def _with_arguments(reading: Reading, list_of: Callable[..., Mapping[str, T]]) -> Loader[tuple[Any, ...], T]:
    """What each parent has, by the parent's id and further arguments; one question for all parents with the same arguments."""

    async def load(keys: list[tuple[Any, ...]]) -> Sequence[T]:
        parents: defaultdict[tuple[Any, ...], list[str]] = defaultdict(list)
        for parent, *arguments in keys:
            parents[tuple(arguments)].append(parent)
        found = {arguments: reading.ask(list_of, ids, *arguments) for arguments, ids in parents.items()}
        return [found[tuple(arguments)][parent] for parent, *arguments in keys]

    return Loader(load)


class Loaders:
    """All loaders over one read session. Each keeps what it fetched for the rest of the request."""

    def __init__(self, reading: Reading) -> None:
        self.articles: Final = _by_id(reading, "article", articles.list_articles_by_ids)
        self.claims: Final = _by_id(reading, "claim", claims.list_claims_by_ids)
        self.entities: Final = _by_id(reading, "entity", entities.list_entities_by_ids)
        self.events: Final = _by_id(reading, "event", events.list_events_by_ids)
        self.facts: Final = _by_id(reading, "fact", facts.list_facts_by_ids)
        self.mentions: Final = _by_id(reading, "mention", mentions.list_mentions_by_ids)
        self.quantities: Final = _by_id(reading, "quantity", quantities.list_quantities_by_ids)
        self.relations: Final = _by_id(reading, "relation", relations.list_relations_by_ids)
        self.sources: Final = _by_id(reading, "source", sources.list_sources_by_ids)
        self.stories: Final = _by_id(reading, "story", stories.list_stories_by_ids)

        self.decisions: Final = _by_id(reading, "decision", decisions.list_decisions_by_ids)
        self.articles_if_any: Final = _of_parent_if_any(reading, articles.list_articles_by_ids)
        self.events_if_any: Final = _of_parent_if_any(reading, events.list_events_by_ids)
        self.runs: Final = _by_id(reading, "run", runs.list_runs_by_ids)
        self.failures_of_runs: Final = _with_arguments(reading, runs.list_failures_of_runs)
        self.failure_counts_of_runs: Final = _of_parent(reading, runs.count_failures_of_runs)
        self.entities_if_any: Final = _of_parent_if_any(reading, entities.list_entities_by_ids)

        self.claims_of_articles: Final = _with_arguments(reading, claims.list_claims_of_articles)
        self.claims_of_events: Final = _with_arguments(reading, claims.list_claims_of_events)
        self.claims_of_relations: Final = _with_arguments(reading, claims.list_claims_of_relations)
        self.co_occurring: Final = _with_arguments(reading, entities.list_co_occurring)
        self.events_of_entities: Final = _with_arguments(reading, events.list_events_of_entities)
        self.events_of_relations: Final = _with_arguments(reading, events.list_events_of_relations)
        self.facets_of_entities: Final = _with_arguments(reading, events.list_facets_of_entities)
        self.facets_of_relations: Final = _with_arguments(reading, events.list_facets_of_relations)
        self.facts_of_articles: Final = _with_arguments(reading, facts.list_facts_of_articles)
        self.evidence_of_facts: Final = _of_parent(reading, facts.list_evidence)
        self.facts_about_entities: Final = _with_arguments(reading, partial(facts.list_facts_of_entities, as_object=True))
        self.facts_of_entities: Final = _with_arguments(reading, facts.list_facts_of_entities)
        self.mentions_of_articles: Final = _with_arguments(reading, mentions.list_mentions_of_articles)
        self.mentions_of_entities: Final = _with_arguments(reading, mentions.list_mentions_of_entities)
        self.reactions: Final = _with_arguments(reading, events.list_reactions)
        self.relations_of_entities: Final = _with_arguments(reading, relations.list_relations_of_entities)
        self.former_ids: Final = _of_parent(reading, canonical.list_former_ids)
        self.near_duplicates: Final = _of_parent(reading, copies.list_near_duplicates)
        self.quantities_of_articles: Final = _with_arguments(reading, quantities.list_quantities_of_articles)
        self.quantities_of_events: Final = _of_parent(reading, quantities.list_quantities_of_events)
        self.quantities_of_stories: Final = _of_parent(reading, quantities.list_quantities_of_stories)
        self.sources_of_articles: Final = _of_parent_if_any(reading, sources.list_sources_of_articles)
        self.stories_of_articles: Final = _of_parent_if_any(reading, stories.list_stories_of_articles)

        self.claim_counts_of_events: Final = _with_arguments(reading, claims.count_claims_of_events)
        self.claim_counts_of_articles: Final = _with_arguments(reading, claims.count_claims_of_articles)
        self.event_counts_of_entities: Final = _with_arguments(reading, events.count_events_of_entities)
        self.fact_counts_of_articles: Final = _of_parent(reading, facts.count_facts_of_articles)
        self.mention_counts_of_articles: Final = _of_parent(reading, mentions.count_mentions_of_articles)
        self.mention_counts_of_entities: Final = _of_parent(reading, mentions.count_mentions_of_entities)
        self.quantity_counts_of_articles: Final = _of_parent(reading, quantities.count_quantities_of_articles)
        self.relation_counts_of_entities: Final = _with_arguments(reading, relations.count_relations_of_entities)

        self._by_noun: Final[Mapping[str, Loader[str, Any]]] = {
            "article": self.articles,
            "claim": self.claims,
            "entity": self.entities,
            "event": self.events,
            "fact": self.facts,
            "judgement": self.decisions,
            "mention": self.mentions,
            "quantity": self.quantities,
            "relation": self.relations,
            "retraction": self.decisions,
            "run": self.runs,
            "source": self.sources,
            "split": self.decisions,
            "story": self.stories,
        }

    def of(self, noun: str) -> Loader[str, Any]:
        """The loader of rows of `noun` by id."""
        return self._by_noun[noun]
