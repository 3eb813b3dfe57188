"""What counts as an independent source."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.independence import count_independent

articles = st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("12345")), max_size=8)


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ([], 0),
        ([("Paper", "wire"), ("Gazette", "wire"), ("Herald", "wire")], 1),
        ([("Paper", "wire"), ("Gazette", "wire"), ("Herald", "own")], 2),
        ([("Paper", "one"), ("Paper", "two")], 1),
        # The Gazette only copies the Paper, which also has a report of its own.
        ([("Paper", "wire"), ("Paper", "own"), ("Gazette", "wire")], 2),
        # That the Paper carries both agencies does not make one of them.
        ([("Paper", "Reuters"), ("Paper", "AP"), ("Gazette", "Reuters"), ("Herald", "AP")], 2),
        ([("Paper", "a"), ("Gazette", "b"), ("Herald", "c")], 3),
    ],
)
def test_copies_count_once_and_so_does_a_publisher(told: list[tuple[str, str]], count: int) -> None:
    assert count_independent(told) == count


@given(articles)
def test_the_count_is_of_the_most_articles_that_share_neither_publisher_nor_text(told: list[tuple[str, str]]) -> None:
    def independent(some: tuple[tuple[str, str], ...]) -> bool:
        return len({publisher for publisher, _ in some}) == len({text for _, text in some}) == len(some)

    most = max(size for size in range(len(told) + 1) if any(map(independent, combinations(told, size))))
    assert count_independent(told) == count_independent(reversed(told)) == most


@given(articles, st.sampled_from("ABCDE"), st.sampled_from("12345"))
def test_a_further_article_takes_no_source_away_and_adds_one_at_most(
    told: list[tuple[str, str]], publisher: str, text: str
) -> None:
    assert count_independent([*told, (publisher, text)]) - count_independent(told) in (0, 1)


def test_a_long_chain_of_outlets_and_agencies_is_counted() -> None:
    chain = [(f"outlet {number}", f"text {number + step}") for number in range(3000) for step in (0, 1)]
    assert count_independent(chain) == 3000
