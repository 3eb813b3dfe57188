"""Articles whose entities are given: what gold calls them means them, and everything else is resolved on top of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Gazetteer, NameUse
from kb.domain.mention import NameMention, Referent, ResolvedMention, Usage
from kb.evaluate.gold import GoldEntity
from kb.ingest.extract import Extractor, Resolved
from kb.learn.marked import MarkedArticle, MarkedMention
from kb.learn.prepare import recognise
from kb.nlp.coreference import resolve_references
from kb.nlp.pipeline import ParsedArticle
from kb.nlp.reader.row import PRONOUNS

# A nominal that is joined so to a person's name is a title of his, whoever else is called so elsewhere.
_TITLE: Final = frozenset({"compound", "nmod"})
_REASON: Final = "given"


@dataclass(frozen=True, slots=True)
class Given:
    """A resolved article.

    `ids` are the gold ids of the referents that were given, by their numbers; `nominals` the (paragraph, token) heads of the
    nominals that were.
    """

    resolved: Resolved
    ids: Mapping[int, str]
    nominals: frozenset[tuple[int, int]]


def resolve_given(extractor: Extractor, marked: MarkedArticle) -> Given:
    """`marked` resolved as if its entities were known, their kinds included.

    Names that are annotated are mentions of their entities; what else rules take for a name stays as they found it, and roles and
    pronouns are resolved by rules from all these names. Then nominals that are annotated take the place of what rules found at
    their heads, unless that means others too. Referents of rules in which a gold entity is recognised are that entity.
    """
    gold, gazetteer = marked.gold, extractor.gazetteer
    found = extractor.resolve(marked.article)
    parsed = found.parsed
    numbers = {entity.id: number for number, entity in enumerate(gold.entities)}
    names, nominals = _place(parsed, marked.mentions, numbers)
    same = recognise(gold, found.referents, gazetteer)
    referents = _list_referents(gold.entities, found.referents, same, {r for name in names for r in name.referents}, gazetteer)
    linked = dict(_link_given(names, referents, gazetteer))
    taken = {token for name in names for token in _tokens(name)}
    heads = {_head(parsed, nominal) for nominal in nominals}
    kept = {
        name: mention
        for name, mention in zip(found.names, (m for m in found.mentions if m.form is MentionForm.NAME), strict=True)
        if taken.isdisjoint(_tokens(mention)) and _head(parsed, mention) not in heads
    }
    places: dict[int, int] = {}
    for name, mention in kept.items():
        for number in mention.referents:
            if number not in places:
                places[number] = numbers.get(same[number], len(referents))
                if places[number] == len(referents):
                    referents.append(replace(found.referents[number], number=len(referents)))
        linked[name] = _moved(mention, places)
    ordered = sorted(linked.items(), key=lambda pair: pair[0].start)
    everybody, mentions = resolve_references(parsed, referents, [m for _, m in ordered], gazetteer, extractor.lexicon.roles)
    added = recognise(gold, everybody[len(referents) :], gazetteer)
    known = {number: numbers[entity] for number, entity in added.items() if entity in numbers}
    mentions = tuple(_moved(mention, known) for mention in mentions)
    put, settled = _put(parsed, nominals, mentions, everybody)
    ids = {number: entity_id for entity_id, number in numbers.items()}
    return Given(Resolved(parsed, tuple(name for name, _ in ordered), everybody, put), ids, settled)


def _place(
    parsed: ParsedArticle, mentions: Sequence[MarkedMention], numbers: Mapping[str, int]
) -> tuple[list[ResolvedMention], list[ResolvedMention]]:
    """The names, none overlapping another, and the nominals, each head once; the longest are preferred. Pronouns are left out."""
    names: list[ResolvedMention] = []
    nominals: list[ResolvedMention] = []
    taken: set[tuple[int, int]] = set()
    # Names first, for a nominal whose head is a name's says nothing that the name doesn't.
    for marked in sorted(mentions, key=lambda m: (not m.named, m.start - m.end, m.start)):
        mention = _resolve(parsed, marked, numbers)
        if mention is None:
            continue
        if marked.named and taken.isdisjoint(_tokens(mention)):
            names.append(mention)
            taken.update(_tokens(mention))
        elif not marked.named and _head(parsed, mention) not in taken and not _is_pronoun(parsed, mention):
            nominals.append(mention)
            taken.add(_head(parsed, mention))
    return names, nominals


def _resolve(parsed: ParsedArticle, marked: MarkedMention, numbers: Mapping[str, int]) -> ResolvedMention | None:
    """The tokens that the mention touches, with whom they mean; None where it is in no paragraph or means nobody of the gold."""
    referents = tuple(sorted(numbers[entity] for entity in marked.entities if entity in numbers))
    for number, paragraph in enumerate(parsed.paragraphs):
        start, end = marked.start - paragraph.start, marked.end - paragraph.start
        if referents and 0 <= start < end <= len(paragraph.doc.text):
            span = paragraph.doc.char_span(start, end, alignment_mode="expand")
            if span is None:
                return None
            start, end = paragraph.start + span.start_char, paragraph.start + span.end_char
            form = MentionForm.NAME if marked.named else MentionForm.NOMINAL
            return ResolvedMention(number, span.start, span.end, start, end, span.text, form, referents)
    return None


def _is_pronoun(parsed: ParsedArticle, mention: ResolvedMention) -> bool:
    token = parsed.paragraphs[mention.paragraph].doc[mention.first]
    return mention.last == mention.first + 1 and (token.lower_ in PRONOUNS or token.pos_ == "PRON")


def _list_referents(
    entities: Sequence[GoldEntity],
    found: Sequence[Referent],
    same: Mapping[int, str],
    named: set[int],
    gazetteer: Gazetteer,
) -> list[Referent]:
    """A referent for each gold entity, known to the reference set by its Wikidata id or else as rules linked what they found."""
    keys = {known.wikidata_id: known.key for known in gazetteer.entities.values() if known.wikidata_id}
    referents: list[Referent] = []
    used: set[str] = set()
    for number, entity in enumerate(entities):
        alike = [r for r in found if same[r.number] == entity.id and r.kind is entity.kind]
        linked = (keys.get(entity.wikidata_id or ""), *(r.key for r in alike))
        key = next((key for key in linked if key is not None and key not in used), None)
        used |= {key} if key is not None else set()
        referents.append(
            Referent(
                number=number,
                kind=entity.kind,
                name=entity.names[0],
                key=key,
                surfaces=tuple(dict.fromkeys(entity.names)),
                score=1.0,
                reason=_REASON,
                nameless=number not in named and key is None,
                country=next((r.country for r in alike if r.country is not None), None),
            )
        )
    return referents


def _link_given(
    names: Sequence[ResolvedMention], referents: Sequence[Referent], gazetteer: Gazetteer
) -> Iterator[tuple[NameMention, ResolvedMention]]:
    """Given names as rules would have found them, each with whom it means."""
    for mention in names:
        first = referents[mention.referents[0]]
        candidates = sorted(gazetteer.candidates(mention.text), key=lambda c: c.key != first.key)
        name = NameMention(
            paragraph=mention.paragraph,
            first=mention.first,
            last=mention.last,
            start=mention.start,
            end=mention.end,
            text=mention.text,
            kind=first.kind,
            candidates=tuple(candidates),
            usage=Usage.OTHER,
        )
        yield name, replace(mention, demonym=any(candidate.use is NameUse.DEMONYM for candidate in candidates))


def _put(
    parsed: ParsedArticle, nominals: Sequence[ResolvedMention], mentions: Sequence[ResolvedMention], referents: Sequence[Referent]
) -> tuple[tuple[ResolvedMention, ...], frozenset[tuple[int, int]]]:
    """`mentions` with the nominals in place of whatever rules found at their heads, in the order of the text, and those heads."""
    people = {
        token
        for mention in mentions
        if mention.form is MentionForm.NAME and referents[mention.referents[0]].kind is EntityKind.PERSON
        for token in _tokens(mention)
    }
    at = {_head(parsed, nominal): nominal for nominal in nominals if not _is_title(parsed, nominal, people)}
    kept = []
    for mention in mentions:
        head = _head(parsed, mention)
        if mention.form is MentionForm.NAME or head not in at:
            kept.append(mention)
        elif set(at[head].referents) < set(mention.referents):
            # Of "Kyiv and NATO states" gold gives "NATO states" only.
            kept.append(mention)
            del at[head]
    return tuple(sorted((*kept, *at.values()), key=lambda m: (m.start, m.end))), frozenset(at)


def _is_title(parsed: ParsedArticle, nominal: ResolvedMention, people: set[tuple[int, int]]) -> bool:
    """Whether the nominal is part of how somebody is named: "President" of "President Macron"."""
    number, head = _head(parsed, nominal)
    token = parsed.paragraphs[number].doc[head]
    return (number, nominal.last) in people or (token.dep_ in _TITLE and (number, token.head.i) in people)


def _head(parsed: ParsedArticle, mention: ResolvedMention) -> tuple[int, int]:
    return mention.paragraph, parsed.paragraphs[mention.paragraph].doc[mention.first : mention.last].root.i


def _tokens(mention: ResolvedMention) -> Iterator[tuple[int, int]]:
    return ((mention.paragraph, i) for i in range(mention.first, mention.last))


def _moved(mention: ResolvedMention, places: Mapping[int, int]) -> ResolvedMention:
    return replace(mention, referents=tuple(dict.fromkeys(places.get(r, r) for r in mention.referents)))
