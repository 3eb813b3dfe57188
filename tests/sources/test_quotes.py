"""Quotation marks face their words and stand apart from the words around them."""

from __future__ import annotations

import pytest

from kb.sources.quotes import repair_quotes
from kb.sources.trace import TracedText


def repaired(text: str) -> str:
    return repair_quotes(TracedText.of_pieces([(text, 0)])).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the army to ” maintain peace “ in these", "the army to “maintain peace” in these"),
        ("He ” sentenced “ this, and ” that “.", "He “sentenced” this, and “that”."),
        ("”Russian, he said” is right", "“Russian, he said” is right"),
        ("“ maintain peace ” in these", "“maintain peace” in these"),
        ("“statements and actions”said the envoy", "“statements and actions” said the envoy"),
        ('"statements and actions"said the envoy', '"statements and actions" said the envoy'),
        ('the so-called " republic " there', 'the so-called "republic" there'),
        ("the order“to maintain peace” stands", "the order “to maintain peace” stands"),
    ],
)
def test_damaged_quotes_are_repaired(text: str, expected: str) -> None:
    assert repaired(text) == expected
    assert repaired(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "He called it “right” and “proper”, she “wrong”.",
        'He called it "right" and "proper".',
        "“A quotation that goes on in the next paragraph.\n\n“Its second part,” he said.",
        'A 5"x7" photograph',
        "the end of a long one.” Then “another” came.",
        "(“in brackets”) — “after a dash” – and ‘single ones’",
        "„so in German“ it says",
    ],
)
def test_sound_quotes_stay(text: str) -> None:
    assert repaired(text) == text
