"""The rows of the invented knowledge base, table by table, as storage writes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import combinations, product
from typing import Any, Final

from benchmarks.graphql_bench.texts import Reporter, Text
from benchmarks.graphql_bench.world import FIRST_DAY, World
from kb.domain.claim import DatePrecision, Role
from kb.domain.entity import MentionForm
from kb.domain.ids import content_id, mention_id
from kb.domain.result import HitKind
from kb.ontology.loader import load_ontology
from kb.storage.terms import fold, name_starts, to_terms

Row = tuple[Any, ...]
_UNDATED: Final = date.min
_ORIGIN: Final = "wikidata"
_STORY_ARTICLES: Final = 5
_RUN: Final = "run_bench"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table."""

    table: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


class Tables:
    """All tables that the benchmark fills, those that others point to first."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reporter = Reporter(world)

    def list_all(self) -> tuple[Rows, ...]:
        """Every table with its columns; rows are made when they are asked for."""
        return tuple(
            Rows(table, tuple(columns.split()), rows)
            for table, columns, rows in (
                ("source", "id name domain", self._sources),
                (
                    "article",
                    "id source_id run_id file title text original paragraphs offsets repairs url publisher published_at "
                    "published_offset published_on sort_date published_inferred language copy_group",
                    self._articles,
                ),
                (
                    "entity",
                    "id canonical_id kind name name_sort wikidata_id article_id mention_count is_reference",
                    self._entities,
                ),
                ("alias", "entity_id name kind origin name_folded is_name", self._aliases),
                ("name_start", "start entity_id", self._name_starts),
                (
                    "event",
                    "id type modality date date_precision sort_date place_id source_count claim_count",
                    self._events,
                ),
                ("event_participant", "event_id role position entity_id type sort_date", self._participants),
                (
                    "claim",
                    "id article_id event_id about_claim_id type modality confidence date date_precision sort_date "
                    "sentence_start sentence_end sentence trigger_start trigger_end trigger",
                    self._claims,
                ),
                ("mention", "id article_id entity_id start end text form score reason parts", self._mentions),
                ("claim_argument", "claim_id position role entity_id mention_id", self._arguments),
                (
                    "relation",
                    "id subject_id type object_id modality event_count claim_count source_count first_date last_date "
                    "last_sort_date",
                    self._relations,
                ),
                ("relation_claim", "claim_id relation_id", self._relation_claims),
                ("story", "id title sort_date", self._stories),
                ("story_article", "article_id story_id position", self._story_articles),
                ("search_document", "kind noun_id title_terms body_terms", self._documents),
                ("change", "noun noun_id operation changed_at", self._changes),
            )
        )

    def _texts(self) -> Iterator[tuple[int, Text]]:
        return ((article, self._reporter.write(article)) for article in range(self._world.size.articles))

    def _sources(self) -> Iterator[Row]:
        for key, name in zip(self._world.source_ids, self._world.source_names, strict=True):
            yield key, name, f"{fold(name).replace(' ', '-')}.example"

    def _published(self, article: int) -> datetime:
        world = self._world
        day = FIRST_DAY + timedelta(days=article * 731 // world.size.articles)
        return datetime.combine(day, time(), UTC) + timedelta(seconds=int(world.article_second[article]))

    def _articles(self) -> Iterator[Row]:
        world = self._world
        for article, written in self._texts():
            source = int(world.article_source[article])
            moment = self._published(article)
            key, file = world.article_ids[article], f"article-{article}.txt"
            length = len(written.text)
            yield (
                key, world.source_ids[source], _RUN, file, written.title, written.text, written.text,
                json.dumps(written.paragraphs), json.dumps([[0], [0], [length]]), "[]", f"https://news.example/{article}",
                world.source_names[source], moment, 0, moment.date(), moment.date(), False, "en", None,
            )  # fmt: skip

    def _entities(self) -> Iterator[Row]:
        counts = self._mention_counts
        for number, entity in enumerate(self._world.entities):
            known = entity.wikidata_id is not None
            yield (
                entity.id, entity.id, str(entity.kind), entity.name, fold(entity.name), entity.wikidata_id, None,
                counts[number], known,
            )  # fmt: skip

    def _aliases(self) -> Iterator[Row]:
        for entity in self._world.entities:
            for name, kind, is_name in entity.aliases:
                yield entity.id, name, str(kind), _ORIGIN, fold(name), is_name

    def _name_starts(self) -> Iterator[Row]:
        for entity in self._world.entities:
            starts = {start for name, _, _ in entity.aliases for start in name_starts(fold(name))}
            yield from ((start, entity.id) for start in sorted(starts))

    def _events(self) -> Iterator[Row]:
        world = self._world
        for event, key in enumerate(world.event_ids):
            day = world.day(event)
            yield (
                key, self._type(event), self._modality(event), day, day and str(DatePrecision.DAY), day or _UNDATED, None,
                int(world.source_counts[event]), int(world.claim_counts[event]),
            )  # fmt: skip

    def _participants(self) -> Iterator[Row]:
        world = self._world
        for event, key in enumerate(world.event_ids):
            day, positions = world.day(event) or _UNDATED, Counter[Role]()
            for role, entity in world.roles(event):
                yield key, str(role), positions[role], world.entity_ids[entity], self._type(event), day
                positions[role] += 1

    def _claims(self) -> Iterator[Row]:
        world = self._world
        for article, written in self._texts():
            for told in written.told:
                event = int(world.claim_event[told.claim])
                day = world.day(event)
                sentence, trigger = told.sentence, told.trigger
                yield (
                    world.claim_ids[told.claim], world.article_ids[article], world.event_ids[event], None, self._type(event),
                    self._modality(event), float(world.claim_confidence[told.claim]), day, day and str(DatePrecision.DAY),
                    day or _UNDATED, sentence.start, sentence.end, sentence.text, trigger.start, trigger.end, trigger.text,
                )  # fmt: skip

    def _first_named(self, written: Text) -> dict[int, tuple[int, int]]:
        """Where an article names each of its entities first; that alone is a mention."""
        found: dict[int, tuple[int, int]] = {}
        for told in written.told:
            for _, entity, start, end in told.named:
                found.setdefault(entity, (start, end))
        return found

    @cached_property
    def _mention_counts(self) -> Counter[int]:
        return Counter(entity for _, written in self._texts() for entity in self._first_named(written))

    def _mentions(self) -> Iterator[Row]:
        world = self._world
        for article, written in self._texts():
            owner = world.article_ids[article]
            for entity, (start, end) in self._first_named(written).items():
                key = world.entity_ids[entity]
                yield (
                    mention_id(owner, start, end, key), owner, key, start, end, world.entities[entity].name,
                    str(MentionForm.NAME), 0.9, "full name", '[["full name", 0.9]]',
                )  # fmt: skip

    def _arguments(self) -> Iterator[Row]:
        world = self._world
        for article, written in self._texts():
            first, owner = self._first_named(written), world.article_ids[article]
            for told in written.told:
                for position, (role, entity, start, end) in enumerate(told.named):
                    key = world.entity_ids[entity]
                    mention = mention_id(owner, start, end, key) if first[entity] == (start, end) else None
                    yield world.claim_ids[told.claim], position, str(role), key, mention

    def _pairs(self, event: int) -> list[tuple[str, str]]:
        """The ends of the relations that the event's claims state, as kb.storage.relation_writer has them."""
        ids = self._world.entity_ids
        roles = self._world.roles(event)
        subjects = [ids[entity] for role, entity in roles if role is Role.SUBJECT]
        objects = [ids[entity] for role, entity in roles if role is Role.OBJECT]
        undirected = self._type(event) in load_ontology().symmetric_types
        pairs = combinations(subjects, 2) if undirected and not objects else product(subjects, objects)
        return [(right, left) if undirected and right < left else (left, right) for left, right in pairs]

    @cached_property
    def _edges(self) -> dict[tuple[str, str, str, str], list[int]]:
        """The events of each (subject, type, object, modality)."""
        found: dict[tuple[str, str, str, str], list[int]] = {}
        for event in range(self._world.size.events):
            for subject, object_ in self._pairs(event):
                found.setdefault((subject, self._type(event), object_, self._modality(event)), []).append(event)
        return found

    def _relations(self) -> Iterator[Row]:
        world = self._world
        sources = self._sources_of_events
        for (subject, type_, object_, modality), events in self._edges.items():
            days = [day for event in events if (day := world.day(event)) is not None]
            first, last = min(days, default=None), max(days, default=None)
            told = sum(int(world.claim_counts[event]) for event in events)
            publishers = len(frozenset[int]().union(*(sources[event] for event in events)))
            yield (
                content_id("rel", subject, type_, object_, modality), subject, type_, object_, modality, len(events), told,
                publishers, first, last, last or _UNDATED,
            )  # fmt: skip

    @cached_property
    def _sources_of_events(self) -> list[set[int]]:
        world = self._world
        found: list[set[int]] = [set() for _ in world.event_ids]
        publishers = world.article_source[world.claim_article].tolist()
        for event, publisher in zip(world.claim_event.tolist(), publishers, strict=True):
            found[event].add(publisher)
        return found

    def _relation_claims(self) -> Iterator[Row]:
        world = self._world
        claims: list[list[int]] = [[] for _ in world.event_ids]
        for claim, event in enumerate(world.claim_event.tolist()):
            claims[event].append(claim)
        for (subject, type_, object_, modality), events in self._edges.items():
            key = content_id("rel", subject, type_, object_, modality)
            for event in events:
                for claim in claims[event]:
                    yield world.claim_ids[claim], key

    def _stories(self) -> Iterator[Row]:
        for first in range(0, self._world.size.articles, _STORY_ARTICLES):
            title = self._reporter.write(first).title
            yield self._story_id(first), title, self._published(first).date()

    def _story_articles(self) -> Iterator[Row]:
        for article, key in enumerate(self._world.article_ids):
            yield key, self._story_id(article), article % _STORY_ARTICLES

    def _story_id(self, article: int) -> str:
        return content_id("sty", self._world.article_ids[article - article % _STORY_ARTICLES])

    def _documents(self) -> Iterator[Row]:
        world = self._world
        for entity in world.entities:
            names = " ".join(sorted({entity.name, *(name for name, _, _ in entity.aliases)}))
            yield str(HitKind.ENTITY), entity.id, to_terms(names), ""
        for article, written in self._texts():
            yield str(HitKind.ARTICLE), world.article_ids[article], to_terms(written.title), to_terms(written.text)
            for told in written.told:
                yield str(HitKind.CLAIM), world.claim_ids[told.claim], "", to_terms(told.sentence.text)

    def _changes(self) -> Iterator[Row]:
        for article, key in enumerate(self._world.article_ids):
            yield "article", key, "came", self._published(article)

    def _type(self, event: int) -> str:
        return self._world.types[int(self._world.event_type[event])]

    def _modality(self, event: int) -> str:
        return self._world.modalities[int(self._world.event_modality[event])]
