"""Names that the reference set has not got letter by letter, and whom they can mean all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Gazetteer
from kb.domain.reference import ReferenceEntity
from kb.resolve.candidates import Closeness, compare_people, open_index


def person(key: str, name: str, *names: str) -> ReferenceEntity:
    return ReferenceEntity(key, EntityKind.PERSON, name, None, names)


def body(key: str, name: str, country: str | None = None) -> ReferenceEntity:
    return ReferenceEntity(key, EntityKind.ORGANISATION, name, None, country=country)


INDEX = open_index(
    Gazetteer(
        [
            person("p1", "George W. Bush", "George Walker Bush"),
            person("p2", "George H. W. Bush"),
            person("p3", "Volodymyr Zelenskyy"),
            person("p4", "Nicolás Maduro Moros"),
            person("p5", "John Kerry"),
            person("p6", "Abdullah II"),
            person("p7", "Recep Tayyip Erdoğan"),
            ReferenceEntity("c1", EntityKind.COUNTRY, "Kazakhstan", None),
            ReferenceEntity("c2", EntityKind.COUNTRY, "North Korea", None),
            ReferenceEntity("c3", EntityKind.COUNTRY, "United Nations", None),
            body("o1", "United Nations Security Council"),
            body("o2", "Eastern Caribbean Supreme Court"),
            body("o3", "Bank of Austria"),
            body("o4", "Bank of Australia"),
            body("o6", "Acme Widgets Inc."),
            body("o7", "Globex"),
            body("o5", "Organization for Security and Cooperation in Europe"),
        ]
    )
)
NOBODY: dict[str, Closeness] = {}


@pytest.mark.parametrize(
    ("surface", "kind", "found"),
    [
        ("Volodymyr Zelenskiy", EntityKind.PERSON, {"p3": Closeness.SPELLING}),
        ("Zelensky", EntityKind.PERSON, {"p3": Closeness.SPELLING}),
        ("Zelensky", EntityKind.REGION, NOBODY),
        ("Volodymr Zelensky", EntityKind.PERSON, {"p3": Closeness.FUZZY}),
        ("V. Zelensky", EntityKind.PERSON, {"p3": Closeness.INITIAL}),
        ("President George W Bush", EntityKind.PERSON, {"p1": Closeness.SPELLING}),
        ("George Bush", EntityKind.PERSON, {"p1": Closeness.MIDDLE, "p2": Closeness.MIDDLE}),
        ("George Herbert Walker Bush", EntityKind.PERSON, {"p2": Closeness.MIDDLE}),
        ("Barbara Bush", EntityKind.PERSON, NOBODY),
        ("Nicolas Maduro", EntityKind.PERSON, {"p4": Closeness.CUT}),
        ("Tayyip Erdogan", EntityKind.PERSON, {"p7": Closeness.MIDDLE}),
        ("John Perry", EntityKind.PERSON, NOBODY),
        ("Kazakstan", EntityKind.REGION, {"c1": Closeness.FUZZY}),
        ("South Korea", EntityKind.REGION, NOBODY),
        ("Security Council", EntityKind.ORGANISATION, {"o1": Closeness.CUT}),
        ("Supreme Court", EntityKind.ORGANISATION, NOBODY),
        ("Organisation for Security and Co-operation in Europe", EntityKind.ORGANISATION, {"o5": Closeness.SPELLING}),
        ("Acme Widgets", EntityKind.ORGANISATION, {"o6": Closeness.CUT}),
        ("Globex Corporation", EntityKind.ORGANISATION, {"o7": Closeness.CUT}),
        ("Globex", EntityKind.PERSON, {"o7": Closeness.SPELLING}),
        ("Bank of Armenia", EntityKind.ORGANISATION, NOBODY),
        ("!", None, NOBODY),
    ],
)
def test_whom_a_name_comes_near(surface: str, kind: EntityKind | None, found: dict[str, Closeness]) -> None:
    assert {match.candidate.key: match.closeness for match in INDEX.list_matches(surface, kind)} == found


def test_a_monarch_is_known_by_the_form_of_address() -> None:
    assert [match.candidate.key for match in INDEX.list_styled("King Abdullah")] == ["p6"]
    assert INDEX.list_styled("King Harald") == ()


@pytest.mark.parametrize(
    ("left", "right", "closeness"),
    [
        ("george bush", "george w bush", Closeness.MIDDLE),
        ("george walker bush", "george w bush", Closeness.MIDDLE),
        ("george hw bush", "george w bush", None),
        ("george walker bush", "george herbert bush", None),
        ("g bush", "george w bush", Closeness.INITIAL),
        ("bush", "george w bush", None),
        ("george bush", "george clinton", None),
        ("nicolas maduro", "nicolas maduro moros", Closeness.CUT),
        ("tayyip erdogan", "recep tayyip erdogan", Closeness.MIDDLE),
    ],
)
def test_names_of_one_person(left: str, right: str, closeness: Closeness | None) -> None:
    assert compare_people(left.split(), right.split()) is closeness
    assert compare_people(right.split(), left.split()) is closeness


@given(st.lists(st.sampled_from(["a", "ab", "anna", "bo", "carl", "w", "hw"]), max_size=4), st.data())
def test_comparing_people_has_no_sides(words: list[str], data: st.DataObject) -> None:
    others = data.draw(st.permutations([*words, "carl"]))
    assert compare_people(words, others) is compare_people(others, words)
