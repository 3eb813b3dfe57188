"""Homonyms stay apart: one name, several bearers, and the article and its day say which is meant."""

from __future__ import annotations

from datetime import date

import pytest

from kb.domain.entity import EntityKind
from kb.domain.extraction import Extraction
from tests.reading import DAY, read


def linked(extraction: Extraction, surface: str) -> list[str | None]:
    """The Wikidata ids, in the order of the text, of what `surface` means; None where nobody known is meant."""
    ids = {entity.id: entity.wikidata_id for entity in extraction.entities}
    return [ids[mention.entity_id] for mention in extraction.mentions if mention.text.removeprefix("the ") == surface]


def named(extraction: Extraction, surface: str) -> list[str]:
    """The names, in the order of the text, of what `surface` means."""
    names = {entity.id: entity.name for entity in extraction.entities}
    return [names[mention.entity_id] for mention in extraction.mentions if mention.text.removeprefix("the ") == surface]


@pytest.mark.parametrize(
    "text",
    [
        "Russia invaded Georgia, and a day later Tbilisi asked for help.",
        "Mikheil Saakashvili said that Georgia would not give way to Russia.",
        "Georgia, Ukraine and Moldova asked to join the bloc, and Joe Biden praised them in New York.",
        "The three countries, among them Georgia, signed the agreement on Monday.",
        "A senator from Florida said that Russia had no right to Georgia, Abkhazia or Crimea.",
        "The governor of the central bank of Georgia raised the rate on Monday.",
    ],
)
def test_georgia_the_country(text: str) -> None:
    assert linked(read(text), "Georgia") == ["Q230"]


@pytest.mark.parametrize(
    "text",
    [
        "Voters in Alabama and Georgia chose new judges on Tuesday.",
        "The storm reached Atlanta, Georgia, in the morning, and Florida was spared.",
        "Joe Biden won Arizona and Georgia by a few thousand votes, and Donald Trump went to court.",
        "The law was passed in Texas, Georgia and Florida within a week, its authors said.",
        "Georgia Governor Brian Kemp condemned the ruling of the court.",
        "Jon Ossoff, a Democrat from Georgia, accused the president of lying.",
        "The Georgia secretary of state, Brad Raffensperger, counted the votes again.",
    ],
)
def test_georgia_the_state(text: str) -> None:
    assert linked(read(text), "Georgia") == ["Q1428"]


@pytest.mark.parametrize(
    ("text", "surface", "wikidata_id"),
    [
        ("Kinshasa accused Rwanda of helping the rebels, and Congo closed the border.", "Congo", "Q974"),
        ("Felix Tshisekedi said that Congo would answer any attack from Rwanda.", "Congo", "Q974"),
        ("Denis Sassou Nguesso came back to Brazzaville, and Congo sold more of its oil to France.", "Congo", "Q971"),
        ("The Republic of the Congo was hit hardest, and Congo asked for a loan.", "Congo", "Q971"),
        ("The Democratic Republic of the Congo was hit hardest, and Congo asked for a loan.", "Congo", "Q974"),
        ("A treaty was signed by DR Congo with Congo-Brazzaville.", "Congo-Brazzaville", "Q971"),
        ("A treaty was signed by DR Congo with Congo-Brazzaville.", "DR Congo", "Q974"),
        ("Congolese soldiers fought rebels near Goma, and Rwanda denied that it helped them.", "Congolese", "Q974"),
    ],
)
def test_the_two_congos(text: str, surface: str, wikidata_id: str) -> None:
    assert linked(read(text), surface) == [wikidata_id]


@pytest.mark.parametrize(
    ("text", "wikidata_ids"),
    [
        ("Washington imposed sanctions on the general and his sons.", ["Q30"]),
        ("Thousands of protesters marched in Washington on Saturday.", ["Q61"]),
        ("Wildfires spread through Oregon and Washington, and Idaho sent help.", ["Q1223"]),
        ("The fires reached Seattle, Washington, on the same evening.", ["Q1223"]),
        ("Washington Governor Jay Inslee met farmers on Monday.", ["Q1223"]),
        ("Thousands marched in Washington while Washington imposed sanctions.", ["Q61", "Q30"]),
    ],
)
def test_washington_the_government_the_city_and_the_state(text: str, wikidata_ids: list[str]) -> None:
    assert linked(read(text), "Washington") == wikidata_ids


def test_washington_the_man() -> None:
    extraction = read("George Washington crossed the river with his men. Snow fell when Washington reached the camp.")
    assert named(extraction, "Washington") == ["George Washington"]
    assert {entity.kind for entity in extraction.entities if entity.name == "George Washington"} == {EntityKind.PERSON}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The bloc will act within a week, Michel said after the summit of the European Union.", "Charles Michel"),
        ("Charles Michel met Michel Barnier on the way, and Michel praised the bloc.", "Charles Michel"),
        ("Michel Barnier, a negotiator, lives here with three cats. On Monday Michel was tired and went home.", "Michel Barnier"),
        ("Michel Dupont, a baker, lives here with three cats. On Monday Michel was tired and went home.", "Michel"),
    ],
)
def test_michel_the_surname_and_the_forename(text: str, name: str) -> None:
    assert named(read(text, date(2021, 6, 24)), "Michel") == [name]


def test_michel_before_charles_michel_was_anybody_is_somebody_else() -> None:
    extraction = read("The bloc will act within a week, Michel said after the summit of the European Union.", date(1999, 6, 24))
    assert linked(extraction, "Michel") == [None]


@pytest.mark.parametrize(
    ("text", "surface", "wikidata_id"),
    [
        ("The missile flew over the sea, North Korea said, and South Korea protested.", "North Korea", "Q423"),
        ("The missile flew over the sea, North Korea said, and South Korea protested.", "South Korea", "Q884"),
        ("The missile came from North Korea. A day later, the North said that it had been a test.", "North", "Q423"),
        ("The offer came from South Korea. A day later, the South said that it still stood.", "South", "Q884"),
        ("The coup in Guinea was condemned by Guinea-Bissau and by Papua New Guinea.", "Guinea", "Q1006"),
        ("The coup in Guinea was condemned by Guinea-Bissau and by Papua New Guinea.", "Guinea-Bissau", "Q1007"),
        ("The coup in Guinea was condemned by Guinea-Bissau and by Papua New Guinea.", "Papua New Guinea", "Q691"),
        ("The coup in Equatorial Guinea was condemned by its neighbours.", "Equatorial Guinea", "Q983"),
        ("The coup in Niger was condemned by Nigeria and by its neighbours.", "Niger", "Q1032"),
        ("The coup in Niger was condemned by Nigeria and by its neighbours.", "Nigeria", "Q1033"),
        ("The treaty was signed by Dominica and by the Dominican Republic.", "Dominica", "Q784"),
        ("The treaty was signed by Dominica and by the Dominican Republic.", "Dominican Republic", "Q786"),
        ("The police in Santo Domingo were told by the Dominican government to wait.", "Dominican", "Q786"),
        ("The treaty was signed by Sudan and by South Sudan after long talks.", "Sudan", "Q1049"),
        ("The treaty was signed by Sudan and by South Sudan after long talks.", "South Sudan", "Q958"),
        ("The ships were sent by China around Taiwan, which protested.", "China", "Q148"),
        ("The ships were sent by China around Taiwan, which protested.", "Taiwan", "Q865"),
        ("The talks were held by Austria with Australia about wool.", "Austria", "Q40"),
        ("The talks were held by Slovakia with Slovenia about gas.", "Slovakia", "Q214"),
        ("The talks were held by Mexico about water.", "Mexico", "Q96"),
        ("A bomb went off near Mexico City in the night.", "Mexico City", "Q1489"),
        ("The treaty was signed by Luxembourg as the last of them.", "Luxembourg", "Q32"),
        ("The name was changed by Macedonia after long talks with Greece.", "Macedonia", "Q221"),
    ],
)
def test_countries_of_similar_names(text: str, surface: str, wikidata_id: str) -> None:
    assert linked(read(text), surface) == [wikidata_id]


@pytest.mark.parametrize(
    ("text", "wikidata_id"),
    [
        ("The Security Council met in New York to speak about Iran.", "Q60"),
        ("The schools in New York and New Jersey stay closed for a week.", "Q1384"),
        ("The prison in Albany, New York, stays closed for a week.", "Q1384"),
    ],
)
def test_new_york_the_city_and_the_state(text: str, wikidata_id: str) -> None:
    assert linked(read(text), "New York") == [wikidata_id]


@pytest.mark.parametrize(
    ("text", "surface", "name"),
    [
        ("Michael Jordan, who played basketball for years, came to China. There Jordan met fans.", "Jordan", "Michael Jordan"),
        ("King Abdullah came to the summit, for Jordan wanted peace.", "Jordan", "Jordan"),
        ("King Abdullah came to the summit, for Jordan wanted peace.", "Abdullah", "Abdullah II"),
        ("The army of Chad has crossed the border to Sudan again.", "Chad", "Chad"),
        ("A farmer called Chad Smith sued the bank for what it had done.", "Chad Smith", "Chad Smith"),
        ("A singer called Paris Hilton sued the bank for what it had done.", "Paris Hilton", "Paris Hilton"),
        ("The statue shows Abraham Lincoln as he rests. It was Lincoln who freed the slaves.", "Lincoln", "Abraham Lincoln"),
    ],
)
def test_people_and_places_of_one_name(text: str, surface: str, name: str) -> None:
    assert named(read(text, date(2017, 3, 3)), surface) == [name]


@pytest.mark.parametrize(
    ("surface", "text", "days"),
    [
        (
            "Bush",
            "The United States will act against Iraq, Bush said.",
            {1990: "George H. W. Bush", 2003: "George W. Bush", 2023: ""},
        ),
        ("George Bush", "The United States will act, George Bush said.", {1990: "George H. W. Bush", 2003: "George W. Bush"}),
        ("Clinton", "The United States wants peace, Clinton said.", {1996: "Bill Clinton", 2011: "Hillary Clinton", 1980: ""}),
        ("Kim", "The missile of North Korea flew over the sea, Kim said.", {2006: "Kim Jong-il", 2016: "Kim Jong-un"}),
        ("Castro", "The people of Cuba would never give way, Castro said.", {1999: "Fidel Castro", 2014: "Raúl Castro"}),
        ("Macron", "The people of France would never give way, Macron said.", {2019: "Emmanuel Macron", 1999: ""}),
        ("Blinken", "The United States wants peace with Russia, Blinken said.", {2022: "Antony Blinken", 1999: ""}),
    ],
)
def test_a_surname_is_whoever_held_office_on_the_day(surface: str, text: str, days: dict[int, str]) -> None:
    assert {year: named(read(text, date(year, 6, 1)), surface) for year in days} == {
        year: [name or surface] for year, name in days.items()
    }


def test_the_french_president_of_2014_is_not_macron() -> None:
    extraction = read("The French president condemned the attack of the rebels, and his minister agreed.", date(2014, 3, 3))
    assert named(extraction, "The French president") == ["François Hollande"]


@pytest.mark.parametrize(
    ("surface", "text", "name"),
    [
        ("George W Bush", "The bill was signed by George W Bush on Monday.", "George W. Bush"),
        ("George Herbert Walker Bush", "The bill was signed by George Herbert Walker Bush.", "George H. W. Bush"),
        ("Vladimir Vladimirovich Putin", "The bill was signed by Vladimir Vladimirovich Putin.", "Vladimir Putin"),
        ("Volodymr Zelensky", "The bill was signed in Ukraine by Volodymr Zelensky.", "Volodymyr Zelenskyy"),
        ("Kazakstan", "The bill was signed by Kazakstan on Monday.", "Kazakhstan"),
    ],
)
def test_other_ways_of_writing_a_name(surface: str, text: str, name: str) -> None:
    assert named(read(text, date(2022, 6, 1)), surface) == [name]


@pytest.mark.parametrize(
    ("surface", "text"),
    [
        ("John Perry", "The United States wants peace with Russia, John Perry said."),
        ("Lee", "The company will grow by a third within a year, Mr. Lee said."),
        ("Bush", "The company will grow by a third within a year, Mr. Bush said."),
    ],
)
def test_somebody_of_a_similar_name_is_not_linked(surface: str, text: str) -> None:
    assert linked(read(text, date(2014, 6, 1)), surface) == [None]


def test_the_congress_of_an_article_is_its_own_country_s() -> None:
    abroad = read("The law was passed in Tegucigalpa by Congress after the president of Honduras had asked for it.")
    at_home = read("The law was passed in Washington by Congress after the president of the United States had asked for it.")
    assert linked(abroad, "Congress") != ["Q11268"]
    assert linked(at_home, "Congress") == ["Q11268"]


def test_a_part_of_a_name_means_the_body_named_before() -> None:
    extraction = read(
        "The Kenyan Boundaries Commission will meet on Monday. He spoke to the Ugandan Boundaries Commission, and the Boundaries "
        "Commission agreed."
    )
    before, after = (named(extraction, surface) for surface in ("Ugandan Boundaries Commission", "Boundaries Commission"))
    assert before == after


def test_the_signs_add_up_and_are_told() -> None:
    (mention,) = [
        m for m in read("The bloc will act, Emmanuel Macron said in Paris.", DAY).mentions if m.text == "Emmanuel Macron"
    ]
    assert dict(mention.parts)["in office on the day"] > 0
    assert mention.score == pytest.approx(min(1.0, sum(value for _, value in mention.parts) / 5))


@pytest.mark.parametrize("text", ["The London-based group condemned Iran.", "A London - based monitor condemned Iran."])
def test_where_somebody_is_based_is_a_place(text: str) -> None:
    assert linked(read(f"{text} Britain agreed."), "London") == ["Q84"]


def test_a_body_of_many_countries_is_that_of_the_one_that_has_it() -> None:
    both = "Vladimir Putin said in Moscow that Russia would answer. Russia closed two consulates. The U.S. was silent."
    assert linked(read(f"{both} The sanctions were imposed under a law that Congress passed."), "Congress") == ["Q11268"]
    neither = "Vladimir Putin said in Moscow that Russia would answer. Russia closed two consulates."
    assert linked(read(f"{neither} The sanctions were imposed under a law that Congress passed."), "Congress") in ([], [None])


def test_one_word_is_enough_for_the_very_famous_unless_another_is_named() -> None:
    assert linked(read("Inspectors dismantled Saddam's weapons after the war in Iraq."), "Saddam") == ["Q1316"]
    assert linked(read("Stalin deported the Chechens."), "Stalin") == ["Q855"]
    assert named(read("Mao Ning spoke in Beijing. Mao condemned Iran."), "Mao") == ["Mao Ning"]
    assert named(read("Saddam Haftar, a commander, spoke in Tripoli. Saddam condemned Iran."), "Saddam") == ["Saddam Haftar"]
