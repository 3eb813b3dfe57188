"""Repair of apostrophes that a converter dropped: "Russias", "Peoples Republic", "hasnt"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from kb.sources.lexicon import load_lexicon
from kb.sources.trace import Edit, TracedText

_CANDIDATE: Final = re.compile(r"(?<![\w'’.&-])([A-Z][^\W\d_]+(?:-[^\W\d_]+)*)s(?![\w'’-]|\.\w)")
_CONSONANT_Y: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]y$")
_COMMON_CANDIDATE: Final = re.compile(r"(?<![\w'’-])([a-z]+[bcdfghjklmnpqrstvwxz]y)s(?= [a-z])")
_PEOPLES: Final = re.compile(r"(?<!\w)[Pp]eoples (?=([A-Z][a-z]+))")
_KEPT: Final = re.compile(r"[^\W\d_]['’](?:s|t|re|ve|ll|d|m)\b")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NEXT: Final = re.compile(r" [“\"‘(]?([^\W_][\w-]*)")
_PREVIOUS: Final = re.compile(r"(\w+) $")
# Adjectives of origin and persuasion: their plural is people.
_PEOPLE: Final = re.compile(r"(?:[ie]an|[rxblgms]ican|[ou]an|eyan|byan|istani|aeli|ese|ish|ist|ite|crat|ander)$")
_UNDECIDED: Final = ("ed", "ing", "ly")


@dataclass(frozen=True, slots=True)
class _Words:
    contractions: re.Pattern[str]
    contracted_at: dict[str, int]
    peoples: frozenset[str]
    plurals: frozenset[str]
    common: frozenset[str]
    counted: frozenset[str]
    not_after: frozenset[str]
    counting: frozenset[str]


@cache
def _words() -> _Words:
    lexicon = load_lexicon("repair")
    contracted_at = {word: len(word) - 1 for word in lexicon.words("contractions")}
    contracted_at.update((word, int(at)) for word, at in lexicon.table("contractions_at").items())
    return _Words(
        contractions=re.compile(rf"(?<![\w'’-])(?:{'|'.join(contracted_at)})(?![\w'’-])", re.IGNORECASE),
        contracted_at=contracted_at,
        peoples=frozenset(lexicon.words("peoples")),
        plurals=frozenset(lexicon.words("plurals")),
        common=frozenset(lexicon.words("common")),
        counted=frozenset(lexicon.words("counted")),
        not_after=frozenset(lexicon.words("not_after_possessive")),
        counting=frozenset(lexicon.words("before_plural")),
    )


@lru_cache(maxsize=4)
def _tokens(names: frozenset[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in _WORD.findall(name))


class _Document:
    """What the whole document says of the forms in it."""

    def __init__(self, text: str, known_names: Collection[str]) -> None:
        self.text = text
        self.known = known_names if isinstance(known_names, frozenset) else frozenset(known_names)
        self.tokens = _tokens(self.known)
        self.present = frozenset(_WORD.findall(text))
        self.lossy = _KEPT.search(text) is None
        self.mark = "’" if text.count("’") > text.count("'") else "'"

    def is_name(self, base: str, form: str) -> bool:
        """Whether `base` is a name this document or the reference data knows, and `form` is not one itself."""
        words = _words()
        if form in words.plurals or form in self.tokens or base in words.counted or base.lower() in words.common:
            return False
        if base in self.known or base in self.tokens:
            return _PEOPLE.search(base) is None or base in {"Vatican", "Erdogan"}
        if self.lossy and _CONSONANT_Y.search(base) is not None:
            # The plural of such a word ends in -ies, so "Navys" and "Germanys" are no plurals.
            return True
        return base in self.present and base.lower() not in self.present and _PEOPLE.search(base) is None

    def takes_possessive(self, base: str) -> bool:
        """Whether an apostrophe may have been lost after `base`: the document lost all, or writes this one elsewhere."""
        return self.lossy or base in self.known or f"{base}'s" in self.text or f"{base}’s" in self.text

    def vote(self, found: re.Match[str], base: str) -> int:
        """1 where the word stands like a possessive, -1 where it cannot be one, 0 where it may be."""
        words = _words()
        previous = _PREVIOUS.search(self.text, max(found.start() - 30, 0), found.start())
        before = previous.group(1).lower() if previous else ""
        article = (
            before == "the"
            and re.search(rf"\b[Tt]he {re.escape(base)} ", self.text) is None
            and not (self.lossy and base in self.known)
        )
        if before in words.counting or article:
            return -1
        following = _NEXT.match(self.text, found.end())
        if following is None:
            return -1
        word = following.group(1)
        if word.lower() in words.not_after:
            return -1
        if word[0].isupper():
            return 1 if word.lower() in words.common else 0
        return 0 if word.endswith(_UNDECIDED) else 1


def _lost_in_names(document: _Document) -> list[int]:
    occurrences: dict[str, list[re.Match[str]]] = {}
    for found in _CANDIDATE.finditer(document.text):
        occurrences.setdefault(found.group(1), []).append(found)
    places: list[int] = []
    for base, matches in occurrences.items():
        if not document.is_name(base, f"{base}s") or not document.takes_possessive(base):
            continue
        votes = [document.vote(found, base) for found in matches]
        if -1 not in votes and (1 in votes or (document.lossy and base in document.known)):
            places.extend(found.end(1) for found in matches)
    return places


def repair_apostrophes(text: TracedText, known_names: Collection[str] = ()) -> TracedText:
    """The text with lost apostrophes put back where the base is a name known to the document or in `known_names`."""
    document, words = _Document(text.text, known_names), _words()
    places = _lost_in_names(document)
    for found in words.contractions.finditer(text.text):
        places.append(found.start() + words.contracted_at[found.group().lower()])
    places.extend(found.start() + 6 for found in _PEOPLES.finditer(text.text) if found.group(1) in words.peoples)
    if document.lossy:
        for found in _COMMON_CANDIDATE.finditer(text.text):
            following = _NEXT.match(text.text, found.end())
            if following is not None and following.group(1) not in words.not_after:
                places.append(found.end(1))
    return text.edited([Edit(place, place, document.mark) for place in sorted(set(places))])
