"""Finds the words that state an event, and which frame of the lexicon they fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Span, Token

from kb.domain.entity import EntityKind
from kb.nlp.lexicon import Frame, Triggers
from kb.nlp.people import Actors

# Particles that are prepositions too.
_ADVERBS: Final = frozenset({"in", "out", "up", "down", "off", "on", "over", "through", "back", "away", "aside", "by", "along"})
# Prepositions that may be left out before whom something is given to.
_RECEIVING: Final = frozenset({"to", "for"})
_OBJECTS: Final = {"dobj", "nsubjpass", "obj", "oprd", "attr"}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that states an event by a frame. `carrier` is the noun that a verb frame needs ("imposed SANCTIONS"), or None."""

    frame: Frame
    token: Token
    is_verb: bool
    carrier: Token | None


def find_triggers(sentence: Span, paragraph: int, triggers: Triggers, actors: Actors) -> tuple[Trigger, ...]:
    """The triggers of a sentence in the order of the text: one frame a word, the most specific that fits."""
    found: list[Trigger] = []
    carriers: set[int] = set()
    for token in sentence:
        is_verb = token.pos_ in {"VERB", "AUX"} or token.tag_.startswith("VB")
        if is_verb and _verb_lemma(token) in triggers.asking and _asks_a_question(token, triggers.question_words):
            continue
        for frame in triggers.verbs.get(_verb_lemma(token), ()) if is_verb else ():
            fits, carrier = _fits_verb(token, frame, paragraph, actors)
            if fits:
                found.append(Trigger(frame, token, True, carrier))
                if carrier is not None:
                    carriers.add(carrier.i)
                break
    for token in sentence:
        if token.pos_ in {"NOUN", "PROPN"} and token.i not in carriers and not actors.is_name(paragraph, token):
            found.extend(_noun_triggers(token, triggers))
    return tuple(sorted(found, key=lambda trigger: trigger.token.i))


def _verb_lemma(token: Token) -> str:
    return token.lemma_.lower()


def _noun_triggers(token: Token, triggers: Triggers) -> Iterator[Trigger]:
    lemma = token.lemma_.lower()
    following = token.doc[token.i + 1].lemma_.lower() if token.i + 1 < len(token.doc) else ""
    if token.dep_ in {"compound", "npadvmod"} or following in triggers.followed_by.get(lemma, ()):
        return
    before = token.doc[token.i - 1].lower_ if token.i else ""
    for frame in triggers.nouns.get(lemma, ()):
        if frame.before is None or frame.before == before:
            yield Trigger(frame, token, False, None)
            return


def _fits_verb(token: Token, frame: Frame, paragraph: int, actors: Actors) -> tuple[bool, Token | None]:
    if frame.negated and not any(child.dep_ == "neg" or child.lower_ in {"never", "no"} for child in token.children):
        return False, None
    if frame.particle and not _has_particle(token, frame.particle, frame.prepositions):
        return False, None
    objects = direct_objects(token)
    if frame.no_object and any(actors.at(paragraph, t) for t in objects):
        # "asked Germany for weapons" names whom it asks; "asked for weapons" doesn't.
        return False, None
    carrier = None
    if frame.object_class:
        carrier = next((t for t in (*objects, *_predicates(token)) if _in_class(t, frame.object_class)), None)
        if carrier is None:
            return False, None
    if frame.object_kind is not None:
        named = preposition_objects(token, frame.prepositions) if frame.prepositions else objects
        kinds: set[EntityKind] = {k for t in named for k in actors.kinds(paragraph, t)}
        if frame.object_kind not in kinds:
            return False, None
    placed = not frame.prepositions or frame.object_class or frame.particle or _has_place(token, objects, frame)
    if not placed:
        return False, None
    return True, carrier


def _has_place(token: Token, objects: list[Token], frame: Frame) -> bool:
    """Whether one of the frame's prepositions stands under the verb, or "from" under its object."""
    if preposition_objects(token, frame.prepositions) or (frame.prepositions & _RECEIVING and receivers(token)):
        return True
    return any(preposition_objects(t, frame.prepositions & {"from"}) for t in objects)


def _predicates(verb: Token) -> list[Token]:
    """What a verb calls its object or its subject: "called the vote UNFAIR", "described it as A FARCE", "is UNACCEPTABLE"."""
    found = [child for child in verb.children if child.dep_ in {"acomp", "ccomp", "xcomp"} and child.pos_ in {"ADJ", "NOUN"}]
    for child in verb.children:
        if child.lower_ == "as" and child.dep_ == "prep":
            found.extend(child.children)
    return found


def receivers(verb: Token) -> list[Token]:
    """Whom something is given to or told, where no preposition says so: "gave UKRAINE two tanks"."""
    found = [child for child in verb.children if child.dep_ in {"dative", "iobj"} and child.pos_ in {"NOUN", "PROPN", "PRON"}]
    for token in list(found):
        found.extend(conjuncts(token))
    return found


def _in_class(token: Token, words: frozenset[str]) -> bool:
    if token.lemma_.lower() in words or token.lower_ in words:
        return True
    return any(
        grandchild.lemma_.lower() in words
        for child in token.children
        if child.dep_ == "prep" and child.lower_ == "of"
        for grandchild in child.children
    ) or any(child.dep_ == "amod" and child.lower_ in words for child in token.children)


def _asks_a_question(verb: Token, words: frozenset[str]) -> bool:
    return any(
        child.dep_ in {"ccomp", "advcl", "xcomp"} and any(token.lower_ in words for token in (*child.lefts, child))
        for child in verb.children
    )


def _has_particle(token: Token, particle: str, prepositions: frozenset[str]) -> bool:
    if particle in _ADVERBS - prepositions:
        # "gave in", "pulled out of Mali"; not "gave, in May, ...".
        return any(
            child.lower_ == particle
            and (child.dep_ in {"prt", "advmod"} or not any(c.dep_ in {"pobj", "pcomp"} for c in child.children))
            for child in token.children
        )
    for child in token.children:
        if particle in {child.lower_, child.lemma_.lower()}:
            return True
        if any(particle in {grandchild.lower_, grandchild.lemma_.lower()} for grandchild in child.children):
            return True
    return False


def direct_objects(verb: Token) -> list[Token]:
    """What is done to: direct and passive objects and conjuncts, the noun a participle modifies, a complement's subject."""
    found = [child for child in verb.children if child.dep_ in _OBJECTS]
    if not found:
        found = [g for child in verb.children if child.dep_ in {"ccomp", "xcomp"} for g in child.children if g.dep_ == "nsubj"]
    if not found and verb.dep_ == "acl" and verb.tag_ == "VBN":
        found = [verb.head]
    if not found:
        # The tagger takes a name at the end of a short sentence for a time ("Turkey supports Azerbaijan").
        found = [
            c for c in verb.children if c.dep_ == "npadvmod" and c.pos_ == "PROPN" and c.i > verb.i and c.ent_type_ != "DATE"
        ]
    for token in list(found):
        found.extend(conjuncts(token))
    return found


def conjuncts(token: Token) -> list[Token]:
    """The words coordinated with `token` that follow it."""
    found = []
    for child in token.children:
        if child.dep_ == "conj":
            found.append(child)
            found.extend(conjuncts(child))
    return found


def preposition_objects(token: Token, prepositions: frozenset[str]) -> list[Token]:
    """The nouns behind one of `prepositions` under `token`, with their conjuncts."""
    found = []
    for child in token.children:
        if child.dep_ in {"prep", "dative", "agent", "prt"} and child.lower_ in prepositions:
            for grandchild in child.children:
                if grandchild.dep_ in {"pobj", "pcomp"}:
                    found.append(grandchild)
                    found.extend(conjuncts(grandchild))
                elif grandchild.dep_ == "prep":
                    found.extend(g for g in grandchild.children if g.dep_ == "pobj")
    return found
