"""Small articles made without any NLP, and a grouping of claims that is as simple as it can be: by type, subjects and objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from kb.domain.article import Article, OffsetMap, Source
from kb.domain.claim import Argument, Claim, Fact, Modality, Quantity, Role
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind, Mention, MentionForm
from kb.domain.event import DatedClaim, Event
from kb.domain.extraction import Extraction
from kb.domain.ids import article_id, content_id, local_entity_id, mention_id, reference_entity_id, source_id
from kb.domain.span import cut
from kb.resolve.names import fold_name
from kb.storage.claims import list_block_closure
from kb.storage.session import Database
from kb.storage.writer import save_events, save_extraction

COUNTRIES = {"Russia": "Q159", "Ukraine": "Q212", "France": "Q142", "Germany": "Q183", "Poland": "Q36", "Turkey": "Q43"}

Statement = tuple[str, str, str]


def entity_of(name: str, article: str) -> Entity:
    """A country, or a person nobody knows; who is called in small letters has no name and exists in the article only."""
    if name in COUNTRIES:
        return country(name)
    scope = article if name.islower() else ""
    kind, alias = (EntityKind.ORGANISATION, AliasKind.NOMINAL) if name.islower() else (EntityKind.PERSON, AliasKind.NAME)
    key = local_entity_id(kind, fold_name(name), scope)
    return Entity(key, kind, name, None, (Alias(name, alias, article, is_name=True),), scope or None)


def country(name: str) -> Entity:
    return Entity(
        reference_entity_id(COUNTRIES[name]),
        EntityKind.COUNTRY,
        name,
        COUNTRIES[name],
        (Alias(name, AliasKind.NAME, "reference", is_name=True), Alias(f"{name} n", AliasKind.DEMONYM, "reference")),
    )


def extraction(
    title: str,
    statements: Sequence[Statement],
    *,
    day: date | None = None,
    publisher: str | None = None,
    confidence: float = 0.5,
    modality: Modality = Modality.ACTUAL,
    speaker: str | None = None,
    about_previous: bool = False,
    extra_entities: Sequence[Entity] = (),
    ending: str = "",
) -> Extraction:
    """An article whose sentences are `SUBJECT TYPE OBJECT.`; with `about_previous` each claim is about the one after it.

    Countries are known; all others are persons or nameless actors (`entity_of`). Its text closes with the `ending`.
    """
    sentences = [f"{subject} {kind} {target}." for subject, kind, target in statements]
    text = "\n".join([title, *sentences, *([ending] if ending else [])])
    key = article_id(f"{title}|{publisher}|{text}|{day}|{confidence}|{modality}|{speaker}")
    names = sorted({name for subject, _, target in statements for name in (subject, target)} | ({speaker} if speaker else set()))
    entities = (*(entity_of(name, key) for name in names), *extra_entities)
    mentions: list[Mention] = []
    claims: list[Claim] = []
    offset = len(title) + 1
    for (subject, kind, target), sentence in zip(statements, sentences, strict=True):
        span = cut(text, offset, offset + len(sentence))
        arguments = []
        for role, name, start in (
            (Role.SUBJECT, subject, offset),
            (Role.OBJECT, target, offset + len(subject) + len(kind) + 2),
        ):
            entity = entity_of(name, key).id
            mention = Mention(
                mention_id(key, start, start + len(name), entity),
                key,
                entity,
                start,
                start + len(name),
                name,
                MentionForm.NAME,
                1.0,
                "name",
            )
            mentions.append(mention)
            arguments.append(Argument(role, entity, mention.id))
        if speaker:
            arguments.append(Argument(Role.SPEAKER, entity_of(speaker, key).id, None))
        trigger = cut(text, offset + len(subject) + 1, offset + len(subject) + 1 + len(kind))
        claims.append(
            Claim(
                content_id("clm", key, str(offset), kind),
                key,
                kind,
                modality,
                tuple(arguments),
                span,
                trigger,
                confidence,
                date=day,
            )
        )
        offset += len(sentence) + 1
    if about_previous:
        claims = [
            Claim(
                **{name: getattr(claim, name) for name in Claim.__slots__ if name != "about_claim_id"}, about_claim_id=following
            )
            for claim, following in zip(claims, [c.id for c in claims[1:]] + [None], strict=True)
        ]
    published = None if day is None else datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    article = Article(
        key,
        f"{title}.txt",
        title,
        text,
        text,
        ((0, len(title)), (len(title) + 1, len(text))),
        OffsetMap((0,), (0,), (len(text),)),
        url="https://example.org/a",
        publisher=publisher,
        published_at=published,
    )
    source = None if publisher is None else Source(source_id(publisher), publisher, "example.org")
    facts: tuple[Fact, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    if claims:
        first = claims[0]
        subject_id = first.arguments[0].entity_id
        facts = (Fact(content_id("fct", key), subject_id, "holds_office", None, "President", key, first.sentence),)
        quantities = (
            Quantity(content_id("qty", key), key, "troops", 100.0, 150.0, "people", first.trigger, first.sentence, (subject_id,)),
        )
    return Extraction(
        article, source, tuple({e.id: e for e in entities}.values()), tuple(mentions), tuple(claims), facts, quantities
    )


def block_keys(claims: Iterable[Claim]) -> dict[str, frozenset[str]]:
    return {claim.id: frozenset({_key(claim)}) for claim in claims}


def _key(claim: Claim) -> str:
    return content_id("blk", claim.type, claim.modality, *claim.entity_ids(Role.SUBJECT), "|", *claim.entity_ids(Role.OBJECT))


def group(dated: Iterable[DatedClaim]) -> tuple[Event, ...]:
    """One event for each key; its date is the earliest of its claims."""
    grouped: defaultdict[str, list[DatedClaim]] = defaultdict(list)
    for each in dated:
        grouped[_key(each.claim)].append(each)
    events = []
    for key, members in sorted(grouped.items()):
        claim = members[0].claim
        events.append(
            Event(
                id=key.replace("blk_", "evt_"),
                type=claim.type,
                modality=claim.modality,
                subject_ids=claim.entity_ids(Role.SUBJECT),
                object_ids=claim.entity_ids(Role.OBJECT),
                claim_ids=tuple(sorted(m.claim.id for m in members)),
                article_ids=tuple(sorted({m.claim.article_id for m in members})),
                source_count=len({m.source_key for m in members}),
                date=min((m.claim.date for m in members if m.claim.date), default=None),
            )
        )
    return tuple(events)


def ingest(database: Database, extractions: Iterable[Extraction]) -> int:
    """One transaction an article, as the pipeline does it; how many were new."""
    saved = 0
    for each in extractions:
        with database.transaction() as session:
            if save_extraction(session, each, None, block_keys(each.claims), {each.article.title.split()[0]}):
                saved += 1
                if each.claims:
                    save_events(session, group(list_block_closure(session, [claim.id for claim in each.claims])))
    return saved


def sample(size: int = 12) -> list[Extraction]:
    """Articles that tell of the same few events in several sources, some of them undated."""
    names = list(COUNTRIES)
    kinds = ("attacked", "condemned", "met", "sanctioned")
    found = []
    for number in range(size):
        statements = [
            (names[number % 6], kinds[number % 4], names[(number + 1) % 6]),
            (names[(number + 2) % 6], kinds[(number + 1) % 4], names[number % 6]),
            ("Russia", "attacked", "Ukraine"),
        ]
        found.append(
            extraction(
                f"Title {number}",
                statements,
                day=None if number % 5 == 4 else date(2022, 2, 1 + number % 28),
                publisher=None if number % 3 == 2 else f"Paper {number % 4}",
                confidence=round(0.1 + (number % 9) / 10, 1),
                about_previous=True,
            )
        )
    return found
