"""What benchmarks/ingest.py takes for articles, how it judges its figures, and that all sides run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.ingest import Lap, list_limits, list_texts, main, vary

_WORDS = "Germany condemned the attack on Ukraine on Monday and promised to send more aid to Kyiv before the winter comes."


def _laps(spacy: float, process: float, one: float, two: float, memory: float | None) -> dict[str, list[Lap]]:
    figures = {"spacy": (spacy, None), "process": (process, None), "one worker": (one, memory), "two workers": (two, memory)}
    # The median is what counts, so that one lap in which the machine did something else does not.
    return {name: [Lap(s, s, m), Lap(50 * s, s, m), Lap(s, s, m)] for name, (s, m) in figures.items()}


@pytest.mark.parametrize(
    ("laps", "met"),
    [
        (_laps(12, 10, 10, 6, 500), (True, True, True)),
        (_laps(11, 10, 10, 6, None), (False, True, True)),
        (_laps(12, 10, 10, 7, 500), (True, False, True)),
        (_laps(12, 10, 10, 6, 600), (True, True, False)),
    ],
)
def test_limits_are_of_medians(laps: dict[str, list[Lap]], met: tuple[bool, ...]) -> None:
    assert tuple(limit.met for limit in list_limits(laps)) == met


def test_articles_that_are_varied_are_all_different_and_always_the_same() -> None:
    texts = [f"Title {each}\n\n" + "\n\n".join(f"Paragraph {each} {other}." for other in range(9)) for each in range(4)]
    varied = vary(texts, 60)
    assert len(set(varied)) == 60
    assert varied == vary(texts, 60)
    assert all(each.startswith("Title ") for each in varied)


def test_sentences_given_alone_are_no_articles() -> None:
    texts = list_texts(Path("training"), 1000)
    assert len(texts) > 200
    assert min(len(text.split()) for text in texts) >= 150
    assert list_texts(Path("training"), 5) == list_texts(Path("training"), 1000)[:5]


def test_a_folder_without_articles_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "holds no articles" in capsys.readouterr().err


def test_all_sides_read_the_same_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(f"Title {number}\n\n" + f"{_WORDS}\n\n" * (number + 1))
    main([str(tmp_path), "--rounds", "1", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert report["articles"] == 4
    assert set(report["laps"]) == {"spacy", "process", "one worker", "two workers"}
    assert all(lap["seconds"] > 0 for laps in report["laps"].values() for lap in laps)
    assert report["laps"]["two workers"][0]["memory"] > 100
    assert {limit["name"] for limit in report["limits"]} >= {"one process / spaCy", "two workers / one worker"}
