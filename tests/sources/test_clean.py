"""From a document as read to an article: what is kept, what goes, what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from kb.domain.article import Article, RawDocument
from kb.domain.ids import article_id
from kb.errors import DocumentError
from kb.sources.clean import to_article
from kb.sources.files import read_documents
from kb.sources.furniture import is_furniture
from kb.sources.plain import read_plain
from tests.sources.pages import PARAGRAPHS, TEXT, TITLE

ROOT = Path(__file__).resolve().parents[2]
SEEDS = sorted((ROOT / "seeds" / "articles").glob("*.txt"))
NAMES = frozenset({"Europe", "Russia", "United States", "NATO", "Ukraine"})


def article_of(path: Path) -> Article:
    [raw] = read_documents([path], max_bytes=1_000_000)
    assert isinstance(raw, RawDocument)
    return to_article(raw, NAMES)


def paragraphs_of(article: Article) -> list[str]:
    return [article.text[start:end] for start, end in article.paragraphs]


def assert_traceable(article: Article) -> None:
    offsets = article.offsets
    for clean, start, length in zip(offsets.clean_starts, offsets.original_starts, offsets.lengths, strict=True):
        assert article.text[clean : clean + length] == article.original[start : start + length]
    assert sum(offsets.lengths) > 0.9 * len(article.text)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_a_seed_becomes_an_article_without_furniture_and_with_its_original(path: Path) -> None:
    article = article_of(path)
    gold = yaml.safe_load((ROOT / "tests" / "gold" / "seeds" / f"{path.stem}.yaml").read_text("utf-8"))["article"]
    assert article.original == path.read_text("utf-8")
    assert article.id == article_id(article.original)
    assert article.title == gold["title"]
    assert article.url == gold["url"]
    assert article.publisher == gold["publisher"]
    assert paragraphs_of(article)[0] == article.title
    for furniture in gold["boilerplate"]:
        assert " ".join(furniture.split()) not in article.text
    assert not [text for text in paragraphs_of(article) if is_furniture(text)]
    assert "  " not in article.text
    assert article.text.count(article.title) == 1
    assert_traceable(article)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_no_sentence_of_a_seed_is_lost(path: Path) -> None:
    article = article_of(path)
    letters = "".join(filter(str.isalnum, article.text))
    gold = yaml.safe_load((ROOT / "tests" / "gold" / "seeds" / f"{path.stem}.yaml").read_text("utf-8"))
    evidence = [sentence for event in gold["events"] for sentence in event["evidence"]]
    assert len(evidence) > 5
    assert [sentence for sentence in evidence if "".join(filter(str.isalnum, sentence)) not in letters] == []


def test_the_seed_that_lost_its_apostrophes_and_dashes_gets_them_back() -> None:
    text = article_of(SEEDS[0]).text
    for repaired in (
        "restore Russia's influence",
        "NATO's eastward expansion",
        "the Donetsk People's Republic and the Lugansk People's Republic",
        "Putin's decree were separate from sanctions the United States",
        "an invasion hasn't happened",
        "out of Europe's biggest military crisis",
        "MOSCOW — Russian President",
        "a long time ago — to immediately",
        "The price of oil — Russia's main export — rose, while Russian shares and the rouble plunged.\n\n",
    ):
        assert repaired in text


def test_the_seed_with_quotes_the_wrong_way_round_gets_them_right() -> None:
    text = article_of(SEEDS[4]).text
    assert "to “maintain peace” in these territories" in text
    assert "Emmanuel Macron has “sentenced” this decision" in text
    assert "statements and actions” said the Ukrainian" in text
    assert "“open to diplomacy”. “Ukraine’s" in text


def test_the_bullets_of_a_seed_are_not_part_of_their_paragraphs() -> None:
    article = article_of(SEEDS[3])
    assert paragraphs_of(article)[1].startswith("The White House issued")
    start = article.paragraphs[1][0]
    assert article.text[start - 2 : start] == "- "


def test_dates_of_the_seeds_say_whether_they_were_concluded() -> None:
    dates = [(article.published_at, article.published_inferred) for article in map(article_of, SEEDS)]
    assert dates == [
        (datetime(2022, 2, 22, tzinfo=UTC), False),
        (datetime(2022, 2, 21, tzinfo=UTC), True),
        (None, False),
        (None, False),
        (datetime(2022, 2, 22, tzinfo=UTC), True),
    ]


def cleaned(text: str, *names: str) -> Article:
    article = to_article(read_plain(text, "a.txt", "a.txt"), frozenset(names))
    offsets = article.offsets
    for clean, start, length in zip(offsets.clean_starts, offsets.original_starts, offsets.lengths, strict=True):
        assert article.text[clean : clean + length] == article.original[start : start + length]
    return article


@pytest.mark.parametrize(
    ("damaged", "expected"),
    [
        ("the countryâ€™s army and the cafÃ© in â€œKyivâ€\x9d said", "the country’s army and the café in “Kyiv” said"),
        ("the countryÃ¢â‚¬â„¢s army", "the country’s army"),
        ("the country&#8217;s army &amp;amp; navy&nbsp;said", "the country’s army & navy said"),
        ("the country\x92s army", "the country’s army"),
        ("the country\ufffds army", "the country's army"),
        ("the country?s army said", "the country's army said"),
        ("the coun\xadtry\u200b's\ufeff army\xa0said", "the country's army said"),
        ("the of\ufb01cials said", "the officials said"),
        ("the Sa\u0303o Paulo accord", "the São Paulo accord"),
        ("the\tarmy   said 'it'", "the army said 'it'"),
        ("KYIV  The army of 'Ukraine' said", "KYIV — The army of 'Ukraine' said"),
    ],
)
def test_damaged_characters_are_repaired_with_true_offsets(damaged: str, expected: str) -> None:
    article = cleaned(f"{TITLE}\n\n{damaged}.\n\n{TEXT}")
    assert paragraphs_of(article)[1] == f"{expected}."
    place = article.text.index("Neighbouring")
    back = article.offsets.to_original(place)
    assert article.original[back : back + 12] == "Neighbouring"


def test_sound_text_stays_as_it_is() -> None:
    text = f"{TITLE}\n\nHe said: “Über Łódź, naïve, £5 — €6…” in Ñuñoa’s café.\n\n{TEXT}"
    article = cleaned(text)
    assert article.text == text
    assert article.repairs == ()


def test_what_a_site_puts_around_an_article_goes_and_the_title_stays_once() -> None:
    article = cleaned(
        f"Skip to content\n\nHome World News {TITLE}\n\n{TITLE}\n\nHome > World\n\n{PARAGRAPHS[0]} find out more\n\n{TITLE}\n\n"
        f"READ ALSO :Other things\n\n{PARAGRAPHS[1]}\n\nAdvertisement\n\n{PARAGRAPHS[2]}\n\nRelated Articles\n\n"
        "Ten tiny airports\n\nHeatwave in the south\n\nLeave a Reply\n\nYour email address will not be published."
    )
    assert article.text == f"{TITLE}\n\n{TEXT}"
    assert article.title == TITLE
    assert "Related Articles" in article.original


def test_prose_after_a_heading_of_links_is_kept() -> None:
    article = cleaned(f"{TITLE}\n\n{PARAGRAPHS[0]}\n\nRelated\n\n{PARAGRAPHS[1]}\n\n{PARAGRAPHS[2]}")
    assert article.text == f"{TITLE}\n\n{TEXT}"


def test_lines_wrapped_to_a_width_become_paragraphs() -> None:
    wrapped = (
        "The president of Ruritania said on Monday that his government\nwould recognise the two breakaway regions, and that\n"
    )
    wrapped += "neighbours had been told of it."
    article = cleaned(f"{TITLE}\n\n{wrapped}\n\n{TEXT}")
    assert paragraphs_of(article)[1] == wrapped.replace("\n", " ")
    assert len(article.paragraphs) == 5


def test_a_document_without_a_title_is_called_by_its_first_sentence() -> None:
    text = f"{PARAGRAPHS[0]} " * 4
    article = to_article(RawDocument("a#1", text, text))
    assert article.title == PARAGRAPHS[0]
    assert article.text == text.strip()


def test_a_title_that_only_the_container_knows_opens_the_text() -> None:
    article = to_article(RawDocument("a#1", TEXT, TEXT, title=TITLE))
    assert article.text == f"{TITLE}\n\n{TEXT}"
    assert_traceable_from(article, article.text.index("Neighbouring"))


def assert_traceable_from(article: Article, place: int) -> None:
    back = article.offsets.to_original(place)
    assert article.original[back : back + 20] == article.text[place : place + 20]


def test_metadata_of_the_container_comes_before_what_the_text_says() -> None:
    moment = datetime(2020, 1, 2, 3, 4, tzinfo=UTC)
    body = f"KYIV, March 3, 2022 (AP) - {PARAGRAPHS[0]}"
    url = "https://www.bbc.co.uk/news/2019/05/01/a"
    stated = to_article(RawDocument("a", body, body, url=url, publisher="Echo", published_at=moment))
    assert (stated.publisher, stated.published_at, stated.published_inferred) == ("Echo", moment, False)
    addressed = to_article(RawDocument("a", body, body, url=url))
    assert (addressed.publisher, addressed.published_at) == ("BBC", datetime(2019, 5, 1, tzinfo=UTC))
    datelined = to_article(RawDocument("a", body, body))
    assert (datelined.publisher, datelined.published_at) == ("Associated Press", datetime(2022, 3, 3, tzinfo=UTC))
    assert not datelined.published_inferred


def test_agency_credits_at_the_end_name_no_publisher() -> None:
    article = cleaned(f"{TITLE}\n\n{TEXT}\n\nWith reporting by Reuters and AP")
    assert article.publisher is None
    assert "Reuters" not in article.text


def test_a_document_of_nothing_but_furniture_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        cleaned(f"{TITLE}\n\nAdvertisement\n\nLeave a Reply")
    assert caught.value.reason == "no_article"
