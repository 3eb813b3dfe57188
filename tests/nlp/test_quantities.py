"""Figures as real sentences give them, read with the real spaCy pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.claim import Bound, Quantity
from kb.domain.extraction import Extraction
from kb.errors import ConfigError
from kb.nlp.figures import find_figures, load_figure_words, read_figure_words
from kb.settings import read_settings

Read = Callable[[str], Extraction]


def only(extraction: Extraction) -> Quantity:
    """The one quantity of the article."""
    (quantity,) = extraction.quantities
    return quantity


@pytest.mark.parametrize(
    ("text", "low", "high", "bound", "unit", "about", "figure"),
    [
        (
            "Russia has massed 150,000 or so Russian troops near the border.",
            150_000, 150_000, Bound.ABOUT, "troops", "Russian troops", "150,000 or so Russian troops",
        ),
        ("It has 169,000-190,000 troops there.", 169_000, 190_000, Bound.EXACT, "troops", "troops", "169,000-190,000 troops"),
        (
            "It has between 169,000 and 190,000 troops there.",
            169_000, 190_000, Bound.EXACT, "troops", "troops", "169,000 and 190,000 troops",
        ),
        ("Moscow has massed over 130,000 troops.", 130_000, 130_000, Bound.AT_LEAST, "troops", "troops", "over 130,000 troops"),
        (
            "At least 13,200 people were killed in the fighting.",
            13_200, 13_200, Bound.AT_LEAST, "people", "people killed", "At least 13,200 people",
        ),
        (
            "Saudi warplanes bombed the city, killing at least 39 civilians.",
            39, 39, Bound.AT_LEAST, "people", "civilians killed", "at least 39 civilians",
        ),
        ("Danish police arrested nearly a thousand protesters.", 1000, 1000, Bound.AT_MOST, "people", "protesters arrested",
         "nearly a thousand protesters"),
        ("Rubles slid beyond 80 per dollar.", 80, 80, Bound.AT_LEAST, "per USD", "ruble exchange rate", "beyond 80 per dollar"),
        ("Oil prices touched 29 dollars a barrel.", 29, 29, Bound.EXACT, "USD per barrel", "Oil prices", "29 dollars a barrel"),
        ("Washington gave $390 million in aid.", 390e6, 390e6, Bound.EXACT, "USD", "aid", "$390 million"),
        ("It sank a contract worth A$90bn in the end.", 90e9, 90e9, Bound.EXACT, "AUD", "contract", "A$90bn"),
        (
            "A list of some 155 billion Canadian dollars of goods remains.",
            155e9, 155e9, Bound.ABOUT, "CAD", "goods", "some 155 billion Canadian dollars",
        ),
        ("He imposed 25 percent tariffs on steel.", 25, 25, Bound.EXACT, "percent", "tariffs", "25 percent tariffs"),
        ("Two dozen soldiers died near the bridge.", 24, 24, Bound.EXACT, "troops", "soldiers killed", "Two dozen soldiers"),
        ("It displaced half a million people.", 5e5, 5e5, Bound.EXACT, "people", "people displaced", "half a million people"),
        ("From 10 to 20 million people may go hungry.", 10e6, 20e6, Bound.EXACT, "people", "people", "10 to 20 million people"),
        ("The frontier is 970 kilometres long.", 970, 970, Bound.EXACT, "km", "frontier", "970 kilometres"),
        ("Five days of fighting displaced more than 300,000.", 300_000, 300_000, Bound.AT_LEAST, "people", "people displaced",
         "more than 300,000"),
        ("The ship fired no more than 110 cruise missiles.", 110, 110, Bound.AT_MOST, "missiles", "cruise missiles",
         "no more than 110 cruise missiles"),
    ],
)  # fmt: skip
def test_a_figure_is_read_with_its_hedge_unit_and_noun(
    read: Read, text: str, low: float, high: float, bound: Bound, unit: str, about: str, figure: str
) -> None:
    quantity = only(read(text))
    assert (quantity.low, quantity.high, quantity.bound, quantity.unit) == (low, high, bound, unit)
    assert quantity.about == about
    assert quantity.span.text == figure
    assert text[quantity.span.start : quantity.span.end] == figure


@pytest.mark.parametrize(
    "text",
    [
        "The war began on 24 February 2022 and has gone on since 2014.",
        "It was 10:30 when the 14th Army withdrew, three weeks later.",
        "Skripal, 66, had met a 35-year-old man the day before.",
        "They won 107 to 14, and the match ended 3-1.",
        "Resolution 1701 was adopted after the Boeing 737 came down.",
        "Call 555-1234 before the first of May.",
        "Thousands of people and dozens of soldiers fled.",
        "The two countries agreed, and both governments signed.",
    ],
)
def test_dates_times_ages_scores_names_and_vague_numbers_are_no_quantities(read: Read, text: str) -> None:
    assert read(text).quantities == ()


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Russia has massed 150,000 troops near the border, Joe Biden said.", "Joe Biden"),
        ("The OSCE put the number at 190,000 troops.", "OSCE"),
        ("According to NATO, more than 130,000 troops stand at the border.", "NATO"),
    ],
)
def test_a_figure_is_attributed_to_whoever_gives_it(read: Read, text: str, speaker: str) -> None:
    extraction = read(text)
    entities = {entity.id: entity for entity in extraction.entities}
    (owner,) = only(extraction).attributed_to
    assert speaker in {entities[owner].name, *(alias.name for alias in entities[owner].aliases)}


def test_figures_of_one_sentence_stand_side_by_side(read: Read) -> None:
    text = "Four hundred people came.\nFive days of fighting had killed at least 38 people and displaced more than 300,000."
    extraction = read(text)
    assert [(q.about, q.low) for q in extraction.quantities] == [
        ("people", 400),
        ("people killed", 38),
        ("people displaced", 300_000),
    ]
    assert len({q.id for q in extraction.quantities}) == 3
    for quantity in extraction.quantities:
        assert text[quantity.sentence.start : quantity.sentence.end] == quantity.sentence.text
        assert quantity.sentence.covers(quantity.span)
    assert read(text).quantities == extraction.quantities


@given(st.integers(min_value=0, max_value=10**12))
def test_digits_mean_the_same_with_and_without_commas(number: int) -> None:
    words = load_figure_words()
    for written in (f"about {number} km", f"about {number:,} km"):
        (figure,) = find_figures(written, 0, len(written), words)
        assert (figure.low, figure.high, figure.bound, figure.unit) == (number, number, Bound.ABOUT, "km")
        assert (figure.start, figure.end) == (0, len(written))


@given(st.text(max_size=60))
def test_any_text_yields_figures_in_order_within_it(text: str) -> None:
    position = 0
    for figure in find_figures(text, 0, len(text), load_figure_words()):
        assert position <= figure.number_start < figure.number_end <= figure.end <= len(text)
        assert figure.low <= figure.high
        position = figure.end


def test_a_lexicon_without_a_part_is_reported_with_the_file(tmp_path: Path) -> None:
    text = (read_settings().schema_dir / "lexicon" / "quantities.yaml").read_text(encoding="utf-8")
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "quantities.yaml").write_text(text.replace("hedges:", "hedging:"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"quantities\.yaml lacks or misnames 'hedges'"):
        read_figure_words(tmp_path)
