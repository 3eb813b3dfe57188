"""What unknown names are taken for, by their words and by what is said around them, and which are no names of anybody."""

from __future__ import annotations

import pytest

from kb.domain.entity import EntityKind
from tests.reading import read

PERSON, ORGANISATION, REGION = EntityKind.PERSON, EntityKind.ORGANISATION, EntityKind.REGION


def kinds(text: str) -> dict[str, EntityKind]:
    """The kind of each entity by its name."""
    return {entity.name: entity.kind for entity in read(text).entities}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Troops withdrew to the village of Karmuk on Monday. Shells fell near Karmuk again.", "Karmuk", REGION),
        ("Rebels shelled Torvan, a town in the hills, and the Torvan district was evacuated.", "Torvan", REGION),
        ("Ousmane Tandina, a lawyer, was arrested. He said Ousmane Tandina would appeal.", "Ousmane Tandina", PERSON),
        ("Milica Tervo, 41, a nurse, said the hospital was full.", "Milica Tervo", PERSON),
        ("The Progress and Renewal Party rejected the budget.", "Progress and Renewal Party", ORGANISATION),
        ("Gen Tadele Worku led the attack.", "Tadele Worku", PERSON),
        ("Its frigate USS Gerald Moran left the harbour.", "USS Gerald Moran", ORGANISATION),
    ],
)
def test_neighbours_and_own_words_tell_the_kind(text: str, name: str, kind: EntityKind) -> None:
    assert kinds(text)[name] is kind


def test_one_spelling_has_one_kind_in_an_article() -> None:
    found = read("Fighting went on in Karmuk.\nKarmuk fell at noon.\nThe army entered Karmuk.").entities
    assert [entity.kind for entity in found if entity.name == "Karmuk"] == [REGION]


@pytest.mark.parametrize(
    "text",
    [
        "The Indus Waters Treaty was suspended.",
        "He complained on Twitter.",
        "They burned copies of the Koran during Ramadan.",
        "The Budapest Memorandum was broken.",
        "The Helms-Burton Act was passed.",
        "The Menendez-Graham Act was passed.",
    ],
)
def test_treaties_media_and_feasts_are_nobody(text: str) -> None:
    assert kinds(text) == {}


def test_a_dateline_names_a_place_without_its_date() -> None:
    found = kinds("PORT TALMA, Kenya, Aug 1 - Idris Mensah went home.")
    assert found["PORT TALMA"] is REGION
    assert not any("Aug" in name for name in found)


def test_the_capital_of_a_dateline_is_a_place() -> None:
    assert kinds("WARSAW - The judges went home.")["Warsaw"] is REGION


def test_a_title_inside_a_name_parts_the_body_from_the_person() -> None:
    found = kinds("Reform Party Chair Anita Solberg resigned.")
    assert found["Anita Solberg"] is PERSON
    assert not any("Chair" in name for name in found)


def test_a_form_of_address_is_one_way_to_name_somebody() -> None:
    (person,) = [
        entity for entity in read("Mrs Hallorann resigned. The party thanked Mrs Hallorann.").entities if entity.kind is PERSON
    ]
    assert {"Hallorann", "Mrs Hallorann"} <= {alias.name for alias in person.aliases}


def test_the_west_bank_is_not_the_west() -> None:
    found = kinds("Settlers entered the West Bank.")
    assert "Western world" not in found
    assert found["West Bank"] is REGION


def test_given_names_between_others_are_not_known_surnames() -> None:
    found = kinds("The clerk Idris Mohamed Hussein was freed.")
    assert [name for name, kind in found.items() if kind is PERSON] == ["Idris Mohamed Hussein"]
