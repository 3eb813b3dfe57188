"""The real extractor, and a short way to have it read a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.domain.extraction import Extraction
from kb.ingest.extract import Extractor
from tests import reading

Read = Callable[[str], Extraction]


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The extractor with the installed spaCy model, reference set and lexicons."""
    return reading.open_extractor()


@pytest.fixture(scope="session")
def read() -> Read:
    """Reads one text, each line a paragraph, as an article without a date."""

    def read_text(text: str) -> Extraction:
        return reading.read(text, published=None)

    return read_text
