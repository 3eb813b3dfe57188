"""The exercises of training/: sound, counted rightly in their README, and readable as articles."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from kb.domain.claim import Modality
from kb.domain.entity import EntityKind
from kb.domain.exercise import Exercise
from kb.errors import UsageError
from kb.evaluate.drill import to_document, to_gold
from kb.evaluate.exercises import list_exercise_files, read_exercises
from kb.evaluate.gold import GoldEntity
from kb.evaluate.part import parse_part
from kb.ontology.loader import load_ontology
from kb.sources.clean import to_article
from tests.command import ROOT, kb

TRAINING = ROOT / "training"
README = (TRAINING / "README.md").read_text("utf-8")
TYPES = tuple(load_ontology().event_types)
# Two exercises hold what looks like a lost apostrophe and is none, so that all behind it stands one further on.
TAKEN_FOR_DAMAGED = {"economy-27", "outlets-06"}
SMALL = """
@@ small-1
title: [Russia=russia] condemns [France=france]
date: 2010-03-02
E russia COUNTRY Russia
E france COUNTRY France
E police ORGANISATION police in Paris
1 [Russia=russia] condemned [France=france] on Tuesday.
P
2 [Police~police] in Paris arrested nobody, and the talks went on as they had for a week.
C 0 condemned russia > france | condemns | actual
C 1 condemned russia > france | condemned | actual | on 2010-03-02

@@ small-2
E italy COUNTRY Italy
E spain COUNTRY Spain
E crowd ORGANISATION crowd
1 [Italy=italy] said that [it~italy] would sanction [Spain=spain], which [the crowd~crowd] did not hear.
C 1 sanctioned italy > spain | sanction | planned | by italy
"""


@cache
def training() -> tuple[Exercise, ...]:
    return read_exercises(list_exercise_files(TRAINING), TYPES)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with one small file of exercises."""
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "small.exercises").write_text(SMALL, "utf-8")
    return folder


def test_every_exercise_is_sound_and_called_after_its_file() -> None:
    for path in list_exercise_files(TRAINING):
        exercises = read_exercises([path], TYPES)
        assert {exercise.id.rpartition("-")[0] for exercise in exercises} == {path.stem}
    assert len(training()) >= 1693


def test_every_type_kind_and_modality_is_exercised() -> None:
    claims = [claim for exercise in training() for claim in exercise.claims]
    assert {claim.type for claim in claims} == set(TYPES)
    assert {claim.modality for claim in claims} == set(Modality)
    assert {entity.kind for exercise in training() for entity in exercise.entities} == set(EntityKind)


def test_every_trigger_stands_in_the_sentence_of_its_claim() -> None:
    for exercise in training():
        for claim in exercise.claims:
            assert claim.sentence.covers(claim.trigger)
            assert exercise.text[claim.trigger.start : claim.trigger.end] == claim.trigger.text


def test_no_honorific_is_part_of_a_name() -> None:
    honorific = re.compile(r"(?:Mr|Mrs|Ms|Dr|Sir)\b\.? ")
    names = {mention.span.text for exercise in training() for mention in exercise.mentions if mention.named}
    names |= {entity.name for exercise in training() for entity in exercise.entities}
    assert {name for name in names if honorific.match(name)} == set()


def test_spans_hold_in_the_articles_that_become_of_exercises() -> None:
    moved = set()
    for exercise in training():
        article = to_article(to_document(exercise))
        assert (article.title == exercise.title) or not exercise.title
        assert article.published_on == exercise.published
        if (article.text, article.paragraphs) != (exercise.text, exercise.paragraphs):
            moved.add(exercise.id)
    assert moved <= TAKEN_FOR_DAMAGED


def test_the_readme_shows_the_counts_that_the_command_prints() -> None:
    (shown,) = re.findall(r"^```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    done = kb("eval", TRAINING, "--counts")
    assert (done.returncode, done.stderr) == (0, "")
    assert shown == done.stdout


def test_the_readme_names_every_file() -> None:
    assert {path.stem for path in list_exercise_files(TRAINING)} == set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in README.splitlines() if line.startswith("| `")))
    )


def test_an_exercise_is_gold_and_article_in_one(small: Path) -> None:
    first, second = read_exercises(list_exercise_files(small), TYPES)
    gold = to_gold(first)
    assert (gold.name, gold.file) == ("small-1", to_document(first).file)
    # The police are nowhere named and do nothing that is claimed.
    assert [entity.id for entity in gold.entities] == ["russia", "france"]
    assert gold.events[1].evidence == ("Russia condemned France on Tuesday.",)
    assert to_document(first).original == (
        "Russia condemns France\n20100302\n\nRussia condemned France on Tuesday.\n\n"
        "Police in Paris arrested nobody, and the talks went on as they had for a week.\n"
    )
    italy, _ = to_gold(second).entities
    assert italy == GoldEntity("italy", EntityKind.COUNTRY, ("Italy", "Italy"), None, debatable=False, surfaces=("Italy",))
    (event,) = to_gold(second).events
    assert (event.subjects, event.objects, event.speakers) == (("italy",), ("spain",), ("italy",))
    assert event.modalities == {Modality.PLANNED}


def test_exercises_are_evaluated_like_any_gold(small: Path) -> None:
    done = kb("eval", small, "--misses", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["articles"], report["unread"]) == (2, [])
    assert report["figures"]["entities"]["wanted"] == 4
    # The title repeats what the sentence claims: that is one triple.
    assert report["figures"]["claims"]["wanted"] == 2
    assert (report["figures"]["claims"]["hits"], report["figures"]["modality_marked"]["hits"]) == (2, 1)
    assert {miss["article"] for miss in report["misses"]} <= {"small-1", "small-2"}


def test_a_part_is_evaluated_alone(small: Path) -> None:
    done = kb("eval", small, "--part", "2/2", "--json")
    report = json.loads(done.stdout)
    assert (report["articles"], report["figures"]["claims"]["wanted"]) == (1, 1)
    gold = kb("eval", ROOT / "tests" / "gold" / "seeds", "--part", "5/5", "--floors", _no_floor(small), "--json")
    assert json.loads(gold.stdout)["articles"] == 1


def _no_floor(folder: Path) -> Path:
    path = folder.parent / "low.yaml"
    path.write_text("entities: 0\n", "utf-8")
    return path


def test_what_is_counted_can_be_read_by_programs(small: Path) -> None:
    done = kb("eval", small, "--counts", "--part", "1/2", "--json")
    counts = {(row["what"], row["class"]): row["count"] for row in json.loads(done.stdout)}
    assert counts["exercises", None] == 1
    assert (counts["sentences", None], counts["sentences", "without a claim"]) == (2, 1)
    assert (counts["claims", None], counts["claims", "with a date"], counts["claims by type", "condemned"]) == (2, 1, 2)
    assert counts["claims by type", "sanctioned"] == 0
    assert (counts["mentions", "by name"], counts["mentions", "by role or pronoun"], counts["words", None]) == (4, 1, 24)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--articles", "."], "--articles"),
        (["--part", "0/2"], "'0/2'"),
        (["--part", "3/2"], "'3/2'"),
        (["--part", "half"], "'half'"),
        (["--part", "3/3"], "no part 3/3"),
    ],
)
def test_wrong_usage_with_exercises_is_said(small: Path, arguments: list[str], said: str) -> None:
    done = kb("eval", small, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_folder_is_either_gold_files_or_exercises(small: Path) -> None:
    (small / "one.yaml").write_text("{}", "utf-8")
    done = kb("eval", small)
    assert done.returncode == 2
    assert "a folder each" in done.stderr
    counted = kb("eval", ROOT / "tests" / "gold" / "seeds", "--counts")
    assert counted.returncode == 2
    assert "no exercises to count" in counted.stderr


def test_a_broken_exercise_is_named_with_its_line(small: Path) -> None:
    (small / "small.exercises").write_text(SMALL.replace("| condemned |", "| blamed |"), "utf-8")
    done = kb("eval", small)
    assert done.returncode == 2
    assert "small.exercises:12:" in done.stderr


@pytest.mark.parametrize(("items", "of"), [(0, 1), (1, 1), (5, 2), (7, 3), (7, 7)])
def test_parts_share_nothing_and_leave_nothing_out(items: int, of: int) -> None:
    if not items:
        with pytest.raises(UsageError):
            parse_part("1/1").take([])
        return
    parts = [parse_part(f"{number}/{of}").take(range(items)) for number in range(1, of + 1)]
    assert sorted(each for part in parts for each in part) == list(range(items))
