"""Whom a pronoun of the third person means; first persons are attribution's (whoever speaks)."""

from __future__ import annotations

from typing import Final

from spacy.tokens import Token

from kb.nlp.antecedents import Antecedents
from kb.nlp.cast import Cast

_CLASSES: Final = {
    **dict.fromkeys(("he", "him", "his", "himself"), "he"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "she"),
    **dict.fromkeys(("it", "its", "itself"), "it"),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves"), "they"),
}


class Pronouns:
    """Resolves the pronouns of one article; `resolve` is asked for every one in the order of the text."""

    def __init__(self, cast: Cast) -> None:
        self._antecedents = Antecedents(cast)

    def resolve(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """The referents meant; empty where nobody is."""
        word = _CLASSES.get(token.lower_)
        return self._antecedents.choose(word, paragraph, token) if word else ()
