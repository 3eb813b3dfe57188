"""The real extractor, opened once, and a short way to have it read a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.domain.article import Article, OffsetMap
from kb.domain.extraction import Extraction
from kb.domain.ids import article_id
from kb.ingest.extract import Extractor
from kb.settings import read_settings

Read = Callable[[str], Extraction]


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The extractor with the installed spaCy model, reference set and lexicons."""
    return Extractor.open(read_settings())


@pytest.fixture(scope="session")
def read(extractor: Extractor) -> Read:
    """Reads one text, each line a paragraph, as an article without a date."""

    def read_text(text: str) -> Extraction:
        lines = text.split("\n")
        starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
        article = Article(
            id=article_id(text),
            file="article.txt",
            title=lines[0],
            text=text,
            original=text,
            paragraphs=tuple((start, start + len(line)) for start, line in zip(starts, lines, strict=True)),
            offsets=OffsetMap((0,), (0,), (len(text),)),
        )
        return extractor.extract(article)

    return read_text
