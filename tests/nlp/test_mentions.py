"""Which stretches of a text are taken for names, and what each of them is."""

from __future__ import annotations

from datetime import date

import pytest

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.ids import local_entity_id
from tests.reading import meant, read


def kinds(text: str) -> dict[str, EntityKind]:
    """The kind of each entity by its name."""
    return {entity.name: entity.kind for entity in read(text).entities}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Emmanuel Macron flew from France to Kharkiv for the United Nations.",
            {
                "Emmanuel Macron": EntityKind.PERSON,
                "France": EntityKind.COUNTRY,
                "Kharkiv": EntityKind.REGION,
                "United Nations": EntityKind.ORGANISATION,
            },
        ),
        ("Fighting continued in eastern Ukraine.", {"eastern Ukraine": EntityKind.REGION}),
        ("Russia annexed Crimea.", {"Russia": EntityKind.COUNTRY, "Crimea": EntityKind.REGION}),
        (
            "The Donetsk People's Republic asked NATO for nothing.",
            {"Donetsk People's Republic": EntityKind.REGION, "NATO": EntityKind.ORGANISATION},
        ),
        ("The Russian Foreign Ministry was silent.", {"Russian Foreign Ministry": EntityKind.ORGANISATION}),
        ("Ukraine's parliament was empty.", {"Ukraine's parliament": EntityKind.ORGANISATION}),
        ("The Washington Post was late.", {"Washington Post": EntityKind.ORGANISATION}),
        ("George Washington crossed the river.", {"George Washington": EntityKind.PERSON}),
    ],
)
def test_names_and_what_they_name(text: str, expected: dict[str, EntityKind]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text", ["The U.S.-led coalition was late.", "A U.N.-brokered truce was near.", "It stayed an anti-U.S. speech."]
)
def test_initials_with_a_hyphen_are_a_name(text: str) -> None:
    assert set(kinds(text)) & {"United States", "United Nations"}


def test_an_acronym_that_is_a_word_is_one_where_capitals_mean_something() -> None:
    assert kinds("On Monday IS fighters entered Mosul.")["Islamic State"] is EntityKind.ORGANISATION
    assert "Islamic State" not in kinds("MOSUL IS QUIET AGAIN")


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (
            "In March the Agriculture and Food Authority banned exports.",
            "Agriculture and Food Authority",
            EntityKind.ORGANISATION,
        ),
        ("Police accused the Palestine Liberation Army of theft.", "Palestine Liberation Army", EntityKind.ORGANISATION),
        ("Philippine Defence Secretary Gilberto Teodoro said nothing.", "Gilberto Teodoro", EntityKind.PERSON),
    ],
)
def test_a_name_is_whole_and_without_the_words_of_an_office(text: str, name: str, kind: EntityKind) -> None:
    found = kinds(text)
    assert found[name] is kind
    assert [each for each, its in found.items() if its is kind and set(each.split()) & set(name.split())] == [name]
    assert not any("Defence" in each for each in found)


def test_a_short_sentence_full_of_names_is_no_headline() -> None:
    assert kinds("Jaan Korv of Tartu met Mari Lepp.").keys() >= {"Jaan Korv", "Mari Lepp"}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Three Russian-backed separatists attacked a Ukrainian checkpoint.", "Russian-backed separatists"),
        ("Their own generals attacked Ukraine.", "generals"),
        ("The 45-year-old activists attacked Ukraine.", "activists"),
        ("On the ninth, residents protested against Ukraine.", "residents"),
    ],
)
def test_an_actor_without_a_name_is_called_by_the_words_that_tell_who_it_is(text: str, called: str) -> None:
    assert called in kinds(text)


@pytest.mark.parametrize("text", ["The Dutch premier was tired.", "They ate Dutch cheese."])
def test_an_adjective_alone_makes_a_country_an_entity(text: str) -> None:
    assert kinds(text)["Netherlands"] is EntityKind.COUNTRY


@pytest.mark.parametrize("text", ["A Spanish-speaking guide led the way.", "They ate African bread."])
def test_part_of_a_compound_or_a_region_that_only_an_adjective_names_is_no_entity(text: str) -> None:
    assert all(kind not in {EntityKind.COUNTRY, EntityKind.REGION} for kind in kinds(text).values())


def test_an_adjective_before_forces_stands_for_the_country_that_sends_them() -> None:
    extraction = read("Russian troops attacked Kharkiv.")
    assert ("Russian troops", "Russia") in meant(extraction)


def test_a_nameless_actor_is_somebody_only_where_he_takes_part() -> None:
    assert read("The protesters shouted. Rain fell.").entities == ()
    extraction = read("Protesters attacked the parliament in Tunis.")
    (nameless,) = [e for e in extraction.entities if e.name.lower() == "protesters"]
    assert nameless.article_id == extraction.article.id
    assert nameless.kind is EntityKind.ORGANISATION
    assert {m.form for m in extraction.mentions if m.entity_id == nameless.id} == {MentionForm.NOMINAL}


def test_nameless_actors_of_two_articles_are_two() -> None:
    first = {e.id for e in read("Protesters attacked the parliament in Tunis.").entities if e.article_id}
    second = {e.id for e in read("Protesters attacked the palace in Tunis.").entities if e.article_id}
    assert first
    assert second
    assert not first & second


def test_an_unknown_name_is_one_entity_in_all_articles() -> None:
    one = read("Mary Drummond, a teacher, met reporters. Later Drummond thanked Iran.")
    other = read("Joe Biden praised Mary Drummond, a teacher, in London.", date(2023, 1, 1))
    expected = local_entity_id(EntityKind.PERSON, "mary drummond")
    for extraction in (one, other):
        (drummond,) = [e for e in extraction.entities if e.name == "Mary Drummond"]
        assert (drummond.id, drummond.wikidata_id, drummond.article_id) == (expected, None, None)


def test_an_unknown_surname_alone_is_somebody_of_one_article_only() -> None:
    one = read("Mr Drummond met Joe Biden.")
    other = read("Joe Biden praised Mr Drummond in London.", date(2023, 1, 1))
    (here,), (there,) = ([e for e in extraction.entities if e.name == "Drummond"] for extraction in (one, other))
    assert (here.article_id, there.article_id) == (one.article.id, other.article.id)
    assert here.id != there.id


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Mr. Putin condemned NATO.", "Putin"),
        ("“Vladimir Putin”, he said.", "Vladimir Putin"),
        ("Russia's army rested.", "Russia"),
        ("Russia’s army rested.", "Russia"),
        ("Germany, France and Poland agreed.", "France"),
        ("(NATO) was founded in 1949.", "NATO"),
        ("RUSSIA ATTACKS", "RUSSIA"),
    ],
)
def test_a_mention_is_the_name_and_nothing_around_it(text: str, surface: str) -> None:
    mentions = read(text).mentions
    assert surface in [m.text for m in mentions]
    assert all(text[m.start : m.end] == m.text for m in mentions)


def test_each_line_is_read_for_itself() -> None:
    extraction = read("Visit of Joe\nBiden")
    assert not any("\n" in m.text for m in extraction.mentions)
