"""How a claim is put: by its auxiliaries, its governors, negation and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spacy.tokens import Token

from kb.domain.claim import Modality
from kb.nlp.lexicon import Words
from kb.ontology.model import EventType

_COMPLEMENTS: Final = {
    "xcomp",
    "ccomp",
    "acl",
    "pcomp",
    "advcl",
    "dobj",
    "pobj",
    "conj",
    "nsubjpass",
    "oprd",
    "attr",
    "prep",
    "nsubj",
    "relcl",
    "amod",
}
_GOVERNORS_UP: Final = 4
# CAMEO's roots from here on are hostile: a hostile act announced on a condition is a threat.
_HOSTILE_ROOT: Final = "13"
# "After recognising ..., he ordered": what stands behind these is told as having happened, whatever the main verb says.
_TOLD_ON_THE_SIDE: Final = {"after", "since", "following", "by", "upon", "despite"}


def find_modality(trigger: Token, words: Words, event_type: EventType) -> Modality:
    """The modality that the sentence gives `trigger`: the nearest sign, unless something above it is denied or asked."""
    found = _nearest_sign(trigger, words, is_speech=event_type.speech)
    if found is not Modality.ACTUAL and _is_denied_above(trigger, words):
        return Modality.DENIED
    if found is Modality.PLANNED and event_type.root >= _HOSTILE_ROOT and _is_conditional(trigger, words):
        return Modality.THREATENED
    if found is Modality.ACTUAL and trigger.sent.text.rstrip().endswith("?") and _is_question(trigger):
        return Modality.POSSIBLE
    return found


def _nearest_sign(trigger: Token, words: Words, *, is_speech: bool) -> Modality:
    own = _own_signs(trigger, words)
    if own is not None:
        return own
    if is_speech and trigger.tag_ in {"VBD", "VBZ", "VBP", "VBN"} and trigger.pos_ == "VERB":
        return Modality.ACTUAL
    token = trigger
    for _ in range(_GOVERNORS_UP):
        governor = token.head
        if governor == token or token.dep_ not in _COMPLEMENTS:
            break
        found = _from_governor(token, governor, words)
        if found is not None:
            return found
        if governor.pos_ in {"VERB", "AUX"} and token.dep_ in {"relcl"}:
            break
        if (
            governor.pos_ in {"VERB", "AUX"}
            and token.pos_ in {"VERB", "AUX"}
            and token.dep_ in {"conj", "advcl"}
            and governor.tag_ in {"VBD", "VBZ"}
        ):
            break
        if governor.pos_ in {"VERB", "AUX"} and token.pos_ not in {"VERB", "AUX"}:
            carried = _own_signs(governor, words)
            if carried is not None:
                return carried
        token = governor
    if _is_bare_infinitive(trigger):
        return Modality.PLANNED
    return Modality.ACTUAL


def _is_denied_above(trigger: Token, words: Words) -> bool:
    """ "no plans to attack", "did not plan to", "denied that it would": what governs a plan is negated or is a denial."""
    token = trigger
    for _ in range(_GOVERNORS_UP):
        governor = token.head
        if governor == token or token.dep_ not in {"xcomp", "ccomp", "acl", "dobj", "pobj", "prep", "pcomp"}:
            return False
        negated = any(c.dep_ in {"neg", "det"} and c.lower_ in words["negations"] for c in governor.children)
        if negated or governor.lemma_.lower() in words["denials"]:
            return True
        token = governor
    return False


def _is_conditional(trigger: Token, words: Words) -> bool:
    """Whether the clause of `trigger` hangs on a condition ("if", "should", "unless")."""
    clause = trigger
    while clause.pos_ not in {"VERB", "AUX"} and clause.head != clause:
        clause = clause.head
    conditions = [child for child in clause.children if child.dep_ == "advcl"]
    return any(c.lower_ in words["conditions"] and c.dep_ in {"mark", "aux", "advmod"} for t in conditions for c in t.children)


def _is_question(trigger: Token) -> bool:
    """ "Did Russia attack?": the auxiliary stands before the subject."""
    return any(_inverted(child, trigger) for child in trigger.children if child.dep_ in {"aux", "auxpass"})


def _own_signs(token: Token, words: Words) -> Modality | None:
    """Auxiliaries, negation, condition and adjectives on the word itself."""
    children = list(token.children)
    lemmas = {child.lower_ for child in children if child.dep_ in {"aux", "neg", "det", "advmod", "preconj"}}
    if any(child.dep_ in {"mark", "advmod"} and child.lower_ in words["conditions"] for child in children):
        return Modality.POSSIBLE
    if any(
        child.dep_ == "aux" and child.lower_ == "should" and child.i < token.i and _inverted(child, token) for child in children
    ):
        return Modality.POSSIBLE
    if lemmas & words["negations"]:
        return Modality.DENIED
    if lemmas & words["possible_auxiliaries"] and not lemmas & {"can"}:
        return Modality.POSSIBLE
    if lemmas & words["requested_auxiliaries"]:
        return Modality.REQUESTED
    if lemmas & words["planned_auxiliaries"] and not any(c.lower_ == "have" for c in children):
        return Modality.PLANNED
    adjectives = {child.lemma_.lower() for child in children if child.dep_ == "amod"}
    if adjectives & words["possible_adjectives"]:
        return Modality.POSSIBLE
    if adjectives & words["planned_adjectives"]:
        return Modality.PLANNED
    return None


def _inverted(auxiliary: Token, verb: Token) -> bool:
    """ "should Russia invade": the auxiliary stands before the subject."""
    return any(child.dep_ in {"nsubj", "nsubjpass"} and auxiliary.i < child.i < verb.i for child in verb.children)


def _from_governor(token: Token, governor: Token, words: Words) -> Modality | None:
    lemma = governor.lemma_.lower()
    if token.dep_ == "prep" and token.lower_ in _TOLD_ON_THE_SIDE and governor.pos_ in {"VERB", "AUX"}:
        return Modality.ACTUAL
    if governor.pos_ in {"VERB", "AUX"}:
        if token.dep_ in {"nsubj", "conj", "relcl"} or (token.dep_ == "advcl" and token.tag_ != "VB"):
            return None
        for kind, modality in _VERBS:
            if lemma in words[kind] and token.dep_ != "advcl":
                if (
                    modality is Modality.REQUESTED
                    and token.dep_ in {"dobj", "nsubjpass"}
                    and lemma in {"ask", "urge", "press", "invite"}
                ):
                    return None
                if (
                    modality is Modality.PLANNED
                    and token.dep_ == "ccomp"
                    and lemma in {"announce", "mean", "agree"}
                    and token.tag_ == "VBD"
                ):
                    return None
                return modality
        return None
    if governor.pos_ == "ADJ" and lemma in words["planned_adjectives"]:
        return Modality.PLANNED
    if governor.pos_ == "ADJ" and lemma in words["possible_adjectives"]:
        return Modality.POSSIBLE
    if governor.pos_ == "NOUN" and (token.dep_ in {"acl", "prep"} or token.dep_ == "pobj"):
        if token.dep_ == "prep" and token.lower_ not in {"of", "for", "to"}:
            return None
        for kind, modality in _NOUNS:
            # "a decree recognising" does it, "a decree to recognise" will.
            if lemma in words[kind] and not (modality is Modality.PLANNED and token.dep_ == "acl" and token.tag_ == "VBG"):
                return modality
    return None


_VERBS: Final = (
    ("denied_verbs", Modality.DENIED),
    ("threatened_verbs", Modality.THREATENED),
    ("requested_verbs", Modality.REQUESTED),
    ("planned_verbs", Modality.PLANNED),
    ("possible_verbs", Modality.POSSIBLE),
)
_NOUNS: Final = (
    ("requested_nouns", Modality.REQUESTED),
    ("planned_nouns", Modality.PLANNED),
    ("possible_nouns", Modality.POSSIBLE),
)


def _is_bare_infinitive(token: Token) -> bool:
    """ "US to impose sanctions", "a decision: to recognise": an infinitive with nothing above it that says more."""
    return token.tag_ == "VB" and any(c.dep_ == "aux" and c.lower_ == "to" for c in token.children)


def governors(token: Token) -> Iterator[tuple[Token, Token]]:
    """(word, what it depends on) from `token` up to the root of its sentence."""
    while token.head != token:
        yield token, token.head
        token = token.head
