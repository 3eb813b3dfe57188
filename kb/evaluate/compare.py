"""Gold and extraction of an article side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from kb.domain.claim import Claim, Modality, Role
from kb.domain.entity import EntityKind
from kb.domain.event import Event
from kb.domain.extraction import Extraction
from kb.evaluate.canonical import find_canonical
from kb.evaluate.gold import GoldArticle, GoldEvent
from kb.evaluate.links import LinkComparison, compare_links, name_clusters
from kb.evaluate.names import Matcher, merge_entities
from kb.evaluate.triples import Triple, group_by_triple
from kb.ontology.model import EventType, Ontology


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """An extracted claim in the gold's ids; `speakers` are sorted."""

    type: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    modality: Modality
    speakers: tuple[str, ...]
    event_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TripleComparison:
    """Triples that gold wants and that were found, each with what tells it. What gold holds for debatable is in neither."""

    wanted: Mapping[Triple, tuple[GoldEvent, ...]]
    found: Mapping[Triple, tuple[FoundClaim, ...]]

    def hits(self) -> tuple[Triple, ...]:
        """The triples that were wanted and found, in the order of the gold."""
        return tuple(triple for triple in self.wanted if triple in self.found)


@dataclass(frozen=True, slots=True)
class ArticleComparison:
    """One article: entities by gold id (`?` and a name where gold has none) and kind, claims by type and by CAMEO root, links."""

    name: str
    wanted_entities: frozenset[tuple[str, EntityKind]]
    found_entities: frozenset[tuple[str, EntityKind]]
    claims: TripleComparison
    families: TripleComparison
    links: LinkComparison


def compare_articles(
    gold: Sequence[GoldArticle], extractions: Sequence[Extraction], events: Iterable[Event], ontology: Ontology
) -> tuple[ArticleComparison, ...]:
    """One comparison for each gold article, in their order; `events` hold every claim of `extractions`.

    An article that was not extracted has found nothing.
    """
    entities = merge_entities(extractions)
    canonical = find_canonical(entities.values())
    one_of = {key: entities[canonical[key]] for key in entities}
    clusters = name_clusters(gold)
    event_of = {claim_id: event.id for event in events for claim_id in event.claim_ids}
    by_file = {file_key(extraction.article.file): extraction for extraction in extractions}
    compared = []
    for wanted in gold:
        matcher = Matcher(wanted.entities, entities)
        extraction = by_file.get(wanted.file)
        debatable = {entity.id for entity in wanted.entities if entity.debatable}
        named = {(matcher.gold_id(m.entity_id), entities[m.entity_id].kind) for m in (extraction.mentions if extraction else ())}
        # By id, as an export lists them: which of several claims speaks for a triple must not depend on how they came.
        claims = sorted(extraction.claims if extraction else (), key=lambda claim: claim.id)
        found = [_found_claim(claim, matcher, event_of) for claim in claims]
        compared.append(
            ArticleComparison(
                name=wanted.name,
                wanted_entities=frozenset((e.id, e.kind) for e in wanted.entities if not e.debatable),
                found_entities=frozenset(pair for pair in named if pair[0] not in debatable),
                claims=_compare_triples(wanted.events, found, ontology.event_types, by_family=False),
                families=_compare_triples(wanted.events, found, ontology.event_types, by_family=True),
                links=compare_links(wanted, extraction, one_of, clusters),
            )
        )
    return tuple(compared)


def file_key(file: str) -> str:
    """What an article's file is called in gold: its name without folder and ending."""
    return PurePath(file).stem


def _found_claim(claim: Claim, matcher: Matcher, event_of: Mapping[str, str]) -> FoundClaim:
    return FoundClaim(
        type=claim.type,
        subjects=tuple(map(matcher.gold_id, claim.entity_ids(Role.SUBJECT))),
        objects=tuple(map(matcher.gold_id, claim.entity_ids(Role.OBJECT))),
        modality=claim.modality,
        speakers=tuple(sorted(map(matcher.gold_id, claim.entity_ids(Role.SPEAKER)))),
        event_id=event_of[claim.id],
        sentence=claim.sentence.text,
    )


def _compare_triples(
    gold: Sequence[GoldEvent], claims: Sequence[FoundClaim], types: Mapping[str, EventType], *, by_family: bool
) -> TripleComparison:
    wanted = group_by_triple((event for event in gold if not event.debatable), types, by_family=by_family)
    debatable = group_by_triple((event for event in gold if event.debatable), types, by_family=by_family)
    found = group_by_triple(claims, types, by_family=by_family)
    return TripleComparison(wanted, {t: tellers for t, tellers in found.items() if t in wanted or t not in debatable})
