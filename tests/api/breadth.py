"""Data of every sort, made up by chance but always alike: what is missing, odd, merged, superseded, disputed, undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

from sqlalchemy import insert, update

from kb.domain.article import Article, OffsetMap, Source
from kb.domain.claim import Argument, Bound, Claim, DatePrecision, Fact, Modality, Quantity, Role
from kb.domain.curation import Judgement, Likeness, Retraction, Split, Verdict
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind, Mention, MentionForm
from kb.domain.event import Event, Story
from kb.domain.extraction import Extraction
from kb.domain.ids import content_id, mention_id, source_id
from kb.domain.span import Span, cut
from kb.ontology.loader import load_ontology
from kb.storage import judgements, likenesses, relation_writer, retractions, splits, stories, writer
from kb.storage.canonical_writer import save_canonical_ids
from kb.storage.claim_writer import save_facts
from kb.storage.entity_writer import save_entities
from kb.storage.session import Database, Session
from kb.storage.tables import ARTICLE, INGEST_FAILURE, INGEST_RUN

NAMES = (
    (EntityKind.COUNTRY, "Russia", "Q159"),
    (EntityKind.COUNTRY, "Côte d’Ivoire", "Q1008"),
    (EntityKind.COUNTRY, "Åland", None),
    (EntityKind.PERSON, "Łukasz Żółć", "Q7747"),
    (EntityKind.PERSON, 'O\'Brien, "Bob" \\ Jr.', None),
    (EntityKind.PERSON, "李明", None),
    (EntityKind.PERSON, "anna émile", "Q30"),
    (EntityKind.ORGANISATION, "European Union", "Q458"),
    (EntityKind.ORGANISATION, "100 % _Zero_ 🚀", None),
    (EntityKind.ORGANISATION, "the protesters", None),
    (EntityKind.REGION, "Donetsk", "Q16150196"),
    (EntityKind.REGION, "Zürich\u2028Nord", None),
)
# Who turned out to be whom: three of the twelve, one over another.
MERGED = {6: 3, 2: 1, 5: 3}
TYPES = ("recognised", "condemned", "met", "attacked", "sanctioned", "signed_agreement_with")
PUBLISHERS = ("Daily Example", "daily example two", "Éclair", "Zeitung <&>", None)
WORDS = (
    "recognised",
    "condemned",
    "sanctions",
    "troops",
    "naïve",
    "100%",
    "it's",
    "日本語",
    "🚀",
    "regions",
    "<b>bold</b>",
    "\\n",
)
FIRST_DAY = date(2022, 1, 28)
RECORDED = datetime(2022, 4, 1, 10, 30, tzinfo=UTC)


def entity_id(number: int) -> str:
    kind, name, wikidata = NAMES[number]
    return f"ent_{wikidata}" if wikidata else content_id("ent", kind, name)


@dataclass(frozen=True)
class Breadth:
    """What is written, in the order in which it is."""

    extractions: tuple[Extraction, ...]
    events: tuple[Event, ...]
    stories: tuple[Story, ...]
    facts: tuple[Fact, ...]
    copies: tuple[str, ...]


def _entities() -> tuple[Entity, ...]:
    found = []
    for number, (kind, name, wikidata) in enumerate(NAMES):
        aliases = [Alias(name, AliasKind.NAME, "reference" if wikidata else "art_x", is_name=True)]
        aliases += [Alias(f"{name[:3]}-{each.value}", each, "reference") for each in list(AliasKind)[: number % 6]]
        found.append(Entity(entity_id(number), kind, name, wikidata, tuple(aliases)))
    return tuple(found)


class _Maker:
    """One article at a time."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.types = load_ontology().event_types

    def article(self, number: int) -> Extraction:
        chance = self.random
        sentences = [" ".join(chance.choices((*WORDS, *(name for _, name, _ in NAMES)), k=6)) + "." for _ in range(5)]
        title = f"Title {number} {chance.choice(WORDS)}"
        text = "\n".join((title, *sentences))
        key = content_id("art", str(number))
        publisher = PUBLISHERS[number % len(PUBLISHERS)]
        day = FIRST_DAY + timedelta(days=number // 2 * 9)
        zone = timezone(timedelta(hours=(number % 5) - 2, minutes=30 * (number % 2)))
        article = Article(
            key,
            f"folder/{title}.txt",
            title,
            text,
            text,
            ((0, len(title)),),
            OffsetMap((0,), (0,), (len(text),)),
            url=None if number % 3 == 0 else f"https://news.example/{number}?q=a&b",
            publisher=publisher,
            published_at=None if number % 5 == 1 else datetime(day.year, day.month, day.day, 23, 15, number, tzinfo=zone),
            published_inferred=number % 4 == 0,
        )
        spans = []
        offset = len(title) + 1
        for sentence in sentences:
            spans.append(cut(text, offset, offset + len(sentence)))
            offset += len(sentence) + 1
        claims = self._claims(article, spans)
        source = None if publisher is None else Source(source_id(publisher), publisher, None if number % 2 else "news.example")
        return Extraction(
            article,
            source,
            _entities(),
            tuple(self._mentions(article)),
            tuple(claims),
            tuple(self._facts(article, spans, number)),
            tuple(self._quantities(article, spans, number)),
        )

    def _some(self, least: int, most: int) -> list[str]:
        return [entity_id(each) for each in self.random.sample(range(len(NAMES)), self.random.randint(least, most))]

    def _mentions(self, article: Article) -> list[Mention]:
        found = []
        for number, (_, name, _) in enumerate(NAMES):
            at = article.text.find(name)
            while at >= 0:
                key = mention_id(article.id, at, at + len(name), entity_id(number))
                form = list(MentionForm)[at % 3]
                parts = tuple((f"sign {each}", each - 0.5) for each in range(at % 3))
                found.append(
                    Mention(key, article.id, entity_id(number), at, at + len(name), name, form, 1 / (1 + at % 4), "why", parts)
                )
                at = article.text.find(name, at + len(name))
        return found

    def _claims(self, article: Article, spans: Sequence[Span]) -> list[Claim]:
        chance, claims = self.random, list[Claim]()
        for number in range(chance.randint(2, 6)):
            # The first is what all articles say, so that one relation has several events and claims.
            said_by_all = number == 0
            kind, span = TYPES[0] if said_by_all else chance.choice(TYPES), chance.choice(spans)
            subjects, objects = ([entity_id(0)], [entity_id(10)]) if said_by_all else (self._some(1, 2), self._some(0, 3))
            arguments = [Argument(Role.SUBJECT, each, None) for each in subjects]
            arguments += [Argument(Role.OBJECT, each, None) for each in objects]
            arguments += [Argument(Role.SPEAKER, each, None) for each in self._some(0, 1)]
            precision = chance.choice([None, *DatePrecision])
            claims.append(
                Claim(
                    content_id("clm", article.id, str(number)),
                    article.id,
                    kind,
                    Modality.ACTUAL if said_by_all else chance.choice(list(Modality)),
                    tuple(arguments),
                    span,
                    cut(article.text, span.start, span.start + 4),
                    chance.choice((0.1, 0.25, 1 / 3, 0.8, 1.0)),
                    date=FIRST_DAY + timedelta(days=chance.randint(0, 60)) if precision else None,
                    date_precision=precision,
                    about_claim_id=chance.choice(claims).id if claims and chance.random() < 0.4 else None,
                )
            )
        return claims

    def _facts(self, article: Article, spans: Sequence[Span], number: int) -> list[Fact]:
        rows = (
            ("holds_office", 3, 0, "president of Russia", date(2012, 5, 7), None, None),
            ("holds_office", 6, 0, "president of Russia", None, None, article.published_on),
            ("member_of", 1, 7, None, None, date(2022, 2, 1), None),
            ("part_of", 10, 0, None, None, None, None),
        )
        return [
            Fact(
                content_id("fct", article.id, str(place)),
                entity_id(subject),
                predicate,
                entity_id(target),
                text,
                article.id,
                spans[place],
                start,
                end,
                RECORDED + timedelta(days=number),
                RECORDED + timedelta(days=number, hours=12) if number % 4 == 3 else None,
                held,
            )
            for place, (predicate, subject, target, text, start, end, held) in enumerate(rows)
            if (place + number) % 3
        ]

    def _quantities(self, article: Article, spans: Sequence[Span], number: int) -> list[Quantity]:
        return [
            Quantity(
                content_id("qty", article.id, str(place)),
                article.id,
                ("troops", "Russian troops", "100 % of_it")[(place + number) % 3],
                self.random.choice((-1.5, 0.0, 150_000.0, 1e15, 130_000.0)),
                2e15,
                ("people", "", "%")[place % 3],
                cut(article.text, spans[place].start, spans[place].start + 3),
                spans[place],
                tuple(self._some(0, 2)),
                list(Bound)[(place + number) % 4],
            )
            for place in range(number % 4)
        ]


def _group(extractions: Sequence[Extraction]) -> tuple[Event, ...]:
    """Claims of one type and modality are one event, in every fifth article another; it is about what its claims are about."""
    grouped: defaultdict[tuple[str, Modality, str], list[Claim]] = defaultdict(list)
    published = {each.article.id: each.source.id if each.source else each.article.id for each in extractions}
    for number, extraction in enumerate(extractions):
        for claim in extraction.claims:
            grouped[claim.type, claim.modality, str(number % 5)].append(claim)
    event_of = {claim.id: content_id("evt", *key) for key, claims in grouped.items() for claim in claims}
    now = {entity_id(old): entity_id(new) for old, new in MERGED.items()}
    events = []
    for number, (key, claims) in enumerate(sorted(grouped.items())):
        dated = min((claim for claim in claims if claim.date), key=lambda claim: (claim.date, claim.id), default=None)
        about = {event_of[claim.about_claim_id] for claim in claims if claim.about_claim_id} - {content_id("evt", *key)}
        events.append(
            Event(
                content_id("evt", *key),
                *key[:2],
                tuple(dict.fromkeys(now.get(each, each) for claim in claims for each in claim.entity_ids(Role.SUBJECT))),
                tuple(dict.fromkeys(now.get(each, each) for claim in claims for each in claim.entity_ids(Role.OBJECT))),
                tuple(sorted(claim.id for claim in claims)),
                tuple(sorted({claim.article_id for claim in claims})),
                len({published[claim.article_id] for claim in claims}),
                dated.date if dated else None,
                dated.date_precision if dated else None,
                entity_id((10, 11)[number % 2]) if number % 3 else None,
                tuple(sorted(about)),
            )
        )
    return tuple(events)


def make_breadth(size: int = 14, seed: int = 5) -> Breadth:
    """As many articles with all that can be said of them."""
    maker = _Maker(seed)
    extractions = tuple(maker.article(number) for number in range(size))
    ids = [each.article.id for each in extractions]
    told = tuple(
        Story(content_id("sty", str(number)), f"Story {number} é", tuple(ids[number * 3 : number * 3 + 2 + number % 2]))
        for number in range(size // 4)
    )
    reference = tuple(
        Fact(content_id("fct", "reference", str(number)), entity_id(3), "holds_office", entity_id(number), f"office {number}",
             None, None, date(2000 + number, 1, 1), None, RECORDED, None, origin="offices")
        for number in range(3)
    )  # fmt: skip
    return Breadth(extractions, _group(extractions), told, reference, tuple(ids[1:4]))


def save_breadth(database: Database, breadth: Breadth) -> None:
    """Writes it all; ids and moments are the same in every database."""
    with database.transaction() as session:
        save_entities(session, [Entity("ent_Q2", EntityKind.COUNTRY, "Atlantis", "Q2")], reference=True)
        for extraction in breadth.extractions:
            blocks = {claim.id: frozenset({claim.type}) for claim in extraction.claims}
            assert writer.save_extraction(session, extraction, None, blocks)
        # Events and relations are of canonical entities, claims of those that their articles name.
        save_canonical_ids(session, {entity_id(old): entity_id(new) for old, new in MERGED.items()})
        writer.save_events(session, breadth.events)
        stories.save_stories(session, breadth.stories)
        save_facts(session, breadth.facts)
        session.execute(update(ARTICLE).where(ARTICLE.c.id.in_(breadth.copies)).values(copy_group=min(breadth.copies)))
        relation_writer.save_relations(session, [claim.id for each in breadth.extractions for claim in each.claims])
        _decide(session, breadth)
        _ingest(session)


def _ingest(session: Session) -> None:
    """Runs that could not read some documents, one that read all, and one that is not over."""
    for number in range(4):
        begun = RECORDED + timedelta(days=number)
        row = {"id": content_id("run", str(number)), "started_at": begun, "articles_read": number, "quarantined": number}
        session.execute(insert(INGEST_RUN), [row | {"finished_at": None if number == 3 else begun + timedelta(hours=1)}])
        for place in range(number):
            failure = {"run_id": row["id"], "origin": f"é/{place}.txt", "reason": "empty", "message": "…", "failed_at": begun}
            session.execute(insert(INGEST_FAILURE), [failure | {"id": content_id("fail", str(number), str(place))}])


def _decide(session: object, breadth: Breadth) -> None:
    moment = RECORDED
    for number, (old, new) in enumerate(MERGED.items()):
        key = content_id("jdg", str(number))
        made = Judgement(key, entity_id(new), entity_id(old), Verdict.SAME, "Ada", moment + timedelta(hours=number), "é")
        judgements.save_judgement(session, made)
    unsure = Judgement("jdg_1", entity_id(4), entity_id(5), Verdict.UNSURE, "Bob", moment, "", moment, "Ada", "never mind")
    judgements.save_judgement(session, unsure)
    article = breadth.extractions[0].article.id
    for number, undone in enumerate((None, moment)):
        splits.save_split(
            session,
            Split(f"spl_{number}", entity_id(0), entity_id(8), (article,), "Ada", moment, "", undone, undone and "Bob", None),
        )
        retractions.save_retraction(
            session,
            Retraction(f"ret_{number}", f"art_gone{number}", "Gone", None, None, "Ada", "", moment, 3, 4, undone, None, None),
        )
    alike = [Likeness(*sorted((entity_id(4), entity_id(number))), 0.9 - number / 20, (("é", 0.5),)) for number in (8, 9)]
    likenesses.save_likenesses(session, alike)
