"""The gate: extraction of the seeds may not fall below its floors."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from kb.errors import UsageError
from kb.evaluate.gate import Shortfall, list_shortfalls, lookup_floors_file, read_floors
from kb.evaluate.score import Figure
from kb.settings import ACCURATE, LEARNED, RULES
from tests.command import SEEDS, kb
from tests.reading import expect_base

GOLD = Path(__file__).resolve().parent.parent / "gold" / "seeds"
ONE = "001_e1994bb5cdabc553"


@cache
def seeds(reader: str = LEARNED) -> CompletedProcess[str]:
    return kb("eval", GOLD, "--misses", "--json", KB_READER=reader)


def figure(name: str, value: float) -> Figure:
    return Figure(name, value, value, value, 1, 1, 1, None)


@pytest.fixture
def one_article(tmp_path: Path) -> Path:
    """A folder with the gold of one seed, its article below it, and no floors."""
    folder = tmp_path / "set" / "gold"
    (folder / "articles").mkdir(parents=True)
    shutil.copy(GOLD / f"{ONE}.yaml", folder)
    shutil.copy(SEEDS / f"{ONE}.txt", folder / "articles")
    return folder


@pytest.mark.parametrize("reader", [LEARNED, ACCURATE, RULES])
def test_the_seeds_are_extracted_no_worse_than_their_floors(reader: str) -> None:
    if reader == ACCURATE:
        expect_base()
    done = seeds(reader)
    report = json.loads(done.stdout)
    floors = read_floors(GOLD.parent / f"floors.{reader}.yaml")
    assert set(floors) >= {"entities", "claims", "family", "modality", "story_b3_f1", "mention_b3_f1"}
    assert set(floors) >= {"links.precision", "links.recall"}
    shown = {name: floor for name, floor in floors.items() if "." not in name}
    assert {name: row["floor"] for name, row in report["figures"].items() if row["floor"]} == shown
    assert {name: row["value"] for name, row in report["figures"].items() if row["value"] < floors.get(name, 0)} == {}
    assert (report["below"], report["unread"], report["articles"]) == ([], [], 5)
    assert done.returncode == 0, done.stderr
    assert all(0 < row["standard_error"] < 0.5 for row in report["figures"].values())


def test_what_is_listed_as_missed_or_extra_adds_up_to_the_figures() -> None:
    report = json.loads(seeds().stdout)
    for noun, name in (("entity", "entities"), ("claim", "claims")):
        row = report["figures"][name]
        faults = [miss["fault"] for miss in report["misses"] if miss["what"] == noun]
        assert faults.count("missed") == row["wanted"] - row["hits"]
        assert faults.count("extra") == row["found"] - row["hits"]
        assert sum(each["count"] for each in report["classes"] if each["what"] == noun) == len(faults)


def test_a_figure_below_its_floor_is_named_and_the_exit_code_is_1(one_article: Path, tmp_path: Path) -> None:
    floors = tmp_path / "high.yaml"
    floors.write_text("entities: 0.1\nclaims: 0.99\nmodality: 1\n", "utf-8")
    done = kb("eval", one_article, "--floors", floors, "--misses")
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if "below its floor" in line]
    assert said[0].startswith("claims is 0.")
    assert "0.990" in said[0]
    assert str(floors) in said[0]
    assert not any(line.startswith("entities") for line in said)
    rows = {line.split()[0]: line.split() for line in done.stdout.split("\n\n")[0].splitlines()}
    assert rows["figure"] == ["figure", "value", "error", "precision", "recall", "hits", "found", "wanted", "floor"]
    assert (rows["claims"][2], rows["claims"][-1]) == ("-", "0.990")
    assert rows["family"][-1] == "-"
    assert ONE in done.stdout


def test_an_article_that_cannot_be_read_is_missed_whole_and_said(one_article: Path) -> None:
    article = one_article / "articles" / f"{ONE}.txt"
    article.write_text("", "utf-8")
    done = kb("eval", one_article, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert [error["reason"] for error in report["unread"]] == ["empty"]
    assert str(article) in done.stderr
    assert (report["figures"]["entities"]["found"], report["figures"]["entities"]["value"]) == (0, 0.0)
    assert report["figures"]["entities"]["wanted"] > 0


def test_missing_articles_are_wrong_usage(one_article: Path, tmp_path: Path) -> None:
    (one_article / "articles" / f"{ONE}.txt").rename(one_article / "articles" / "other.txt")
    lacking = kb("eval", one_article)
    assert (lacking.returncode, lacking.stdout) == (2, "")
    assert ONE in lacking.stderr
    nowhere = kb("eval", one_article, "--articles", tmp_path / "nowhere", "--json")
    assert nowhere.returncode == 2
    assert json.loads(nowhere.stdout)["error"]["code"] == "BAD_USER_INPUT"
    assert "--articles" in nowhere.stderr


def test_a_figure_on_its_floor_is_not_below_it() -> None:
    figures = [figure("entities", 0.88), figure("claims", 0.279), figure("family", 0.1)]
    assert list_shortfalls(figures, {"entities": 0.88, "claims": 0.28}) == (Shortfall("claims", 0.279, 0.28),)
    assert str(Shortfall("claims", 0.279, 0.28)) == "claims is 0.279, below its floor of 0.280"


def test_precision_and_recall_have_floors_of_their_own() -> None:
    links = Figure("links", 0.94, 0.97, 0.91, hits=91, found=94, wanted=100, standard_error=None)
    floors = {"links.precision": 0.97, "links.recall": 0.92}
    assert list_shortfalls([links], floors) == (Shortfall("links.recall", 0.91, 0.92),)


def test_a_floor_under_no_figure_is_an_error() -> None:
    with pytest.raises(UsageError, match="no figure 'entites'"):
        list_shortfalls([figure("entities", 0.9)], {"entites": 0.88})


@pytest.mark.parametrize("content", ["", "- 0.5", "entities: high", "entities: 88", "entities: true", "entities: [", "{}"])
def test_a_file_without_floors_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "floors.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(UsageError) as raised:
        read_floors(path)
    assert str(path) in raised.value.message


def test_floors_are_found_in_the_gold_or_beside_it(tmp_path: Path) -> None:
    gold = tmp_path / "set"
    gold.mkdir()
    assert lookup_floors_file(gold, RULES) is None
    (tmp_path / "floors.yaml").write_text("entities: 0.5", "utf-8")
    assert lookup_floors_file(gold, RULES) == tmp_path.resolve() / "floors.yaml"
    (gold / "floors.yaml").write_text("entities: 0.5", "utf-8")
    assert lookup_floors_file(gold, RULES) == gold.resolve() / "floors.yaml"


def test_a_readers_own_floors_go_before_those_of_all(tmp_path: Path) -> None:
    for name in ("floors.yaml", "floors.rules.yaml"):
        (tmp_path / name).write_text("entities: 0.5", "utf-8")
    assert lookup_floors_file(tmp_path, RULES) == tmp_path.resolve() / "floors.rules.yaml"
    assert lookup_floors_file(tmp_path, LEARNED) == tmp_path.resolve() / "floors.yaml"
