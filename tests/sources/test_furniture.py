"""What belongs to a site is told from what belongs to its articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ConfigError
from kb.sources.furniture import compile_furniture, find_own_end, is_breadcrumb, is_furniture
from kb.sources.lexicon import read_lexicon


@pytest.mark.parametrize(
    "line",
    [
        "Skip to content",
        "SKIP TO MAIN CONTENT",
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "Your email address will not be published.",
        "READ ALSO :Ukraine: a speech on a threat",
        "READ ALSO: Ten tiny airports",
        "Read: \xa0 Is he really there?",
        "Also read - Five things to know",
        "Previous articleNBA: One more star",
        "Next article: Rice prices climb",
        "Previous article: Rice prices climb",
        "Share on Facebook Tweet this",
        "Advertisement",
        "Related Articles",
        "Don’t miss: the ten best",
        "Comments (12)",
        "Sign up for our daily newsletter",
        "Copyright © 2019 The Example Times, LLC. Click here for reprint permission.",
        "© 2022 Example Media. All rights reserved.",
        "With reporting by Reuters and AP",
        "(Reporting by Ann Lee in Kyiv; Editing by Bob Ray)",
        "— Reuters",
        "Follow us on Twitter and Facebook",
        "Enlarge this image toggle caption Ada Okoro /AFP/Getty Images Ada Okoro /AFP/Getty Images",
        "The Associated Press contributed to this report.",
        "Contributing: The Associated Press",
        "With Post wires",
        "Read or Share this story: https://example.org/2GXxgGw",
        "Get the Courier stories you care about delivered to your inbox. By signing up, you agree to our terms.",
        "Ada Okoro | AFP | Getty Images",
        "5 min read",
        "Updated: Feb 22, 2022 10:30",
    ],
)
def test_a_line_of_the_site_is_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "He read a statement and left.",
        "Previous articles in this series told of the war.",
        "Read out in parliament, the decree drew applause.",
        "Norland contributed reporting posts to the mission.",
        "The wire reports were false, the minister said.",
        "With barbed wires the troops closed the road.",
        "Reuters reported that the troops had left.",
        "Share prices fell by two percent in Moscow.",
        "Home to two million people, the city fell silent.",
        "More than a hundred people were killed.",
        "Updated guidance was issued to embassies, officials said.",
        "Advertisement spending fell in the war's first year.",
        "Comments by the president angered Kyiv.",
        "With reporting restrictions lifted, the court heard the minister.",
        "No presidential summit imminent",
        "“The borders of Ukraine will not change”",
    ],
)
def test_a_line_of_an_article_is_not(line: str) -> None:
    assert not is_furniture(line)
    assert find_own_end(line) == len(line)


def test_breadcrumbs_are_known_by_their_arrows_or_by_the_title_at_their_end() -> None:
    assert is_breadcrumb("Home > World > Asia", "")
    assert is_breadcrumb("Home / Africa / Politics", "")
    assert is_breadcrumb("News » World » Europe » Ukraine", "")
    assert is_breadcrumb("Home World News Envoys leave the capital", "Envoys leave the capital")
    assert not is_breadcrumb("Envoys leave the capital", "Envoys leave the capital")
    assert not is_breadcrumb("He wrote: Envoys leave the capital", "Envoys leave the capital")
    assert not is_breadcrumb("Home Secretary resigns", "Envoys leave the capital")


@pytest.mark.parametrize(
    ("paragraph", "own"),
    [
        ("They joined the alliance. find out more", "They joined the alliance."),
        ("They joined the alliance.” Read more »", "They joined the alliance.”"),
        ("Shares plunged. — Reuters", "Shares plunged."),
        ("Shares plunged. (Reuters/AFP)", "Shares plunged."),
        ("Shares plunged. (Reporting by Ann Lee; Editing by Bob Ray) Read more", "Shares plunged."),
        ("Troops left on October 10, 2019. Ada Okoro | AFP | Getty Images", "Troops left on October 10, 2019."),
        ("Troops left on Monday. Ada Okoro/AFP via Getty Images", "Troops left on Monday."),
        ("Troops left on Monday. (REUTERS/Ada Okoro)", "Troops left on Monday."),
        ("Troops left on Monday. AP Photo/Ada Okoro", "Troops left on Monday."),
        ("Troops left on Monday. (Photo: Ada Okoro, AP)", "Troops left on Monday."),
        ("Troops left on Monday. The Associated Press contributed to this report.", "Troops left on Monday."),
        ("The company contributed to this war.", "The company contributed to this war."),
        ("Troops left. He told the AP", "Troops left. He told the AP"),
        ("Troops left. Ada Okoro told AFP", "Troops left. Ada Okoro told AFP"),
        ("Shares plunged, according to Reuters", "Shares plunged, according to Reuters"),
        ("They wanted to find out more", "They wanted to find out more"),
    ],
)
def test_a_paragraph_ends_before_what_the_site_put_after_it(paragraph: str, own: str) -> None:
    assert paragraph[: find_own_end(paragraph)] == own


def test_a_pattern_that_is_none_is_named_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "furniture.yaml"
    path.write_text("lines: []\nopeners: ['(']\nclosers: []\ncredits: [AP]\ntails: []\n")
    with pytest.raises(ConfigError, match=r"furniture\.yaml has a pattern"):
        compile_furniture(read_lexicon(path))


def test_a_word_that_yaml_takes_for_a_truth_value_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("words:\n  - no\n")
    with pytest.raises(ConfigError, match="words is neither a list"):
        read_lexicon(path)
