"""Whose names are alike, by what, and who is taken for one."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.curation import Likeness, NamedEntity
from kb.domain.entity import EntityKind
from kb.resolve.clusters import choose_canonical
from kb.resolve.likeness import SURE, compare, counterpart, list_alike, list_block_keys

FIRST = ("Mohammed", "Muhammad", "Mohamed", "Ana", "Anna", "George", "J", "Yevgeny", "Evgeniy", "Abd al-Rahman")
LAST = ("Hassani", "al-Hassani", "Hasani", "Zelensky", "Zelenskiy", "Petrova", "Petrovna", "van Dijk", "Walker")
WORDS = ("Union", "of", "Free", "Dock", "Workers", "Defence", "Ministry", "the", "Party", "FDW", "UDW", "Labour", "Labor")


def entity(name: str, kind: EntityKind = EntityKind.PERSON, key: str = "", wikidata_id: str | None = None) -> NamedEntity:
    return NamedEntity(key or f"ent_{name}", kind, name, wikidata_id)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Volodymyr Zelenskiy", "Vladimir Zelensky"),
        ("Muhammad al-Hassani", "Mohamed Hassani"),
        ("President Emmerson Okoro", "Emmerson Okoro"),
        ("Kim Yong-nam", "Kim Yong Nam"),
        ("Yevgeny Morozov", "Evgeniy Morozov"),
    ],
)
def test_one_name_in_two_spellings_is_one_person(left: str, right: str) -> None:
    found = compare(entity(left), entity(right))
    assert found is not None
    assert found.score >= SURE


@pytest.mark.parametrize(
    ("left", "right", "sign"),
    [
        ("George Walker", "George B. Walker", "middle name left out"),
        ("J. Walker", "James Walker", "initial of the first name"),
        ("Ana Petrova", "Ana Petrove", "surname with one letter changed"),
    ],
)
def test_what_may_be_two_people_is_left_to_a_curator(left: str, right: str, sign: str) -> None:
    found = compare(entity(left), entity(right))
    assert found is not None
    assert found.score < SURE
    assert sign in dict(found.parts)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ivan Petrov", "Igor Petrov"),
        ("Walker", "George Walker"),
        ("George A. Walker", "George B. Walker"),
        ("Ali Iran", "Ali Iraq"),
    ],
)
def test_different_people_are_not_alike(left: str, right: str) -> None:
    assert compare(entity(left), entity(right)) is None


@pytest.mark.parametrize(
    ("left", "right", "sure"),
    [
        ("Ministry of Defence", "Defence Ministry", True),
        ("Free Dock Workers", "Free Union Dock Workers", False),
        ("FDW", "Free Dock Workers", False),
    ],
)
def test_bodies(left: str, right: str, *, sure: bool) -> None:
    found = compare(entity(left, EntityKind.ORGANISATION), entity(right, EntityKind.ORGANISATION))
    assert found is not None
    assert (found.score >= SURE) is sure


@given(st.lists(st.tuples(st.sampled_from(FIRST), st.sampled_from(("", "B.", "Ivan")), st.sampled_from(LAST)), max_size=12))
def test_people_who_are_alike_meet(names: list[tuple[str, str, str]]) -> None:
    people = [entity(" ".join(part for part in name if part)) for name in names]
    _assert_alike_meet(people)


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), max_size=12))
def test_bodies_that_are_alike_meet(names: list[str]) -> None:
    _assert_alike_meet([entity(name, EntityKind.ORGANISATION) for name in names])


def _assert_alike_meet(entities: list[NamedEntity]) -> None:
    for left, right in combinations(entities, 2):
        if compare(left, right) is not None and list_block_keys(left) and list_block_keys(right):
            assert {counterpart(key) for key in list_block_keys(left)} & list_block_keys(right), (left.name, right.name)
    together = {each.id: each for each in entities}
    for number in range(len(entities)):
        # Compared one after the other or at once, the same pairs are found.
        old, new = entities[:number], entities[number:]
        pairs = {(x.left_id, x.right_id) for x in (*list_alike(old, ()), *list_alike(new, old))}
        assert pairs == {(x.left_id, x.right_id) for x in list_alike(list(together.values()), ())}


def test_two_with_different_wikidata_ids_are_never_alike() -> None:
    one, other = (entity("George Walker", key=f"ent_{key}", wikidata_id=key) for key in ("Q1", "Q2"))
    assert compare(one, other) is None


def test_a_chain_of_likenesses_does_not_join_what_is_judged_to_be_two() -> None:
    first, between, last = (f"ent_{letter * 20}" for letter in "abc")
    people = [entity("George Walker", key=key) for key in (first, between, last)]
    alike = [Likeness(first, between, 0.97, ()), Likeness(between, last, 0.95, ())]
    assert choose_canonical(people, (), (), alike) == {first: first, between: first, last: first}
    assert choose_canonical(people, (), [(first, last)], alike) == {first: first, between: first, last: last}
    assert choose_canonical(people, (), [(first, between)], alike) == {first: first, between: between, last: between}


def test_nobody_is_taken_for_somebody_known_by_name_alone() -> None:
    known, local = entity("George Walker", key="ent_Q1", wikidata_id="Q1"), entity("George Walker", key=f"ent_{'a' * 20}")
    found = compare(known, local)
    assert found is not None
    assert choose_canonical([known, local], (), (), [found])[local.id] == local.id
    assert choose_canonical([known, local], [(local.id, known.id)], (), [found])[local.id] == known.id
