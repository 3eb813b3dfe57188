"""What holds of every article, whatever damage its document came with."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.domain.article import Article
from kb.sources.clean import to_article
from kb.sources.furniture import is_breadcrumb, is_furniture
from kb.sources.plain import read_plain

NAMES = frozenset({"Russia", "Ukraine", "NATO", "Europe", "United States", "Vladimir Putin"})
SENTENCES = st.sampled_from(
    [
        "The president of Russia said that the United States had not answered.",
        "Putin's move came after the Donetsk People's Republic had asked for it.",
        "“We will not give way,” said the minister, whom Europe had condemned.",
        'It was a "blatant violation" of the law, and that hasn’t changed, NATO said.',
        "The troops – some 150,000 of them – were near the borders of Ukraine.",
        "The café’s owner in São Paulo was not asked about it.",
        "Russians and Ukrainians met in the Netherlands to talk about the prisoners.",
        "Was it right? The Kremlin (in Moscow) did not say…",
    ]
)
PARAGRAPH = st.lists(SENTENCES, min_size=1, max_size=3).map(" ".join)
FURNITURE = st.sampled_from(
    [
        "Skip to content",
        "Home > World > Europe",
        "READ ALSO :Another story of the day",
        "Read: \xa0 Another story?",
        "Previous articleAnother story",
        "Advertisement",
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "Share on Facebook Tweet this",
        "With reporting by Reuters and AP",
        "Sign up for our newsletter",
    ]
)
CLOSER = st.sampled_from(["", "", " find out more", " Read more »", " — Reuters", " (Reporting by Ann Lee; Editing by Bob Ray)"])


def _mojibake(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", "ignore")


DAMAGES = st.sampled_from(
    [
        lambda text: text,
        lambda text: text.replace("'", "").replace("’", ""),
        lambda text: text.replace("“", "” ").replace(",” ", ", “ "),
        lambda text: text.replace("” ", "”"),
        lambda text: text.replace(" ", "  ", 3),
        lambda text: text.replace(" – ", "  "),
        lambda text: text.replace(" ", "\xa0", 2),
        lambda text: text.replace("e", "e\xad", 2).replace("a", "a\u200b", 1),
        lambda text: text.replace("’", "&#8217;").replace("–", "&ndash;").replace("“", "&ldquo;"),
        lambda text: text.replace("fi", "\ufb01"),
        lambda text: text.replace("é", "e\u0301"),
        lambda text: text.replace("’", "\x92"),
        _mojibake,
        lambda text: f"- {text}",
        lambda text: f"  {text}  ",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = [draw(st.sampled_from(["Envoys leave the capital", "Envoys ‘leave’ the capital, and “stay” away"]))]
    lines += draw(st.sampled_from([[], ["20220222"], ["20220222", "https://example.com/a"]]))
    for _ in range(draw(st.integers(1, 5))):
        damage = draw(DAMAGES)
        lines.append(damage(draw(PARAGRAPH)) + draw(CLOSER))
        lines += draw(st.lists(FURNITURE, max_size=2))
        lines += draw(st.sampled_from([[], [lines[0]]]))
    lines = draw(st.lists(FURNITURE, max_size=2)) + lines
    return draw(st.sampled_from(["\n", "\n\n", "\r\n", "\n \n\n"])).join(lines)


def article_of(text: str) -> Article:
    return to_article(read_plain(text, "a.txt", "a.txt"), NAMES)


@settings(max_examples=120, deadline=None)
@given(documents())
def test_offsets_lead_to_equal_characters_of_the_original(text: str) -> None:
    article = article_of(text)
    assert article.original == text
    offsets = article.offsets
    for clean, start, length in zip(offsets.clean_starts, offsets.original_starts, offsets.lengths, strict=True):
        assert article.text[clean : clean + length] == text[start : start + length]
    traced = sum(offsets.lengths)
    assert traced > 0.8 * len(article.text)


@settings(max_examples=120, deadline=None)
@given(documents())
def test_paragraphs_cut_the_text_in_order_and_hold_no_furniture(text: str) -> None:
    article = article_of(text)
    end = 0
    for start, stop in article.paragraphs:
        assert end <= start < stop
        paragraph = article.text[start:stop]
        assert paragraph == paragraph.strip()
        assert "\n" not in paragraph
        assert "  " not in paragraph
        assert not is_furniture(paragraph)
        assert not is_breadcrumb(paragraph, article.title)
        end = stop
    assert article.text[slice(*article.paragraphs[0])] == article.title
    between = "".join(
        article.text[stop:start] for (_, stop), (start, _) in zip(article.paragraphs, article.paragraphs[1:], strict=False)
    )
    assert set(between) <= set("\n- ")


@settings(max_examples=120, deadline=None)
@given(documents())
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    once = article_of(text)
    twice = article_of(once.text)
    assert twice.text == once.text
    assert twice.paragraphs == once.paragraphs
    assert twice.repairs == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(PARAGRAPH, min_size=1, max_size=4))
def test_a_sound_document_is_kept_letter_by_letter(paragraphs: list[str]) -> None:
    text = "\n\n".join(["Envoys leave the capital", *paragraphs])
    assert article_of(text).text == text


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_at_all_keeps_its_offsets(noise: str) -> None:
    sentence = "The president said that the envoys had left for the talks on Monday."
    text = f"Envoys leave the capital\n\n{sentence} {noise} That was all that he said."
    article = article_of(text)
    offsets = article.offsets
    for clean, start, length in zip(offsets.clean_starts, offsets.original_starts, offsets.lengths, strict=True):
        assert article.text[clean : clean + length] == text[start : start + length]
