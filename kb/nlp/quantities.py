"""Figures that sources may disagree on: how many of what, how bounded, in which unit, and whose figure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Doc, Token

from kb.domain.claim import Bound
from kb.domain.mention import Referent, ResolvedMention
from kb.domain.span import Span, cut
from kb.nlp.arguments import Pairs, subjects_of
from kb.nlp.attribution import Attribution
from kb.nlp.figures import Figure, FigureWords, find_figures, load_figure_words
from kb.nlp.lexicon import Words
from kb.nlp.people import Actors
from kb.nlp.pipeline import ParsedArticle, Sentence

_MODIFIERS: Final = {"amod", "compound", "nmod", "npadvmod", "punct"}
_INNER_POS: Final = {"ADJ", "NOUN", "PROPN", "VERB", "PUNCT", "ADV"}
# A bare four-digit number within these is a year unless something counted follows and nothing of a date stands before.
_YEARS: Final = range(1500, 2101)
# Definite numbers up to this one point back to those spoken of ("the two ships").
_ANAPHORIC: Final = 10
_WINDOW: Final = 6


@dataclass(frozen=True, slots=True)
class QuantityDraft:
    """A quantity in terms of the article; `speakers` are referent numbers."""

    about: str
    low: float
    high: float
    bound: Bound
    unit: str
    span: Span
    sentence: Span
    speakers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a figure measures: unit, words for it, the character at which the figure's phrase ends, the token that heads it."""

    unit: str
    about: str
    end: int
    head: Token


def extract_quantities(
    parsed: ParsedArticle, referents: Sequence[Referent], mentions: Sequence[ResolvedMention], speech: Words
) -> tuple[QuantityDraft, ...]:
    """The quantities in the order of the text."""
    words = load_figure_words()
    found: list[tuple[Sentence, Figure, _Measured]] = []
    for sentence in parsed.sentences:
        doc = sentence.span.doc
        for figure in find_figures(
            parsed.paragraphs[sentence.paragraph].text, sentence.span.start_char, sentence.span.end_char, words
        ):
            measured = _Reader(doc, figure, words).read()
            if measured is not None:
                found.append((sentence, figure, measured))
    if not found:
        return ()
    attribution = Attribution(parsed, Actors(referents, mentions), speech)
    return tuple(_draft(parsed, attribution, words, *item) for item in found)


def _draft(
    parsed: ParsedArticle, attribution: Attribution, words: FigureWords, sentence: Sentence, figure: Figure, measured: _Measured
) -> QuantityDraft:
    base = parsed.paragraphs[sentence.paragraph].start
    verb = _verb_above(measured.head)
    speakers: Pairs = ()
    if verb is not None and verb.lemma_.lower() in words.estimating:
        speakers = subjects_of(verb, sentence.paragraph, attribution.actors)
    speakers = speakers or attribution.find_speakers(measured.head, sentence)
    return QuantityDraft(
        about=measured.about,
        low=figure.low,
        high=figure.high,
        bound=figure.bound,
        unit=measured.unit,
        span=cut(parsed.article.text, base + figure.start, base + max(measured.end, figure.end)),
        sentence=sentence.place,
        speakers=tuple(dict.fromkeys(r for _, r in speakers)),
    )


class _Reader:
    """Reads what one figure of a paragraph measures."""

    def __init__(self, doc: Doc, figure: Figure, words: FigureWords) -> None:
        self.doc = doc
        self.figure = figure
        self.words = words
        number = doc.char_span(figure.number_start, figure.number_end, alignment_mode="expand")
        self.number = number if number is not None and len(number) else doc[0:1]

    def read(self) -> _Measured | None:
        """The figure's unit and what it is about; None where the number is no quantity."""
        if self.figure.unit is None and self._is_part_of_something_else():
            return None
        if self.figure.unit is not None:
            return self._measure(self.figure.unit)
        return self._counted() or self._outcome_alone()

    # -- what is no quantity -------------------------------------------------------------------------------------------------

    def _is_part_of_something_else(self) -> bool:
        first, last = self.number.start, self.number.end
        before = self.doc[first - 1].lower_ if first else ""
        following = [t for t in self.doc[last : last + 2] if t.text != "-"]
        after = following[0] if following else None
        if before in self.words.never_before or (before == "in" and first > 1 and self.doc[first - 2].like_num):
            return True
        if self.figure.high == 1 and after is not None and after.lower_ == "of":
            return True
        if after is not None and (after.lemma_.lower() in self.words.never_after or after.lower_ in self.words.never_after):
            return True
        if after is not None and after.lower_ in self.words.months:
            return True
        dated = self.figure.plain and self.figure.low in _YEARS
        return dated and (
            before in {"in", "since", "by", "of", "from", "until", "the", "early", "late", "during", "to", ","}
            or self._noun() is None
        )

    # -- units of measure and money --------------------------------------------------------------------------------------------

    def _measure(self, unit: str) -> _Measured:
        unit_token = self._token_at(self.figure.end - 1)
        head = unit_token
        end = self.figure.end
        noun = self._noun_after(unit_token)
        if self.figure.rate:
            return _Measured(unit, self._rated(unit_token), end, head)
        if noun is not None:
            return _Measured(unit, _phrase(noun, after=unit_token.i), noun.idx + len(noun), noun)
        return _Measured(unit, self._worth() or self._linked(unit_token) or self._clause_subject(head) or unit, end, head)

    def _noun_after(self, unit: Token) -> Token | None:
        """ "25 percent tariffs", "a $40 billion package": the noun that the sum stands before."""
        head = unit.head if unit.head.i > unit.i else self.number.root.head
        within = self.figure.end <= head.idx and head.i <= unit.i + _WINDOW and head.pos_ in {"NOUN", "PROPN"}
        between = self.doc[unit.i + 1 : head.i]
        return head if within and all(t.pos_ in _INNER_POS for t in between) and "," not in between.text else None

    def _linked(self, unit: Token) -> str | None:
        """ "$390 million in aid", "82 percent of voters"."""
        following = self.doc[unit.i + 1] if unit.i + 1 < len(self.doc) else None
        if following is None or following.lower_ not in self.words.about_links:
            return None
        target = next((child for child in following.children if child.dep_ == "pobj"), None)
        return _phrase(target) if target is not None and target.pos_ in {"NOUN", "PROPN"} and not _is_time(target) else None

    def _worth(self) -> str | None:
        """ "military aid worth $2.5 million"."""
        before = self._token_at(self.figure.start).i - 1
        if before < 1 or self.doc[before].lower_ not in self.words.worth:
            return None
        noun = self.doc[before - 1]
        return _phrase(noun) if noun.pos_ in {"NOUN", "PROPN"} else None

    def _clause_subject(self, head: Token) -> str | None:
        """ "The gas price sank by three percent": what the clause is about."""
        verb = _verb_above(head)
        if verb is None:
            return None
        for wanted in ("nsubjpass", "nsubj"):
            for child in verb.children:
                if child.dep_ == wanted and child.pos_ == "NOUN" and child.i < head.i and not _is_time(child):
                    return _phrase(child)
        return None

    def _rated(self, unit: Token) -> str:
        """For "oil touched 29 dollars a barrel" the oil, for "the ruble slid to 80 per dollar" the ruble's exchange rate."""
        first = self._token_at(self.figure.number_start)
        if unit.lemma_.lower() not in self.words.money:
            return self._clause_subject(first) or self.figure.unit or ""
        money = next((t for t in first.sent if t.i < first.i and t.lemma_.lower() in self.words.money), None)
        return f"{money.lemma_.lower()} {self.words.exchange_rate}" if money is not None else self.words.exchange_rate

    def _token_at(self, position: int) -> Token:
        span = self.doc.char_span(position, position + 1, alignment_mode="expand")
        return span[0] if span is not None and len(span) else self.number[-1]

    # -- counted nouns -------------------------------------------------------------------------------------------------------

    def _noun(self) -> Token | None:
        """The noun that the number counts: its head, the noun group after it, or the one after "of"."""
        after = self._token_after()
        if after is None:
            return None
        if after.lower_ == "of":
            return self._noun_after_of(after)
        root = self.number.root
        if (
            root.dep_ in {"nummod", "quantmod", "amod", "compound", "nmod"}
            and self.number.end <= root.head.i <= after.i + _WINDOW
        ):
            head = root.head
            if head.pos_ in {"NOUN", "PROPN", "ADJ"} and "," not in [t.text for t in self.doc[after.i : head.i]]:
                return head
        noun = None
        for token in self.doc[after.i : after.i + _WINDOW]:
            if token.pos_ in {"NOUN", "PROPN"} or token.lower_ in self.words.outcome_nouns:
                noun = token
            elif noun is not None or token.pos_ not in {"ADJ", "VERB", "PUNCT"} or token.text == ",":
                break
        return noun

    def _token_after(self) -> Token | None:
        return next((t for t in self.doc[self.number.start :] if t.idx >= self.figure.end and t.text != "-"), None)

    def _noun_after_of(self, preposition: Token) -> Token | None:
        target = next((child for child in preposition.children if child.dep_ == "pobj"), None)
        return target if target is not None and target.pos_ in {"NOUN", "PROPN"} else None

    def _counted(self) -> _Measured | None:
        noun = self._noun()
        unit = self._unit_of(noun) if noun is not None else None
        if noun is None or unit is None:
            return None
        outcome = self._outcome(noun)
        own = self.words.outcome_nouns.get(noun.lemma_.lower()) or self.words.outcome_nouns.get(noun.lower_)
        if outcome is None and own is None and self._is_too_small(unit):
            return None
        about = f"{self.words.persons} {own}" if own else _phrase(noun, after=self._about_start())
        if outcome is not None and own is None:
            about = f"{about} {outcome}"
        return _Measured(unit, about, noun.idx + len(noun), noun)

    def _about_start(self) -> int:
        after = self._token_after()
        return self.number.end - 1 if after is None else after.i - 1

    def _unit_of(self, noun: Token) -> str | None:
        lemma = noun.lemma_.lower()
        if noun.i:
            before = noun.nbor(-1).lower_
            if (unit := self.words.counted.get(f"{before} {lemma}")) is not None:
                return unit
        # spaCy leaves some irregular plurals as they are ("servicemen").
        singular = f"{lemma.removesuffix('men')}man" if lemma.endswith("men") else lemma
        unit = self.words.counted.get(singular) or self.words.counted.get(noun.lower_)
        if unit is None and noun.pos_ in {"NOUN", "PROPN"} and (noun.ent_type_ == "NORP" or noun.tag_ == "NNPS"):
            # "2,000 Serbs": people named by their nation.
            return self.words.persons
        return unit

    def _is_too_small(self, unit: str) -> bool:
        if self.figure.bound is not Bound.EXACT:
            return False
        if self.figure.high < self.words.small.get(unit, 0):
            return True
        before = self.doc[self.number.start - 1] if self.number.start else None
        pointing = before is not None and (before.tag_ == "PRP$" or before.lower_ in {"the", "these", "those", "both", "all"})
        return pointing and self.figure.high <= _ANAPHORIC

    # -- what became of them -----------------------------------------------------------------------------------------------------

    def _outcome(self, noun: Token) -> str | None:
        """ "killed" in "13 people were killed", "13 people killed in", "left 13 people dead", "13 wounded people"."""
        found = None
        # "20 of its soldiers were killed": the number is the subject.
        role = self.number.root if noun.dep_ == "pobj" and noun.head.head == self.number.root else noun
        verb = role.head
        lemma = verb.lemma_.lower()
        passive = role.dep_ == "nsubjpass" or (role.dep_ == "nsubj" and lemma in self.words.intransitive)
        if passive or (role.dep_ in {"dobj", "obj"} and lemma not in self.words.intransitive):
            found = self.words.outcomes.get(lemma)
        for child in () if found else (*noun.children, *verb.children):
            inside = child.head == noun and child.dep_ in {"acl", "amod", "acomp", "oprd"}
            beside = child.head == verb and child.dep_ in {"oprd", "acomp"} and child.i > noun.i
            if inside and child.tag_ == "VBN" and child.i > noun.i:
                found = found or self.words.outcomes.get(child.lemma_.lower())
            if inside or beside:
                found = found or self.words.states.get(child.lower_)
        return found

    def _outcome_alone(self) -> _Measured | None:
        """ "displaced more than 300,000", "37 were killed": a number without a noun that an outcome befalls."""
        root = self.number.root
        verb = root.head
        lemma = verb.lemma_.lower()
        outcome = self.words.outcomes.get(lemma)
        befallen = root.dep_ in {"dobj", "nsubjpass"} or (root.dep_ == "nsubj" and lemma in self.words.intransitive)
        if outcome is None or not befallen or verb.pos_ != "VERB":
            return None
        return _Measured(self.words.persons, f"{self.words.persons} {outcome}", self.figure.end, self.number.root)


def _phrase(noun: Token, after: int | None = None) -> str:
    """The words of a noun with what modifies it on the left: "Russian troops". With `after` only from behind that token."""
    start = noun.i
    while start > 0:
        token = noun.doc[start - 1]
        if after is not None and token.i <= after:
            break
        inside = (
            token.dep_ in _MODIFIERS
            and token.text != ","
            and (token.head == noun or (token.head.i <= noun.i and token.head.i >= start))
        )
        if not inside or (token.dep_ == "punct" and token.text != "-"):
            break
        start -= 1
    return noun.doc[start : noun.i + 1].text.strip()


def _verb_above(token: Token) -> Token | None:
    while token.head != token:
        token = token.head
        if token.pos_ in {"VERB", "AUX"}:
            return token
    return token if token.pos_ in {"VERB", "AUX"} else None


def _is_time(token: Token) -> bool:
    return token.ent_type_ in {"DATE", "TIME"}
