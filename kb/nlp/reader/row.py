"""One article as a single row of tokens, which is what the networks look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Token

from kb.nlp.pipeline import ParsedArticle

Numbers = NDArray[np.int64]
Floats = NDArray[np.float32]


def _numbered(names: str) -> dict[str, int]:
    """The names with numbers from 1; 0 is for whatever isn't listed."""
    return {name: number for number, name in enumerate(names.split(), 1)}


PRONOUNS: Final = frozenset(
    _numbered(
        "he him his himself she her hers herself it its itself they them their theirs themselves we us our ours i me my"
        " who whom whose which"
    )
)
"""Words that always mean somebody named elsewhere."""

_POS: Final = _numbered("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SPACE SYM VERB X")
_DEP: Final = _numbered(
    "ROOT acl acomp advcl advmod agent amod appos attr aux auxpass case cc ccomp compound conj csubj csubjpass dative dep"
    " det dobj expl intj mark meta neg nmod npadvmod nsubj nsubjpass nummod oprd parataxis pcomp pobj poss preconj predet"
    " prep prt punct quantmod relcl xcomp"
)
_ENT: Final = _numbered(
    "PERSON NORP FAC ORG GPE LOC PRODUCT EVENT WORK_OF_ART LAW LANGUAGE DATE TIME PERCENT MONEY QUANTITY ORDINAL CARDINAL"
)
_OPENING: Final = frozenset("“„«")
_CLOSING: Final = frozenset("”»")
_STRAIGHT: Final = '"'
SHAPES: Final = 5
POS_SIZE: Final = len(_POS) + 1
DEP_SIZE: Final = len(_DEP) + 1
ENT_SIZE: Final = len(_ENT) + 1


@dataclass(frozen=True)
class Row:
    """The tokens of all paragraphs in the order of the text; a position is a token's index in this row.

    `paragraph`, `sentence` and `head` hold for each position its paragraph's number, its sentence's number in the article and
    the position of its syntactic head; `first` the position at which each paragraph begins.
    """

    parsed: ParsedArticle
    tokens: tuple[Token, ...]
    first: tuple[int, ...]
    paragraph: tuple[int, ...]
    sentence: tuple[int, ...]
    head: tuple[int, ...]

    @classmethod
    def of(cls, parsed: ParsedArticle) -> Row:
        """The row of `parsed`."""
        tokens: list[Token] = []
        first: list[int] = []
        paragraph: list[int] = []
        sentence: list[int] = []
        head: list[int] = []
        sentences = 0
        for number, part in enumerate(parsed.paragraphs):
            base = len(tokens)
            first.append(base)
            for span in part.doc.sents:
                for token in span:
                    tokens.append(token)
                    paragraph.append(number)
                    sentence.append(sentences)
                    head.append(base + token.head.i)
                sentences += 1
        return cls(parsed, tuple(tokens), tuple(first), tuple(paragraph), tuple(sentence), tuple(head))

    def __len__(self) -> int:
        return len(self.tokens)

    def position(self, paragraph: int, index: int) -> int:
        """The position of token `index` of a paragraph."""
        return self.first[paragraph] + index

    def root(self, start: int, end: int) -> int:
        """The position of the syntactic head of positions [start, end), which stand in one paragraph."""
        base = self.first[self.paragraph[start]]
        doc = self.tokens[start].doc
        return int(base + doc[start - base : end - base].root.i)

    def children(self, position: int) -> list[int]:
        """The positions of what depends on the token, from left to right."""
        base = self.first[self.paragraph[position]]
        return [base + child.i for child in self.tokens[position].children]

    @cached_property
    def quoted(self) -> tuple[bool, ...]:
        """Which tokens are inside quotation marks, the marks included."""
        inside = []
        opened, current = False, -1
        for position, token in enumerate(self.tokens):
            if self.paragraph[position] != current:
                opened, current = False, self.paragraph[position]
            text = token.text
            if text in _OPENING or (text == _STRAIGHT and not opened):
                opened = True
                inside.append(True)
            elif text in _CLOSING or text == _STRAIGHT:
                opened = False
                inside.append(True)
            else:
                inside.append(opened)
        return tuple(inside)

    @cached_property
    def tensor(self) -> Floats:
        """spaCy's own vector of each token in its context, [tokens, width]."""
        parts = [part.doc.tensor for part in self.parsed.paragraphs if len(part.doc)]
        if not parts:
            return np.zeros((0, 96), dtype=np.float32)
        return np.concatenate([np.asarray(part, dtype=np.float32) for part in parts])

    @cached_property
    def grammar(self) -> Numbers:
        """[tokens, 4]: part of speech, dependency, the tagger's entity type and the shape of the word, as small numbers."""
        rows = [
            (
                _POS.get(token.pos_, 0),
                _DEP.get(token.dep_, 0),
                _ENT.get(token.ent_type_, 0),
                _shape(token.text),
            )
            for token in self.tokens
        ]
        return np.array(rows, dtype=np.int64).reshape(len(self), 4)


def _shape(word: str) -> int:
    if word.isupper() and len(word) > 1:
        return 3
    if word[:1].isupper():
        return 2
    return 4 if word[:1].isdigit() else 1
