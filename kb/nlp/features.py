"""What a learned scorer sees of a trigger and of a mention beside it, as strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from spacy.tokens import Token

from kb.nlp.arguments import find_arguments, is_passive
from kb.nlp.attribution import is_quoted
from kb.nlp.candidates import ArgumentCandidate, TriggerCandidate
from kb.nlp.lexicon import Frame, Lexicon
from kb.nlp.people import Actors
from kb.nlp.triggers import Trigger, direct_objects, preposition_objects
from kb.ontology.model import EventType

_LONGEST_PATH: Final = 6
_GENERIC_PREPOSITIONS: Final = frozenset(
    {"to", "on", "with", "against", "from", "into", "at", "of", "for", "by", "over", "between", "in"}
)


def find_trigger_features(candidate: TriggerCandidate, lexicon: Lexicon, actors: Actors) -> Iterator[str]:
    """Features of a word that may state an event: itself, its frame, objects, prepositions, neighbours and governors."""
    token, paragraph = candidate.token, candidate.sentence.paragraph
    lemma = token.lemma_.lower()
    yield f"l={lemma}"
    yield f"lp={lemma}/{token.pos_}"
    yield f"tag={token.tag_}"
    yield f"dep={token.dep_}"
    yield f"ld={lemma}/{token.dep_}"
    yield f"head={token.head.lemma_.lower()}"
    if candidate.rule is not None:
        yield f"rule={candidate.rule.frame.type}"
        yield f"rulel={candidate.rule.frame.type}/{lemma}"
        if candidate.rule.carrier is not None:
            yield f"rulec={candidate.rule.frame.type}/{candidate.rule.carrier.lemma_.lower()}"
    for frame in (*lexicon.triggers.verbs.get(lemma, ()), *lexicon.triggers.nouns.get(lemma, ())):
        yield f"may={frame.type}"
    for target in direct_objects(token):
        word = target.lemma_.lower()
        yield f"obj={word}"
        yield f"lobj={lemma}/{word}"
        for name in _classes(word, lexicon):
            yield f"objc={name}"
            yield f"lobjc={lemma}/{name}"
        for kind in actors.kinds(paragraph, target):
            yield f"objk={kind}"
            yield f"lobjk={lemma}/{kind}"
    yield from _children(token, lemma, paragraph, lexicon, actors)
    for distance in (-2, -1, 1, 2):
        position = token.i + distance
        if candidate.sentence.span.start <= position < candidate.sentence.span.end:
            yield f"w{distance}={token.doc[position].lower_}"
            if abs(distance) == 1:
                yield f"lw{distance}={lemma}/{token.doc[position].lemma_.lower()}"
    if is_quoted(candidate.sentence.span, token):
        yield "quoted"
    if is_passive(token):
        yield f"passive={lemma}"
    if token.head.pos_ in {"VERB", "AUX"} and token.head != token:
        yield f"gov={token.head.lemma_.lower()}/{token.dep_}"


def _children(token: Token, lemma: str, paragraph: int, lexicon: Lexicon, actors: Actors) -> Iterator[str]:
    for child in token.children:
        if child.dep_ in {"prep", "prt", "agent", "dative"}:
            yield f"p={child.lower_}"
            yield f"lprep={lemma}/{child.lower_}"
            for target in child.children:
                if target.dep_ == "pobj":
                    yield f"pobj={child.lower_}/{target.lemma_.lower()}"
                    for name in _classes(target.lemma_.lower(), lexicon):
                        yield f"pobjc={child.lower_}/{name}"
                        yield f"lpobjc={lemma}/{child.lower_}/{name}"
                    for kind in actors.kinds(paragraph, target):
                        yield f"pobjk={child.lower_}/{kind}"
        elif child.dep_ in {"nsubj", "nsubjpass"}:
            for name in [str(kind) for kind in actors.kinds(paragraph, child)] or ["none"]:
                yield f"{child.dep_}k={name}"
            for name in _classes(child.lemma_.lower(), lexicon):
                yield f"{child.dep_}c={name}"
                yield f"l{child.dep_}c={lemma}/{name}"
        elif child.dep_ in {"xcomp", "ccomp", "amod", "aux", "neg", "acomp", "advmod", "compound", "poss", "mark", "oprd"}:
            yield f"{child.dep_}={child.lemma_.lower()}"
            yield f"l{child.dep_}={lemma}/{child.lemma_.lower()}"


def _classes(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.triggers.classes_of.get(word, ())


@dataclass(frozen=True, slots=True)
class RuleRoles:
    """What the rules say of a trigger's mentions: referents by role, by its own frame or by a generic one."""

    subjects: frozenset[int]
    objects: frozenset[int]
    from_frame: bool


def find_rule_roles(candidate: TriggerCandidate, actors: Actors, event_type: EventType, *, complement_subject: bool) -> RuleRoles:
    """Subjects and objects by the frame that the word fills for this type, else by a frame of its part of speech."""
    paragraph = candidate.sentence.paragraph
    rule = candidate.rule
    own = rule is not None and rule.frame.type == event_type.id
    if rule is None or not own:
        is_verb = candidate.token.pos_ in {"VERB", "AUX"}
        prepositions: frozenset[str] = frozenset() if is_verb and direct_objects(candidate.token) else _GENERIC_PREPOSITIONS
        frame = Frame(event_type.id, candidate.token.lemma_, None, None, frozenset(), None, prepositions, None, False)
        rule = Trigger(frame, candidate.token, is_verb, None)
    arguments = find_arguments(rule, paragraph, actors, event_type, complement_subject=complement_subject)
    return RuleRoles(frozenset(r for _, r in arguments.subjects), frozenset(r for _, r in arguments.objects), own)


def find_argument_features(
    candidate: TriggerCandidate,
    argument: ArgumentCandidate,
    rank: int,
    roles: RuleRoles,
    speakers: frozenset[int],
    actors: Actors,
    event_type: EventType,
) -> Iterator[str]:
    """Features of a mention as subject or object of a trigger of one type; `rank` is its place by distance."""
    kind = event_type.id
    token, head = candidate.token, argument.head
    mention = actors.mentions[argument.mention]
    referent = actors.referents[argument.referents[0]]
    subject = bool(roles.subjects & set(argument.referents))
    target = bool(roles.objects & set(argument.referents))
    flags = f"{int(subject)}{int(target)}{int(roles.from_frame)}"
    yield f"rule={flags}"
    yield f"trule={kind}/{flags}"
    yield f"kind={referent.kind}"
    yield f"tkind={kind}/{referent.kind}"
    yield f"form={mention.form}"
    yield f"nameless={referent.nameless}"
    yield f"demonym={mention.demonym}"
    yield f"rank={min(rank, 5)}"
    yield f"back={argument.sentences_back}"
    yield f"none={not roles.subjects}{not roles.objects}"
    yield f"tnone={kind}/{not roles.subjects}{not roles.objects}/{argument.sentences_back}"
    if speakers & set(argument.referents):
        yield "speaker"
        yield f"tspeaker={kind}"
    if argument.sentences_back:
        yield f"carried={head.dep_}"
        yield f"tcarried={kind}/{head.dep_}"
        return
    side = "before" if head.i < token.i else "after"
    yield f"side={side}"
    yield f"tside={kind}/{side}"
    yield f"tpside={token.pos_}/{side}/{is_passive(token)}"
    yield f"distance={side}/{min(abs(head.i - token.i) // 3, 6)}"
    yield f"dep={head.dep_}"
    yield f"sdep={side}/{head.dep_}"
    path = find_path(token, head)
    yield f"path={path}"
    yield f"tpath={kind}/{path}"
    yield f"lpath={token.lemma_.lower()}/{path}"
    yield f"ppath={token.pos_}/{is_passive(token)}/{path}"
    if head.dep_ == "pobj":
        yield f"prep={head.head.lower_}/{side}"
        yield f"tprep={kind}/{head.head.lower_}/{side}"
    yield f"between={_commas(token, head)}"


def find_path(start: Token, end: Token) -> str:
    """The dependency path between two tokens, prepositions spelled out; "far" beyond six steps."""
    above = [start, *start.ancestors]
    positions = {t.i: n for n, t in enumerate(above)}
    down: list[str] = []
    token = end
    while token.i not in positions:
        down.append(token.dep_ if token.dep_ not in {"prep", "agent"} else f"{token.dep_}:{token.lower_}")
        if token.head == token or len(down) > _LONGEST_PATH:
            return "far"
        token = token.head
    up = [t.dep_ for t in above[: positions[token.i]]]
    if len(up) + len(down) > _LONGEST_PATH:
        return "far"
    return "^".join(up) + "|" + "v".join(reversed(down))


def _commas(left: Token, right: Token) -> int:
    low, high = sorted((left.i, right.i))
    return min(3, sum(t.text in {",", ";", "and", "but"} for t in left.doc[low:high]))


def count_features(rows: list[list[str]], at_least: int) -> Mapping[str, int]:
    """A numbering of the features seen in at least so many rows, in the order of their names."""
    seen: dict[str, int] = {}
    for row in rows:
        for feature in set(row):
            seen[feature] = seen.get(feature, 0) + 1
    return {name: n for n, name in enumerate(sorted(name for name, count in seen.items() if count >= at_least))}


__all__ = [
    "RuleRoles",
    "count_features",
    "find_argument_features",
    "find_path",
    "find_rule_roles",
    "find_trigger_features",
    "preposition_objects",
]
