"""The export that analysts and the scorer read: its fields, its offsets, and what it does to the folder it writes into."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.command import export, kb, rows, seeded_export, seeded_url

FIELDS = {
    "articles.jsonl": {"id", "file", "title", "url", "publisher", "published_at", "text"},
    "entities.jsonl": {"id", "kind", "name", "wikidata_id", "aliases"},
    "mentions.jsonl": {"article_id", "start", "end", "text", "entity_id", "form"},
    "claims.jsonl": {
        "id",
        "event_id",
        "article_id",
        "type",
        "subjects",
        "objects",
        "modality",
        "attributed_to",
        "about_event_id",
        "date",
    }
    | {"sentence", "start", "end", "trigger_start", "trigger_end", "confidence"},
    "events.jsonl": {"id", "type", "subjects", "objects", "date", "modality", "article_ids", "source_count"},
    "facts.jsonl": {"subject", "predicate", "object", "valid_from", "valid_to", "article_id", "sentence"},
    "quantities.jsonl": {"article_id", "about", "low", "high", "bound", "unit", "attributed_to", "sentence", "start", "end"},
}


@pytest.fixture(scope="module")
def exported() -> dict[str, list[dict[str, object]]]:
    return {name: rows(content) for name, content in seeded_export().items()}


def test_every_file_is_there_with_all_its_fields(exported: dict[str, list[dict[str, object]]]) -> None:
    assert set(exported) == set(FIELDS)
    for name, fields in FIELDS.items():
        assert [row for row in exported[name] if not fields <= row.keys()] == []
    for name in ("articles.jsonl", "entities.jsonl", "mentions.jsonl", "claims.jsonl", "events.jsonl"):
        assert exported[name]


def test_all_offsets_cut_exactly_their_text(exported: dict[str, list[dict[str, object]]]) -> None:
    texts = {row["id"]: str(row["text"]) for row in exported["articles.jsonl"]}
    spans = [("mentions.jsonl", "start", "end", "text"), ("quantities.jsonl", "figure_start", "figure_end", "figure")]
    spans += [(name, "start", "end", "sentence") for name in ("claims.jsonl", "facts.jsonl", "quantities.jsonl")]
    spans += [("claims.jsonl", "trigger_start", "trigger_end", "trigger")]
    for name, start, end, text in spans:
        for row in exported[name]:
            cut = texts[row["article_id"]][row[start] : row[end]]  # type: ignore[misc]
            assert cut == row[text]
            assert cut.strip()


def test_triggers_lie_in_their_sentences_and_mentions_in_no_halves_of_words(exported: dict[str, list[dict[str, object]]]) -> None:
    texts = {row["id"]: str(row["text"]) for row in exported["articles.jsonl"]}
    for row in exported["claims.jsonl"]:
        assert row["start"] <= row["trigger_start"] < row["trigger_end"] <= row["end"]  # type: ignore[operator]
    for row in exported["mentions.jsonl"]:
        text, start, end = texts[row["article_id"]], int(str(row["start"])), int(str(row["end"]))
        assert not (text[max(start - 1, 0) : start].isalnum() and text[start].isalnum())
        assert not (text[end : end + 1].isalnum() and text[end - 1].isalnum())


def test_a_figure_says_on_which_side_it_is_open(exported: dict[str, list[dict[str, object]]]) -> None:
    bounds = {row["low"]: row["bound"] for row in exported["quantities.jsonl"] if row["about"] == "troops"}
    # "over 130,000", "some 150,000" and "169,000-190,000".
    assert bounds == {130_000: "at_least", 150_000: "about", 169_000: "exact"}


def test_rows_point_at_rows_that_exist(exported: dict[str, list[dict[str, object]]]) -> None:
    articles, entities, events = ({row["id"] for row in exported[f"{noun}.jsonl"]} for noun in ("articles", "entities", "events"))
    assert {row["entity_id"] for row in exported["mentions.jsonl"]} <= entities
    for row in exported["claims.jsonl"]:
        assert row["event_id"] in events
        assert row["about_event_id"] is None or row["about_event_id"] in events
        assert {*row["subjects"], *row["objects"], *row["attributed_to"]} <= entities  # type: ignore[misc]
        assert 0 <= float(str(row["confidence"])) <= 1
        assert row["date"] is None or date.fromisoformat(str(row["date"]))
    for row in exported["events.jsonl"]:
        assert set(row["article_ids"]) <= articles  # type: ignore[call-overload]
        assert 1 <= int(str(row["source_count"])) <= len(row["article_ids"])  # type: ignore[arg-type]
    assert {row["event_id"] for row in exported["claims.jsonl"]} == events


def test_articles_are_named_by_their_files_and_dated_in_iso(exported: dict[str, list[dict[str, object]]]) -> None:
    files = {str(row["file"]) for row in exported["articles.jsonl"]}
    assert "000_962932a17c688422.txt" in files
    dated = [row for row in exported["articles.jsonl"] if row["published_at"]]
    assert dated
    assert {datetime.fromisoformat(str(row["published_at"])).year for row in dated} == {2022}


def test_two_exports_of_the_same_content_are_equal_byte_for_byte(tmp_path: Path) -> None:
    assert export(seeded_url(), tmp_path / "one") == export(seeded_url(), tmp_path / "two") == seeded_export()


def test_an_earlier_export_is_replaced_and_what_else_lies_there_stays(tmp_path: Path) -> None:
    export(seeded_url(), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    again = export(seeded_url(), tmp_path)
    assert again.pop("notes.txt") == b"mine"
    assert again == seeded_export()


def test_a_file_that_is_no_export_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "claims.jsonl").write_text("the lawyers' list of claims\n")
    done = kb("export", "jsonl", "--out", tmp_path, url=seeded_url())
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "claims.jsonl is no file of an earlier export" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["claims.jsonl"]
    assert (tmp_path / "claims.jsonl").read_text() == "the lawyers' list of claims\n"


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_an_impossible_folder_is_one_line(out: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = kb("export", "jsonl", "--out", tmp_path / out, "--json", url=seeded_url())
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "--out" in json.loads(done.stdout)["error"]["message"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_json_says_how_many_rows_there_are(tmp_path: Path) -> None:
    done = kb("export", "jsonl", "--out", tmp_path / "deep" / "out", "--json", url=seeded_url())
    written = {name: len(content.splitlines()) for name, content in seeded_export().items()}
    assert json.loads(done.stdout) == {"out": str(tmp_path / "deep" / "out"), "rows": written}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
