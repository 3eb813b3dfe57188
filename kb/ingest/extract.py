"""One article in, everything read from it out: the meeting of nlp and resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.domain.article import Article, Source
from kb.domain.claim import Argument, Claim, Fact, Quantity, Role
from kb.domain.entity import Alias, AliasKind, Entity, EntityKind, Mention, MentionForm
from kb.domain.extraction import Extraction
from kb.domain.gazetteer import Gazetteer
from kb.domain.ids import content_id, local_entity_id, mention_id, source_id
from kb.domain.mention import NameMention, Referent, ResolvedMention
from kb.domain.reference import to_entity
from kb.nlp.coreference import resolve_references
from kb.nlp.extract import ClaimDraft, extract_claims
from kb.nlp.facts import FactDraft, extract_facts
from kb.nlp.lexicon import Lexicon, load_lexicon
from kb.nlp.mentions import find_names
from kb.nlp.pipeline import ParsedArticle, Pipeline, load_pipeline, name_model, parse
from kb.nlp.quantities import QuantityDraft, extract_quantities
from kb.nlp.reader.reader import Reader
from kb.nlp.reading import read_claims
from kb.ontology.loader import load_ontology
from kb.ontology.model import Ontology
from kb.resolve.linker import resolve_names
from kb.resolve.names import fold_name, list_spellings
from kb.resolve.reference import load_reference
from kb.settings import RULES, Settings


@dataclass(frozen=True, slots=True)
class Resolved:
    """A parsed article, and who is meant in it: what reading claims starts from."""

    parsed: ParsedArticle
    names: tuple[NameMention, ...]
    referents: tuple[Referent, ...]
    mentions: tuple[ResolvedMention, ...]


@dataclass(frozen=True, slots=True)
class Extractor:
    """Holds what is loaded once: the spaCy pipeline, the reference set and the lexicons."""

    nlp: Pipeline
    gazetteer: Gazetteer
    lexicon: Lexicon
    ontology: Ontology
    known_names: frozenset[str]
    reader: Reader | None

    @classmethod
    def open(cls, settings: Settings) -> Extractor:
        """A ready extractor; takes a second or two. Raises ConfigError where a model or schema file is missing."""
        gazetteer = load_gazetteer(settings)
        names = frozenset(name for e in gazetteer.entities.values() for name in (e.name, *e.names, *e.acronyms))
        ontology = load_ontology()
        nlp = load_pipeline(settings.spacy_model)
        reader = Reader.open(settings.reader_file, ontology, name_model(nlp)) if settings.reader != RULES else None
        return cls(nlp, gazetteer, load_lexicon(), ontology, names, reader)

    def resolve(self, article: Article) -> Resolved:
        """`article` parsed, with whom its names, roles and pronouns mean by rules."""
        parsed = parse(self.nlp, article)
        names = find_names(parsed, self.gazetteer, self.lexicon.roles)
        referents, linked = resolve_names(names, self.gazetteer, parsed.published_on, article.text)
        referents, mentions = resolve_references(parsed, referents, linked, self.gazetteer, self.lexicon.roles)
        return Resolved(parsed, names, referents, mentions)

    def extract(self, article: Article) -> Extraction:
        """Everything read from `article`. Deterministic: the same article always yields the same rows."""
        resolved = self.resolve(article)
        parsed, names, referents, mentions = resolved.parsed, resolved.names, resolved.referents, resolved.mentions
        drafts: Sequence[ClaimDraft]
        if self.reader is None:
            drafts = extract_claims(parsed, referents, mentions, self.lexicon, self.ontology)
        else:
            read = read_claims(parsed, names, referents, mentions, self.lexicon, self.ontology, self.gazetteer, self.reader)
            referents, mentions, drafts = read.referents, read.mentions, read.drafts
        facts = extract_facts(parsed, referents, mentions, self.lexicon.roles, self.gazetteer)
        quantities = extract_quantities(parsed, referents, mentions, self.lexicon.speech)
        return _Assembly(article, referents, mentions, drafts, self.gazetteer, facts, quantities).extraction()


def load_gazetteer(settings: Settings) -> Gazetteer:
    """The reference set, ready to be looked up in."""
    entities = load_reference(settings.reference_dir)
    people = (entity for entity in entities if entity.kind is EntityKind.PERSON)
    spellings = {person.key: tuple(name.title() for name in list_spellings(person.name)[1:]) for person in people}
    return Gazetteer(entities, spellings)


class _Assembly:
    """Turns referents, mentions and drafts of one article into rows with ids."""

    def __init__(
        self,
        article: Article,
        referents: Sequence[Referent],
        mentions: Sequence[ResolvedMention],
        drafts: Sequence[ClaimDraft],
        gazetteer: Gazetteer,
        facts: Sequence[FactDraft],
        quantities: Sequence[QuantityDraft],
    ) -> None:
        self.article = article
        self.referents = referents
        self.mentions = mentions
        self.drafts = drafts
        self.gazetteer = gazetteer
        self.facts = facts
        self.quantities = quantities
        used = {r for d in drafts for _, r in (*d.subjects, *d.objects, *d.speakers)}
        # What an office is of is named in its words, and is linked where it is somebody anyway.
        used |= {r for d in facts for r in (d.subject, None if d.text else d.object) if r is not None}
        used |= {r for d in quantities for r in d.speakers}
        # An actor without a name is somebody only where he takes part in a claim, and so is what hardly is a name.
        # A region that only an adjective names ("African leaders") is not spoken of; a country is ("the Dutch premier").
        named = {r for m in mentions for r in m.referents if not m.demonym or referents[r].kind is EntityKind.COUNTRY}
        self.kept = {r.number for r in referents if r.number in used or (not r.nameless and not r.nobody and r.number in named)}
        self.entities = {number: self._entity(referents[number]) for number in self.kept}

    def extraction(self) -> Extraction:
        """The rows, each entity once even where two referents turned out to be one."""
        publisher = self.article.publisher
        mentions = {m.id: m for resolved in self.mentions for m in self._mentions(resolved)}
        mentioned = {m.entity_id for m in mentions.values()}
        claims = self._claims()
        mentioned |= {a.entity_id for claim in claims for a in claim.arguments}
        facts, quantities = self._facts(), self._quantities()
        mentioned |= {i for fact in facts for i in (fact.subject_id, fact.object_id) if i is not None}
        mentioned |= {i for quantity in quantities for i in quantity.attributed_to}
        entities = {e.id: e for e in self.entities.values() if e.id in mentioned}
        return Extraction(
            article=self.article,
            source=Source(source_id(publisher), publisher) if publisher else None,
            entities=tuple(entities.values()),
            mentions=tuple(sorted(mentions.values(), key=lambda m: (m.start, m.end, m.entity_id))),
            claims=tuple(claims),
            facts=facts,
            quantities=quantities,
        )

    def _entity(self, referent: Referent) -> Entity:
        kind = AliasKind.NOMINAL if referent.nameless else AliasKind.NAME
        aliases = {s: Alias(s, kind, self.article.id) for s in referent.surfaces}
        aliases[referent.name] = Alias(referent.name, kind, self.article.id, is_name=True)
        if referent.key is None:
            article_id = self.article.id if referent.nameless or referent.scoped else None
            entity_id = local_entity_id(referent.kind, fold_name(referent.name), article_id or "")
            return Entity(entity_id, referent.kind, referent.name, None, tuple(aliases.values()), article_id)
        known = self.gazetteer.entities[referent.key]
        aliases = {surface: replace(alias, is_name=False) for surface, alias in aliases.items()}
        entity = to_entity(known)
        return replace(entity, aliases=tuple((aliases | {alias.name: alias for alias in entity.aliases}).values()))

    def _mentions(self, resolved: ResolvedMention) -> list[Mention]:
        rows = []
        for number in resolved.referents:
            if number not in self.kept:
                continue
            referent, entity = self.referents[number], self.entities[number]
            named = resolved.form is MentionForm.NAME
            score = referent.score if resolved.score is None else resolved.score
            reason = resolved.reason or referent.reason
            rows.append(
                Mention(
                    id=mention_id(self.article.id, resolved.start, resolved.end, entity.id),
                    article_id=self.article.id,
                    entity_id=entity.id,
                    start=resolved.start,
                    end=resolved.end,
                    text=resolved.text,
                    form=resolved.form,
                    score=score if named else 0.7 * referent.score,
                    reason=reason if named else f"{resolved.form.value} for {entity.name}",
                    parts=resolved.parts or referent.parts if named else (),
                )
            )
        return rows

    def _claims(self) -> list[Claim]:
        """Claims with ids; drafts that say the same in the same sentence are one, told by the surest."""
        arguments_of = [self._arguments(draft) for draft in self.drafts]
        surest: dict[object, int] = {}
        alike = [self._meaning(draft, arguments) for draft, arguments in zip(self.drafts, arguments_of, strict=True)]
        for position, meaning in enumerate(alike):
            if meaning not in surest or self.drafts[position].confidence > self.drafts[surest[meaning]].confidence:
                surest[meaning] = position
        ids: dict[int, str] = {}
        claims: dict[str, Claim] = {}
        for position, draft in enumerate(self.drafts):
            if surest[alike[position]] != position:
                continue
            arguments = arguments_of[position]
            signature = ",".join(f"{a.role}:{a.entity_id}" for a in arguments)
            ids[position] = content_id(
                "clm", self.article.id, str(draft.trigger.start), str(draft.trigger.end), draft.type, draft.modality, signature
            )
            claims[ids[position]] = Claim(
                id=ids[position],
                article_id=self.article.id,
                type=draft.type,
                modality=draft.modality,
                arguments=arguments,
                sentence=draft.sentence,
                trigger=draft.trigger,
                confidence=draft.confidence,
                date=draft.date,
                date_precision=draft.date_precision,
                about_claim_id=None,
            )
        for position, own in ids.items():
            about = self.drafts[position].about
            if about is not None and (other := ids[surest[alike[about]]]) != own:
                claims[own] = replace(claims[own], about_claim_id=other)
        return list(claims.values())

    @staticmethod
    def _meaning(draft: ClaimDraft, arguments: Sequence[Argument]) -> tuple[object, ...]:
        sides = frozenset((a.role, a.entity_id) for a in arguments if a.role is not Role.SPEAKER)
        return draft.sentence.start, draft.type, draft.modality, draft.date, sides

    def _facts(self) -> tuple[Fact, ...]:
        """Facts with ids; two referents that turned out to be one may say the same twice."""
        facts: dict[str, Fact] = {}
        for draft in self.facts:
            subject = self.entities[draft.subject].id
            object_id = self.entities[draft.object].id if draft.object in self.entities else None
            if subject == object_id and draft.text is None:
                continue
            what = draft.text or object_id or ""
            fact_id = content_id("fct", self.article.id, subject, draft.predicate, what, str(draft.sentence.start))
            facts[fact_id] = Fact(
                fact_id,
                subject,
                draft.predicate,
                object_id,
                draft.text,
                self.article.id,
                draft.sentence,
                draft.valid_from,
                draft.valid_to,
                held_on=draft.held_on,
            )
        return tuple(facts.values())

    def _quantities(self) -> tuple[Quantity, ...]:
        return tuple(
            Quantity(
                id=content_id("qty", self.article.id, str(draft.span.start), str(draft.span.end)),
                article_id=self.article.id,
                about=draft.about,
                low=draft.low,
                high=draft.high,
                unit=draft.unit,
                span=draft.span,
                sentence=draft.sentence,
                attributed_to=tuple(dict.fromkeys(self.entities[r].id for r in draft.speakers)),
                bound=draft.bound,
            )
            for draft in self.quantities
        )

    def _arguments(self, draft: ClaimDraft) -> tuple[Argument, ...]:
        found: dict[tuple[Role, str], Argument] = {}
        for role, pairs in ((Role.SUBJECT, draft.subjects), (Role.OBJECT, draft.objects), (Role.SPEAKER, draft.speakers)):
            for mention, referent in pairs:
                entity = self.entities[referent]
                resolved = self.mentions[mention]
                # A rule and the network may differ on whom a phrase means: then no mention says so.
                said = referent in resolved.referents
                row = mention_id(self.article.id, resolved.start, resolved.end, entity.id) if said else None
                found.setdefault((role, entity.id), Argument(role, entity.id, row))
        return tuple(found.values())
