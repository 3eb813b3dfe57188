"""Whom a word's phrase stands for: the mention at it, or the one that owns or modifies it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.mention import Referent, ResolvedMention

_FIRST_PERSON: Final = frozenset({"i", "we", "my", "our", "us", "me", "ours"})
_RELATIVE: Final = frozenset({"who", "which", "that", "whom", "whose"})
# Prepositions behind which a phrase's owner or place stands: "the decision OF Putin", "the leadership IN Kyiv".
_OWNING: Final = ("of", "in", "by", "from", "against", "between", "with", "on", "to", "for")
_DEPTH: Final = 3
_HYPHENS: Final = {"-", "‐", "‑", "–"}


class Actors:
    """Answers for tokens of one article. `found` are (mention, referent number) pairs wherever answers are lists."""

    def __init__(self, referents: Sequence[Referent], mentions: Sequence[ResolvedMention]) -> None:
        self.referents = tuple(referents)
        self.mentions = tuple(mentions)
        # A name or pronoun inside a nominal ("Syria's ally") keeps its own tokens.
        by_form = sorted(enumerate(self.mentions), key=lambda entry: entry[1].form is not MentionForm.NOMINAL)
        self._at: Mapping[tuple[int, int], int] = {(m.paragraph, i): n for n, m in by_form for i in range(m.first, m.last)}
        # Speakers of quoted first persons, set by attribution: (paragraph, token) -> (mention, referent) pairs.
        self.first_person: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}

    def mention_at(self, paragraph: int, token: Token) -> int | None:
        """The number of the mention that covers `token`."""
        return self._at.get((paragraph, token.i))

    def is_name(self, paragraph: int, token: Token) -> bool:
        """Whether `token` is part of a name."""
        number = self.mention_at(paragraph, token)
        return number is not None and self.mentions[number].form is MentionForm.NAME

    def kinds(self, paragraph: int, token: Token) -> set[EntityKind]:
        """The kinds of what `token` itself refers to."""
        return {self.referents[r].kind for _, r in self.at(paragraph, token)}

    def at(self, paragraph: int, token: Token) -> tuple[tuple[int, int], ...]:
        """What `token` itself refers to; a relative pronoun its antecedent, a quoted "I" its speaker."""
        if token.lower_ in _FIRST_PERSON and (paragraph, token.i) in self.first_person:
            return self.first_person[paragraph, token.i]
        number = self.mention_at(paragraph, token)
        if number is not None:
            return tuple((number, r) for r in self.mentions[number].referents)
        if token.lower_ in _RELATIVE and token.tag_ in {"WP", "WDT", "WP$", "IN"}:
            clause = token.head
            while clause.dep_ not in {"relcl", "ROOT"} and clause.head != clause:
                clause = clause.head
            if clause.dep_ == "relcl" and clause.head.i < token.i:
                return self.of(paragraph, clause.head, depth=1)
        return ()

    def of(self, paragraph: int, token: Token, depth: int = _DEPTH, *, conjuncts: bool = True) -> tuple[tuple[int, int], ...]:
        """What the phrase headed by `token` stands for: itself, else its owner ("Putin's move"), else whom a preposition adds."""
        found = self.at(paragraph, token) or (self._inside(paragraph, token, depth) if depth > 0 else ())
        if conjuncts:
            for child in token.children:
                if child.dep_ == "conj" and child.i > token.i and child.pos_ in {"NOUN", "PROPN", "PRON", "ADJ"}:
                    found += tuple(pair for pair in self.of(paragraph, child, depth) if pair not in found)
        return found

    def owners(self, paragraph: int, token: Token) -> tuple[tuple[int, int], ...]:
        """Who owns or modifies `token`: "Putin's decree", "U.S. and European condemnation"."""
        for wanted in ({"poss"}, {"amod", "compound", "nmod"}):
            found: list[tuple[int, int]] = []
            for child in token.lefts:
                if child.dep_ in wanted and not is_hyphenated(child):
                    itself = self.at(paragraph, child)
                    found.extend(itself)
                    # "German Chancellor Olaf Scholz's office" is Scholz's; whom he leads only tells who he is.
                    inner = {"conj"} if itself else {"conj", "nmod", "amod", "compound"}
                    for other in child.subtree:
                        if other != child and other.dep_ in inner and not is_hyphenated(other):
                            found.extend(pair for pair in self.at(paragraph, other) if pair not in found)
            if found:
                return tuple(dict.fromkeys(found))
        return ()

    def _inside(self, paragraph: int, token: Token, depth: int) -> tuple[tuple[int, int], ...]:
        named = [child for child in token.children if child.dep_ == "appos"]
        for child in named:
            # "Ukraine's former president Petro Poroshenko" is he, not Ukraine.
            if EntityKind.PERSON in self.kinds(paragraph, child):
                return self.at(paragraph, child)
        owners = self.owners(paragraph, token)
        if owners:
            return owners
        for preposition in _OWNING:
            for child in token.children:
                if child.dep_ == "prep" and child.lower_ == preposition:
                    for grandchild in child.children:
                        if grandchild.dep_ == "pobj" and (found := self.of(paragraph, grandchild, depth - 1)):
                            return found
        return next((found for child in named if (found := self.at(paragraph, child))), ())


def is_hyphenated(token: Token) -> bool:
    """Whether `token` is part of a compound ("pro-Russian", "Russian-backed"), and so owns nothing."""
    doc = token.doc
    before = token.i > 0 and doc[token.i - 1].text in _HYPHENS and not doc[token.i - 1].whitespace_
    after = token.i + 1 < len(doc) and doc[token.i + 1].text in _HYPHENS and not token.whitespace_
    return before or after
