"""Which known entities a name can mean: as it is written, and as others might write it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse
from kb.domain.mention import NameMention
from kb.domain.surnames import list_surnames
from kb.resolve.names import drop_titles, fold_name, spelling_key
from kb.resolve.spellings import WORD_CLASSES

# Words of fewer letters differ by being other words ("Iran", "Iraq"), and so do short names as a whole.
_LEAST_LETTERS: Final = 4
_LEAST_FUZZY_WORD: Final = 6
_LEAST_FUZZY_NAME: Final = 9
# How alike misspelt words, and the names they stand in, are at least (of 100): one letter in eight, two in sixteen.
_LIKE_WORDS: Final = 80.0
_LIKE_NAMES: Final = 90.0
# More surfaces than a large batch of articles has; beyond it what is rare is looked up again.
_MOST_REMEMBERED: Final = 65_536

# What a company may have behind its name and mostly hasn't in the news.
_COMPANY: Final = frozenset(
    {"inc", "corp", "corporation", "ltd", "limited", "plc", "ag", "se", "gmbh", "sa", "nv", "co", "company"}
)

_Words = tuple[str, ...]


class Closeness(StrEnum):
    """How a name comes to be a candidate's."""

    EXACT = "as written"
    SPELLING = "another spelling"
    MIDDLE = "a middle name more or less"
    CUT = "without part of the name"
    INITIAL = "by an initial"
    FUZZY = "misspelt"


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate, and how close its name is to the one that was read."""

    candidate: Candidate
    closeness: Closeness


class NameIndex:
    """What the gazetteer knows by other spellings, partial names and misspellings. Immutable; made once for a gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._by_spelling: defaultdict[str, dict[str, Candidate]] = defaultdict(dict)
        self._surnames: defaultdict[str, dict[str, Candidate]] = defaultdict(dict)
        self._regnal: defaultdict[str, dict[str, Candidate]] = defaultdict(dict)
        self._people: defaultdict[str, list[tuple[_Words, str]]] = defaultdict(list)
        self._tails: defaultdict[str, dict[str, Candidate]] = defaultdict(dict)
        self._likely: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._vocabulary: set[str] = set()
        bodies: list[tuple[_Words, str]] = []
        for entity in gazetteer.entities.values():
            is_person = entity.kind is EntityKind.PERSON
            for name in (entity.name, *entity.names):
                spelled = spelling_key(drop_titles(name) if is_person else name)
                words = tuple(spelled.split())
                if not words:
                    continue
                self._by_spelling[spelled].setdefault(entity.key, Candidate(entity.key, NameUse.NAME))
                self._vocabulary.update(words)
                if is_person:
                    self._add_person(name, words, entity.key)
                else:
                    if entity.kind is EntityKind.ORGANISATION:
                        bodies.append((words, entity.key))
                    self._likely[_block(words)].setdefault(spelled, entity.key)

        for words, key in bodies:
            short = _without_company(words)
            if short != words:
                self._tails[" ".join(short)].setdefault(key, Candidate(key, NameUse.NAME))
            for start in range(1, len(words) - 1):
                # "Coast Guard" is the United States', "Security Council" the United Nations'; "National" is nobody.
                if " ".join(words[:start]) in self._by_spelling:
                    self._tails[" ".join(words[start:])].setdefault(key, Candidate(key, NameUse.NAME))

    def _add_person(self, name: str, words: _Words, key: str) -> None:
        surnames = list_surnames(name)
        for surname in surnames:
            self._surnames[spelling_key(surname)].setdefault(key, Candidate(key, NameUse.SURNAME))
        if not surnames and len(words) > 1:
            self._regnal[words[0]].setdefault(key, Candidate(key, NameUse.SURNAME))
        # In Spanish the name before the last is the surname that is used.
        ends = {words[-1], *(words[-2:-1] if len(words) > 2 else ())}
        # Initials are those of the name as it is written, not of the spelling that stands for all of it.
        written = fold_name(drop_titles(name)).split()
        forms = {words, (*written[:-1], words[-1])} if len(written) == len(words) else {words}
        for word in sorted(ends):
            self._people[word].extend((form, key) for form in sorted(forms))

    def list_matches(self, surface: str, kind: EntityKind | None) -> tuple[Match, ...]:
        """Whom `surface`, which the gazetteer lacks, can mean; `kind` is what it was read as. Empty where nobody is near."""
        bare = drop_titles(surface) if kind in (EntityKind.PERSON, None) else surface
        if bare != surface and (known := self._gazetteer.candidates(bare)):
            return tuple(Match(candidate, Closeness.EXACT) for candidate in known)
        spelled = spelling_key(bare)
        if len(spelled) < _LEAST_LETTERS:
            return ()
        words = tuple(spelled.split())
        spelt = self._by_spelling.get(spelled)
        if not spelt and kind is EntityKind.PERSON and len(words) == 1:
            spelt = self._surnames.get(spelled)
        if spelt:
            return tuple(Match(candidate, Closeness.SPELLING) for candidate in spelt.values())
        found: dict[str, Match] = {}
        if kind in (EntityKind.PERSON, None) and len(words) > 1:
            for match in self._list_people(words):
                found.setdefault(match.candidate.key, match)
        if not found and kind in (EntityKind.ORGANISATION, None):
            parts = self._tails.get(spelled) or self._by_spelling.get(" ".join(_without_company(words)), {})
            found = {candidate.key: Match(candidate, Closeness.CUT) for candidate in parts.values()}
        if not found and kind is not EntityKind.PERSON:
            found = {match.candidate.key: match for match in self._list_misspelt(spelled, words)}
        return tuple(found.values())

    def list_styled(self, styled: str) -> tuple[Match, ...]:
        """Who is called by a name with a form of address ("King Abdullah"): monarchs and popes have no surname."""
        known = self._gazetteer.candidates(styled) or tuple(self._regnal.get(spelling_key(drop_titles(styled)), {}).values())
        return tuple(Match(candidate, Closeness.EXACT) for candidate in known)

    def _list_people(self, words: _Words) -> Iterator[Match]:
        """People of whose name `words` are a part, or the other way round, or who differ by a misspelling."""
        near = self._people.get(words[-1], [])
        if len(words) > 2:
            near = near + self._people.get(words[-2], [])
        for known, key in near:
            closeness = compare_people(words, known)
            if closeness is None and self._is_misspelt(words, known):
                closeness = Closeness.FUZZY
            if closeness is not None:
                yield Match(Candidate(key, NameUse.NAME), closeness)

    def _list_misspelt(self, spelled: str, words: _Words) -> Iterator[Match]:
        """Places and bodies that are written almost so, none of whose words is another word that names use."""
        block = self._likely.get(_block(words))
        if block is None or len(spelled) < _LEAST_FUZZY_NAME:
            return
        for known, _, _ in process.extract(spelled, list(block), scorer=fuzz.ratio, score_cutoff=_LIKE_NAMES, limit=None):
            if self._is_misspelt(words, tuple(known.split())):
                yield Match(Candidate(block[known], NameUse.NAME), Closeness.FUZZY)

    def _is_misspelt(self, words: _Words, known: _Words) -> bool:
        """Whether one word at most differs, is long, close to the other, and no word of any known name."""
        if len(words) != len(known):
            return False
        different = [(word, other) for word, other in zip(words, known, strict=True) if word != other]
        if len(different) != 1:
            return False
        ((word, other),) = different
        if word in self._vocabulary or len(word) < _LEAST_FUZZY_WORD:
            return False
        spellings = WORD_CLASSES.get(other, (other,))
        return any(word[0] == spelt[0] and fuzz.ratio(word, spelt) >= _LIKE_WORDS for spelt in spellings)


@lru_cache(maxsize=4)
def open_index(gazetteer: Gazetteer) -> NameIndex:
    """The index of a gazetteer, made when it is first asked for (a fraction of a second)."""
    return NameIndex(gazetteer)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _list_matches(index: NameIndex, surface: str, kind: EntityKind | None) -> tuple[Match, ...]:
    return index.list_matches(surface, kind)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _list_styled(index: NameIndex, styled: str) -> tuple[Match, ...]:
    return index.list_styled(styled)


def find_candidates(name: NameMention, gazetteer: Gazetteer) -> tuple[Match, ...]:
    """Whom `name` can mean, in the order of the reference set: by its very letters or, failing that, by what comes near them.

    A person is first looked up with the form of address ("King Abdullah").
    """
    if name.styled is not None and (styled := _list_styled(open_index(gazetteer), name.styled)):
        return styled
    if name.candidates:
        return tuple(Match(candidate, Closeness.EXACT) for candidate in name.candidates)
    if name.country is not None:
        return ()  # "Russian Foreign Ministry": whose it is says more than how it is called.
    return _list_matches(open_index(gazetteer), name.text, name.kind)


def compare_people(words: Sequence[str], known: Sequence[str]) -> Closeness | None:
    """How two people's names of several folded words go together; None where they are not one person's.

    Initials and middle names may be missing in one but not contradict each other: "George W. Bush" is no "George H. W. Bush".
    """
    if len(words) < 2 or len(known) < 2:
        return None
    short, long = sorted((tuple(words), tuple(known)), key=len)
    if short[-1] != long[-1]:
        return Closeness.CUT if long[: len(short)] == short else None
    if len(short[0]) > 1 < len(long[0]) and short[0] != long[0]:
        # "Tayyip Erdogan" for "Recep Tayyip Erdogan"
        return Closeness.MIDDLE if len(short) < len(long) and long[-len(short) :] == short else None
    if short[0][0] != long[0][0] or not _middles_agree(short[1:-1], long[1:-1]):
        return None
    return Closeness.MIDDLE if short[0] == long[0] else Closeness.INITIAL


def _middles_agree(some: Sequence[str], others: Sequence[str]) -> bool:
    if not some or not others:
        return True
    if any(len(word) > 2 < len(other) and word != other for word, other in zip(some, others, strict=False)):
        return False
    left, right = ("".join(word if len(word) < 3 else word[0] for word in words) for words in (some, others))
    return left.startswith(right) or right.startswith(left)


def _without_company(words: _Words) -> _Words:
    return words[:-1] if len(words) > 1 and words[-1] in _COMPANY else words


def _block(words: _Words) -> str:
    """What misspelt names have in common: the first letters of their words."""
    return "".join(word[0] for word in words)
