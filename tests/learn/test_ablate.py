"""The ablation: what its rows are, that each reader sees what it may, and that it is the claims of `kb eval` that are counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="what is learned has to be trained: pip install 'kb[train]'")

from kb.cli.ablate import _lay_out, _table, _to_json  # noqa: E402
from kb.domain.claim import Modality  # noqa: E402
from kb.errors import UsageError  # noqa: E402
from kb.learn import ablate as ablation  # noqa: E402
from kb.learn.ablate import ReadBy, Row, ablate, split  # noqa: E402
from kb.learn.layers import ReaderModel  # noqa: E402
from kb.learn.lessons import read_lessons  # noqa: E402
from kb.learn.prepare import prepare  # noqa: E402
from kb.learn.train import make_samples, open_reader  # noqa: E402
from kb.learn.trial import Entities, Trial, hide_votes, list_trials, read_by_network  # noqa: E402
from kb.nlp.reader.columns import RuleTrigger, claim_columns  # noqa: E402
from kb.nlp.reader.judge import JUDGES, Judgement, judge_name  # noqa: E402
from kb.nlp.reader.network import Network  # noqa: E402
from kb.nlp.reader.reader import Reader  # noqa: E402
from kb.nlp.reader.stage import Stage  # noqa: E402
from tests.command import kb  # noqa: E402
from tests.reading import lay, open_extractor  # noqa: E402

LESSONS = """
@@ lesson-1
date: 2010-03-02
E norland COUNTRY Norland
E sudmark COUNTRY Sudmark
E vik PERSON Olga Vik
1 [Norland=norland] condemned [Sudmark=sudmark], and [its~norland] president, [Olga Vik=vik], sanctioned [Sudmark=sudmark].
2 [She~vik] accused [the country~sudmark] of aggression.
C 1 condemned norland > sudmark | condemned | actual
C 1 sanctioned vik > sudmark | sanctioned | actual
C 2 accused vik > sudmark | accused | actual

@@ lesson-2
date: 2010-03-04
E russia COUNTRY Russia
E france COUNTRY France
1 [Russia=russia] rejected the plan that [France=france] supported.
2 "[We~russia] condemn [France=france]," [Russia=russia] said.
C 1 rejected russia > - | rejected | actual | debatable
C 2 condemned russia > france | condemn | actual

@@ lesson-3
date: 2010-03-05
E iran COUNTRY Iran
E japan COUNTRY Japan
1 [Iran=iran] attacked [Japan=japan] on Friday, and [Japan=japan] condemned [Iran=iran].
C 1 attacked iran > japan | attacked | actual
C 1 condemned japan > iran | condemned | actual

@@ lesson-4
date: 2010-03-06
E peru COUNTRY Peru
E chile COUNTRY Chile
1 [Peru=peru] accused [Chile=chile] of lies, and [Chile=chile] rejected [Peru=peru]'s demand.
C 1 accused peru > chile | accused | actual
C 1 rejected chile > peru | rejected | actual
"""
EXAM = """
@@ exam-1
date: 2010-03-09
E lantern PERSON lantern
E harbour COUNTRY harbour
E italy COUNTRY Italy
1 On Tuesday [the lantern=lantern] condemned [the harbour=harbour].
2 [Italy=italy] attacked [the harbour=harbour].
C 1 condemned lantern > harbour | condemned | actual
C 2 attacked italy > harbour | attacked | actual

@@ exam-2
date: 2010-03-09
E spain COUNTRY Spain
E cuba COUNTRY Cuba
1 [Spain=spain] condemned [Cuba=cuba] and later sanctioned [Cuba=cuba].
C 1 condemned spain > cuba | condemned | actual
C 1 sanctioned spain > cuba | sanctioned | actual | debatable
"""


def write(folder: Path, text: str) -> Path:
    """A folder with one file of exercises."""
    folder.mkdir()
    (folder / "small.exercises").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What to learn from, and what to read."""
    base = tmp_path_factory.mktemp("ablation")
    return write(base / "lessons", LESSONS), write(base / "exam", EXAM)


@pytest.fixture(scope="module")
def rows(folders: tuple[Path, Path]) -> tuple[Row, ...]:
    """The table, learnt from three and four articles."""
    lessons, exam = folders
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ablation, "ARTICLES", (3, 5))
        return ablate(lessons, [exam], open_extractor(), exam, None, lambda _: None)


def test_there_is_a_row_for_each_reader_amount_and_way_of_knowing_entities(rows: Sequence[Row]) -> None:
    lines = [(ReadBy.RULES, None), *((reader, n) for reader in (ReadBy.LEARNED, ReadBy.BOTH) for n in (3, 4))]
    assert [(r.read_by, r.articles, r.on, r.entities) for r in rows] == [
        (*line, "exam", entities) for line in lines for entities in Entities
    ]
    # Of four claims one is debatable.
    assert {row.count.wanted for row in rows} == {3}


def test_given_entities_never_lose_where_rules_cannot_know_the_names(rows: Sequence[Row]) -> None:
    gained = {(given.read_by, given.articles): given.count.precise - found.count.precise for found, given in pair_up(rows)}
    assert min(gained.values()) >= 0
    assert gained[ReadBy.RULES, None] == 2
    assert gained[ReadBy.BOTH, 4] > 0
    # All of it is right, and what gold holds for debatable isn't counted.
    assert (rows[1].count.f1, rows[1].count.found) == (1.0, 3)


def pair_up(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Each line's row with entities found, and that with entities given."""
    return list(zip(rows[::2], rows[1::2], strict=True))


def test_by_rules_it_is_what_the_evaluation_counts(rows: Sequence[Row], folders: tuple[Path, Path]) -> None:
    done = kb("eval", folders[1], "--json", KB_READER="rules")
    claims = json.loads(done.stdout)["figures"]["claims"]
    count = rows[0].count
    assert (claims["hits"], claims["found"], claims["wanted"]) == (count.precise, count.found, count.wanted)


def test_the_table_and_the_json_say_the_same(rows: Sequence[Row]) -> None:
    lines = [line.split("  ") for line in _lay_out(_table(rows))]
    assert len({sum(map(len, line)) + 2 * len(line) for line in lines}) == 1
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert cells[0] == ["read by", "articles", "exam, found", "exam, given"]
    assert [line[:2] for line in cells[1:]] == [
        ["rules alone", "-"],
        ["learned alone", "3"],
        ["learned alone", "4"],
        ["both", "3"],
        ["both", "4"],
    ]
    objects = [_to_json(row) for row in rows]
    assert [[f"{each['f1']:.3f}" for each in objects[n : n + 2]] for n in range(0, len(objects), 2)] == [c[2:] for c in cells[1:]]
    assert objects[0]["articles"] is None


def test_half_of_the_articles_judge_the_reader_of_the_other_half() -> None:
    names = [f"a{number:02}" for number in range(29)]
    places = split(names)
    assert sorted(places) == names
    assert sorted(Counter(places.values()).values()) == [7, 7, 7, 8]
    assert places == split(list(reversed(names)))
    # Neighbours by name come from one source; halves cut through them.
    assert {half for half, _ in map(places.__getitem__, names[:8])} == {0, 1}


def test_nothing_is_read_that_was_learnt_from(folders: tuple[Path, Path], tmp_path: Path) -> None:
    lessons, exam = folders
    with pytest.raises(UsageError, match="lesson-1"):
        ablate(lessons, [exam, lessons], open_extractor(), exam, None, lambda _: None)
    few = write(tmp_path / "few", LESSONS[: LESSONS.index("@@ lesson-4")])
    with pytest.raises(UsageError, match="at least 4"):
        ablate(few, [exam], open_extractor(), exam, None, lambda _: None)


def test_learned_alone_reads_the_same_whatever_rules_say(folders: tuple[Path, Path]) -> None:
    extractor = open_extractor()
    for marked in read_lessons([folders[1]], set(extractor.ontology.event_types), extractor.known_names):
        for trial in list_trials(extractor, marked):
            told = trial.article.stage
            turned = turn(told)
            reader = opinionated()
            other = Trial(trial.entities, replace(trial.article, stage=turned), trial.given, trial.settled)
            alone = read_by_network(reader, trial, extractor.gazetteer, votes=False)
            assert alone
            assert alone == read_by_network(reader, other, extractor.gazetteer, votes=False)
            assert features(reader, hide_votes(told)) == features(reader, hide_votes(turned))
            # That reader does listen where it may.
            assert features(reader, told) != features(reader, turned)


def test_learned_alone_learns_the_same_whatever_rules_say(folders: tuple[Path, Path]) -> None:
    extractor = open_extractor()
    lessons = read_lessons([folders[0]], set(extractor.ontology.event_types), extractor.known_names)
    prepared = [prepare(extractor, lesson) for lesson in lessons]
    types = tuple(extractor.ontology.event_types.values())
    told = make_samples([replace(p, stage=hide_votes(p.stage)) for p in prepared], types, (), None)
    turned = make_samples([replace(p, stage=hide_votes(turn(p.stage))) for p in prepared], types, (), None)
    for one, other in zip(told, turned, strict=True):
        assert np.array_equal(one.columns, other.columns)
        assert np.array_equal(one.pairs, other.pairs)
        assert np.array_equal(one.roles, other.roles)


def turn(stage: Stage) -> Stage:
    """`stage` as if rules had seen something else: other types, sides exchanged, another trigger, all quoted from one head."""
    types = list(open_extractor().ontology.event_types)
    heads = stage.scene.candidates.heads
    triggers = {
        position: tuple(
            RuleTrigger(types[types.index(rule.type) - 1], Modality.DENIED, rule.objects, rule.subjects, rule.subjects)
            for rule in rules
        )
        for position, rules in stage.scene.triggers.items()
    }
    triggers[0] = (RuleTrigger(types[3], Modality.PLANNED, frozenset(heads[-1:]), frozenset(heads[:1]), frozenset()),)
    columns = stage.columns.copy()
    columns[:, 6] = len(types) - columns[:, 6]
    columns[:, 7] = 1
    quotes = {position: frozenset(heads[:1]) for position in range(len(columns))}
    return replace(stage, scene=replace(stage.scene, triggers=triggers, quotes=quotes), columns=columns, rules={})


def opinionated() -> Reader:
    """An untrained reader that sees events in many words, and keeps whatever it thinks of."""
    types = tuple(open_extractor().ontology.event_types.values())
    torch.manual_seed(5)
    model = ReaderModel(claim_columns(len(types)), 96, len(types))
    weights = dict(model.weights())
    weights["trigger.2.weight"] = weights["trigger.2.weight"] * 20
    reader = open_reader(weights, types, (), (), None)
    size = len(features(reader, lay("Spain condemned Cuba on Monday."))[0][-1])
    layers = {"1.weight": (size, 1), "1.bias": (1,), "2.weight": (1, 1), "2.bias": (1,)}
    judges = {
        f"{judge_name(number)}.{name}": np.zeros(shape, dtype=np.float32)
        for number in range(JUDGES)
        for name, shape in layers.items()
    }
    return replace(reader, judgement=Judgement(Network(judges), 0.5, 0.5))


def features(reader: Reader, stage: Stage) -> list[tuple[int, str, tuple[float, ...]]]:
    """All that the reader thinks of, with what its judge is told."""
    _, possible = reader.list_possible(stage.scene, reader.states(stage.scene, stage.columns))
    return [(trigger.position, trigger.type.id, sided.features) for trigger, sided in possible]
