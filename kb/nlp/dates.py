"""When a claim says it happened: the expression of time that stands in its clause, and no other."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from spacy.tokens import Span, Token

from kb.domain.claim import DatePrecision, Modality
from kb.nlp.time_expressions import Fixed, Look, TimeExpression, find_time_expressions

_FUTURE: Final = {Modality.PLANNED, Modality.THREATENED, Modality.REQUESTED, Modality.POSSIBLE}
# "Since Monday", "by Monday", "a meeting for Monday": what happens then is another thing, or it is over by then.
_BOUNDS: Final = {
    "since", "until", "till", "before", "after", "by", "from", "to", "than", "through", "between", "for", "ahead", "towards",
    "toward", "pending", "past", "beyond",
}  # fmt: skip
# Words that an expression of time may hang on without dating anything but the clause: "in the early hours of Tuesday".
_OF_TIME: Final = {
    "morning", "afternoon", "evening", "night", "noon", "midnight", "dawn", "hour", "day", "weekend", "week", "month", "year",
    "beginning", "start", "middle", "end", "half", "date",
}  # fmt: skip
_NOUNS: Final = {"NOUN", "PROPN", "PRON", "NUM"}
_VERBS: Final = {"VERB", "AUX"}
# How a word hangs on a noun that it describes ("the October count", "Monday's vote"), and that is all it dates.
_DESCRIBES: Final = {"compound", "poss", "nmod", "amod", "nummod"}
_LONGEST_WAY: Final = 8
_PRESENT: Final = {"VBZ", "VBP"}
_PRECISIONS: Final = (DatePrecision.DAY, DatePrecision.WEEK, DatePrecision.MONTH, DatePrecision.YEAR)


def find_date(
    trigger: Token, sentence: Span, published_on: date | None, modality: Modality, others: Collection[Token] = ()
) -> Fixed | None:
    """The date of the claim at `trigger`, or None where its clause fixes none. `others` are triggers of other types."""
    expressions = [(each, anchor) for each in find_time_expressions(sentence.text) if (anchor := _anchor(each, sentence))]
    return _find_date(trigger, sentence, expressions, published_on, modality, {each.i for each in others} - {trigger.i})


def _find_date(
    trigger: Token,
    sentence: Span,
    expressions: list[tuple[TimeExpression, Token]],
    published_on: date | None,
    modality: Modality,
    others: Collection[int],
) -> Fixed | None:
    clause = _clause(trigger)
    # What a verb of another claim is dated by is no date of a noun below it: "condemned on Monday the attack".
    goals = [trigger] if clause == trigger or clause.i in others else [trigger, clause]
    found: list[tuple[int, int, Fixed]] = []
    for expression, anchor in expressions:
        way = _way(anchor, goals, others)
        if way is None or (fixed := expression.fix(published_on, _look(way, modality))) is None:
            continue
        found.append((goals.index(way[-1]), _PRECISIONS.index(fixed[1]), fixed))
    if found:
        return min(found, key=lambda each: each[:2])[2]
    # "Suspended contacts on Tuesday and barred the leaders": one subject, one time.
    if clause.dep_ == "conj" and clause.head.pos_ in _VERBS and goals[-1] == clause and not _is_of_its_own(clause):
        return _find_date(clause.head, sentence, expressions, published_on, modality, set(others) - {clause.head.i})
    return None


def _anchor(expression: TimeExpression, sentence: Span) -> Token | None:
    """The word that the expression hangs on its clause by; None where it is somebody's name or part of a dateline."""
    start, end = sentence.start_char + expression.start, sentence.start_char + expression.end
    span = sentence.doc.char_span(start, end, alignment_mode="expand")
    if span is None or _is_dateline(span, sentence) or _is_name(span):
        return None
    return span.root


def _is_name(span: Span) -> bool:
    """Whether a month is none: "confidence in May fell"."""
    return len(span) == 1 and span.root.ent_type_ == "PERSON" and not span.text.endswith("day")


def _is_dateline(span: Span, sentence: Span) -> bool:
    """Whether a dash closes the opening of a report that the expression ends: "WASHINGTON, Oct. 28 - The"."""
    following = sentence.doc[span.end].text if span.end < len(sentence.doc) else ""
    return following in {"-", "–", "—", "--"} and sentence[0].text.isupper() and len(sentence[0]) > 1


def _clause(token: Token) -> Token:
    """The verb of the clause that `token` stands in."""
    while token.pos_ not in _VERBS and token.head != token:
        token = token.head
    return token


def _way(anchor: Token, goals: Collection[Token], others: Collection[int]) -> list[Token] | None:
    """From the expression up to the first of `goals`, both included; None where it says something of what is in between."""
    way = [anchor]
    while way[-1] not in goals:
        below, here = way[-1], way[-1].head
        if here == below or len(way) > _LONGEST_WAY or _is_bound(below, here in goals):
            return None
        if here not in goals and not _may_pass(below, here, others):
            return None
        way.append(here)
    return way


def _is_bound(word: Token, at_goal: bool) -> bool:  # noqa: FBT001
    # "A meeting for Monday" is on that day; what is done for Monday, or a meeting called for it, is not.
    return word.lower_ in _BOUNDS and not (word.lower_ == "for" and at_goal and word.head.pos_ in _NOUNS)


def _may_pass(below: Token, here: Token, others: Collection[int]) -> bool:
    if here.i in others:
        return False
    if here.pos_ in _VERBS:
        return here.dep_ in {"aux", "auxpass"}
    if here.pos_ in _NOUNS and here.lemma_.lower() not in _OF_TIME:
        return below.dep_ not in _DESCRIBES and below.lower_ != "of"
    return True


def _look(way: list[Token], modality: Modality) -> Look:
    """Where the claim lies: ahead where its verb says so ("will meet", "is to meet"), else back unless it may be to come."""
    if modality not in _FUTURE:
        return Look.BACK
    governing = next((each for each in way[1:] if each.pos_ != "ADP"), way[-1])
    helpers = {child.lower_ for child in governing.children if child.dep_ in {"aux", "auxpass"}}
    if helpers & {"will", "'ll", "’ll", "shall"}:
        return Look.AHEAD
    is_to_come = modality is Modality.PLANNED and "to" in helpers and not helpers & {"have", "has", "had"}
    return Look.AHEAD if is_to_come else Look.EITHER


def _is_of_its_own(verb: Token) -> bool:
    """Whether a coordinate verb has a subject or a time of its own, or another tense than the verb it is coordinate with."""
    return (verb.tag_ in _PRESENT) != (verb.head.tag_ in _PRESENT) or any(
        child.dep_ in {"nsubj", "nsubjpass", "expl", "npadvmod"}
        or child.tag_ == "MD"
        or child.lower_ in {"has", "have", "later", "then", "afterwards", "subsequently"}
        for child in verb.children
    )
