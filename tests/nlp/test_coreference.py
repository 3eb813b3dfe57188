"""Whom roles, pronouns and shortened names mean."""

from __future__ import annotations

from datetime import date

import pytest

from kb.domain.entity import MentionForm
from tests.reading import DAY, claim_of, meant, read, told


@pytest.mark.parametrize(
    ("text", "surface", "name"),
    [
        ("Emmanuel Macron met Olaf Scholz. Macron praised Scholz.", "Scholz", "Olaf Scholz"),
        ("Nikol Pashinyan met Ilham Aliyev. Later Pashinyan thanked Aliyev.", "Aliyev", "Ilham Aliyev"),
        ("Emmanuel Macron met Olaf Scholz. The French president praised Japan.", "The French president", "Emmanuel Macron"),
        ("Vladimir Putin, the Russian president, met Xi Jinping.", "the Russian president", "Vladimir Putin"),
        (
            "Josep Borrell, the EU foreign policy chief, condemned Belarus.",
            "the EU foreign policy chief",
            "Josep Borrell",
        ),
        (
            "The Organization for Security and Co-operation in Europe (OSCE) sent monitors. The OSCE condemned Russia.",
            "OSCE",
            "Organization for Security and Co-operation in Europe",
        ),
    ],
)
def test_who_is_meant_by_a_shorter_name_or_a_role(text: str, surface: str, name: str) -> None:
    found = {entity for mention, entity in meant(read(text)) if mention == surface}
    assert found == {name}


@pytest.mark.parametrize(
    ("text", "type_", "who"),
    [
        (
            "Russian Deputy Foreign Minister Sergei Ryabkov met Antony Blinken. The Russian foreign minister praised the talks.",
            "supported",
            "Sergei Lavrov",
        ),
        (
            "President Emmanuel Macron of France met Olaf Scholz. The deputy president condemned Iran.",
            "condemned",
            "deputy president",
        ),
        (
            "Brazilian President Jair Bolsonaro met Olaf Scholz. Brazil's vice-president condemned Iran.",
            "condemned",
            "Hamilton Mourão",
        ),
        (
            "French President Emmanuel Macron met Olaf Scholz. The former president condemned Iran.",
            "condemned",
            "former president",
        ),
        (
            "Former French President Francois Hollande met Olaf Scholz. The ex-president condemned Iran.",
            "condemned",
            "François Hollande",
        ),
        ("Ukraine's former president Petro Poroshenko condemned Iran.", "condemned", "Petro Poroshenko"),
        (
            "Petro Poroshenko, Ukraine's ex-president, met Olaf Scholz. The Ukrainian president condemned Iran.",
            "condemned",
            "Volodymyr Zelenskyy",
        ),
        ("President-elect Yoon Suk-yeol met Joe Biden. The South Korean president condemned Iran.", "condemned", "Moon Jae-in"),
        (
            "NATO Secretary-General Jens Stoltenberg met Joe Biden. The secretary-general condemned Iran.",
            "condemned",
            "Jens Stoltenberg",
        ),
    ],
)
def test_a_deputy_or_former_holder_of_an_office_is_not_its_holder(text: str, type_: str, who: str) -> None:
    assert claim_of(type_, told(read(text, date(2022, 2, 24)))).subject == who


@pytest.mark.parametrize(
    ("text", "published", "who"),
    [
        ("The French president visited Berlin.", date(2022, 2, 24), "Emmanuel Macron"),
        ("The French president visited Berlin.", date(2010, 5, 5), "Nicolas Sarkozy"),
        ("The American president visited Berlin.", date(2016, 5, 5), "Barack Obama"),
        ("The American president visited Berlin.", date(2018, 5, 5), "Donald Trump"),
        ("The German chancellor visited Warsaw.", date(2022, 2, 24), "Olaf Scholz"),
        ("The German chancellor visited Warsaw.", date(2012, 2, 24), "Angela Merkel"),
    ],
)
def test_a_role_without_a_name_means_who_held_it_on_the_articles_day(text: str, published: date, who: str) -> None:
    assert claim_of("met", told(read(text, published))).subject == who


def test_a_role_whose_holder_the_text_does_not_fix_stays_nameless() -> None:
    assert claim_of("met", told(read("The French president visited Berlin.", None))).subject == "French president"


def test_the_role_means_who_the_text_says_even_where_another_holds_it_by_now() -> None:
    text = "Barack Obama met Dmitry Medvedev. The Russian president praised Obama."
    assert ("The Russian president", "Dmitry Medvedev") in meant(read(text, date(2010, 5, 5)))


@pytest.mark.parametrize(
    ("text", "type_", "subject"),
    [
        ("Nikol Pashinyan met reporters in Yerevan. He condemned Azerbaijan.", "condemned", "Nikol Pashinyan"),
        (
            "Ursula von der Leyen, president of the European Commission, visited Kyiv. She condemned Russia.",
            "condemned",
            "Ursula von der Leyen",
        ),
        ("Angela Merkel met Emmanuel Macron. She condemned Belarus.", "condemned", "Angela Merkel"),
        ("Angela Merkel met Emmanuel Macron. He condemned Belarus.", "condemned", "Emmanuel Macron"),
        ("Vladimir Putin met Xi Jinping. The two leaders condemned NATO.", "condemned", "Vladimir Putin + Xi Jinping"),
        (
            "The Donetsk People's Republic and the Luhansk People's Republic thanked Cuba. The breakaway regions condemned NATO.",
            "condemned",
            "Donetsk People's Republic + Luhansk People's Republic",
        ),
    ],
)
def test_pronouns_and_groups_take_part_in_events(text: str, type_: str, subject: str) -> None:
    assert claim_of(type_, told(read(text))).subject == subject


def test_who_is_urged_is_not_who_urges() -> None:
    items = told(read("Boris Johnson met Vladimir Putin, urging him to withdraw troops."))
    assert claim_of("appealed_to", items).triple == ("Boris Johnson", "appealed_to", "Vladimir Putin")
    assert claim_of("yielded_to", items).subject == "Vladimir Putin"


@pytest.mark.parametrize(
    "text",
    ["Viktor Orban criticised him.", "Emmanuel Macron praised her.", "Armenia condemned it.", "Turkey attacked them."],
)
def test_a_pronoun_never_means_who_acts_on_it(text: str) -> None:
    (item,) = told(read(text))
    assert item.object != item.subject


def test_the_form_of_a_mention_says_how_it_refers() -> None:
    extraction = read("Emmanuel Macron met Olaf Scholz. The French president said he praised Scholz.")
    forms = {m.text: m.form for m in extraction.mentions}
    assert forms["Emmanuel Macron"] is MentionForm.NAME
    assert forms["The French president"] is MentionForm.NOMINAL
    assert forms["he"] is MentionForm.PRONOUN


def test_what_is_nobodys_name_stays_nobody() -> None:
    assert {m.form for m in read("It rained, and he was glad that she was there.", DAY).mentions} == set()


@pytest.mark.parametrize(
    ("text", "triple"),
    [
        (
            "Sahra Keita, the interior minister, met Pavel Novotny. In a statement she accused Iran.",
            ("Sahra Keita", "accused", "Iran"),
        ),
        ("Mr Adeyinka met Mrs Whitcombe in Lagos. He condemned Ghana.", ("Adeyinka", "condemned", "Ghana")),
        ("Mr Adeyinka met Mrs Whitcombe in Lagos. She condemned Ghana.", ("Whitcombe", "condemned", "Ghana")),
        ("Norway and Sweden met in Oslo on Monday. They condemned Belarus.", ("Norway + Sweden", "condemned", "Belarus")),
        ("Brazil said it would impose sanctions on Bolivia.", ("Brazil", "sanctioned", "Bolivia")),
    ],
)
def test_a_pronoun_means_who_agrees_with_it(text: str, triple: tuple[str, str, str]) -> None:
    assert triple in [item.triple for item in told(read(text, None))]


def test_nobody_is_meant_by_an_impersonal_it() -> None:
    assert ("It", "France") not in meant(read("France closed a bridge. It is hard to say why the river rose."))


@pytest.mark.parametrize(
    ("second", "who"),
    [
        ("Both sides condemned Chad.", {"Peru", "Ecuador"}),
        ("The two countries condemned Chad.", {"Peru", "Ecuador"}),
        ("The parties condemned Chad.", {"Peru", "Ecuador"}),
        ("Each side condemned Chad.", {"Peru", "Ecuador"}),
        ("Both presidents condemned Chad.", {"Ada Okeke", "Ivo Brandt"}),
    ],
)
def test_two_are_those_the_article_speaks_of_most(second: str, who: set[str]) -> None:
    first = "Peru and Ecuador held talks in Brazil. President Ada Okeke met President Ivo Brandt."
    text = f"{first} Peru thanked Brazil, Ecuador did not."
    assert set(claim_of("condemned", told(read(f"{text} {second}", None))).subject.split(" + ")) == who


def test_both_of_whom_adds_nobody() -> None:
    found = meant(read("Peru and Ecuador met. The envoys of Chad, both of whom smiled, left.", None))
    assert "both" not in {surface for surface, _ in found}
