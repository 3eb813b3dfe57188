"""Near-duplicates of the seed articles, made in the ways in which texts are copied, and articles that are none."""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import combinations

import pytest

from kb.domain.article import RawDocument
from kb.resolve.copies import CopyFinder
from kb.sources.clean import to_article
from kb.sources.files import read_documents
from tests.command import SEEDS

FINDER = CopyFinder()
# One of the seeds is an agency's report, another the same report in other words.
REPORT, REWORDED = 0, 2


@cache
def seeds() -> tuple[str, ...]:
    documents = read_documents([SEEDS], max_bytes=10**6)
    return tuple(to_article(document).text for document in documents if isinstance(document, RawDocument))


def are_found_and_judged_copies(left: str, right: str) -> bool:
    sketches = [FINDER.make_sketch(text) for text in (left, right)]
    mine, theirs = sketches
    if mine is None or theirs is None or not FINDER.block_keys(mine) & FINDER.block_keys(theirs):
        return False
    assert FINDER.are_copies(left, right) == FINDER.are_copies(right, left)
    return FINDER.are_worth_comparing(mine, theirs) and FINDER.are_copies(left, right)


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+|\n+", text)


def reworded(text: str, share: float) -> str:
    chosen = random.Random(7)
    return " ".join(f"synonym{chosen.randrange(500)}" if chosen.random() < share else word for word in text.split())


def lead(text: str) -> str:
    own = (
        "Our correspondent writes from the capital, where people waited all night for news of what would come next and feared it."
    )
    return "\n".join([own, *text.split("\n")[1:]])


def shuffled(text: str) -> str:
    parts = sentences(text)
    random.Random(7).shuffle(parts)
    return " ".join(parts)


def first_part(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(lambda text: text, id="verbatim"),
        pytest.param(lead, id="own first paragraph"),
        pytest.param(lambda text: first_part(text, 0.5), id="first half"),
        pytest.param(lambda text: first_part(text, 0.33), id="first third"),
        pytest.param(shuffled, id="sentences in another order"),
        pytest.param(lambda text: reworded(text, 0.1), id="every tenth word"),
        pytest.param(lambda text: reworded(text, 0.25), id="every fourth word"),
        pytest.param(lambda text: reworded(shuffled(text), 0.25), id="every fourth word in another order"),
        pytest.param(lambda text: text.upper().replace("’", "").replace("'", ""), id="capitals without apostrophes"),
    ],
)
def test_a_copy_is_found_however_it_was_changed(number: int, copied: object) -> None:
    assert callable(copied)
    text = seeds()[number]
    assert are_found_and_judged_copies(text, copied(text))


def test_articles_on_one_story_are_no_copies_but_for_the_one_that_is_reworded() -> None:
    texts = seeds()
    found = {pair for pair in combinations(range(5), 2) if are_found_and_judged_copies(texts[pair[0]], texts[pair[1]])}
    assert found == {(REPORT, REWORDED)}


def test_a_quotation_in_common_makes_no_copies() -> None:
    quotation = " ".join(f"quoted{number}" for number in range(50))
    left, right = (" ".join(f"{name}{number}" for number in range(150)) for name in ("mine", "theirs"))
    assert not FINDER.are_copies(f"{left} {quotation}", f"{right} {quotation}")


@pytest.mark.parametrize(
    "flash", ["", "Peru recognised Kosovo.", "Breaking: Peru recognised Kosovo on Monday, its minister said."]
)
def test_a_flash_may_be_the_same_by_chance(flash: str) -> None:
    assert FINDER.make_sketch(flash) is None
    assert not FINDER.are_copies(flash, flash)


def test_articles_on_other_matters_hardly_ever_meet() -> None:
    chosen = random.Random(7)
    vocabulary = ["".join(chosen.choices("abcdefghij", k=5)) for _ in range(3000)]
    sketches = [FINDER.make_sketch(" ".join(chosen.choices(vocabulary, k=400))) for _ in range(60)]
    keys = [FINDER.block_keys(sketch) for sketch in sketches if sketch is not None]
    assert len(keys) == 60
    assert sum(bool(left & right) for left, right in combinations(keys, 2)) <= 5
