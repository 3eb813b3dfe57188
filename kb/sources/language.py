"""Which language a text is written in."""

from __future__ import annotations

import re
from typing import Final

import py3langid

# The beginning tells the language as surely as the whole and costs a thousandth.
_SAMPLE: Final = 2000
# Shorter texts are names and headlines, which the detector gets wrong too often to refuse anything on it.
_ENOUGH: Final = 80
_WORD: Final = re.compile(r"[^\W\d_]+")
_ENGLISH: Final = frozenset((
    "the", "of", "and", "to", "in", "a", "that", "is", "was", "for", "on", "with", "as", "by", "he", "it", "his",
    "from", "at", "be", "this", "have", "has", "had", "are", "were", "not", "but", "said", "which", "will", "would",
))  # fmt: skip
_ENGLISH_SHARE: Final = 0.2
_NAMES: Final = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sr": "Serbian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def find_language(text: str) -> str:
    """The ISO 639-1 code of the language of `text`; "en" where it is too short to tell."""
    sample = text[:_SAMPLE]
    if len(sample) < _ENOUGH and sample.isascii():
        return "en"
    # Foreign names mislead the detector; a text whose every fifth word is an English particle is English all the same. It comes
    # first, as the detector's model takes 100 MB.
    words = [word.lower() for word in _WORD.findall(sample)]
    english = sum(word in _ENGLISH for word in words)
    return "en" if english >= _ENGLISH_SHARE * max(len(words), 1) else str(py3langid.classify(sample)[0])


def language_name(code: str) -> str:
    """A code as people read it: "French (fr)", or the code alone where it has no name here."""
    return f"{_NAMES[code]} ({code})" if code in _NAMES else code
