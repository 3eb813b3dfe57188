"""Words cut into the pieces of an uncased WordPiece vocabulary, as the encoder was pre-trained on them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

BEGIN: Final = "[CLS]"
END: Final = "[SEP]"
# MPNet's vocabulary is BERT's with marks of its own in front.
_OTHER_BEGIN: Final = "<s>"
_OTHER_END: Final = "</s>"
UNKNOWN: Final = "[UNK]"
_INSIDE: Final = "##"
# Longer words are strings of letters that nobody wrote; the first pieces tell enough of them.
_MOST_PIECES: Final = 8
_MOST_CHARACTERS: Final = 100


class Pieces:
    """Numbers of word pieces: greedily the longest piece that the vocabulary has, from left to right."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._known: dict[str, tuple[int, ...]] = {}
        self.begin = self._numbers.get(_OTHER_BEGIN, self._numbers[BEGIN])
        self.end = self._numbers.get(_OTHER_END, self._numbers[END])
        self._unknown = self._numbers[UNKNOWN]

    def cut(self, word: str) -> tuple[int, ...]:
        """The pieces of a token; at least one, at most eight."""
        found = self._known.get(word)
        if found is None:
            numbers = [number for part in _split(word) for number in self._cut_part(part)]
            found = self._known[word] = tuple(numbers[:_MOST_PIECES]) or (self._unknown,)
        return found

    def _cut_part(self, part: str) -> list[int]:
        if len(part) > _MOST_CHARACTERS:
            return [self._unknown]
        numbers, start = [], 0
        while start < len(part):
            for end in range(len(part), start, -1):
                number = self._numbers.get((_INSIDE if start else "") + part[start:end])
                if number is not None:
                    numbers.append(number)
                    start = end
                    break
            else:
                return [self._unknown]
        return numbers


def _split(word: str) -> Iterator[str]:
    """Small letters without accents, punctuation marks by themselves."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
    part = ""
    for character in plain:
        if character.isalnum():
            part += character
            continue
        if part:
            yield part
        part = ""
        if not character.isspace():
            yield character
    if part:
        yield part
