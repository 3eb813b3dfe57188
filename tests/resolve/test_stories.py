"""Which articles tell the same happening, and that nothing but the articles decides it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from kb.domain.event import Story, ToldArticle
from kb.resolve.stories import StoryGrouper

DAY = date(2022, 2, 22)
GROUPER = StoryGrouper({"putin": "russia", "biden": "united_states"}, frozenset({"met"}))
WAR = {
    ("recognised", "russia", "donetsk"),
    ("recognised", "russia", "luhansk"),
    ("deployed_forces_to", "russia", "ukraine"),
    ("sanctioned", "united_states", "donetsk"),
}
CAST = {"russia": 9, "ukraine": 8, "putin": 5, "united_states": 4, "donetsk": 3, "luhansk": 2}


def told(
    name: str,
    day: date | None = DAY,
    occurrences: set[tuple[str, str, str]] = WAR,
    cast: dict[str, int] = CAST,
    title: str = "Putin orders troops to Ukraine",
) -> ToldArticle:
    return ToldArticle(name, title, day, frozenset(occurrences), frozenset(cast.items()))


def clusters(*articles: ToldArticle) -> set[tuple[str, ...]]:
    return {story.article_ids for story in GROUPER.group_articles(articles)}


@pytest.mark.parametrize("days", [0, 1, 4])
def test_articles_of_the_same_days_that_tell_the_same_are_one_story_named_by_the_first(days: int) -> None:
    later = told("a", DAY + timedelta(days), title="What the recognition means")
    (story,) = GROUPER.group_articles([later, told("b")])
    assert set(story.article_ids) == {"a", "b"}
    if days:
        assert (story.article_ids, story.title) == (("b", "a"), "Putin orders troops to Ukraine")


def test_the_same_told_a_week_later_is_another_story() -> None:
    assert clusters(told("a"), told("b", DAY + timedelta(5))) == {("a",), ("b",)}


def test_a_story_does_not_grow_from_day_to_day() -> None:
    articles = [told(f"a{n:02}", DAY + timedelta(2 * n)) for n in range(12)]
    assert max(len(each) for each in clusters(*articles)) == 3


def test_articles_that_only_name_the_same_powers_are_two() -> None:
    tariffs = told(
        "b",
        occurrences={("sanctioned", "united_states", "china")},
        cast={"united_states": 9, "russia": 1, "ukraine": 1, "china": 8, "beijing": 3, "xi": 2},
        title="Washington puts off tariffs",
    )
    assert clusters(told("a"), tariffs) == {("a",), ("b",)}


def test_whoever_acts_for_a_state_is_that_state() -> None:
    by_name = {("recognised", "putin", "donetsk"), ("recognised", "putin", "luhansk"), ("sanctioned", "biden", "donetsk")}
    assert clusters(told("a", None), told("b", None, by_name)) == {("a", "b")}


def test_a_meeting_is_one_whoever_is_named_first() -> None:
    left = told("a", None, {("met", "france", "russia"), ("met", "germany", "ukraine")})
    right = told("b", None, {("met", "putin", "france"), ("met", "ukraine", "germany")})
    assert clusters(left, right) == {("a", "b")}


def test_an_undated_article_belongs_where_it_tells_the_same_whenever_that_was() -> None:
    assert clusters(told("a", None), told("b", date(2014, 3, 1))) == {("b", "a")}


def test_names_and_title_alone_do_not_give_an_undated_article_its_days() -> None:
    other = {("accused", "russia", "ukraine"), ("negotiated_with", "russia", "ukraine")}
    assert clusters(told("a", None, other), told("b")) == {("b",), ("a",)}
    assert clusters(told("a", DAY, other), told("b")) == {("a", "b")}


def test_articles_without_claims_or_names_stand_alone() -> None:
    empty = [told(name, None, set(), {}) for name in ("a", "b")]
    assert clusters(*empty, told("c", DAY, set(), {}), told("d", DAY, set(), {})) == {("a",), ("b",), ("c",), ("d",)}


def sample(seed: int) -> list[ToldArticle]:
    """Articles about a few people and events, close enough to each other that many are nearly one story."""
    chance = random.Random(seed)
    people = [f"p{n}" for n in range(7)]
    kinds = ("met", "attacked", "recognised")
    found = []
    for number in range(25):
        some = {(chance.choice(kinds), *chance.sample(people, 2)) for _ in range(chance.randrange(1, 9))}
        cast = {person: chance.randrange(1, 9) for person in chance.sample(people, chance.randrange(0, 7))}
        day = None if chance.random() < 0.2 else DAY + timedelta(chance.randrange(20))
        title = " ".join(chance.sample(["orders", "troops", "signs", "border", "talks"], 3))
        found.append(told(f"a{number}", day, some, cast, title))
    return found


def hang_together(left: frozenset[str], right: frozenset[str]) -> bool:
    """As the store looks for it: `<x` beside `>x`, any other key beside itself."""
    swapped = {key.translate(str.maketrans("<>", "><"))[0] + key[1:] for key in right}
    return bool(left & swapped)


def components(articles: list[ToldArticle]) -> list[list[ToldArticle]]:
    rest = list(articles)
    found = []
    while rest:
        component = [rest.pop()]
        for each in component:
            near = [other for other in rest if hang_together(GROUPER.block_keys(each), GROUPER.block_keys(other))]
            component += near
            rest = [other for other in rest if other not in near]
        found.append(component)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_neither_order_nor_what_has_no_key_in_common_makes_a_difference(seed: int) -> None:
    articles = sample(seed)
    stories = GROUPER.group_articles(articles)
    assert sorted(each for story in stories for each in story.article_ids) == sorted(each.article_id for each in articles)
    assert any(len(story.article_ids) > 1 for story in stories)
    shuffled = random.Random(seed).sample(articles, len(articles))
    assert GROUPER.group_articles(shuffled) == stories
    apart: list[Story] = []
    for component in components(articles):
        apart += GROUPER.group_articles(component)
    assert sorted(apart, key=lambda story: story.id) == list(stories)
