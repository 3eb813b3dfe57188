"""Capitals and seats of power: the country where they act, the place where something happens in them."""

from __future__ import annotations

import pytest

from kb.domain.entity import EntityKind
from tests.reading import read


def name_of(text: str, surface: str) -> tuple[str, EntityKind]:
    """(name, kind) of the entity that the one mention `surface` refers to."""
    extraction = read(text)
    (mention,) = [m for m in extraction.mentions if m.text.removeprefix("The ") == surface]
    return next((e.name, e.kind) for e in extraction.entities if e.id == mention.entity_id)


@pytest.mark.parametrize(
    ("text", "surface", "country"),
    [
        ("Moscow condemned Ukraine.", "Moscow", "Russia"),
        ("Washington imposed sanctions on Iran.", "Washington", "United States"),
        ("Kyiv asked for weapons.", "Kyiv", "Ukraine"),
        ("Kiev asked for weapons.", "Kiev", "Ukraine"),
        ("Beijing rejected the offer.", "Beijing", "China"),
        ("Estonia was criticised by Moscow.", "Moscow", "Russia"),
        ("Estonia accused Moscow of aggression.", "Moscow", "Russia"),
        ("The Kremlin denied the accusation.", "Kremlin", "Russia"),
        ("The White House condemned China.", "White House", "United States"),
        ("Downing Street condemned China.", "Downing Street", "United Kingdom"),
    ],
)
def test_a_capital_or_a_seat_that_acts_is_the_country(text: str, surface: str, country: str) -> None:
    assert name_of(text, surface) == (country, EntityKind.COUNTRY)


@pytest.mark.parametrize(
    ("text", "surface", "place"),
    [
        ("Vladimir Putin met Olaf Scholz in Moscow.", "Moscow", "Moscow"),
        ("Protesters marched in Washington.", "Washington", "Washington, D.C."),
        ("Ursula von der Leyen visited Kyiv.", "Kyiv", "Kyiv"),
        ("The French president flew to Beijing.", "Beijing", "Beijing"),
        ("A bomb went off near Baghdad.", "Baghdad", "Baghdad"),
        ("Boris Johnson was born in New York City.", "New York City", "New York City"),
    ],
)
def test_a_capital_in_which_something_happens_is_a_place(text: str, surface: str, place: str) -> None:
    assert name_of(text, surface) == (place, EntityKind.REGION)


def test_one_text_can_use_a_capital_both_ways() -> None:
    extraction = read("Moscow condemned Ukraine. A day later, a crowd gathered in Moscow.")
    names = {e.id: e.name for e in extraction.entities}
    assert [names[m.entity_id] for m in extraction.mentions if m.text == "Moscow"] == ["Russia", "Moscow"]


def test_a_city_that_governs_no_country_is_always_a_place() -> None:
    assert name_of("Kharkiv rejected the offer.", "Kharkiv") == ("Kharkiv", EntityKind.REGION)


def test_why_a_mention_was_linked_is_told() -> None:
    (mention, _) = read("Moscow condemned Ukraine.").mentions
    assert "stands for the country" in mention.reason
