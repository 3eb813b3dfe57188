"""What single words show is learnt from exercises: how claims are put, and what names nobody knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="what is learned has to be trained: pip install 'kb[train]'")

from kb.domain.claim import Modality  # noqa: E402
from kb.domain.entity import EntityKind  # noqa: E402
from kb.errors import UsageError  # noqa: E402
from kb.learn.layers import ReaderModel  # noqa: E402
from kb.learn.lessons import read_lessons  # noqa: E402
from kb.learn.prepare import Prepared, prepare  # noqa: E402
from kb.learn.signs import fit_signs  # noqa: E402
from kb.learn.train import open_reader  # noqa: E402
from kb.nlp.reader.columns import claim_columns  # noqa: E402
from kb.nlp.reader.modality import choose_modality  # noqa: E402
from kb.nlp.reader.network import Network  # noqa: E402
from kb.nlp.reader.reader import Reader  # noqa: E402
from tests.reading import open_extractor  # noqa: E402

LESSONS = """
@@ lesson-1
date: 2010-03-02
E norland COUNTRY Norland
E sudmark COUNTRY Sudmark
E varg ORGANISATION Varg
E tolle REGION Tolle
E crowd ORGANISATION crowd
E clerk PERSON clerk
E paris REGION Paris
E france COUNTRY France
1 [Norland=norland] could sanction [Sudmark=sudmark] over the Lodestar.
2 [Varg=varg] attacked [Sudmark=sudmark] in [Tolle=tolle].
3 [Sudmark=sudmark] never attacked [Varg=varg].
4 [A crowd~crowd] accused [Norland=norland] on Monday, and [a clerk~clerk] blamed [Sudmark=sudmark].
5 Envoys met in [Paris=paris] on Monday, and [Paris=france] warned [Norland=norland].
C 1 sanctioned norland > sudmark | sanction | possible
C 2 attacked varg > sudmark | attacked | actual
C 3 attacked sudmark > varg | attacked | denied
C 4 accused crowd > norland | accused | actual
C 4 accused clerk > sudmark | blamed | actual
C 5 warned france > norland | warned | actual
"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("lessons")
    (folder / "a.exercises").write_text(LESSONS, encoding="utf-8")
    extractor = open_extractor()
    (marked,) = read_lessons([folder], set(extractor.ontology.event_types), extractor.known_names)
    return prepare(extractor, marked)


@pytest.fixture(scope="module")
def untaught() -> Reader:
    """A reader whose network has learnt nothing but that nobody was named before; words differ in it by grammar and context."""
    types = tuple(open_extractor().ontology.event_types.values())
    torch.manual_seed(5)
    weights = dict(ReaderModel(claim_columns(len(types)), 96, len(types)).weights())
    weights["new.2.bias"] = weights["new.2.bias"] + 100
    return open_reader(weights, types, (), (), None)


@pytest.fixture(scope="module")
def taught(untaught: Reader, lesson: Prepared) -> Reader:
    signs = fit_signs(untaught, [lesson], open_extractor().lexicon.modality, open_extractor().gazetteer)
    return replace(untaught, network=Network({**untaught.network.weights, **signs}))


def test_what_the_exercises_say_of_modality_is_learnt(taught: Reader, lesson: Prepared) -> None:
    states = taught.states(lesson.stage.scene, lesson.stage.columns)
    numbers = {event_type.id: number for number, event_type in enumerate(taught.types)}
    claims = lesson.alignment.claims
    assert [claim.modality for claim in claims] == [
        *(Modality.POSSIBLE, Modality.ACTUAL, Modality.DENIED),
        *(Modality.ACTUAL, Modality.ACTUAL, Modality.ACTUAL),
    ]
    for claim in claims:
        by_rules = lesson.stage.find_modality(claim.trigger, taught.types[numbers[claim.type]], open_extractor().lexicon.modality)
        found = choose_modality(taught.network, states[claim.trigger], numbers[claim.type], len(numbers), by_rules)
        assert found is claim.modality


def test_what_the_exercises_say_of_names_is_learnt(taught: Reader, lesson: Prepared) -> None:
    stage = lesson.stage
    states = taught.states(stage.scene, stage.columns)
    meant, _ = taught.list_possible(stage.scene, states)
    settled = {r.name: r for r in taught.settle_kinds(stage.scene, states, meant) if not r.nameless}
    assert settled["Varg"].kind is EntityKind.ORGANISATION
    assert settled["Tolle"].kind is EntityKind.REGION
    assert settled["Lodestar"].nobody
    assert not settled["Varg"].nobody


def test_what_the_exercises_say_of_those_without_a_name_is_learnt(taught: Reader, lesson: Prepared) -> None:
    stage = lesson.stage
    states = taught.states(stage.scene, stage.columns)
    meant, _ = taught.list_possible(stage.scene, states)
    for head in stage.scene.candidates.heads:
        meant.at(head)
    kinds = {r.name: r.kind for r in taught.settle_kinds(stage.scene, states, meant)}
    assert kinds["crowd"] is EntityKind.ORGANISATION
    assert kinds["clerk"] is EntityKind.PERSON


def test_what_the_exercises_say_of_capitals_is_learnt(taught: Reader, lesson: Prepared) -> None:
    stage = lesson.stage
    states = taught.states(stage.scene, stage.columns)
    scene = taught.settle_capitals(stage.scene, states, stage.names, open_extractor().gazetteer)
    found = [scene.candidates.referents[m.referents[0]].kind for m in scene.candidates.resolved if m.text == "Paris"]
    assert found == [EntityKind.REGION, EntityKind.COUNTRY]


def test_exercises_without_an_example_are_told(untaught: Reader, tmp_path: Path) -> None:
    extractor = open_extractor()
    text = (
        "@@ a-1\nE peru COUNTRY Peru\nE cuba COUNTRY Cuba\n1 [Peru=peru] met [Cuba=cuba].\nC 1 met peru > cuba | met | actual\n"
    )
    (tmp_path / "a.exercises").write_text(text, encoding="utf-8")
    (marked,) = read_lessons([tmp_path], set(extractor.ontology.event_types), extractor.known_names)
    with pytest.raises(UsageError, match="kind"):
        fit_signs(untaught, [prepare(extractor, marked)], extractor.lexicon.modality, extractor.gazetteer)


def test_the_same_exercises_teach_the_same(untaught: Reader, taught: Reader, lesson: Prepared) -> None:
    again = fit_signs(untaught, [lesson], open_extractor().lexicon.modality, open_extractor().gazetteer)
    assert all(np.array_equal(again[name], taught.network.weights[name]) for name in again)
