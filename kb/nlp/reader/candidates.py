"""Words at which somebody may be meant: names, pronouns, and nouns that head a phrase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

from spacy.tokens import Token

from kb.domain.entity import MentionForm
from kb.domain.mention import Referent, ResolvedMention
from kb.nlp.cast import HYPHENS
from kb.nlp.lexicon import load_lexicon
from kb.nlp.reader.row import PRONOUNS, Row

_MODIFIERS: Final = frozenset({"compound", "amod", "nmod", "npadvmod"})
_PRONOUN_TAGS: Final = frozenset({"PRP", "PRP$", "WP", "WP$", "WDT"})
_QUANTIFIERS: Final = frozenset({"both", "others", "some", "many", "all", "those", "these", "two"})
PLURAL_TAGS: Final = frozenset({"NNS", "NNPS"})
_PLURAL_WORDS: Final = frozenset({"they", "them", "their", "theirs", "themselves", "pair", "duo", "trio", "two", "both", "each"})
_PHRASE: Final = frozenset({"det", "nummod", "poss", "amod", "compound", "nmod", "npadvmod", "predet", "quantmod"})
_BEFORE_NOUN: Final = frozenset({"det", "predet", "poss", "case", "nummod"})
_LONGEST_PHRASE: Final = 8


class Form(IntEnum):
    """What stands at a candidate's head, as the networks number it."""

    PRONOUN = 1
    NAME = 2
    NOMINAL = 3
    NOUN = 4


@dataclass(frozen=True)
class Candidates:
    """The heads of one article and what rules found at them.

    `heads` are positions in order; `mentions` leads from a head to the numbers of rule mentions that it heads.
    """

    heads: tuple[int, ...]
    mentions: dict[int, tuple[int, ...]]
    resolved: tuple[ResolvedMention, ...]
    referents: tuple[Referent, ...]

    def of(self, head: int) -> tuple[int, ...]:
        """The referents that rules see at `head`."""
        return self._referents.get(head, ())

    def named(self, head: int) -> tuple[int, ...]:
        """The referents of a name at `head`; empty where no name is."""
        return self._names.get(head, ())

    def form(self, row: Row, head: int) -> Form:
        """What stands at `head`."""
        if row.tokens[head].lower_ in PRONOUNS:
            return Form.PRONOUN
        if self.named(head):
            return Form.NAME
        return Form.NOMINAL if head in self.mentions else Form.NOUN

    @cached_property
    def _referents(self) -> dict[int, tuple[int, ...]]:
        return {head: self._list_referents(numbers) for head, numbers in self.mentions.items()}

    @cached_property
    def _names(self) -> dict[int, tuple[int, ...]]:
        named = ((head, [n for n in all_ if self.resolved[n].form is MentionForm.NAME]) for head, all_ in self.mentions.items())
        return {head: self._list_referents(numbers) for head, numbers in named if numbers}

    def _list_referents(self, numbers: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(r for n in numbers for r in self.resolved[n].referents))


def find_candidates(row: Row, referents: Sequence[Referent], mentions: Sequence[ResolvedMention]) -> Candidates:
    """The candidates of an article in which rules found `mentions`."""
    at: dict[int, list[int]] = {}
    named = [False] * len(row)
    for number, mention in enumerate(mentions):
        start, end = row.position(mention.paragraph, mention.first), row.position(mention.paragraph, mention.last)
        at.setdefault(row.root(start, end), []).append(number)
        if mention.form is MentionForm.NAME:
            named[start:end] = [True] * (end - start)
    heads = set(at)
    for position, token in enumerate(row.tokens):
        if named[position]:
            continue
        noun = token.pos_ in {"NOUN", "PROPN"} and token.dep_ not in _MODIFIERS and not _is_tied(token)
        pronoun = token.lower_ in PRONOUNS and (token.pos_ in {"PRON", "DET"} or token.tag_ in _PRONOUN_TAGS)
        if noun or pronoun or (token.lower_ in _QUANTIFIERS and token.pos_ in {"PRON", "NUM"} and token.dep_ not in _PHRASE):
            heads.add(position)
    numbers = {head: tuple(found) for head, found in at.items()}
    return Candidates(tuple(sorted(heads)), numbers, tuple(mentions), tuple(referents))


def _is_tied(token: Token) -> bool:
    """Whether a hyphen ties a word to the one behind it: the "ex" of "the ex-governor"."""
    doc, behind = token.doc, token.i + 1
    return behind < len(doc) and doc[behind].text in HYPHENS and not token.whitespace_ and not doc[behind].whitespace_


def is_plural(row: Row, head: int) -> bool:
    """Whether several may be meant at `head`."""
    token = row.tokens[head]
    return token.tag_ in PLURAL_TAGS or token.lower_ in _PLURAL_WORDS


def phrases(row: Row, head: int) -> tuple[str, ...]:
    """What a nominal is called, from its full phrase to its bare noun: "several hundred demonstrators", "demonstrators"."""
    start = phrase_start(row, head)
    bare = start
    untelling = load_lexicon().roles.untelling
    while bare < head and (row.tokens[bare].dep_ in _BEFORE_NOUN or row.tokens[bare].lower_ in untelling):
        bare += 1
    doc, base = row.tokens[head].doc, row.first[row.paragraph[head]]
    behind = [
        t.i for child in row.tokens[head].rights if child.dep_ == "prep" and child.i == head - base + 1 for t in child.subtree
    ]
    last = max(behind, default=head - base)
    texts = (
        doc[start - base : head - base + 1].text,
        doc[bare - base : head - base + 1].text,
        row.tokens[head].text,
        doc[start - base : last + 1].text,
    )
    return tuple(dict.fromkeys(texts))


def phrase_start(row: Row, head: int) -> int:
    """The position at which the noun phrase of `head` begins."""
    start = head
    for position in range(head - 1, max(row.first[row.paragraph[head]], head - _LONGEST_PHRASE) - 1, -1):
        above = position
        for _ in range(4):
            if row.head[above] == head:
                break
            above = row.head[above]
        if row.head[above] != head or above == head or row.tokens[above].dep_ not in _PHRASE:
            break
        start = position
    return start
