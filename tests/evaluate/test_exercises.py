"""Files of exercises: what is read from them, and what is said of those that do not hold."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain.claim import DatePrecision, Modality
from kb.domain.entity import EntityKind
from kb.domain.exercise import Exercise, ExerciseClaim, ExerciseEntity, ExerciseMention
from kb.domain.span import Span, cut
from kb.errors import UsageError
from kb.evaluate.exercises import list_exercise_files, read_exercises
from kb.ontology.loader import load_ontology
from tests.command import ROOT
from tests.evaluate.exercise_form import render

TYPES = tuple(load_ontology().event_types)
README = (ROOT / "training" / "README.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"^```exercises\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def read(folder: Path, content: str, name: str = "some") -> tuple[Exercise, ...]:
    path = folder / f"{name}.exercises"
    path.write_text(content, "utf-8")
    return read_exercises([path], TYPES)


def test_the_example_of_the_readme_is_read_whole(tmp_path: Path) -> None:
    (exercise,) = read(tmp_path, EXAMPLE)
    assert (exercise.id, exercise.title, exercise.published, exercise.style) == (
        "example-01",
        "Norland recalls envoy from Sudmark",
        date(1998, 5, 12),
        "wire",
    )
    paragraphs = [exercise.text[start:end] for start, end in exercise.paragraphs]
    assert paragraphs[0] == exercise.title
    assert paragraphs[1].startswith("Norland's foreign minister, Astrid Vik, said on Monday")
    assert paragraphs[1].endswith("she told reporters.")
    assert paragraphs[2:] == ["It rained all day."]
    assert [sentence.text for sentence in exercise.sentences][2] == "It rained all day."
    assert exercise.entities[2] == ExerciseEntity("vik", EntityKind.PERSON, "Astrid Vik")
    told = [(m.span.text, m.entity_ids, m.named) for m in exercise.mentions[2:6]]
    assert told == [
        ("Norland's foreign minister", ("vik",), False),
        ("Norland", ("norland",), True),
        ("Astrid Vik", ("vik",), True),
        ("her", ("vik",), False),
    ]
    assert all(cut(exercise.text, m.span.start, m.span.end) == m.span for m in exercise.mentions)
    title, call, _, arm = exercise.claims
    assert (title.sentence.text, title.trigger) == (exercise.title, cut(exercise.text, 8, 15))
    assert (call.modality, call.subjects, call.objects, call.speakers) == (Modality.PLANNED, ("norland",), (), ("vik",))
    assert (arm.type, arm.debatable, call.debatable) == ("aided", True, False)
    assert all(cut(exercise.text, c.trigger.start, c.trigger.end) == c.trigger for c in exercise.claims)
    assert render(exercise) == EXAMPLE


ONE = "@@ one\nE us COUNTRY United States\n1 [They~us] said that they said no.\n"


@pytest.mark.parametrize(
    ("claim", "start"), [("C 1 denied us > - | said | actual", 5), ("C 1 denied us > - | said #2 | actual", 20)]
)
def test_a_number_says_which_of_the_same_words_is_meant(tmp_path: Path, claim: str, start: int) -> None:
    (exercise,) = read(tmp_path, f"{ONE}{claim}\n")
    assert exercise.claims[0].trigger == Span(start, start + 4, "said")


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2001", date(2001, 1, 1), DatePrecision.YEAR),
        ("2001-09", date(2001, 9, 1), DatePrecision.MONTH),
        ("2001-09-11", date(2001, 9, 11), DatePrecision.DAY),
    ],
)
def test_a_date_keeps_how_much_is_fixed(tmp_path: Path, written: str, day: date, precision: DatePrecision) -> None:
    (exercise,) = read(tmp_path, f"{ONE}C 1 denied us > - | said | actual | on {written}\n")
    assert (exercise.claims[0].date, exercise.claims[0].date_precision) == (day, precision)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("@@ example-01", "Norland", 1, "before the first exercise"),
        ("@@ example-01", "@@ example 01", 1, "is no id"),
        ("date: 1998-05-12", "date: 12 May 1998", 3, "'12 May 1998'"),
        ("date: 1998-05-12", "date: 1998-W20-2", 3, "'1998-W20-2'"),
        ("style: wire", "date: 1998-05-13", 4, "two lines 'date'"),
        ("E sudmark COUNTRY", "E sudmark STATE", 6, "'STATE'"),
        ("E sudmark COUNTRY", "E norland COUNTRY", 6, "two entities 'norland'"),
        ("E rebels", "E nobody PERSON Nobody\nE rebels", 8, "nowhere mentioned"),
        ("E vik PERSON", "F vik PERSON", 7, "no line of an exercise"),
        ("[envoy", "[envoy~", 2, "closes nothing"),
        ("recalls envoy", "recalls [envoy", 2, "never closed"),
        ("[her~vik]", "[her ~vik]", 9, "blank"),
        ("[her~vik]", "[~vik]her", 9, "empty"),
        ("[her~vik]", "[her~vik,vik]", 9, "twice"),
        ("[her~vik]", "[her~wick]", 9, "'wick'"),
        ("[Norland=norland] recalls", "[Norland=nordland] recalls", 2, "'nordland'"),
        ("on Monday", "on  Monday", 9, "two blanks"),
        ("all day.", "all day. ", 12, "ends with a blank"),
        ("3 It rained", "4 It rained", 12, "sentence 4 follows sentence 2"),
        ("P\n", "P\nP\n", 12, "no sentence"),
        ("1 [[Norland", "P\n1 [[Norland", 9, "no sentence"),
        ("all day.\n", "all day.\nP\n", 1, "ends with P"),
        ("C 0 reduced_relations_with", "C 0 snubbed", 13, "'snubbed'"),
        ("C 0 reduced_relations_with", "C 4 reduced_relations_with", 13, "no sentence 4"),
        ("| recalls | actual", "| recall | actual", 13, "'recall'"),
        ("| recalls | actual", "| recalls #2 | actual", 13, "2 times"),
        ("| recalls | actual", "| recalls | certain", 13, "'certain'"),
        ("| recalls | actual", "| recalls", 13, "no claim"),
        ("norland > sudmark | recalls", "norland > midland | recalls", 13, "'midland'"),
        ("norland > sudmark | recalls", "norland > sudmark,sudmark | recalls", 13, "twice"),
        ("planned | by vik", "planned | by wick", 14, "'wick'"),
        ("planned | by vik", "planned | by vik | on 1998-13", 14, "'1998-13-01'"),
        ("C 2 rejected", "C 0 reduced_relations_with norland > sudmark | recalls | actual\nC 2 rejected", 15, "already"),
        ("C 2 rejected", "4 It snowed.\nC 2 rejected", 15, "behind claims"),
        ("C 2 rejected", "style: wire\nC 2 rejected", 15, "two lines"),
    ],
)
def test_what_does_not_hold_is_said_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    changed = EXAMPLE.replace(old, new, 1) if old != "[envoy" else EXAMPLE.replace("recalls envoy", "recalls envoy]")
    assert changed != EXAMPLE
    with pytest.raises(UsageError) as raised:
        read(tmp_path, changed)
    assert raised.value.message.startswith(f"{tmp_path / 'some.exercises'}:{line}: ")
    assert said in raised.value.message


def test_the_same_id_twice_is_an_error_also_across_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"some\.exercises:4: .*'one'"):
        read(tmp_path, ONE + ONE)
    read(tmp_path, ONE, "first")
    read(tmp_path, ONE, "second")
    with pytest.raises(UsageError, match=r"second\.exercises:1: .*'one'"):
        read_exercises(list_exercise_files(tmp_path), TYPES)


@pytest.mark.parametrize("content", ["", "\n\n", "@@ one\n", "@@ one\ntitle: Nothing said\n"])
def test_a_file_without_a_sentence_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match=r"no exercise|no sentence"):
        read(tmp_path, content)


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "a.exercises").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no UTF-8"):
        read_exercises(list_exercise_files(tmp_path), TYPES)
    with pytest.raises(UsageError, match="cannot read"):
        read_exercises([tmp_path / "nowhere.exercises"], TYPES)


IDS = ("a", "b_1", "c2", "norland")
LETTERS = "aBcé7=~|,.'\"&P-@_"
WORD = st.text(LETTERS, min_size=1, max_size=6)
LINE = st.lists(WORD, min_size=1, max_size=8).map(" ".join)
SOME_IDS = st.lists(st.sampled_from(IDS), unique=True, max_size=3).map(tuple)


@st.composite
def ranges(draw: st.DrawFn, line: Span) -> list[Span]:
    """Stretches of a line that nest or lie apart, none beginning or ending with a blank; the longer first."""
    ends = st.integers(0, len(line.text))
    kept: list[tuple[int, int]] = []
    for one, other in draw(st.lists(st.tuples(ends, ends), max_size=5)):
        start, end = sorted((one, other))
        words = line.text[start:end]
        crosses = any(a < start < b < end or start < a < end < b for a, b in kept)
        if words and words == words.strip() and not crosses:
            kept.append((start, end))
    kept.sort(key=lambda pair: (pair[0], -pair[1]))
    return [Span(line.start + start, line.start + end, line.text[start:end]) for start, end in kept]


@st.composite
def claims(draw: st.DrawFn, line: Span) -> ExerciseClaim:
    words = [match.span() for match in re.finditer(r"\S+", line.text)]
    first = draw(st.integers(0, len(words) - 1))
    start, end = words[first][0], words[draw(st.integers(first, len(words) - 1))][1]
    # A bar ends the trigger, so that none can be in it.
    if "|" in line.text[start:end]:
        start, end = min(((a, b) for a, b in words if "|" not in line.text[a:b]), default=(0, 0))
    precision = draw(st.none() | st.sampled_from([DatePrecision.YEAR, DatePrecision.MONTH, DatePrecision.DAY]))
    day = draw(st.dates(date(1900, 1, 1), date(2100, 1, 1))) if precision else None
    if day and precision is not DatePrecision.DAY:
        day = day.replace(day=1, month=day.month if precision is DatePrecision.MONTH else 1)
    return ExerciseClaim(
        type=draw(st.sampled_from(TYPES)),
        modality=draw(st.sampled_from(Modality)),
        sentence=line,
        trigger=Span(line.start + start, line.start + end, line.text[start:end]),
        subjects=draw(SOME_IDS),
        objects=draw(SOME_IDS),
        speakers=draw(SOME_IDS),
        date=day,
        date_precision=precision,
        debatable=draw(st.booleans()),
    )


@st.composite
def exercises(draw: st.DrawFn, key: str) -> Exercise:
    titled = draw(st.booleans())
    laid_out = [[draw(LINE)]] if titled else []
    laid_out += draw(st.lists(st.lists(LINE, min_size=1, max_size=3), min_size=1, max_size=3))
    text, paragraphs, lines = "", [], []
    for paragraph in laid_out:
        text += "\n\n" if text else ""
        beginning = len(text)
        for number, line in enumerate(paragraph):
            text += " " if number else ""
            lines.append(Span(len(text), len(text) + len(line), line))
            text += line
        paragraphs.append((beginning, len(text)))
    someone = st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True).map(tuple)
    mentions = [ExerciseMention(span, draw(someone), draw(st.booleans())) for line in lines for span in draw(ranges(line))]
    told = [claim for line in lines for claim in draw(st.lists(claims(line), max_size=2)) if claim.trigger.text]
    used = {each for mention in mentions for each in mention.entity_ids}
    used |= {each for claim in told for each in (*claim.subjects, *claim.objects, *claim.speakers)}
    return Exercise(
        id=key,
        title=lines[0].text if titled else "",
        published=draw(st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))),
        style=draw(st.none() | LINE),
        text=text,
        paragraphs=tuple(paragraphs),
        sentences=tuple(lines[titled:]),
        entities=tuple(ExerciseEntity(each, draw(st.sampled_from(EntityKind)), draw(LINE)) for each in sorted(used)),
        mentions=tuple(mentions),
        claims=tuple(dict.fromkeys(told)),
    )


@given(first=exercises("first"), second=exercises("second-2"))
def test_what_is_written_in_the_form_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, first: Exercise, second: Exercise
) -> None:
    folder = tmp_path_factory.getbasetemp() / "exercises"
    folder.mkdir(exist_ok=True)
    assert read(folder, f"{render(first)}\n{render(second)}") == (first, second)
