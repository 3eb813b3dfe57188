"""Training is one step: from folders of exercises to a file of weights that a reader opens and reads with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="only `kb train` needs PyTorch: pip install 'kb[train]'")

from kb.learn.train import train
from kb.nlp.pipeline import name_model
from kb.nlp.reader.reader import Reader
from tests.learn.test_signs import LESSONS
from tests.reading import make_article, open_extractor


def test_what_is_trained_can_be_read_with(tmp_path: Path) -> None:
    (tmp_path / "a.exercises").write_text(exercises(), encoding="utf-8")
    extractor = open_extractor()
    out = tmp_path / "reader.npz"
    reached = train([tmp_path], out, extractor, None, lambda _: None)
    assert set(reached) == {"precision", "recall", "f1", "error"}
    reader = Reader.open(out, extractor.ontology, name_model(extractor.nlp))
    extraction = replace(extractor, reader=reader).extract(make_article("A report\nFrance warned Spain."))
    assert {entity.name for entity in extraction.entities} >= {"France", "Spain"}


def test_the_same_exercises_give_the_same_weights(tmp_path: Path) -> None:
    (tmp_path / "a.exercises").write_text(exercises(), encoding="utf-8")
    for name in ("first", "second"):
        train([tmp_path], tmp_path / f"{name}.npz", open_extractor(), None, lambda _: None)
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()


def exercises() -> str:
    """A few articles that say the same: enough for each part to have some that its network hasn't seen."""
    return "\n".join(LESSONS.replace("lesson-1", f"lesson-{number}") for number in range(6))
