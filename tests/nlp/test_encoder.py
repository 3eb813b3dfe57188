"""What the encoder reads: words in pieces, sentences in windows."""

from __future__ import annotations

import pytest

from kb.nlp.pipeline import parse
from kb.nlp.reader.encoder import MOST_PIECES, list_windows
from kb.nlp.reader.pieces import BEGIN, END, UNKNOWN, Pieces
from kb.nlp.reader.row import Row
from tests.reading import make_article, open_extractor

VOCABULARY = ("[PAD]", UNKNOWN, BEGIN, END, "un", "##recog", "##nised", "the", "zelensky", "##y", "'", "s", "a", ".", "sao")


def lay(text: str) -> Row:
    """The row of a text's tokens."""
    return Row.of(parse(open_extractor().nlp, make_article(text)))


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("unrecognised", ["un", "##recog", "##nised"]),
        ("THE", ["the"]),
        ("Zelenskyy", ["zelensky", "##y"]),
        ("'s", ["'", "s"]),
        ("São", ["sao"]),
        ("Ωmega", [UNKNOWN]),
        ("", [UNKNOWN]),
        ("a" * 300, [UNKNOWN]),
        ("a." * 20, ["a", "."] * 4),
    ],
)
def test_words_are_cut_greedily_in_small_letters_without_accents(word: str, pieces: list[str]) -> None:
    assert [VOCABULARY[number] for number in Pieces(VOCABULARY).cut(word)] == pieces


def test_every_word_is_read_once_and_sentences_stay_whole() -> None:
    text = "\n\n".join("The ministers met in the capital on Monday. They said nothing of the talks, and left." for _ in range(30))
    row = lay(text)
    pieces = Pieces(VOCABULARY)
    windows = list_windows(row, pieces)
    assert [int(p) for window in windows for p in window.words] == list(range(len(row)))
    assert len(windows) > 1
    for window in windows:
        assert len(window.pieces) <= MOST_PIECES + 2
        assert (window.pieces[0], window.pieces[-1]) == (pieces.begin, pieces.end)
        for position, first in zip(window.words, window.first, strict=True):
            assert window.pieces[first] == pieces.cut(row.tokens[position].text)[0]
    ends = [int(window.words[-1]) for window in windows[:-1]]
    assert all(row.sentence[end] != row.sentence[end + 1] for end in ends)


def test_a_sentence_longer_than_a_window_is_cut() -> None:
    row = lay("The ministers met " + "and met again " * 120 + "in Geneva.")
    windows = list_windows(row, Pieces(VOCABULARY))
    assert sum(len(window.words) for window in windows) == len(row)
    assert max(len(window.pieces) for window in windows) <= MOST_PIECES + 2
