"""What a site's script put into a sentence goes, and what the sentence says stays, traceable to the original."""

from __future__ import annotations

import pytest

from kb.domain.article import RawDocument
from kb.sources.clean import to_article

TEXT = (
    "The tax was defended on Monday by Jane Doe Jane Mary DoeEnvoys leave the capital as talks fail 2020 Rice prices climb MORE"
    "'s former aide, John Roe John F. RoeParliament votes on Tuesday MORE, who said that it would stay."
)


def test_headlines_behind_a_name_go() -> None:
    article = to_article(RawDocument("a.txt", TEXT, TEXT, None, None, None, None))
    assert article.text == "The tax was defended on Monday by Jane Doe's former aide, John Roe, who said that it would stay."
    assert "insets" in article.repairs
    start = article.text.index("John Roe, who")
    origin = article.offsets.to_original(start)
    assert TEXT[origin:].startswith("John Roe")


@pytest.mark.parametrize(
    "sentence",
    [
        "Jane Doe and Mary Doe met in the capital, and MORE was said by the delegates of both towns.",
        "They wanted MORE from Jane Doe, the minister, than she had promised to the striking teachers.",
        "McDonald Old McDonald met the minister, who asked for more of the same from the delegates.",
    ],
)
def test_a_sentence_stays_as_it_is(sentence: str) -> None:
    assert to_article(RawDocument("a.txt", sentence, sentence, None, None, None, None)).text == sentence
