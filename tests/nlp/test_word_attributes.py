"""The pipeline gives every token what the stock pipeline of the same model gives it."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from kb.evaluate.exercises import list_exercise_files, read_exercises
from kb.nlp.pipeline import choose_model, load_pipeline
from kb.ontology.loader import load_ontology

_ROOT = Path(__file__).resolve().parents[2]
# Every so many exercises of a file; all of them took a minute, and were equal.
_STEP = 8
_ARTICLES = sorted([*(_ROOT / "seeds" / "articles").glob("*.txt"), *(_ROOT / "training").rglob("articles/*.txt")])
# What patterns over two tokens, over dependencies and over blanks are about.
_ODD = (
    "Let's go: they're gonna win, y'all. It ain't so, and we gotta leave.",
    "There's hope. There are none. C'mon, 'em ol' folks said nothin' was goin' on; it'll do.",
    "Double  blanks\nand lines.\n\nI did it. You saw me, it saw you, I'd have had it.\n",
    "(Ms. O'Neill) said: “No!” — that which he\u00a0asked for, 1,500 km/h…",
    "",
    " ",
)


@cache
def _stock() -> Language:
    nlp: Language = importlib.import_module(choose_model(None)).load()
    return nlp


@cache
def _ours() -> Language:
    return load_pipeline(choose_model(None))


def _list_attributes(doc: Doc) -> list[tuple[str, ...]]:
    return [(t.text, t.tag_, t.dep_, t.pos_, t.lemma_, str(t.morph), str(t.head.i), t.ent_iob_, t.ent_type_) for t in doc]


def _assert_equal(texts: list[str]) -> None:
    for expected, found in zip(_stock().pipe(texts), _ours().pipe(texts), strict=True):
        assert _list_attributes(found) == _list_attributes(expected)


@pytest.mark.parametrize("path", sorted((_ROOT / "seeds" / "articles").glob("*.txt")), ids=lambda path: path.stem)
def test_an_article_is_read_token_by_token_as_by_the_stock_pipeline(path: Path) -> None:
    _assert_equal(path.read_text("utf-8").splitlines())


@pytest.mark.parametrize("path", list_exercise_files(_ROOT / "training"), ids=lambda path: path.stem)
def test_exercises_are_read_token_by_token_as_by_the_stock_pipeline(path: Path) -> None:
    exercises = read_exercises([path], load_ontology().event_types)[::_STEP]
    _assert_equal([exercise.text[start:end] for exercise in exercises for start, end in exercise.paragraphs])


def test_words_whose_neighbours_matter_are_read_as_by_the_stock_pipeline() -> None:
    # Twice: the second time most words are known.
    _assert_equal([*_ODD, *_ODD])


def test_the_stock_components_are_gone() -> None:
    assert not {"attribute_ruler", "lemmatizer"} & set(_ours().pipe_names)
    assert {"attribute_ruler", "lemmatizer"} <= set(_stock().pipe_names)


def test_a_pipeline_with_other_components_stays_as_it_is(tmp_path: Path) -> None:
    other: Language = importlib.import_module(choose_model(None)).load()
    other.remove_pipe("attribute_ruler")
    other.to_disk(tmp_path / "model")
    assert "lemmatizer" in load_pipeline(str(tmp_path / "model")).pipe_names
