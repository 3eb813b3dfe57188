"""Who does it and to whom: subjects and objects of a trigger by its dependency paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from kb.nlp.lexicon import Triggers
from kb.nlp.people import Actors
from kb.nlp.triggers import Trigger, direct_objects, preposition_objects, receivers
from kb.ontology.model import EventType

Pairs = tuple[tuple[int, int], ...]

# Verbs whose object does what their infinitive says: "urged Russia to withdraw".
_OBJECT_CONTROL: Final = frozenset(
    [
        "urge",
        "ask",
        "order",
        "force",
        "tell",
        "allow",
        "encourage",
        "call",
        "press",
        "beg",
        "instruct",
        "invite",
        "advise",
        "request",
        "want",
        "expect",
        "permit",
        "compel",
        "help",
        "let",
        "make",
        "require",
        "implore",
        "direct",
        "enable",
        "persuade",
        "convince",
        "warn",
        "accuse",
        "see",
        "appeal",
        "demand",
    ]
)
# Verbs that name in their "of" or "for" who did it: "accused Russia of trying".
_BLAMING: Final = frozenset(
    [
        "accuse",
        "suspect",
        "blame",
        "condemn",
        "criticise",
        "criticize",
        "praise",
        "thank",
        "denounce",
        "sanction",
        "punish",
        "fault",
        "charge",
        "convict",
    ]
)
# Verbs whose object receives the act that a noun names: "sparked condemnation from the US".
_CAUSING: Final = frozenset(
    ["draw", "spark", "prompt", "trigger", "provoke", "face", "meet", "earn", "bring", "receive", "attract", "win"]
)
_PLACES: Final = frozenset(
    ["town", "city", "village", "province", "region", "island", "port", "capital", "district", "state", "peninsula", "suburb"]
)
# Where somebody is sent or comes from, told inside the phrase of who it is: "its ambassador IN Ankara".
_POSTED: Final = frozenset({"in", "to", "from", "at", "near", "around", "along", "on"})
_SUBJECTS: Final = {"nsubj", "csubj"}


@dataclass(frozen=True, slots=True)
class Arguments:
    """(mention, referent) pairs; `object_head` is the word that the object was found at, for `about`."""

    subjects: Pairs
    objects: Pairs
    object_head: Token | None


def find_arguments(trigger: Trigger, paragraph: int, actors: Actors, event_type: EventType, triggers: Triggers) -> Arguments:
    """Subjects and objects of `trigger`; either may be empty."""
    if trigger.frame.spoken:
        clause = [child for child in trigger.token.children if child.dep_ in _SUBJECTS]
        said_of = tuple(dict.fromkeys(pair for t in clause for pair in _answerable(t, paragraph, actors, triggers)))
        return Arguments((), said_of, clause[0] if clause else None)
    if trigger.is_verb:
        subjects = subjects_of(trigger.token, paragraph, actors)
        objects, head = _verb_objects(trigger, paragraph, actors, event_type, triggers)
    else:
        subjects, objects, head = _noun_arguments(trigger, paragraph, actors, event_type, triggers)
    named = {r for _, r in subjects}
    if event_type.symmetric and not objects and len(named) > 1:
        return Arguments(subjects, (), head)
    return Arguments(subjects, tuple(pair for pair in objects if pair[1] not in named), head)


def is_reciprocal(trigger: Trigger) -> bool:
    """Whether its subjects do it to each other."""
    return trigger.is_verb and any(
        (t.lower_ == "other" and any(c.lower_ == "each" for c in t.children))
        or (t.lower_ == "another" and t.i > 0 and t.nbor(-1).lower_ == "one")
        for t in (*direct_objects(trigger.token), *preposition_objects(trigger.token, trigger.frame.prepositions))
    )


def is_passive(verb: Token) -> bool:
    """Whether the verb is in the passive, or a past participle that modifies a noun."""
    if any(child.dep_ in {"nsubjpass", "auxpass"} for child in verb.children):
        return True
    return verb.tag_ == "VBN" and verb.dep_ in {"acl", "advcl"} and not any(c.dep_ in {"aux", "nsubj"} for c in verb.children)


def subjects_of(verb: Token, paragraph: int, actors: Actors, depth: int = 5) -> Pairs:
    """Who does what `verb` says, through coordination, control and relative clauses."""
    if is_passive(verb):
        return _pairs(preposition_objects(verb, frozenset({"by"})), paragraph, actors)
    own = [child for child in verb.children if child.dep_ in _SUBJECTS]
    if own:
        return _pairs([own[-1]], paragraph, actors, depth=2)
    if depth == 0 or verb.head == verb:
        return ()
    return _inherited(verb, paragraph, actors, depth - 1)


def _inherited(verb: Token, paragraph: int, actors: Actors, depth: int) -> Pairs:
    head = verb.head
    if verb.dep_ == "conj" and head.pos_ in {"VERB", "AUX"}:
        if is_passive(head):
            return _pairs([c for c in head.children if c.dep_ == "nsubjpass"], paragraph, actors)
        return subjects_of(head, paragraph, actors, depth)
    if verb.dep_ in {"xcomp", "ccomp", "advcl"} and head.pos_ in {"VERB", "AUX", "ADJ"}:
        return _controller(head, paragraph, actors, depth, is_complement=verb.dep_ != "advcl" or verb.tag_ == "VB")
    if verb.dep_ == "acomp" and head.pos_ in {"VERB", "AUX"}:
        # "is ready to meet": the adjective's subject is the verb's.
        return subjects_of(head, paragraph, actors, depth)
    if verb.dep_ == "pcomp":
        governor = head.head
        if governor.pos_ in {"VERB", "AUX"}:
            if governor.lemma_ in _BLAMING and head.lower_ in {"of", "for"}:
                return _pairs(direct_objects(governor), paragraph, actors)
            return _controller(governor, paragraph, actors, depth, is_complement=False)
        return actors.of(paragraph, governor) or _governing_subject(governor, paragraph, actors, depth)
    if verb.dep_ in {"acl", "relcl"}:
        if verb.tag_ == "VBG" and (itself := actors.at(paragraph, head)):
            return itself
        return actors.owners(paragraph, head) or _governing_subject(head, paragraph, actors, depth)
    return ()


def _controller(head: Token, paragraph: int, actors: Actors, depth: int, *, is_complement: bool) -> Pairs:
    """Who does a complement of `head`: its object for verbs like "urge", else its subject."""
    if is_passive(head):
        return _pairs([c for c in head.children if c.dep_ == "nsubjpass"], paragraph, actors)
    if is_complement and head.lemma_ in _OBJECT_CONTROL:
        targets = direct_objects(head) or preposition_objects(head, frozenset({"on", "to", "upon", "for", "with"}))
        if found := _pairs(targets, paragraph, actors):
            return found
    return subjects_of(head, paragraph, actors, depth)


def _governing_subject(noun: Token, paragraph: int, actors: Actors, depth: int) -> Pairs:
    """The subject of the verb that a noun depends on: "Putin announced a decision to recognise"."""
    token = noun
    for _ in range(4):
        if token.dep_ in {"nsubj", "nsubjpass"} or token.head == token:
            return ()
        token = token.head
        if token.pos_ in {"VERB", "AUX"}:
            return subjects_of(token, paragraph, actors, depth)
    return ()


def _verb_objects(
    trigger: Trigger, paragraph: int, actors: Actors, event_type: EventType, triggers: Triggers
) -> tuple[Pairs, Token | None]:
    verb, frame = trigger.token, trigger.frame
    complement_subject = event_type.id in triggers.complement_subject
    if frame.no_object:
        return (), None
    if frame.prepositions:
        places = preposition_objects(verb, frame.prepositions)
        # "demanded compensation from Germany": a source may hang on what is demanded.
        places += [t for o in direct_objects(verb) for t in preposition_objects(o, frame.prepositions & {"from"})]
        if trigger.carrier is not None:
            places = preposition_objects(trigger.carrier, frame.prepositions) + places
            places += _moved(verb, trigger.carrier, frame.prepositions)
        places += receivers(verb) if frame.prepositions & {"to", "for", "of"} else []
        if found := _pairs(places, paragraph, actors):
            return found, places[0]
        if trigger.carrier is not None and (inside := _inside_carrier(trigger.carrier, paragraph, actors)):
            return inside, trigger.carrier
        return (), None
    targets = [] if frame.clause_object else direct_objects(verb)
    if not complement_subject:
        targets = [t for t in targets if t.head == verb or t.dep_ == "conj" or verb.dep_ == "acl"]
    targets = receivers(verb) or [t for t in targets if t != trigger.carrier] or targets
    if trigger.carrier is not None and trigger.carrier.dep_ in {"ccomp", "xcomp"}:
        targets = [child for child in trigger.carrier.children if child.dep_ in _SUBJECTS] or targets
    if trigger.carrier is not None and targets == [trigger.carrier]:
        return _inside_carrier(trigger.carrier, paragraph, actors), trigger.carrier
    if event_type.speech:
        found = tuple(dict.fromkeys(pair for t in targets for pair in _answerable(t, paragraph, actors, triggers)))
    else:
        found = _pairs(targets, paragraph, actors)
    if not found and complement_subject:
        targets = [g for c in verb.children if c.dep_ in {"ccomp", "xcomp"} for g in c.children if g.dep_ == "nsubj"]
        found = _pairs(targets, paragraph, actors)
    return found, targets[0] if targets else None


def _inside_carrier(carrier: Token, paragraph: int, actors: Actors) -> Pairs:
    """Whom the phrase of what is sent, recalled or imposed names: its place or its owner, or itself where it has a name."""
    itself = actors.at(paragraph, carrier)
    if any(not actors.referents[r].nameless for _, r in itself):
        return itself
    if posted := _pairs(preposition_objects(carrier, _POSTED), paragraph, actors):
        return posted
    return actors.owners(paragraph, carrier) or (() if itself else actors.of(paragraph, carrier, conjuncts=False))


def _answerable(target: Token, paragraph: int, actors: Actors, triggers: Triggers) -> Pairs:
    """Whom words about `target` are about: for an event ("the invasion of Ukraine") who does it, not whom it befalls."""
    if actors.at(paragraph, target) or target.lemma_.lower() not in triggers.nouns:
        return actors.of(paragraph, target)
    return actors.owners(paragraph, target) + _pairs(preposition_objects(target, frozenset({"by"})), paragraph, actors)


def _moved(verb: Token, carrier: Token, prepositions: frozenset[str]) -> list[Token]:
    """Objects behind a complement of the verb: "ordered troops to be sent into Ukraine"."""
    found = []
    for child in verb.children:
        if child.dep_ in {"ccomp", "xcomp", "acl", "relcl"}:
            found.extend(preposition_objects(child, prepositions))
    for child in carrier.children:
        if child.dep_ in {"acl", "relcl"}:
            found.extend(preposition_objects(child, prepositions))
            found.extend(t for t in direct_objects(child) if child.lemma_ == "target")
    return found


def _noun_arguments(
    trigger: Trigger, paragraph: int, actors: Actors, event_type: EventType, triggers: Triggers
) -> tuple[Pairs, Pairs, Token | None]:
    noun = trigger.token
    by = _pairs(preposition_objects(noun, frozenset({"by"})), paragraph, actors)
    owners = actors.owners(paragraph, noun)
    targets = preposition_objects(noun, trigger.frame.prepositions - {"by"})
    targets += [
        g for c in noun.children if c.dep_ == "acl" and c.lemma_ in {"target", "involve", "include"} for g in direct_objects(c)
    ]
    objects = _pairs(targets, paragraph, actors)
    head = targets[0] if targets else None
    verb = _light_verb(noun)
    if event_type.symmetric:
        everyone = owners + by + objects
        if len({r for _, r in everyone}) < 2 and verb is not None:
            everyone = subjects_of(verb, paragraph, actors) + everyone
            everyone += _pairs(preposition_objects(verb, frozenset({"with", "to"})), paragraph, actors)
        return tuple(dict.fromkeys(everyone)), (), head
    subjects = by or owners
    source = _pairs(preposition_objects(noun, frozenset({"from"})), paragraph, actors) if not subjects else ()
    if source and "from" not in trigger.frame.prepositions - {"from"}:
        subjects, objects = source, tuple(pair for pair in objects if pair not in source)
    if verb is not None and verb.lemma_ in _CAUSING and noun.dep_ in {"dobj", "conj"}:
        return subjects, objects or subjects_of(verb, paragraph, actors), head
    if not subjects and verb is not None and verb.lemma_.lower() not in triggers.not_carrying:
        subjects = subjects_of(verb, paragraph, actors)
    if by and owners and not objects:
        objects = owners
    return subjects, objects, head


def _light_verb(noun: Token) -> Token | None:
    """The verb that carries the noun as its object or behind a preposition."""
    token = noun
    for _ in range(3):
        if token.dep_ in {"dobj", "attr", "oprd"} and token.head.pos_ in {"VERB", "AUX"}:
            return token.head
        if (
            token.dep_ == "pobj"
            and token.head.head.pos_ in {"VERB", "AUX"}
            and token.head.lower_ in {"for", "with", "in", "to", "on", "of"}
        ):
            return token.head.head
        if token.dep_ == "conj":
            token = token.head
            continue
        return None
    return None


def _pairs(tokens: list[Token], paragraph: int, actors: Actors, depth: int = 3) -> Pairs:
    found: dict[tuple[int, int], None] = {}
    for token in tokens:
        named = [] if actors.at(paragraph, token) else _names_of_place(token)
        inside = [pair for name in named for pair in actors.at(paragraph, name)]
        found.update(dict.fromkeys(inside or actors.of(paragraph, token, depth)))
    return tuple(found)


def _names_of_place(noun: Token) -> list[Token]:
    """The names behind a kind of place: "the northern Ethiopian town of MEKELE"."""
    return preposition_objects(noun, frozenset({"of"})) if noun.lemma_.lower() in _PLACES else []
