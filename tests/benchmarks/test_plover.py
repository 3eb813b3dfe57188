"""How benchmarks/plover.py reads, matches and counts, on records of our own invention."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.plover import WAYS, Outcome, Record, count_types, judge, list_confusions, list_types, macro_f1, main, make_article
from tests.reading import open_extractor


def record(sentence: str, type_: str, source: str = "", target: str = "") -> Record:
    return Record("invented", sentence, type_, (source,) if source else (), (target,) if target else ())


def outcome(sentence: str, type_: str, source: str = "", target: str = "") -> Outcome:
    extractor = open_extractor()
    return judge(record(sentence, type_, source, target), extractor.extract(make_article(sentence)), extractor.ontology)


def invented(sentence: str, coded: str, told: str, chosen: str | None) -> Outcome:
    return Outcome(record(sentence, coded), frozenset(told.split()), chosen, in_full=False)


def test_an_event_is_found_in_full_where_both_actors_are_where_they_belong() -> None:
    sentence = "Iran condemned Israel on Friday."
    assert outcome(sentence, "ACCUSE", "Iran", "Israel").in_full
    backwards = outcome(sentence, "ACCUSE", "Israel", "Iran")
    assert (backwards.found, backwards.in_full) == (True, False)


def test_an_actor_is_known_by_part_of_the_coded_words_and_by_another_mention() -> None:
    assert outcome("Angela Merkel, the German chancellor, condemned Israel.", "ACCUSE", "the German chancellor", "Israel").in_full
    assert outcome("The Kremlin condemned Israel.", "ACCUSE", "Kremlin officials in Moscow", "Israel's").in_full
    assert not outcome("Romania condemned Israel.", "ACCUSE", "Oman", "Israel").in_full


def test_who_stands_where_is_nothing_to_a_meeting() -> None:
    sentence = "Emmanuel Macron met Olaf Scholz in Berlin."
    assert outcome(sentence, "CONSULT", "Olaf Scholz", "Emmanuel Macron").in_full
    assert not outcome(sentence, "CONSULT", "Olaf Scholz", "Vladimir Putin").in_full


def test_a_side_that_is_not_coded_asks_for_nothing() -> None:
    assert outcome("Iran condemned Israel.", "ACCUSE", "Iran").in_full
    assert not outcome("Iran condemned Israel.", "ACCUSE", "Syria").in_full


@pytest.mark.parametrize(("source", "target", "chosen"), [("Iran", "Israel", "ACCUSE"), ("France", "Germany", "CONSULT")])
def test_the_claim_about_the_coded_actors_stands_for_the_record(source: str, target: str, chosen: str) -> None:
    both = outcome("Iran condemned Israel, and France held talks with Germany.", chosen, source, target)
    assert (both.types, both.chosen) == (frozenset({"ACCUSE", "CONSULT"}), chosen)


def test_what_is_actual_stands_before_what_is_not_though_both_actors_are_in_that() -> None:
    refused = outcome("Turkey rejected the plan and could attack Syria.", "REJECT", "Turkey", "Syria")
    assert (refused.types, refused.chosen) == (frozenset({"REJECT", "ASSAULT"}), "REJECT")


def test_where_no_actor_fits_a_claim_is_chosen_all_the_same_and_without_claims_none() -> None:
    assert outcome("Iran condemned Israel.", "ACCUSE", "Peru", "Chile").chosen == "ACCUSE"
    assert outcome("The weather was fine.", "ACCUSE", "Peru", "Chile").chosen is None


def test_three_ways_to_count() -> None:
    outcomes = [
        invented("a", "AID", "AID ACCUSE", "AID"),
        invented("b", "AID", "ACCUSE", "ACCUSE"),
        invented("c", "ACCUSE", "ACCUSE AID", "AID"),
        invented("d", "ACCUSE", "", None),
    ]
    counts = {name: count_types(outcomes, predict) for name, predict in WAYS.items()}
    figures = {(name, type_): (c.precise, c.found, c.wanted) for name, types in counts.items() for type_, c in types.items()}
    assert figures == {
        ("one", "ACCUSE"): (0, 1, 2),
        ("one", "AID"): (1, 2, 2),
        ("every", "ACCUSE"): (1, 3, 2),
        ("every", "AID"): (1, 2, 2),
        ("lenient", "ACCUSE"): (1, 2, 2),
        ("lenient", "AID"): (1, 1, 2),
    }
    assert macro_f1(outcomes, WAYS["one"]) == pytest.approx((0 + 0.5) / 2)
    assert macro_f1([], WAYS["one"]) == 0


def test_what_another_record_of_the_sentence_codes_is_not_false() -> None:
    outcomes = [invented("a", "AID", "AID ACCUSE", "AID"), invented("a", "ACCUSE", "AID ACCUSE", "ACCUSE")]
    assert macro_f1(outcomes, WAYS["every"]) == 1


def test_a_miss_is_told_by_what_stands_in_its_place() -> None:
    outcomes = [invented("a", "AID", "ACCUSE", "ACCUSE"), invented("b", "AID", "", None), invented("c", "AID", "AID", "AID")]
    row = list_types(outcomes)["AID"]
    assert (row["records"], row["found"], row["other_type"], row["no_claim"]) == (3, 0.333, 1, 1)
    assert list_confusions(outcomes) == {"AID": {"ACCUSE": 1, "none": 1}}


GSR = {"text": "{Iran condemned Israel.}", "event": "DISAPPROVE", "source": [{"actorText": "Iran"}], "target": "diplomatic"}
PLV = {"sentence": "Russia invaded Georgia.", "plover": "ASSAULT", "source": "Russia", "target": "a recipient"}


@pytest.fixture
def write_records(tmp_path: Path) -> Callable[..., str]:
    def write(**changed: str) -> str:
        (tmp_path / "plover_gsr.jsonl").write_text(json.dumps(GSR) + "\n", "utf-8")
        (tmp_path / "plv_train.jsonl").write_text(json.dumps(PLV | changed) + "\n", "utf-8")
        return str(tmp_path)

    return write


def test_it_reads_both_files_and_prints_what_it_found(
    write_records: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_records()
    assert main([folder, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["sets"]["all"][report["headline"]] == 1
    assert {name: row["records"] for name, row in report["sets"].items()} == {"all": 2, "plover_gsr": 1, "plv_train": 1}
    assert {name: row["in_full"] for name, row in report["types"].items()} == {"ACCUSE": 1, "ASSAULT": 1}
    assert main([folder]) == 0
    assert "ASSAULT" in capsys.readouterr().out


def test_it_says_what_it_cannot_read(write_records: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([write_records(plover="FROWN")]) == 2
    assert "FROWN" in capsys.readouterr().err
    assert main(["no such folder"]) == 2
    assert "plover_gsr.jsonl" in capsys.readouterr().err
