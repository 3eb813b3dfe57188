"""How alike two names are: which pairs are worth comparing, and what speaks for their being one entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein
from rigour.text.phonetics import metaphone

from kb.domain.curation import Likeness, NamedEntity
from kb.domain.entity import EntityKind
from kb.domain.ids import is_reference_id
from kb.resolve.names import drop_titles, fold_name, list_spellings, make_acronym

# What a sign leaves of certainty. A name is written the same way, or as another language writes it, by habit; a letter is
# changed, an initial or a middle name given, by many who are not the same person. Products, so that two doubts are more than one.
_OTHER_SPELLING: Final = 0.97
# George Bush is not always George W. Bush: a curator decides.
_MIDDLE_LEFT_OUT: Final = 0.85
_OTHER_ORDER: Final = 0.92
_INITIAL: Final = 0.75
_LETTER_CHANGED: Final = 0.8
_WORD_LEFT_OUT: Final = 0.7
_ACRONYM: Final = 0.65
# Shorter words differ in one letter by being other words: "Iran" and "Iraq".
_LEAST_TO_CHANGE: Final = 5

SURE: Final = 0.9
"""From this score on the names of two that nobody knows are taken for one's unless somebody judges otherwise."""

WORTH_A_LOOK: Final = 0.5
"""From this score on a pair is kept for curators to look at."""

_SMALL_WORDS: Final = frozenset({"of", "the", "for", "and", "de", "du", "des", "la", "le", "del", "di", "in", "on", "to"})
_ARTICLES: Final = frozenset({"al", "el", "ul", "ad", "as", "ash"})
_PARTICLES: Final = frozenset(
    {"bin", "ibn", "ben", "abu", "de", "da", "dos", "van", "von", "der", "den", "ter", "la", "le", "di"}
)
_LETTERS_KEPT: Final = 5
_TURNED: Final = str.maketrans("<>", "><")


def list_block_keys(entity: NamedEntity) -> frozenset[str]:
    """Keys by which two names that `compare` finds alike meet: one has the `counterpart` of a key of the other.

    Empty for what says too little to compare: a person without a first name, as too many bear each surname, and whatever exists
    in one article only.
    """
    words = _words(entity.kind, entity.name)
    if not words or entity.article_id is not None:
        return frozenset()
    kind = entity.kind.value[0]
    if entity.kind is EntityKind.PERSON:
        if len(words) < 2:
            return frozenset()
        return frozenset({f"{kind}|{_sound(words[-1])}|{_sound(words[0])[:1]}"})
    content = sorted(_sound(word) for word in words if word not in _SMALL_WORDS) or [_sound(word) for word in words]
    keys = {f"{kind}|{' '.join(content)}"}
    if entity.kind is EntityKind.ORGANISATION:
        # A name with a word more meets the shorter one, and a full name its acronym; two longer ones have nothing to do there.
        if len(content) > 1:
            keys.add(f"<{kind}|{' '.join(content)}")
        if len(content) > 2:
            keys |= {f">{kind}|{' '.join(content[:i] + content[i + 1 :])}" for i in range(len(content))}
        acronym = _acronym(entity.name)
        if len(acronym) > 1:
            keys.add(f"{'<' if entity.name.isupper() else '>'}{kind}={acronym}")
    return frozenset(keys)


def counterpart(key: str) -> str:
    """The key that names meet by which have `key`: that with `>` for one with `<` and the other way round, else the same."""
    return key[0].translate(_TURNED) + key[1:]


def compare(left: NamedEntity, right: NamedEntity) -> Likeness | None:
    """How alike the names are, the smaller id left; None where they cannot be one entity or it is not worth a look.

    Depends on nothing but kinds, names and Wikidata ids, so in which order entities came makes no difference.
    """
    if left.kind is not right.kind or left.id == right.id:
        return None
    if left.wikidata_id and right.wikidata_id and left.wikidata_id != right.wikidata_id:
        return None
    if is_reference_id(left.id) and is_reference_id(right.id):
        # The reference set tells them apart, however alike their names are.
        return None
    if right.id < left.id:
        left, right = right, left
    words, others = _words(left.kind, left.name), _words(right.kind, right.name)
    parts = _compare_people(words, others) if left.kind is EntityKind.PERSON else _compare_bodies(left, right, words, others)
    if parts is None:
        return None
    score = 1.0
    for _, factor in parts:
        score *= factor
    return Likeness(left.id, right.id, round(score, 4), parts) if score >= WORTH_A_LOOK else None


def list_alike(entities: Sequence[NamedEntity], others: Iterable[NamedEntity]) -> tuple[Likeness, ...]:
    """The likenesses of `entities` among each other and with `others`, of those that meet by a block key, each pair once."""
    blocks: dict[str, dict[str, NamedEntity]] = {}
    for entity in (*entities, *others):
        for key in list_block_keys(entity):
            blocks.setdefault(key, {})[entity.id] = entity
    found: dict[tuple[str, str], Likeness] = {}
    for entity in entities:
        for key in list_block_keys(entity):
            for other in blocks.get(counterpart(key), {}).values():
                pair = (min(entity.id, other.id), max(entity.id, other.id))
                if pair not in found and (likeness := compare(entity, other)) is not None:
                    found[pair] = likeness
    return tuple(found[pair] for pair in sorted(found))


@lru_cache(maxsize=65536)
def _words(kind: EntityKind, name: str) -> tuple[str, ...]:
    """The folded words of a name; a person's without titles and Arabic articles, with particles joined to what follows them."""
    if kind is not EntityKind.PERSON:
        return tuple(fold_name(name).split())
    words = fold_name(drop_titles(name)).split()
    words = [word for number, word in enumerate(words) if number == 0 or word not in _ARTICLES] if len(words) > 2 else words
    joined: list[str] = []
    for word in reversed(words):
        if joined and word in _PARTICLES and len(words) > 2:
            joined[-1] = word + joined[-1]
        else:
            joined.append(word)
    return tuple(reversed(joined))


@lru_cache(maxsize=65536)
def _spellings(word: str) -> frozenset[str]:
    return frozenset(list_spellings(word))


@lru_cache(maxsize=65536)
def _sound(word: str) -> str:
    """How a word sounds, roughly: the same for all its known spellings."""
    base = min(_spellings(word), default=word)
    return metaphone(base)[:_LETTERS_KEPT] or base[:_LETTERS_KEPT]


def _acronym(name: str) -> str:
    folded = fold_name(name)
    return folded if name.isupper() and " " not in folded else make_acronym(name).casefold()


def _compare_people(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[str, float], ...] | None:
    if len(left) < 2 or len(right) < 2:
        return None
    surname = _compare_words(left[-1], right[-1], "surname")
    first = _compare_words(left[0], right[0], "first name", initials=True)
    if surname is None or first is None:
        return None
    middle = _compare_middles(left[1:-1], right[1:-1])
    return None if middle is None else (*first, *surname, *middle)


def _compare_middles(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[str, float], ...] | None:
    if not left and not right:
        return ()
    if not left or not right:
        return (("middle name left out", _MIDDLE_LEFT_OUT),)
    if len(left) != len(right):
        return None
    found: list[tuple[str, float]] = []
    for word, other in zip(left, right, strict=True):
        parts = _compare_words(word, other, "middle name", initials=True)
        if parts is None:
            return None
        found.extend(parts)
    return tuple(found)


def _compare_words(left: str, right: str, what: str, *, initials: bool = False) -> tuple[tuple[str, float], ...] | None:
    if left == right:
        return ((f"same {what}", 1.0),)
    if _spellings(left) & _spellings(right):
        return ((f"{what} in another spelling", _OTHER_SPELLING),)
    if initials and (len(left) == 1 or len(right) == 1) and left[0] == right[0]:
        return ((f"initial of the {what}", _INITIAL),)
    # A slip of the pen leaves the sound; Petrova and Petrovna are two people.
    if _sound(left) != _sound(right):
        return None
    if min(len(left), len(right)) >= _LEAST_TO_CHANGE and DamerauLevenshtein.distance(left, right, score_cutoff=1) <= 1:
        return ((f"{what} with one letter changed", _LETTER_CHANGED),)
    return None


def _compare_bodies(
    left: NamedEntity, right: NamedEntity, words: Sequence[str], others: Sequence[str]
) -> tuple[tuple[str, float], ...] | None:
    if not words or not others:
        return None
    if len(words) == len(others):
        parts = [_compare_words(word, other, "word") for word, other in zip(words, others, strict=True)]
        if all(part is not None for part in parts):
            return tuple((sign, factor) for part in parts if part is not None for sign, factor in part if factor < 1.0) or (
                ("same words", 1.0),
            )
    content, other_content = ([w for w in each if w not in _SMALL_WORDS] for each in (words, others))
    if len(content) > 1 and sorted(content) == sorted(other_content):
        return (("same words in another order", _OTHER_ORDER),)
    if left.kind is not EntityKind.ORGANISATION:
        return None
    if len(content) != len(other_content) and min(len(content), len(other_content)) > 1:
        shorter, longer = sorted((content, other_content), key=len)
        if len(longer) - len(shorter) == 1 and Counter(shorter) <= Counter(longer):
            return (("a word left out", _WORD_LEFT_OUT),)
    acronym = _acronym(left.name)
    if len(acronym) > 1 and acronym == _acronym(right.name) and (left.name.isupper() != right.name.isupper()):
        return (("acronym of the other", _ACRONYM),)
    return None
