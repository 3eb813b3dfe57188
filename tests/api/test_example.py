"""The questions that stand ready in GraphiQL; first of all who condemned the recognition, and who announced which sanctions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kb
from kb.api.run import execute
from kb.storage.session import Database
from tests.api.conftest import Ask
from tests.api.sample import CONDEMNATION, SANCTIONS

FOLDER = Path(kb.__file__).parent / "web" / "src" / "graphiql"
EXAMPLE = (FOLDER / "example.graphql").read_text(encoding="utf-8")
QUESTIONS = sorted((FOLDER / "questions").glob("*.graphql"))


def test_the_example_names_actors_sentences_and_articles(ask: Ask) -> None:
    data = ask(EXAMPLE)
    condemned = data["condemned"]["nodes"]
    assert data["condemned"]["totalCount"] == 1
    assert condemned[0]["subjects"] == [{"name": "Germany"}]
    assert condemned[0]["about"] == [{"type": "RECOGNISED", "objects": [{"name": "Donetsk"}, {"name": "Luhansk"}]}]
    evidence = [(edge["node"]["sentence"], edge["node"]["article"]["title"]) for edge in condemned[0]["claims"]["edges"]]
    assert sorted(evidence) == [(CONDEMNATION, "Moscow goes ahead"), (CONDEMNATION, "Two regions recognised")]
    sanctions = data["sanctions"]["nodes"]
    assert [(each["type"], each["modality"], each["subjects"], each["objects"]) for each in sanctions] == [
        ("SANCTIONED", "PLANNED", [{"name": "European Union"}], [{"name": "Russia"}])
    ]
    claim = sanctions[0]["claims"]["edges"][0]["node"]
    assert claim["sentence"] == SANCTIONS
    assert claim["attributedTo"] == [{"name": "European Union"}]


def test_the_same_answer_without_a_server(filled: Database, ask: Ask) -> None:
    assert execute(filled, EXAMPLE, operation_name="RecognitionAndSanctions") == {"data": ask(EXAMPLE)}


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_that_stands_ready_shows_rows(ask: Ask, path: Path) -> None:
    data = ask(path.read_text(encoding="utf-8"), json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    assert data
    for name, found in data.items():
        assert found, name
        if isinstance(found, dict) and "nodes" in found:
            assert found["nodes"], name
