"""Small gold and extractions of the hand, of which a reader can work out every figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.domain.article import Article, OffsetMap
from kb.domain.claim import Argument, Claim, Modality, Role
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind, Mention, MentionForm
from kb.domain.event import Event
from kb.domain.extraction import Extraction
from kb.domain.span import Span
from kb.evaluate.compare import ArticleComparison, compare_articles
from kb.evaluate.gold import GoldArticle, GoldEntity, GoldEvent
from kb.evaluate.score import Figure, score
from kb.ontology.loader import load_ontology


def gold_entity(
    slug: str,
    *names: str,
    kind: EntityKind = EntityKind.COUNTRY,
    wikidata_id: str | None = None,
    debatable: bool = False,
) -> GoldEntity:
    return GoldEntity(slug, kind, names or (slug,), wikidata_id, debatable)


def gold_event(
    type_: str,
    subjects: Sequence[str],
    objects: Sequence[str],
    *modalities: Modality,
    speakers: Sequence[str] = (),
    story: str | None = None,
    debatable: bool = False,
) -> GoldEvent:
    allowed = frozenset(modalities or (Modality.ACTUAL,))
    evidence = (f"gold says {type_}",)
    return GoldEvent("e", type_, tuple(subjects), tuple(objects), allowed, tuple(speakers), story, evidence, debatable)


def gold_article(name: str, events: Iterable[GoldEvent] = (), entities: Iterable[GoldEntity] = ()) -> GoldArticle:
    """The gold of an article; participants of its events that are not among `entities` are countries called like their slug."""
    events = tuple(events)
    declared = {entity.id: entity for entity in entities}
    named = [slug for event in events for slug in (*event.subjects, *event.objects, *event.speakers)]
    every = {slug: declared.get(slug) or gold_entity(slug) for slug in (*declared, *named)}
    return GoldArticle(name, name, tuple(every.values()), events)


def entity(
    name: str, *aliases: str, kind: EntityKind = EntityKind.COUNTRY, wikidata_id: str | None = None, id_: str = ""
) -> Entity:
    rows = tuple(Alias(alias, AliasKind.NAME, "test") for alias in aliases)
    return Entity(id_ or f"ent_{name}", kind, name, wikidata_id, rows)


def claim(
    key: str,
    type_: str,
    subjects: Sequence[str],
    objects: Sequence[str],
    modality: Modality = Modality.ACTUAL,
    speakers: Sequence[str] = (),
) -> Claim:
    """A claim of entities given by name; `key` is its id."""
    roles = ((Role.SUBJECT, subjects), (Role.OBJECT, objects), (Role.SPEAKER, speakers))
    arguments = tuple(Argument(role, f"ent_{name}", None) for role, names in roles for name in names)
    sentence = f"the text says {type_}"
    return Claim(key, "art", type_, modality, arguments, Span(0, len(sentence), sentence), Span(0, 3, "the"), 1.0)


def extraction(name: str, claims: Iterable[Claim] = (), entities: Iterable[Entity] = ()) -> Extraction:
    """What an article yields: `entities`, each mentioned once, and those that the claims name besides."""
    claims = tuple(claims)
    known = {each.id: each for each in entities}
    for argument in (argument for each in claims for argument in each.arguments):
        known.setdefault(argument.entity_id, entity(argument.entity_id.removeprefix("ent_")))
    mentions = tuple(
        Mention(f"men_{number}", "art", each, number, number + 1, "x", MentionForm.NAME, 1.0, "test")
        for number, each in enumerate(known)
    )
    article = Article(f"art_{name}", f"{name}.txt", "", "", "", (), OffsetMap((), (), ()))
    return Extraction(article, None, tuple(known.values()), mentions, claims, (), ())


def event(key: str, *claim_ids: str) -> Event:
    return Event(key, "met", Modality.ACTUAL, (), (), claim_ids, (), 1)


def compare(
    gold: GoldArticle | Sequence[GoldArticle],
    extractions: Extraction | Sequence[Extraction],
    events: Sequence[Event] | None = None,
) -> tuple[ArticleComparison, ...]:
    """Gold against extractions; without `events` every claim is an event of its own."""
    golds = [gold] if isinstance(gold, GoldArticle) else gold
    found = [extractions] if isinstance(extractions, Extraction) else extractions
    alone = [event(f"evt_{each.id}", each.id) for one in found for each in one.claims]
    return compare_articles(golds, found, alone if events is None else events, load_ontology())


def figures(
    gold: GoldArticle | Sequence[GoldArticle],
    extractions: Extraction | Sequence[Extraction],
    events: Sequence[Event] | None = None,
) -> dict[str, Figure]:
    return {figure.name: figure for figure in score(compare(gold, extractions, events))}


def counts(figure: Figure) -> tuple[float, int, int]:
    """(hits, found, wanted)."""
    return figure.hits, figure.found, figure.wanted
