"""How benchmarks/linking.py leads from Wikipedia titles to the reference set and counts, on a set and articles of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.linking import (
    GoldName,
    Outcome,
    Sample,
    Standing,
    Titles,
    judge,
    kind_of,
    list_confusions,
    main,
    read_samples,
    summarise,
)
from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Gazetteer
from kb.domain.reference import ReferenceEntity

COUNTRY, REGION, PERSON, ORGANISATION = EntityKind.COUNTRY, EntityKind.REGION, EntityKind.PERSON, EntityKind.ORGANISATION


def known(key: str, kind: EntityKind, *names: str, **more: object) -> ReferenceEntity:
    return ReferenceEntity(key, kind, names[0], None, names, **more)  # type: ignore[arg-type]


SET = (
    known("georgia", COUNTRY, "Georgia", metonyms=("Tbilisi",)),
    known("us", COUNTRY, "United States"),
    known("state", REGION, "Georgia"),
    known("tbilisi", REGION, "Tbilisi", country="georgia"),
    known("athens", REGION, "Athens", country="us"),
    known("kosovo", REGION, "Kosovo"),
    known("victoria1", REGION, "Victoria"),
    known("victoria2", REGION, "Victoria", "Victoria State"),
    known("erdogan", PERSON, "Recep Tayyip Erdogan"),
    known("smith", PERSON, "John Smith"),
    known("who", ORGANISATION, "World Health Organization", acronyms=("WHO",)),
)
TITLES = Titles(SET)


@pytest.mark.parametrize(
    ("title", "kind", "key"),
    [
        ("Recep_Tayyip_Erdoğan", PERSON, "erdogan"),
        ("WHO", ORGANISATION, "who"),
        ("The_World_Health_Organization", ORGANISATION, "who"),
        ("Georgia", COUNTRY, "georgia"),
        ("Georgia_(country)", COUNTRY, "georgia"),
        ("Georgia_(U.S._state)", REGION, "state"),
        ("Kosovo", COUNTRY, "kosovo"),
        ("Tbilisi,_Georgia", REGION, "tbilisi"),
        ("John_Smith_(Scottish_politician)", PERSON, "smith"),
        ("Victoria_State", REGION, "victoria2"),
    ],
)
def test_a_title_is_the_entity_of_that_name_and_kind(title: str, kind: EntityKind, key: str) -> None:
    assert TITLES.lookup(title, kind) == (Standing.KNOWN, key)


@pytest.mark.parametrize(
    ("title", "kind", "standing"),
    [
        ("Victoria", REGION, Standing.AMBIGUOUS),
        ("John_Smith_(footballer)", PERSON, Standing.AMBIGUOUS),
        ("Jane_Smith_(footballer)", PERSON, Standing.UNKNOWN),
        ("Kosovo", PERSON, Standing.UNKNOWN),
        ("Georgia_(country)", REGION, Standing.AMBIGUOUS),
        ("Tbilisi,_United_States", REGION, Standing.UNKNOWN),
        ("Who", ORGANISATION, Standing.UNKNOWN),
        ("Erdogan", PERSON, Standing.UNKNOWN),
    ],
)
def test_other_titles_are_left_out_or_unknown(title: str, kind: EntityKind, standing: Standing) -> None:
    assert TITLES.lookup(title, kind) == (standing, None)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        (["type::entity", "type::person", "type::politician"], PERSON),
        (["type::gpe", "type::gpe0", "type::location"], COUNTRY),
        (["type::gpe", "type::gpe2", "type::location"], REGION),
        (["type::facility", "type::location"], None),
        (["type::igo", "type::organization"], ORGANISATION),
        (["type::location", "type::organization"], None),
        (["type::misc", "type::organization"], None),
        (["type::other", "type::gpe0-x"], None),
    ],
)
def test_kinds_are_those_of_the_annotators(tags: list[str], kind: EntityKind | None) -> None:
    assert kind_of(tags) is kind


def judged(text: str, found: dict[str, str | None], **gold: tuple[str, EntityKind]) -> list[Outcome]:
    """`found` and `gold` have words of `text`, each of which stands there once."""
    names = [GoldName(text.index(words), text.index(words) + len(words), *target) for words, target in gold.items()]
    spans = [(text.index(words), text.index(words) + len(words), key) for words, key in found.items()]
    return list(judge(0, Sample(text, tuple(names)), spans, TITLES, Gazetteer(SET)))


def test_a_name_is_right_where_the_same_words_are_linked_to_the_title() -> None:
    text = "Mr Erdogan’s men left Georgia for Tbilisi."
    found: dict[str, str | None] = {"Mr Erdogan": "erdogan", "Georgia": "state", "Tbilisi": "georgia"}
    outcomes = judged(
        text, found, Erdogan=("Recep_Tayyip_Erdoğan", PERSON), Georgia=("Georgia", COUNTRY), Tbilisi=("Tbilisi", REGION)
    )
    assert [outcome.right for outcome in outcomes] == [True, False, False]
    assert [outcome.metonym for outcome in outcomes] == [False, False, True]
    assert list_confusions(outcomes, {each.key: each for each in SET}) == {
        "wrong": [(1, "Georgia", "Georgia", "Georgia (state)"), (1, "Tbilisi", "Tbilisi", "Georgia (georgia)")],
        "missed": [],
        "astray": [],
    }


def test_a_longer_name_is_not_the_one_that_was_asked_for() -> None:
    (outcome,) = judged("The Georgia Bank", {"Georgia Bank": "georgia"}, Georgia=("Georgia", COUNTRY))
    assert (outcome.linked, outcome.found) == (None, False)


def outcome(title: str, standing: Standing, linked: str | None, article: int = 0, *, metonym: bool = False) -> Outcome:
    wanted = title if standing is Standing.KNOWN else None
    return Outcome(article, title, title, REGION, standing, wanted, linked, found=linked is not None, metonym=metonym)


def test_figures_are_of_what_the_set_knows_by_mention_and_once_an_article() -> None:
    yes, no, maybe = Standing.KNOWN, Standing.UNKNOWN, Standing.AMBIGUOUS
    row = summarise(
        [
            outcome("a", yes, "a"),
            outcome("a", yes, "a"),
            outcome("a", yes, "b"),
            outcome("a", yes, "a", article=1),
            outcome("c", yes, "d", metonym=True),
            outcome("e", yes, None),
            outcome("x", no, "a"),
            outcome("y", no, None),
            outcome("z", maybe, "a"),
        ]
    )
    assert row == {
        "titled": 8,
        "known": 0.75,
        "names": 6,
        "precision": 0.6,
        "recall": 0.5,
        "unfound": 1,
        "entities": 4,
        "precision_once": 0.5,
        "recall_once": 0.5,
        "metonyms": 1,
        "beside": 0.75,
        "astray": 1,
        "ambiguous": 1,
    }
    assert summarise([])["precision"] == 0


ARTICLE = {
    "content": "Merkel in Kiel\nAngela Merkel spoke on Monday.",
    "mentions": [
        {"begin": 0, "end": 6, "concept": 0},
        {"begin": 15, "end": 28, "concept": 0},
        {"begin": 38, "end": 44, "concept": 1},
    ],
    "concepts": [
        {"concept": 0, "link": "Angela_Merkel", "tags": ["type::person"]},
        {"concept": 1, "tags": ["type::time"]},
    ],
}


def test_it_links_articles_and_prints_figures_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dwie_train_350.jsonl").write_text(json.dumps(ARTICLE) + "\n", "utf-8")
    (sample,) = read_samples(tmp_path)
    assert [(name.start, name.title) for name in sample.names] == [(0, "Angela_Merkel"), (15, "Angela_Merkel")]
    assert main([str(tmp_path), "--json"]) == 0
    person = json.loads(capsys.readouterr().out)["kinds"]["person"]
    assert (person["names"], person["precision"], person["recall"], person["entities"]) == (2, 1, 1, 1)
    assert main([str(tmp_path), "--errors", "5"]) == 0
    out = capsys.readouterr().out
    assert "organisation" in out
    assert "missed: 0" in out


def test_it_says_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "dwie_train_350.jsonl" in capsys.readouterr().err
    (tmp_path / "dwie_train_350.jsonl").write_text("{}\n", "utf-8")
    assert main([str(tmp_path)]) == 2
    assert "line 1" in capsys.readouterr().err
