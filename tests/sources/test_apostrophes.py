"""Lost apostrophes come back where the base is a known name, and nowhere else."""

from __future__ import annotations

import pytest

from kb.sources.apostrophes import repair_apostrophes
from kb.sources.trace import TracedText


def repaired(text: str, *known: str) -> str:
    return repair_apostrophes(TracedText.of_pieces([(text, 0)]), frozenset(known)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russia said so. It was Russias influence.", "Russia said so. It was Russia's influence."),
        ("Putin spoke. Putins move will narrow it.", "Putin spoke. Putin's move will narrow it."),
        ("NATO spoke of NATOs eastward expansion.", "NATO spoke of NATO's eastward expansion."),
        (
            "The Kremlin spoke. The Kremlins decree, the Kremlins own.",
            "The Kremlin spoke. The Kremlin's decree, the Kremlin's own.",
        ),
        ("the Donetsk Peoples Republic", "the Donetsk People's Republic"),
        ("an invasion hasnt happened and didnt stop", "an invasion hasn't happened and didn't stop"),
        ("Theyre leaving, she said, and thats all.", "They're leaving, she said, and that's all."),
        ("It was his countrys quarrel.", "It was his country's quarrel."),
        ("China spoke. Chinas Foreign Ministry, Chinas army.", "China spoke. China's Foreign Ministry, China's army."),
    ],
)
def test_a_lost_apostrophe_comes_back(text: str, expected: str) -> None:
    assert repaired(text) == expected


def test_the_reference_names_count_as_known() -> None:
    text = "It is Europes biggest crisis, and Pelosis visit was short."
    assert repaired(text) == text
    assert repaired(text, "Europe", "Nancy Pelosi") == "It is Europe's biggest crisis, and Pelosi's visit was short."


@pytest.mark.parametrize(
    "text",
    [
        "The United States said that a State Department official spoke. United States troops left.",
        "The Netherlands army and the Philippines government met in Paris, Texas state officials said.",
        "Russian troops left. Russians living there stayed; the Russians fear it.",
        "A Ukrainian soldier spoke. Ukrainians fleeing the city wept.",
        "The Republican leader spoke. Republicans want it and Republicans support votes.",
        "Kim met Moon. The two Koreas agreement holds; South Korea, North Korea.",
        "Hama was quiet. Hamas fighters said that Hamas was ready, and Hamas.",
        "An MP spoke. Some MPs say so, and MPs staff know.",
        "The peoples of Russia. The peoples decided.",
        "As is his wont, he said it was its cant and we were well.",
        "The Clintons arrived. Clinton spoke. The Clintons house stood.",
        "Senator Graham spoke. Senators staff members wept. Senators voted.",
        "A Houthi leader spoke. Houthis leading the march sang.",
    ],
)
def test_a_plural_or_a_name_in_s_stays(text: str) -> None:
    assert repaired(text, "Russia", "Ukraine", "Texas", "Paris", "Netherlands", "Hamas", "United States") == text


def test_a_document_that_kept_its_apostrophes_is_left_alone() -> None:
    text = "Bush spoke of Powell's plan. Powells rivals, Bushs men. His countrys army."
    assert repaired(text) == "Bush spoke of Powell's plan. Powell's rivals, Bushs men. His countrys army."


def test_the_apostrophe_is_of_the_kind_the_document_uses() -> None:
    assert repaired("Russia’s and NATO's, Russia’s. Russias army.", "Russia") == "Russia’s and NATO's, Russia’s. Russia’s army."
