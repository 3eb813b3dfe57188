"""Which articles carry one text: syndicated, cut, reordered, or put into other words. Functions of the texts alone."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from datasketch.hashfunc import sha1_hash32
from datasketch.minhash import MinHash

from kb.domain.sketch import Sketch

# What texts are found by: two of the longer words in a row, by how they begin. Rewording leaves more of these alone than of whole
# phrases: of an agency report among the seeds and its rewritten copy 0.14 are common, 0.10 of the phrases below.
_LONG: Final = 4
_STEM: Final = 6
_PAIR: Final = 2
# Of texts with a seventh of their pairs in common, 93 in 100 share a band; with a fifth, 995 in 1,000; of others, 1 in 180.
_BANDS: Final = 128
_ROWS: Final = 2
# Those that met in a band by chance are left out before their texts are read.
_WORTH_COMPARING: Final = 0.05
_FEWEST_PAIRS: Final = 10

# What decides: three words in a row. Two are shared by any texts on one subject, four do not outlive every fourth word changed.
_PHRASE: Final = 3
# Measured on the seeds, on changed texts made of them, and on 121 further articles; shares of the smaller text's phrases:
# unchanged 1.0, with a lead of its own 0.85 to 0.99, a part of it 1.0, sentences in another order 0.92 to 0.94, every tenth
# word changed 0.69 to 0.79, every third 0.34 to 0.39; a rewritten agency report among the seeds 0.24. Independent articles on
# one story 0.01 to 0.08 (resemblance at most 0.043), quotations included; articles on different stories below 0.04.
_MOST_OF_IT: Final = 0.5
_SOME_OF_IT: Final = 0.2
_RESEMBLANCE: Final = 0.08
# A flash of one sentence may be the same by chance, and one long quotation is no sign that the rest was copied.
_MORE_THAN_A_FLASH: Final = 20
_MORE_THAN_A_QUOTATION: Final = 60

_APOSTROPHES: Final = re.compile("['\u2018\u2019\u02bc]")
_WORD: Final = re.compile(r"\w+")


class CopyFinder:
    """Finds near-duplicates: by block keys, then by sketches, then by the texts themselves."""

    def make_sketch(self, text: str) -> Sketch | None:
        """The fingerprint of `text`; None where it is too short for likeness to mean anything."""
        pairs = _runs([word[:_STEM] for word in _words(text) if len(word) >= _LONG], _PAIR)
        if len(pairs) < _FEWEST_PAIRS:
            return None
        hashes = MinHash(num_perm=_BANDS * _ROWS, seed=1, hashfunc=sha1_hash32, scheme="affine32")
        hashes.update_batch(pair.encode() for pair in pairs)
        return Sketch(hashes.hashvalues.astype("<u4").tobytes())

    def block_keys(self, sketch: Sketch) -> frozenset[int]:
        """Keys, as signed 64-bit integers, of which near-duplicates have at least one in common, all but surely."""
        width = 4 * _ROWS
        bands = (sketch.signature[start : start + width] for start in range(0, len(sketch.signature), width))
        return frozenset(_band_key(number, band) for number, band in enumerate(bands))

    def are_worth_comparing(self, left: Sketch, right: Sketch) -> bool:
        """Whether the texts behind the sketches can be near-duplicates."""
        return left.resemblance(right) >= _WORTH_COMPARING

    def are_copies(self, left: str, right: str) -> bool:
        """Whether one of the texts is, in the main, made of the other."""
        mine, theirs = _runs(_words(left), _PHRASE), _runs(_words(right), _PHRASE)
        shared = len(mine & theirs)
        if shared < _MORE_THAN_A_FLASH:
            return False
        share = shared / min(len(mine), len(theirs))
        if share >= _MOST_OF_IT:
            return True
        resemblance = shared / len(mine | theirs)
        return share >= _SOME_OF_IT and resemblance >= _RESEMBLANCE and shared >= _MORE_THAN_A_QUOTATION


def _words(text: str) -> list[str]:
    # Which apostrophes a site prints, or loses, is no difference between texts.
    return _WORD.findall(_APOSTROPHES.sub("", text).casefold())


def _runs(words: Sequence[str], length: int) -> frozenset[str]:
    return frozenset(" ".join(words[start : start + length]) for start in range(len(words) - length + 1))


def _band_key(number: int, band: bytes) -> int:
    digest = blake2b(struct.pack("<H", number) + band, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
