"""What a learned scorer chooses from: words that may state an event, and the mentions that may take part in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from kb.nlp.arguments import Pairs
from kb.nlp.attribution import Attribution
from kb.nlp.lexicon import Triggers
from kb.nlp.people import Actors
from kb.nlp.pipeline import Sentence
from kb.nlp.triggers import Trigger, find_triggers

_CLASSES: Final = {"VERB", "NOUN", "ADJ", "AUX"}
# Mentions of the sentence before that may be carried over: more only added wrong ones on gold/train.
_CARRIED: Final = 3


@dataclass(frozen=True, slots=True)
class TriggerCandidate:
    """A word that may state an event; `rule` is the frame of the lexicon that it fills, if it does."""

    sentence: Sentence
    token: Token
    rule: Trigger | None


@dataclass(frozen=True, slots=True)
class ArgumentCandidate:
    """A mention that may take part: its number, its referents, the token that heads it, and how far back its sentence is."""

    mention: int
    referents: tuple[int, ...]
    head: Token
    sentences_back: int


def find_trigger_candidates(
    sentence: Sentence, triggers: Triggers, vocabulary: frozenset[str], actors: Actors
) -> tuple[TriggerCandidate, ...]:
    """Words of `vocabulary` (lemmas) and words that fill a frame, in the order of the text."""
    rules = {trigger.token.i: trigger for trigger in find_triggers(sentence.span, sentence.paragraph, triggers, actors)}
    found = []
    for token in sentence.span:
        rule = rules.get(token.i)
        if rule is None and (token.pos_ not in _CLASSES or token.lemma_.lower() not in vocabulary):
            continue
        if rule is None and actors.is_name(sentence.paragraph, token):
            continue
        found.append(TriggerCandidate(sentence, token, rule))
    return tuple(found)


def find_argument_candidates(
    candidate: TriggerCandidate, before: Sequence[Sentence], actors: Actors, attribution: Attribution
) -> tuple[ArgumentCandidate, ...]:
    """Mentions of the trigger's sentence, quoted first persons, and the latest few of the sentence before (`before[-1]`)."""
    sentence = candidate.sentence
    found = list(_mentions(sentence, actors, 0))
    for token in sentence.span:
        if actors.mention_at(sentence.paragraph, token) is None:
            for mention, referent in (
                actors.first_person.get((sentence.paragraph, token.i), ()) if _is_first_person(token) else ()
            ):
                found.append(ArgumentCandidate(mention, (referent,), token, 0))
    quote = attribution.speakers_of_quote(sentence.paragraph, candidate.token)
    named = {r for c in found for r in c.referents}
    found.extend(ArgumentCandidate(m, (r,), candidate.token, 1) for m, r in quote if r not in named)
    if before and before[-1].paragraph in (sentence.paragraph, sentence.paragraph - 1):
        named = {r for c in found for r in c.referents}
        carried = [c for c in _mentions(before[-1], actors, 1) if not named & set(c.referents)]
        found.extend(carried[-_CARRIED:])
    return tuple(c for c in found if candidate.token.i not in _range(actors, c) or c.sentences_back)


def _range(actors: Actors, candidate: ArgumentCandidate) -> range:
    mention = actors.mentions[candidate.mention]
    return range(mention.first, mention.last)


def _mentions(sentence: Sentence, actors: Actors, back: int) -> Iterator[ArgumentCandidate]:
    seen = set()
    for token in sentence.span:
        number = actors.mention_at(sentence.paragraph, token)
        if number is not None and number not in seen:
            seen.add(number)
            mention = actors.mentions[number]
            head = token.doc[mention.first : mention.last].root
            yield ArgumentCandidate(number, mention.referents, head, back)


def _is_first_person(token: Token) -> bool:
    return token.lower_ in {"i", "we", "my", "our", "us", "me"}


def pairs(candidates: Sequence[ArgumentCandidate]) -> Pairs:
    """(mention, referent) pairs of all candidates."""
    return tuple((c.mention, r) for c in candidates for r in c.referents)
