"""Publishers by address and dateline; the language of texts."""

from __future__ import annotations

import pytest

from kb.sources.language import find_language, language_name
from kb.sources.publisher import find_dateline_agency, find_domain, publisher_of_domain


def test_a_known_domain_gives_its_name_and_others_stand_for_themselves() -> None:
    assert publisher_of_domain("bworldonline.com") == "BusinessWorld"
    assert publisher_of_domain("edition.cnn.com") == "CNN"
    assert publisher_of_domain("news.sky.com") == "Sky News"
    assert publisher_of_domain("daily.example") == "daily.example"


def test_the_domain_of_an_address() -> None:
    assert find_domain("https://www.Example.com:8080/a?b") == "example.com"
    assert find_domain("example.com/a") == "example.com"
    assert find_domain("http://[broken") is None
    assert find_domain(None) is None


@pytest.mark.parametrize(
    ("opening", "agency"),
    [
        ("MOSCOW — Reuters", "Reuters"),
        ("MOSCOW — Reuters — The envoys left.", "Reuters"),
        ("KYIV, March 3 (AP) - The envoys left.", "Associated Press"),
        ("(Reuters) - The envoys left.", "Reuters"),
        ("MOSCOW - Reuters reporters saw the envoys leave.", None),
        ("With reporting by Reuters and AP", None),
        ("The agency (AP) said so.", None),
    ],
)
def test_a_dateline_names_its_agency(opening: str, agency: str | None) -> None:
    assert find_dateline_agency([opening]) == agency


def test_languages_are_told_apart_and_named() -> None:
    french = (
        "Le président a déclaré lundi que les troupes russes resteraient dans les régions séparatistes jusqu'à la fin du mois."
    )
    assert find_language(french) == "fr"
    assert language_name("fr") == "French (fr)"
    assert language_name("xx") == "xx"


def test_english_full_of_foreign_names_is_english() -> None:
    names = (
        "Kassym-Jomart Tokayev, Nursultan Nazarbayev, Gurbanguly Berdimuhamedow and Emomali Rahmon were in the city of Bishkek "
    )
    assert (
        find_language(names + "for the talks, and Sooronbay Jeenbekov said that it was to be a short meeting of the presidents.")
        == "en"
    )
