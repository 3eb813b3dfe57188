"""What benchmarks/linking_speed.py names, that it links and clusters it, and how it judges growth; nothing here is timed."""

from __future__ import annotations

import json
import random
from collections import Counter
from itertools import islice

import pytest

from benchmarks import linking_speed
from benchmarks.linking_speed import Lap, Meant, change, invent, link_article, list_growth, main, measure, rank, write_articles
from kb.domain.entity import EntityKind
from kb.ingest.extract import load_gazetteer
from kb.settings import read_settings

MERKEL = Meant(EntityKind.PERSON, ("Angela Merkel",), ("Merkel",))
FRANCE = Meant(EntityKind.COUNTRY, ("France",), ("France", "French"))


def lap(mentions: int, linking: float, clustering: float) -> Lap:
    return Lap(mentions, linking, clustering, 0, 0, 0, None, None)


def test_the_first_are_named_most_and_the_last_now_and_then() -> None:
    draw = random.Random(1)
    found = Counter(rank(draw, 1000) for _ in range(20_000))
    assert min(found) == 0
    assert 900 < max(found) < 1000
    assert found[0] > found[1] > sum(found[number] for number in range(100, 120)) / 20 > 0


def test_the_same_seed_writes_the_same_articles_and_fewer_are_the_beginning_of_more() -> None:
    few, more, others = (list(islice(write_articles((MERKEL, FRANCE), seed), n)) for seed, n in ((1, 3), (1, 5), (2, 3)))
    assert few == more[:3]
    assert few != others
    assert {len(names) for _, names in more} == {40}
    assert {name.text for _, names in more for name in names} >= {"Angela Merkel", "Merkel", "France"}


def test_ever_more_are_named_whom_nobody_named_before_but_ever_more_slowly() -> None:
    texts = [{name.text for _, names in islice(write_articles((MERKEL,), 1), n) for name in names} for n in (50, 100, 200)]
    assert len(texts[0]) < len(texts[1]) < len(texts[2])
    assert len(texts[2]) - len(texts[1]) < 2 * len(texts[1])


def test_the_invented_are_people_bodies_and_places_who_stay_who_they_are() -> None:
    kinds = Counter(invent(number).kind for number in range(1000))
    assert kinds[EntityKind.PERSON] > kinds[EntityKind.ORGANISATION] > kinds[EntityKind.REGION] > 0
    invent.cache_clear()
    assert invent(7) == invent.__wrapped__(7)
    assert len({invent(number).full for number in range(1000)}) > 900


def test_a_change_is_a_title_another_spelling_or_two_letters_changed_over() -> None:
    draw = random.Random(1)
    forms = {change("Volodymyr Zelensky", EntityKind.PERSON, draw) for _ in range(300)}
    assert "President Volodymyr Zelensky" in forms
    assert "Volodymyr Zelenskiy" in forms
    assert any(sorted(form) == sorted("Volodymyr Zelensky") for form in forms - {"Volodymyr Zelensky"})


def test_known_names_are_linked_and_the_others_are_given_to_clustering() -> None:
    names = [linking_speed.Said(text, kind, linking_speed.Usage.ACTS) for text, kind in (
        ("France", EntityKind.COUNTRY), ("Angela Merkel", EntityKind.PERSON), ("Xiaoming Zabarovenko", EntityKind.PERSON),
    )]  # fmt: skip
    linked, unknown = link_article(names, None, load_gazetteer(read_settings()))
    assert linked == 2
    assert [(each.kind, each.name) for each in unknown] == [(EntityKind.PERSON, "Xiaoming Zabarovenko")]


def test_a_lap_counts_what_came_out() -> None:
    done = measure(2_000)
    assert done.mentions == 2_000
    assert 0.3 < done.linked / done.mentions < 0.8
    assert 0 < done.clusters <= done.unknown


def test_growth_is_time_a_mention_against_the_size_before() -> None:
    laps = {1000: [lap(1000, 1, 0), lap(1000, 9, 0), lap(1000, 2, 0)], 100: [lap(100, 0.1, 0.1)]}
    linking, both = list_growth(laps)
    assert (linking.fewer, linking.more, linking.ratio, linking.met) == (100, 1000, pytest.approx(2), False)
    assert (both.ratio, both.met) == (pytest.approx(1), True)


def test_it_prints_a_line_for_each_size_and_fails_where_time_grows_faster(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laps = {10: [lap(10, 1, 1)], 100: [lap(100, 10, 10)]}
    monkeypatch.setattr(linking_speed, "run", lambda sizes, rounds: laps)
    assert main(["--sizes", "10,100"]) == 0
    out = capsys.readouterr().out
    assert "linking, time a mention, 100 / 10" in out
    laps[100] = [lap(100, 40, 10)]
    assert main(["--json"]) == 1
    assert [each["met"] for each in json.loads(capsys.readouterr().out)["growth"]] == [False, False]
