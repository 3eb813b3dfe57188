"""From a parsed article with known actors to claims: trigger, arguments, modality, attribution, date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from spacy.tokens import Token

from kb.domain.claim import DatePrecision, Modality
from kb.domain.mention import Referent, ResolvedMention
from kb.domain.span import Span, cut
from kb.nlp.about import About, Told
from kb.nlp.arguments import Arguments, Pairs, find_arguments, is_reciprocal
from kb.nlp.attribution import Attribution, without_own
from kb.nlp.dates import find_date
from kb.nlp.lexicon import Lexicon, Triggers
from kb.nlp.modality import find_modality
from kb.nlp.people import Actors
from kb.nlp.pipeline import ParsedArticle, Sentence
from kb.nlp.triggers import Trigger, direct_objects, find_triggers
from kb.ontology.model import EventType, Ontology

# What a claim found by rules is worth, by how it was found; shares of right triples on gold/train (`kb eval`), rounded.
_CONFIDENCE: Final = {"both": 0.5, "one": 0.35}


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """A claim in terms of the article: (mention number, referent number) pairs; `about` the position of another draft."""

    type: str
    modality: Modality
    subjects: Pairs
    objects: Pairs
    speakers: Pairs
    sentence: Span
    trigger: Span
    confidence: float
    date: date | None
    date_precision: DatePrecision | None
    about: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """A draft with what `about` needs to know."""

    draft: ClaimDraft
    told: Told


def extract_claims(
    parsed: ParsedArticle,
    referents: Sequence[Referent],
    mentions: Sequence[ResolvedMention],
    lexicon: Lexicon,
    ontology: Ontology,
) -> tuple[ClaimDraft, ...]:
    """All claims by rules alone, in the order of the text."""
    actors = Actors(referents, mentions)
    found = find_by_rules(parsed, actors, Attribution(parsed, actors, lexicon.speech), lexicon, ontology)
    about = About([item.told for item in found], referents, lexicon.triggers)
    return tuple(
        replace(
            item.draft,
            speakers=without_own(item.draft.speakers, item.draft.subjects, item.told.type),
            about=about.find(position),
        )
        for position, item in enumerate(found)
    )


def find_by_rules(
    parsed: ParsedArticle, actors: Actors, attribution: Attribution, lexicon: Lexicon, ontology: Ontology
) -> tuple[Found, ...]:
    """What rules read, in the order of the text, not yet linked by what it is about."""
    found: list[Found] = []
    for sentence in parsed.sentences:
        triggers = list(find_triggers(sentence.span, sentence.paragraph, lexicon.triggers, actors))
        for trigger in triggers:
            event_type = ontology.event_types[trigger.frame.type]
            others = frozenset(each.token for each in triggers if each.frame.type != event_type.id)
            found.extend(_claims(parsed, sentence, trigger, others, actors, attribution, lexicon, event_type))
    return tuple(found)


def _claims(
    parsed: ParsedArticle,
    sentence: Sentence,
    trigger: Trigger,
    others: frozenset[Token],
    actors: Actors,
    attribution: Attribution,
    lexicon: Lexicon,
    event_type: EventType,
) -> Iterator[Found]:
    arguments = find_arguments(trigger, sentence.paragraph, actors, event_type, lexicon.triggers)
    speakers = attribution.find_speakers(trigger.token, sentence)
    if trigger.frame.spoken:
        # Who says that a vote was a sham condemns it.
        said_of = tuple(pair for pair in arguments.objects if pair[1] not in {r for _, r in speakers})
        arguments, speakers = replace(arguments, subjects=speakers, objects=said_of), ()
    if not event_type.symmetric and is_reciprocal(trigger) and len(arguments.subjects) > 1:
        sides = [
            replace(arguments, subjects=(one,), objects=tuple(other for other in arguments.subjects if other != one))
            for one in arguments.subjects
        ]
    else:
        sides = [arguments]
    for side in sides:
        if _is_worth_keeping(side, trigger, event_type, lexicon.triggers):
            yield from _claim(parsed, sentence, trigger, others, side, speakers, lexicon, event_type)


def _claim(
    parsed: ParsedArticle,
    sentence: Sentence,
    trigger: Trigger,
    others: frozenset[Token],
    arguments: Arguments,
    speakers: Pairs,
    lexicon: Lexicon,
    event_type: EventType,
) -> Iterator[Found]:
    modality = find_modality(trigger.token, lexicon.modality, event_type)
    if trigger.frame.negated and modality is Modality.DENIED:
        modality = Modality.ACTUAL
    if trigger.frame.modality and modality is Modality.ACTUAL:
        modality = Modality(trigger.frame.modality)
    if trigger.frame.spoken:
        if modality is Modality.DENIED:
            return
        modality = Modality.ACTUAL
    dated = find_date(trigger.token, sentence.span, parsed.published_on, modality, others)
    yield Found(
        ClaimDraft(
            type=event_type.id,
            modality=modality,
            subjects=arguments.subjects,
            objects=arguments.objects,
            speakers=speakers,
            sentence=sentence.place,
            trigger=_trigger_span(parsed, sentence, trigger),
            confidence=_CONFIDENCE["both" if arguments.subjects and arguments.objects else "one"],
            date=dated[0] if dated else None,
            date_precision=dated[1] if dated else None,
            about=None,
        ),
        Told(
            type=event_type,
            modality=modality,
            sentence=(sentence.paragraph, sentence.span.start),
            token=trigger.token,
            subjects=frozenset(r for _, r in arguments.subjects),
            objects=frozenset(r for _, r in arguments.objects),
            object_head=arguments.object_head,
        ),
    )


def _is_worth_keeping(arguments: Arguments, trigger: Trigger, event_type: EventType, triggers: Triggers) -> bool:
    """Whether enough of the claim was found; the types whose sides may be unnamed, and in what, are those measured on gold."""
    if event_type.symmetric:
        return bool(arguments.subjects and arguments.objects) or len({r for _, r in arguments.subjects}) > 1
    if not trigger.is_verb and event_type.id not in triggers.nouns_alone:
        return bool(arguments.subjects and arguments.objects)
    if not arguments.subjects:
        return bool(arguments.objects) and not trigger.frame.spoken and event_type.empty_subject
    if not arguments.objects and event_type.id in triggers.needs_object and not direct_objects(trigger.token):
        return False
    return bool(arguments.objects) or event_type.empty_object


def _trigger_span(parsed: ParsedArticle, sentence: Sentence, trigger: Trigger) -> Span:
    base = parsed.paragraphs[sentence.paragraph].start
    start = base + trigger.token.idx
    return cut(parsed.article.text, start, start + len(trigger.token.text))
