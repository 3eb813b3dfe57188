"""Words as both databases index them: folded and lightly stemmed here, so that neither's own tokenizer decides what is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS: Final = re.compile(r"[^\W_]+")
_APOSTROPHE: Final = re.compile(r"['’].*$")
_VOWEL: Final = re.compile(r"[aeiouy]")
# PostgreSQL's tsvector holds a megabyte, and a longer body would make the whole article fail.
_MAX_BYTES: Final = 400_000
_MAX_TERM: Final = 60
# Nobody types as much of a name.
_MAX_START: Final = 100


def fold(text: str) -> str:
    """Without case and accents, words (letters and digits) parted by one space each; "Côte d'Ivoire" gives "cote d ivoire"."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(_LETTERS.findall(plain))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The term of one word: "sanctions", "sanctioned" and "sanctioning" give the same, and so do "recognise" and "recognised"."""
    term = fold(_APOSTROPHE.sub("", word)).replace(" ", "")[:_MAX_TERM]
    if len(term) <= 3 or not term.isascii():
        return term
    if term.endswith("ies"):
        term = term[:-3] + "y"
    elif term.endswith(("sses", "shes", "ches", "xes")):
        term = term[:-2]
    elif term.endswith("s") and not term.endswith(("ss", "us", "is")):
        term = term[:-1]
    for ending in ("ing", "ed"):
        root = term[: -len(ending)]
        if term.endswith(ending) and len(root) >= 3 and _VOWEL.search(root):
            term = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    return term[:-1] if len(term) > 4 and term.endswith("e") else term


def find_words(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, term) of every word in the order of the text."""
    for match in _WORD.finditer(text):
        if term := stem(match.group()):
            yield match.start(), match.end(), term


def to_terms(text: str) -> str:
    """The terms of a text parted by spaces, as the index holds them; a very long text is cut."""
    terms = " ".join(term for word in _WORD.findall(text) if (term := stem(word)))
    encoded = terms.encode()
    # The last term of a cut text may be half a one.
    return terms if len(encoded) <= _MAX_BYTES else encoded[:_MAX_BYTES].rpartition(b" ")[0].decode()


def name_starts(name: str) -> Iterator[str]:
    """A folded name from each of its words on, cut as `name_start` is."""
    words = fold(name).split()
    return (" ".join(words[at:])[:_MAX_START] for at in range(len(words)))


def name_start(text: str) -> str:
    """The beginning of a name as it is looked for among `name_starts`; empty where there is no letter or digit in it."""
    return fold(text)[:_MAX_START]


def query_terms(text: str) -> tuple[str, ...]:
    """What a query asks for: its terms, each once; empty where it has no word."""
    return tuple(dict.fromkeys(term for _, _, term in find_words(text)))
