"""Reads schema/lexicon: triggers, roles, modality and speech words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kb.domain.entity import EntityKind
from kb.errors import ConfigError
from kb.ontology.loader import load_ontology, read_yaml
from kb.settings import read_settings


@dataclass(frozen=True, slots=True)
class Frame:
    """One way to state an event.

    `lemma` is a verb or the last word of a noun phrase whose words before it are `before`. `particle` must stand with a verb,
    `object_class` holds the lemmas its direct object must be one of, `object_kind` the kind of entity. The claim's object follows
    one of `prepositions`, or is the direct object where there are none; `no_object` says that there is none, `clause_object` that
    it can only be a that-clause's subject, `negated` that the verb must be negated, `spoken` that the claim's subject is who
    says so and its object who does it ("he said the vote was a sham").
    """

    type: str
    lemma: str
    before: str | None
    particle: str | None
    object_class: frozenset[str]
    object_kind: EntityKind | None
    prepositions: frozenset[str]
    modality: str | None
    no_object: bool
    clause_object: bool = False
    negated: bool = False
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Triggers:
    """Frames by verb lemma and by noun lemma.

    `followed_by` holds the words that make a noun before them no event; `complement_subject` the types whose object may be
    the subject of a that-clause; `event_nouns` the nouns that mean an event told before ("the move"); `not_carrying` the
    verbs whose subject does not do what their object names ("condemned the invasion"); `nouns_alone` the types whose nouns
    state a claim even where only one side is named; `needs_object` those whose verbs need an object, be it nobody's name. A verb
    of `asking` before one of `question_words` only wants to know.
    """

    verbs: Mapping[str, tuple[Frame, ...]]
    nouns: Mapping[str, tuple[Frame, ...]]
    followed_by: Mapping[str, frozenset[str]]
    complement_subject: frozenset[str]
    event_nouns: frozenset[str]
    not_carrying: frozenset[str]
    nouns_alone: frozenset[str] = frozenset()
    needs_object: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    question_words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Roles:
    """Titles and the heads of nominals."""

    titles: Mapping[str, str]
    title_beginnings: frozenset[str]
    """What titles begin with, letter by letter: a word that isn't among them begins none."""
    title_endings: frozenset[str]
    deputies: frozenset[str]
    former: frozenset[str]
    former_before_hyphen: frozenset[str]
    untelling: frozenset[str]
    coming: frozenset[str]
    leading: frozenset[str]
    honorifics: frozenset[str]
    stand_for_state: frozenset[str]
    government: frozenset[str]
    collective: frozenset[str]
    relational: frozenset[str]
    never_names: frozenset[str]
    bodies: frozenset[str]
    regions_of: frozenset[str]
    place_nominals: frozenset[str]
    breakaway: frozenset[str]
    paired_states: frozenset[str]
    paired_bodies: frozenset[str]
    paired_people: frozenset[str]
    female_words: frozenset[str]
    male_words: frozenset[str]
    female_names: frozenset[str]
    male_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """Named sets of lemmas from one file."""

    sets: Mapping[str, frozenset[str]]

    def __getitem__(self, name: str) -> frozenset[str]:
        """The set called `name`; raises ConfigError where the file lacks it."""
        try:
            return self.sets[name]
        except KeyError:
            raise ConfigError(f"schema/lexicon lacks the set {name!r}") from None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lexicons."""

    triggers: Triggers
    roles: Roles
    modality: Words
    speech: Words
    names: Words


def _frame(event_type: str, entry: str, classes: Mapping[str, frozenset[str]]) -> Frame:
    particle = re.search(r"\+(\S+)", entry)
    object_class = re.search(r"\{(\w+)\}", entry)
    object_kind = re.search(r"<(\w+)>", entry)
    prepositions = re.search(r"@(\S+)", entry)
    modality = re.search(r"=(\w+)", entry)
    words = re.split(r"[+{<@=!^~%]", entry)[0].split()
    if not words:
        raise ConfigError(f"triggers.yaml: {event_type}: {entry!r} names no word")
    if object_class and object_class[1] not in classes:
        raise ConfigError(f"triggers.yaml: {event_type}: {entry!r} names the unknown class {object_class[1]!r}")
    return Frame(
        type=event_type,
        lemma=words[-1],
        before=" ".join(words[:-1]) or None,
        particle=particle[1] if particle else None,
        object_class=classes[object_class[1]] if object_class else frozenset(),
        object_kind=EntityKind(object_kind[1]) if object_kind else None,
        prepositions=frozenset(prepositions[1].split(",")) if prepositions else frozenset(),
        modality=modality[1] if modality else None,
        no_object="!" in entry,
        clause_object="^" in entry,
        negated="~" in entry,
        spoken="%" in entry,
    )


def _triggers(raw: dict[str, Any]) -> Triggers:
    classes = {name: frozenset(words) for part in ("classes", "extra_classes") for name, words in raw[part].items()}
    known = load_ontology().event_types
    verbs: dict[str, list[Frame]] = {}
    nouns: dict[str, list[Frame]] = {}
    for event_type, forms in raw["types"].items():
        if event_type not in known:
            raise ConfigError(f"triggers.yaml names the event type {event_type!r}, which the ontology lacks")
        for entries, into in ((forms["verbs"], verbs), (forms["nouns"], nouns)):
            for entry in entries:
                frame = _frame(event_type, entry, classes)
                into.setdefault(frame.lemma, []).append(frame)
    after = {lemma: frozenset(words) for lemma, words in raw["not_events"]["after"].items()}
    # The most specific frame of a word is tried first.
    return Triggers(
        {lemma: tuple(sorted(frames, key=_generality)) for lemma, frames in verbs.items()},
        {lemma: tuple(sorted(frames, key=_generality)) for lemma, frames in nouns.items()},
        after,
        frozenset(raw["complement_subject"]),
        frozenset(raw["event_nouns"]),
        frozenset(raw["not_carrying"]),
        frozenset(raw["nouns_alone"]),
        frozenset(raw["needs_object"]),
        frozenset(raw["questions"]["verbs"]),
        frozenset(raw["questions"]["words"]),
    )


def _generality(frame: Frame) -> int:
    return -(
        3 * bool(frame.object_class)
        + 2 * bool(frame.object_kind)
        + 2 * bool(frame.particle)
        + bool(frame.prepositions)
        + bool(frame.before)
    )


def _words(raw: dict[str, Any]) -> Words:
    return Words({name: frozenset(str(word) for word in words) for name, words in raw.items()})


def read_lexicon(schema_dir: Path) -> Lexicon:
    """The lexicons under `schema_dir`; raises ConfigError naming the file and entry that is wrong."""
    folder = schema_dir / "lexicon"
    roles = read_yaml(folder / "roles.yaml")
    try:
        return Lexicon(
            triggers=_triggers(read_yaml(folder / "triggers.yaml")),
            roles=Roles(
                titles=roles["titles"],
                title_beginnings=frozenset(title[:end] for title in roles["titles"] for end in range(1, len(title) + 1)),
                title_endings=frozenset(title[start:] for title in roles["titles"] for start in range(len(title))),
                **{name: frozenset(roles[name]) for name in Roles.__dataclass_fields__ if not name.startswith("title")},
            ),
            modality=_words(read_yaml(folder / "modality.yaml")),
            speech=_words(read_yaml(folder / "speech.yaml")),
            names=_words(read_yaml(folder / "names.yaml")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"a file in {folder} lacks {error}") from error


@cache
def load_lexicon() -> Lexicon:
    """The installed lexicons, read once a process."""
    return read_lexicon(read_settings().schema_dir)
