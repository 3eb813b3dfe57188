"""Three small articles with everything read from them, made by hand, and as many more as a test asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kb.domain.article import Article, OffsetMap, Source
from kb.domain.claim import Argument, Bound, Claim, DatePrecision, Fact, Modality, Quantity, Role
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind, Mention, MentionForm
from kb.domain.event import Event, Story
from kb.domain.extraction import Extraction
from kb.domain.ids import article_id, content_id, mention_id, source_id
from kb.domain.span import Span, cut
from kb.storage import stories, writer
from kb.storage.session import Database

RUSSIA, GERMANY, UNION = "ent_Q159", "ent_Q183", "ent_Q458"
DONETSK, LUHANSK, PUTIN = "ent_Q16150196", "ent_Q16746854", "ent_Q7747"

ENTITIES = (
    Entity(
        RUSSIA,
        EntityKind.COUNTRY,
        "Russia",
        "Q159",
        (Alias("Russia", AliasKind.NAME, "wikidata"), Alias("Kremlin", AliasKind.METONYM, "wikidata")),
    ),
    Entity(GERMANY, EntityKind.COUNTRY, "Germany", "Q183", (Alias("Germany", AliasKind.NAME, "wikidata"),)),
    Entity(UNION, EntityKind.ORGANISATION, "European Union", "Q458", (Alias("EU", AliasKind.ACRONYM, "wikidata"),)),
    Entity(DONETSK, EntityKind.REGION, "Donetsk", "Q16150196", (Alias("Donetsk", AliasKind.NAME, "wikidata"),)),
    Entity(LUHANSK, EntityKind.REGION, "Luhansk", "Q16746854", (Alias("Luhansk", AliasKind.NAME, "wikidata"),)),
    Entity(PUTIN, EntityKind.PERSON, "Vladimir Putin", "Q7747", (Alias("Putin", AliasKind.NAME, "wikidata"),)),
)
STORY = "sty_1"
NAMES = {"Russia": RUSSIA, "Germany": GERMANY, "EU": UNION, "Donetsk": DONETSK, "Luhansk": LUHANSK, "Putin": PUTIN}

RECOGNITION = "Russia recognised Donetsk and Luhansk as states."
CONDEMNATION = "Germany condemned the recognition."
SANCTIONS = "The EU said that it would impose sanctions on Russia."
TROOPS = "Russia sent over 150,000 troops to Donetsk, the EU said."
OFFICE = "Putin is the president of Russia."


def find(text: str, part: str, start: int = 0) -> Span:
    """Where `part` stands in `text`, from `start` on."""
    at = text.index(part, start)
    return cut(text, at, at + len(part))


@dataclass(frozen=True)
class Sample:
    """What was written, for tests to compare answers with."""

    extractions: tuple[Extraction, ...]
    events: tuple[Event, ...]
    stories: tuple[Story, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for extraction in self.extractions for claim in extraction.claims)

    def event_of(self, kind: str) -> Event:
        return next(event for event in self.events if event.type == kind)


class ArticleBuilder:
    """Puts an article together sentence by sentence."""

    def __init__(self, title: str, sentences: Sequence[str], publisher: str, day: date) -> None:
        text = "\n".join((title, *sentences))
        self.article = Article(
            id=article_id(text),
            file=f"{title}.txt",
            title=title,
            text=text,
            original=text,
            paragraphs=((0, len(title)), (len(title) + 1, len(text))),
            offsets=OffsetMap((0,), (0,), (len(text),)),
            url=f"https://news.example/{day.isoformat()}",
            publisher=publisher,
            published_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        )
        self.source = Source(source_id(publisher), publisher, "news.example")
        self.day = day
        self.claims: list[Claim] = []
        self.facts: list[Fact] = []
        self.quantities: list[Quantity] = []

    def claim(
        self,
        kind: str,
        sentence: str,
        trigger: str,
        subjects: Sequence[str],
        objects: Sequence[str] = (),
        *,
        modality: Modality = Modality.ACTUAL,
        speakers: Sequence[str] = (),
        about: Claim | None = None,
    ) -> Claim:
        span = find(self.article.text, sentence)
        arguments = [Argument(Role.SUBJECT, each, None) for each in subjects]
        arguments += [Argument(Role.OBJECT, each, None) for each in objects]
        arguments += [Argument(Role.SPEAKER, each, None) for each in speakers]
        claim = Claim(
            id=content_id("clm", self.article.id, kind, str(span.start)),
            article_id=self.article.id,
            type=kind,
            modality=modality,
            arguments=tuple(arguments),
            sentence=span,
            trigger=find(self.article.text, trigger, span.start),
            confidence=0.8,
            date=self.day,
            date_precision=DatePrecision.DAY,
            about_claim_id=about.id if about else None,
        )
        self.claims.append(claim)
        return claim

    def fact(self, sentence: str, subject: str, predicate: str, *, object_id: str | None = None, text: str | None = None) -> None:
        self.facts.append(
            Fact(
                id=content_id("fct", self.article.id, subject, predicate),
                subject_id=subject,
                predicate=predicate,
                object_id=object_id,
                object_text=text,
                article_id=self.article.id,
                sentence=find(self.article.text, sentence),
                valid_from=date(2012, 5, 7),
                recorded_at=datetime(2022, 3, 1, tzinfo=UTC),
            )
        )

    def quantity(self, sentence: str, number: str, value: float, bound: Bound = Bound.EXACT) -> None:
        span = find(self.article.text, sentence)
        self.quantities.append(
            Quantity(
                id=content_id("qty", self.article.id, number),
                article_id=self.article.id,
                about="troops",
                low=value,
                high=value,
                unit="people",
                span=find(self.article.text, number, span.start),
                sentence=span,
                attributed_to=(UNION,),
                bound=bound,
            )
        )

    def build(self) -> Extraction:
        text, mentions = self.article.text, []
        for name, entity in NAMES.items():
            at = text.find(name)
            while at >= 0:
                key = mention_id(self.article.id, at, at + len(name), entity)
                mentions.append(
                    Mention(
                        key,
                        self.article.id,
                        entity,
                        at,
                        at + len(name),
                        name,
                        MentionForm.NAME,
                        0.9,
                        "the only bearer of the name",
                        (("only bearer of the name", 2.5), ("another country near it", -0.25)),
                    )
                )
                at = text.find(name, at + len(name))
        return Extraction(
            article=self.article,
            source=self.source,
            entities=ENTITIES,
            mentions=tuple(mentions),
            claims=tuple(self.claims),
            facts=tuple(self.facts),
            quantities=tuple(self.quantities),
        )


def _event(kind: str, claims: Sequence[Claim], *, place: str | None = None, about: Sequence[str] = ()) -> Event:
    first = claims[0]
    return Event(
        id=content_id("evt", kind, first.id),
        type=kind,
        modality=first.modality,
        subject_ids=first.entity_ids(Role.SUBJECT),
        object_ids=first.entity_ids(Role.OBJECT),
        claim_ids=tuple(claim.id for claim in claims),
        article_ids=tuple(sorted({claim.article_id for claim in claims})),
        source_count=len({claim.article_id for claim in claims}),
        date=first.date,
        date_precision=first.date_precision,
        place_id=place,
        about_event_ids=tuple(about),
    )


def make_sample() -> Sample:
    """Two articles by two publishers on one recognition, with a condemnation, sanctions, troops, a fact and figures."""
    first = ArticleBuilder(
        "Moscow goes ahead", (RECOGNITION, CONDEMNATION, SANCTIONS, TROOPS, OFFICE), "Daily Example", date(2022, 2, 22)
    )
    recognised = first.claim("recognised", RECOGNITION, "recognised", [RUSSIA], [DONETSK, LUHANSK])
    condemned = first.claim("condemned", CONDEMNATION, "condemned", [GERMANY], about=recognised)
    sanctioned = first.claim(
        "sanctioned", SANCTIONS, "impose sanctions", [UNION], [RUSSIA], modality=Modality.PLANNED, speakers=[UNION]
    )
    deployed = first.claim("deployed_forces_to", TROOPS, "sent", [RUSSIA], [DONETSK], speakers=[UNION])
    first.quantity(TROOPS, "over 150,000", 150_000, Bound.AT_LEAST)
    first.fact(OFFICE, PUTIN, "holds_office", text="president of Russia")
    first.fact(OFFICE, DONETSK, "part_of", object_id=RUSSIA)
    second = ArticleBuilder("Two regions recognised", (RECOGNITION, CONDEMNATION), "Evening Example", date(2022, 2, 23))
    again = second.claim("recognised", RECOGNITION, "recognised", [RUSSIA], [DONETSK, LUHANSK])
    condemned_again = second.claim("condemned", CONDEMNATION, "condemned", [GERMANY], about=again)
    recognition = _event("recognised", [recognised, again], place=DONETSK)
    events = (
        recognition,
        _event("condemned", [condemned, condemned_again], about=[recognition.id]),
        _event("sanctioned", [sanctioned]),
        _event("deployed_forces_to", [deployed]),
    )
    story = Story(STORY, first.article.title, (first.article.id, second.article.id))
    return Sample((first.build(), second.build()), events, (story,))


def make_many(count: int) -> Sample:
    """As many articles, each with a recognition of its own and a condemnation of it."""
    extractions, events = [], []
    for number in range(count):
        builder = ArticleBuilder(
            f"Report {number}", (RECOGNITION, CONDEMNATION, TROOPS), f"Publisher {number}", date(2022, 3, 1 + number)
        )
        recognised = builder.claim("recognised", RECOGNITION, "recognised", [RUSSIA], [DONETSK, LUHANSK])
        condemned = builder.claim("condemned", CONDEMNATION, "condemned", [GERMANY], about=recognised)
        builder.quantity(TROOPS, "150,000", 150_000)
        builder.fact(RECOGNITION, DONETSK, "part_of", object_id=RUSSIA)
        recognition = _event("recognised", [recognised], place=DONETSK)
        events += [recognition, _event("condemned", [condemned], about=[recognition.id])]
        extractions.append(builder.build())
    return Sample(tuple(extractions), tuple(events))


def save(database: Database, sample: Sample) -> None:
    with database.transaction() as session:
        for extraction in sample.extractions:
            blocks = {claim.id: frozenset({claim.type}) for claim in extraction.claims}
            assert writer.save_extraction(session, extraction, None, blocks)
        writer.save_events(session, sample.events)
        stories.save_stories(session, sample.stories)
