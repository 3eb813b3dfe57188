"""What decides which claims tell of one event, which articles of one story, and which carry one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.domain.entity import EntityKind
from kb.domain.event import DatedClaim, Event, Story, ToldArticle
from kb.domain.gazetteer import Gazetteer
from kb.domain.ids import reference_entity_id
from kb.domain.sketch import FindsCopies
from kb.ontology.loader import load_ontology
from kb.ontology.model import Ontology
from kb.settings import Settings


class GroupsClaims(Protocol):
    """Decides which claims are about the same occurrence."""

    def block_keys(self, dated: DatedClaim) -> frozenset[str]:
        """Keys such that claims that can be one event share one, directly or through claims between them."""
        ...

    def group_claims(self, claims: Sequence[DatedClaim]) -> tuple[Event, ...]:
        """The events of all `claims`, whatever their order."""
        ...


class GroupsArticles(Protocol):
    """Decides which articles are about the same happening."""

    def block_keys(self, told: ToldArticle) -> frozenset[str]:
        """Keys such that articles that can be one story share one, directly or through articles between them."""
        ...

    def group_articles(self, articles: Sequence[ToldArticle]) -> tuple[Story, ...]:
        """The stories of all `articles`, whatever their order."""
        ...


@dataclass(frozen=True, slots=True)
class Groupers:
    """All of them; those of events and of stories share what they know."""

    events: GroupsClaims
    stories: GroupsArticles
    copies: FindsCopies


def open_groupers(settings: Settings) -> Groupers:
    """The real ones, over the reference set's affiliations and the ontology; reading the reference set takes half a second."""
    from kb.resolve.copies import CopyFinder
    from kb.resolve.events import EventGrouper
    from kb.resolve.reference import load_reference
    from kb.resolve.stories import StoryGrouper

    affiliations = list_affiliations(Gazetteer(load_reference(settings.reference_dir)))
    symmetric = list_symmetric_types(load_ontology())
    return Groupers(EventGrouper(affiliations, symmetric), StoryGrouper(affiliations, symmetric), CopyFinder())


def list_affiliations(gazetteer: Gazetteer) -> dict[str, str]:
    """From the id of each person in office and each body of a state to the id of what it acts for."""
    ids = {entity.key: reference_entity_id(entity.wikidata_id or entity.key) for entity in gazetteer.entities.values()}
    affiliations = {}
    for entity in gazetteer.entities.values():
        owner = entity.offices[-1].of if entity.offices else entity.country if entity.kind is EntityKind.ORGANISATION else None
        if owner is not None and owner in ids:
            affiliations[ids[entity.key]] = ids[owner]
    return affiliations


def list_symmetric_types(ontology: Ontology) -> frozenset[str]:
    """The types of events that both sides do to each other."""
    return frozenset(each.id for each in ontology.event_types.values() if each.symmetric)
