"""Whose words a claim is: complements of speech verbs, quotes, "according to", and quoted first persons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Span, Token

from kb.nlp.arguments import Pairs, subjects_of
from kb.nlp.lexicon import Words
from kb.nlp.modality import governors
from kb.nlp.people import Actors
from kb.nlp.pipeline import ParsedArticle, Sentence
from kb.ontology.model import EventType

_OPENING: Final = {"“", "„", "«"}
_CLOSING: Final = {"”", "»"}
_CONTENT: Final = {"xcomp", "ccomp", "dobj", "prep", "nsubjpass"}
_STRAIGHT: Final = '"'
_MARKS: Final = re.compile(f"[{''.join(sorted(_OPENING | _CLOSING))}{_STRAIGHT}]")


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters [start, end) of a paragraph that stand in quotes, and who says them."""

    paragraph: int
    start: int
    end: int
    speakers: Pairs


class Attribution:
    """Finds the speakers of one article's sentences; sets the first persons of `actors` on the way."""

    def __init__(self, parsed: ParsedArticle, actors: Actors, speech: Words) -> None:
        self.parsed = parsed
        self.actors = actors
        self.verbs = speech["verbs"]
        self.according = speech["according"]
        self.content_verbs = speech["content_verbs"]
        self.content_nouns = speech["content_nouns"]
        self.sentences = parsed.sentences
        self.quotes: list[Quote] = []
        for number in range(len(parsed.paragraphs)):
            self.quotes += self._find_quotes(number)
        for quote in self.quotes:
            if quote.speakers:
                for token in parsed.paragraphs[quote.paragraph].tokens(quote.start, quote.end):
                    actors.first_person[quote.paragraph, token.i] = quote.speakers

    def find_speakers(self, trigger: Token, sentence: Sentence) -> Pairs:
        """Whose words the clause of `trigger` is; empty where the article speaks itself."""
        if speakers := self._aside(trigger, sentence.paragraph):
            return speakers
        for below, governor in governors(trigger):
            if self._is_apart(trigger, below, governor, sentence.paragraph):
                break
            if self._gives_words(governor, below) and (speakers := subjects_of(governor, sentence.paragraph, self.actors)):
                return speakers
            wished = governor.lemma_.lower() in self.content_nouns and below.dep_ in {"acl", "prep", "relcl"}
            if wished and (speakers := self.actors.owners(sentence.paragraph, governor)):
                return speakers
            if speakers := self._aside(governor, sentence.paragraph):
                return speakers
            if speakers := self._according(governor, sentence.paragraph):
                return speakers
        if speakers := self._according(trigger, sentence.paragraph):
            return speakers
        return self.speakers_of_quote(sentence.paragraph, trigger)

    def find_marked(self, trigger: Token, sentence: Sentence) -> Pairs:
        """Whom the text marks as the source of `trigger`: by "according to", or by the quotation marks that it stands in."""
        for token in (trigger, *(governor for _, governor in governors(trigger))):
            if speakers := self._according(token, sentence.paragraph):
                return speakers
        return self.speakers_of_quote(sentence.paragraph, trigger)

    def _is_apart(self, trigger: Token, below: Token, governor: Token, paragraph: int) -> bool:
        """Whether a semicolon parts `below` from its `governor`: what follows one is the article's again, but within a quote."""
        first, last = sorted((below.i, governor.i))
        semicolons = [token.idx for token in trigger.doc[first:last] if token.text == ";"]
        # Few sentences have any: only those need to know of their quote.
        quote = self._quote_at(paragraph, trigger.idx) if semicolons else None
        return any(quote is None or not quote.start <= position < quote.end for position in semicolons)

    def speakers_of_quote(self, paragraph: int, token: Token) -> Pairs:
        """Who says the quote that `token` stands in; empty outside quotes."""
        quote = self._quote_at(paragraph, token.idx)
        return quote.speakers if quote else ()

    def _gives_words(self, governor: Token, below: Token) -> bool:
        """Whether `governor` is a verb that gives what is `below` it as its subject's words or wish."""
        if self._speaks(governor) and below.dep_ in {"ccomp", "xcomp", "parataxis", "pcomp"}:
            return True
        return governor.lemma_.lower() in self.content_verbs and governor.pos_ == "VERB" and below.dep_ in _CONTENT

    def _aside(self, verb: Token, paragraph: int) -> Pairs:
        """The speaker of ", an official said," inside the clause of `verb`."""
        for child in verb.children:
            if child.dep_ in {"parataxis", "ccomp"} and self._speaks(child) and _is_aside(child, verb):
                return subjects_of(child, paragraph, self.actors)
        return ()

    def _speaks(self, token: Token) -> bool:
        return token.pos_ in {"VERB", "AUX"} and token.lemma_.lower() in self.verbs

    def _according(self, token: Token, paragraph: int) -> Pairs:
        for child in token.children:
            if child.lower_ in self.according:
                for grandchild in child.subtree:
                    if grandchild.dep_ == "pobj" and (found := self.actors.of(paragraph, grandchild)):
                        return found
        return ()

    def _quote_at(self, paragraph: int, position: int) -> Quote | None:
        return next((q for q in self.quotes if q.paragraph == paragraph and q.start <= position < q.end), None)

    def _find_quotes(self, number: int) -> list[Quote]:
        text = self.parsed.paragraphs[number].text
        ranges: list[tuple[int, int]] = []
        opened: int | None = None
        for mark in _MARKS.finditer(text):
            position, character = mark.start(), mark[0]
            if opened is None and (character in _OPENING or character == _STRAIGHT):
                opened = position
            elif opened is not None and (character in _CLOSING or character == _STRAIGHT):
                ranges.append((opened, position + 1))
                opened = None
        if opened is not None:
            ranges.append((opened, len(text)))
        speakers = [self._speakers_near(number, start, end) for start, end in ranges]
        # A paragraph that is one quote: who says it was told before.
        if len(ranges) == 1 and not speakers[0] and not _outside(text, *ranges[0]):
            speakers = [self._speakers_before(number)]
        return [Quote(number, start, end, found) for (start, end), found in zip(ranges, speakers, strict=True)]

    def _speakers_before(self, number: int) -> Pairs:
        """Who speaks on from the paragraph before: whose quote it ends with, else who said something in its last sentence."""
        if not number:
            return ()
        before = self.parsed.paragraphs[number - 1]
        last = self.quotes[-1] if self.quotes else None
        if last is not None and last.paragraph == number - 1 and last.end >= len(before.text.rstrip()):
            return last.speakers
        spans = self._spans_of(number - 1)
        told = (token for token in reversed(list(spans[-1])) if self._speaks(token)) if spans else ()
        return next((found for token in told if (found := subjects_of(token, number - 1, self.actors))), ())

    def _spans_of(self, number: int) -> list[Span]:
        """The sentences of a paragraph."""
        return [sentence.span for sentence in self.sentences if sentence.paragraph == number]

    def _speakers_near(self, number: int, start: int, end: int) -> Pairs:
        """The subject of the speech verb in the quote's sentences or, for a quote that fills them, of the one before or after."""
        here = self._spans_of(number)
        touching = [i for i, span in enumerate(here) if span.start_char < end and span.end_char > start]
        for index in (
            [*touching, *(i for i in (touching[-1] + 1, touching[0] - 1) if touching and 0 <= i < len(here))] if touching else []
        ):
            for token in here[index]:
                outside = not start <= token.idx < end
                if outside and self._speaks(token) and (found := subjects_of(token, number, self.actors)):
                    return found
        return ()


def _outside(text: str, start: int, end: int) -> str:
    """What a paragraph says beside its quote."""
    return f"{text[:start]}{text[end:]}".strip()


def without_own(speakers: Pairs, subjects: Pairs, event_type: EventType) -> Pairs:
    """`speakers`, but nobody where they are the subject of a speech act: who condemns is not the source that he does."""
    if event_type.speech and {referent for _, referent in speakers} & {referent for _, referent in subjects}:
        return ()
    return speakers


def _is_aside(aside: Token, verb: Token) -> bool:
    """Whether a speech verb stands beside its clause and not in it: with a subject of its own, and nothing it says below it."""
    has_subject = any(c.dep_ == "nsubj" for c in aside.children)
    says_more = any(c.dep_ in {"ccomp", "dobj", "xcomp"} for c in aside.children)
    return has_subject and not says_more and (aside.dep_ == "parataxis" or aside.i > verb.i)
