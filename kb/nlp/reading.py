"""From what the reader kept to claims: the network says who does what, in whose words and how it is put, rules say when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import MentionForm
from kb.domain.gazetteer import Gazetteer
from kb.domain.mention import NameMention, Referent, ResolvedMention
from kb.domain.span import cut
from kb.nlp.about import About, Told
from kb.nlp.arguments import Pairs
from kb.nlp.attribution import Attribution, without_own
from kb.nlp.dates import find_date
from kb.nlp.extract import ClaimDraft
from kb.nlp.lexicon import Lexicon
from kb.nlp.people import Actors
from kb.nlp.pipeline import ParsedArticle, Sentence
from kb.nlp.reader.meant import Meant
from kb.nlp.reader.reader import Reader, Reading, Side
from kb.nlp.reader.stage import Stage, set_stage
from kb.ontology.model import Ontology

# On 627 exercises that the accurate reader's network had not seen, of 0.2 to 0.5: with 0.4 most of the claims found are put down
# to the right speakers (.92), of those that somebody says as many (.67) as with any; by rules alone .88 and .62.
_LEAST_SPEAKER: Final = 0.4


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: all referents, all mentions in the order in which claims number them, and the claims."""

    referents: tuple[Referent, ...]
    mentions: tuple[ResolvedMention, ...]
    drafts: tuple[ClaimDraft, ...]


def read_claims(
    parsed: ParsedArticle,
    names: Sequence[NameMention],
    referents: Sequence[Referent],
    mentions: Sequence[ResolvedMention],
    lexicon: Lexicon,
    ontology: Ontology,
    gazetteer: Gazetteer,
    reader: Reader,
) -> Read:
    """The claims of an article in the order of the text, and who is meant in it."""
    stage = set_stage(parsed, names, referents, mentions, lexicon, ontology)
    states = reader.states(stage.scene, stage.columns)
    stage = replace(stage, scene=reader.settle_capitals(stage.scene, states, names, gazetteer))
    meant, readings = reader.read(stage.scene, states)
    everybody = reader.settle_kinds(stage.scene, states, meant)
    resolved, numbers = _resolve(stage, meant, readings)
    actors = Actors(everybody, resolved)
    attribution = Attribution(parsed, actors, lexicon.speech)
    tokens = stage.scene.row.tokens
    drafts, told = [], []
    for reading in readings:
        trigger = tokens[reading.position]
        sentence = stage.sentence_of(reading.position)
        others = frozenset(
            tokens[r.position]
            for r in readings
            if stage.scene.row.sentence[r.position] == stage.scene.row.sentence[reading.position] and r.type != reading.type
        )
        rule = stage.rules.get((reading.position, reading.type.id))
        modality = reader.find_modality(reading, states, stage.find_modality(reading.position, reading.type, lexicon.modality))
        subjects, objects = _pairs(reading.subjects, numbers), _pairs(reading.objects, numbers)
        dated = find_date(trigger, sentence.span, parsed.published_on, modality, others)
        base = parsed.paragraphs[sentence.paragraph].start
        drafts.append(
            ClaimDraft(
                type=reading.type.id,
                modality=modality,
                subjects=subjects,
                objects=objects,
                speakers=_find_speakers(reading, subjects, numbers, attribution, trigger, sentence),
                sentence=sentence.place,
                trigger=cut(parsed.article.text, base + trigger.idx, base + trigger.idx + len(trigger)),
                confidence=round(reading.chance, 3),
                date=dated[0] if dated else None,
                date_precision=dated[1] if dated else None,
                about=None,
            )
        )
        told.append(
            Told(
                type=reading.type,
                modality=modality,
                sentence=(sentence.paragraph, sentence.span.start),
                token=trigger,
                subjects=frozenset(r for _, r in subjects),
                objects=frozenset(r for _, r in objects),
                object_head=_object_head(reading, rule.told.object_head if rule is not None else None, tokens),
            )
        )
    about = About(told, everybody, lexicon.triggers)
    linked = tuple(replace(draft, about=about.find(position)) for position, draft in enumerate(drafts))
    return Read(everybody, resolved, linked)


def _find_speakers(
    reading: Reading, subjects: Pairs, numbers: Mapping[int, int], attribution: Attribution, trigger: Token, sentence: Sentence
) -> Pairs:
    """Whose words a claim is: those the network is sure of, else those whom rules name and the network doesn't rule out.

    Quotation marks and "according to" stand, whatever the network makes of them.
    """
    sure = [(numbers[head], r) for r, (chance, head) in sorted(reading.speakers.items()) if chance >= _LEAST_SPEAKER]
    if sure:
        return tuple(sure)
    likely = tuple(pair for pair in attribution.find_speakers(trigger, sentence) if pair[1] in reading.speakers)
    return likely or without_own(attribution.find_marked(trigger, sentence), subjects, reading.type)


def _resolve(stage: Stage, meant: Meant, readings: Sequence[Reading]) -> tuple[tuple[ResolvedMention, ...], Mapping[int, int]]:
    """All mentions, those of rules as the network understands them and those that only claims need, and their numbers by head."""
    candidates = stage.scene.candidates
    needed = {head for reading in readings for _, head in (*reading.subjects, *reading.objects)}
    needed |= {head for reading in readings for chance, head in reading.speakers.values() if chance >= _LEAST_SPEAKER}
    by_head = {head: meant.mention(head) for head in {*candidates.mentions, *needed} if meant.at(head)}
    headed = {n for numbers in candidates.mentions.values() for n in numbers}
    kept = [m for n, m in enumerate(candidates.resolved) if m.form is MentionForm.NAME or n not in headed]
    covered = {(m.paragraph, m.first, m.last) for m in kept}
    kept += [m for m in by_head.values() if (m.paragraph, m.first, m.last) not in covered]
    ordered = tuple(sorted(kept, key=lambda m: (m.start, m.end)))
    places = {(m.paragraph, m.first, m.last): n for n, m in enumerate(ordered)}
    return ordered, {head: places[m.paragraph, m.first, m.last] for head, m in by_head.items()}


def _pairs(sides: Sequence[Side], numbers: Mapping[int, int]) -> Pairs:
    return tuple((numbers[head], referent) for referent, head in sides if head in numbers)


def _object_head(reading: Reading, by_rules: Token | None, tokens: Sequence[Token]) -> Token | None:
    if by_rules is not None:
        return by_rules
    return tokens[reading.objects[0][1]] if reading.objects else None
