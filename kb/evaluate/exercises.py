"""Files of exercises: many annotated articles in a plain text file (training/README.md describes the form)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from kb.domain.claim import DatePrecision, Modality
from kb.domain.entity import EntityKind
from kb.domain.exercise import Exercise, ExerciseClaim, ExerciseEntity, ExerciseMention
from kb.domain.span import Span, cut
from kb.errors import UsageError
from kb.evaluate.annotation import parse_annotated

# Not .txt: an exercise tells what never happened, and no folder of articles should take it in.
SUFFIX: Final = ".exercises"
_TITLE: Final = 0
_START: Final = "@@ "
_BREAK: Final = "P"
_NOBODY: Final = "-"
_HEADERS: Final = ("title", "date", "style")
_ID: Final = re.compile(r"[a-z0-9_-]+")
_ENTITY: Final = re.compile(r"E ([a-z0-9_]+) (\S+) (\S.*)")
_SENTENCE: Final = re.compile(r"(\d+) (\S.*)")
_IDS: Final = r"[a-z0-9_]+(?:,[a-z0-9_]+)*"
_CLAIM: Final = re.compile(
    rf"C (\d+) (\w+) ({_IDS}|-) > ({_IDS}|-) \| (\S.*?)(?: #([1-9]\d?))? \| (\w+)"
    rf"(?: \| by ({_IDS}))?(?: \| on (\d{{4}}(?:-\d\d){{0,2}}))?( \| debatable)?"
)
_CLAIM_FORM: Final = "C SENTENCE type SUBJECTS > OBJECTS | trigger | modality [| by SPEAKERS] [| on DATE] [| debatable]"
_PRECISIONS: Final = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH, 10: DatePrecision.DAY}
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST_DAY: Final = "0000-01-01"

_E = TypeVar("_E", bound=StrEnum)


def list_exercise_files(folder: Path) -> tuple[Path, ...]:
    """The files of exercises that lie in `folder` itself, by name; none where it is no folder."""
    return tuple(sorted(path for path in folder.glob(f"*{SUFFIX}") if path.is_file()))


def read_exercises(paths: Sequence[Path], types: Collection[str]) -> tuple[Exercise, ...]:
    """All exercises of the files, in their order; `types` are the event types there are.

    Raises UsageError with file and line for the first thing that does not hold.
    """
    exercises: list[Exercise] = []
    known: set[str] = set()
    for path in paths:
        for draft in _split(path):
            if draft.id in known:
                raise UsageError(f"{path}:{draft.line}: there is another exercise {draft.id!r}; give each an id of its own")
            known.add(draft.id)
            exercises.append(_Reader(path, draft, types).read())
    return tuple(exercises)


@dataclass(slots=True)
class _Draft:
    """An exercise as its lines: each with its number in the file."""

    id: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)


def _split(path: Path) -> Iterator[_Draft]:
    """The exercises of a file; raises UsageError where it cannot be read or does not begin with one."""
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a file that is there") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no UTF-8 text: {error}; save it as UTF-8") from error
    draft: _Draft | None = None
    # Not splitlines: that takes other characters than the line feed for ends of lines.
    for number, line in enumerate(content.split("\n"), 1):
        if line.startswith(_START):
            if draft is not None:
                yield draft
            draft = _Draft(line.removeprefix(_START), number)
            if not _ID.fullmatch(draft.id):
                raise UsageError(f"{path}:{number}: {draft.id!r} is no id; use a-z, 0-9, - and _")
        elif draft is not None and line:
            draft.lines.append((number, line))
        elif line:
            raise UsageError(f"{path}:{number}: {line[:40]!r} stands before the first exercise; begin one with '@@ id'")
    if draft is None:
        raise UsageError(f"{path} holds no exercise; begin one with '@@ id'")
    yield draft


class _Reader:
    """Reads one exercise. Lines are taken in the order that the form asks for, so that spans are known when claims come."""

    def __init__(self, path: Path, draft: _Draft, types: Collection[str]) -> None:
        self._path = path
        self._draft = draft
        self._types = types
        self._number = draft.line
        self._headers: dict[str, str] = {}
        self._published: date | None = None
        self._entities: dict[str, ExerciseEntity] = {}
        self._entity_lines: dict[str, int] = {}
        self._text = ""
        self._paragraphs: list[tuple[int, int]] = []
        self._sentences: dict[int, Span] = {}
        self._mentions: list[ExerciseMention] = []
        self._mention_lines: list[int] = []
        self._claims: list[ExerciseClaim] = []
        self._breaks = True

    def read(self) -> Exercise:
        """The exercise; raises UsageError with file and line where it is none."""
        try:
            for number, line in self._draft.lines:
                self._number = number
                self._take(line)
            self._number = self._draft.line
            return self._finish()
        except UsageError as error:
            raise UsageError(f"{self._path}:{self._number}: {error.message}") from error

    def _take(self, line: str) -> None:
        if line != line.rstrip():
            raise UsageError("the line ends with a blank; take it away")
        header, _, value = line.partition(": ")
        if header in _HEADERS and value.strip():
            self._take_header(header, value)
        elif entity := _ENTITY.fullmatch(line):
            self._take_entity(*entity.groups())
        elif sentence := _SENTENCE.fullmatch(line):
            self._take_sentence(int(sentence.group(1)), sentence.group(2))
        elif line == _BREAK:
            if self._breaks:
                raise UsageError("a paragraph has no sentence; write P only between two sentences")
            self._breaks = True
        elif line.startswith("C "):
            self._take_claim(line)
        else:
            raise UsageError(f"{line[:40]!r} is no line of an exercise; see training/README.md for the form")

    def _take_header(self, header: str, value: str) -> None:
        if header in self._headers:
            raise UsageError(f"there are two lines {header!r}; leave one")
        if max(self._sentences, default=_TITLE) > _TITLE:
            raise UsageError(f"the line {header!r} stands behind sentences; write it before them")
        self._headers[header] = value
        if header == "date":
            self._published = _day(value)
        if header == "title":
            self._sentences[_TITLE] = self._append(value, "")
            self._paragraphs.append((0, len(self._text)))

    def _take_entity(self, key: str, kind: str, name: str) -> None:
        if key in self._entities:
            raise UsageError(f"there are two entities {key!r}; give each an id of its own")
        self._entities[key] = ExerciseEntity(key, _member(EntityKind, kind, "kind"), name)
        self._entity_lines[key] = self._number

    def _take_sentence(self, number: int, annotated: str) -> None:
        if self._claims:
            raise UsageError("a sentence stands behind claims; write all sentences first")
        following = max(self._sentences, default=_TITLE) + 1
        if number != following:
            raise UsageError(f"sentence {number} follows sentence {following - 1}; number the sentences from 1 in their order")
        first = self._breaks
        self._sentences[number] = span = self._append(annotated, "\n\n" if first else " ")
        start = span.start if first else self._paragraphs.pop()[0]
        self._paragraphs.append((start, span.end))
        self._breaks = False

    def _append(self, annotated: str, gap: str) -> Span:
        """Add words to the text, and their mentions; returns where they stand."""
        words, annotations = parse_annotated(annotated)
        if words != " ".join(words.split()):
            raise UsageError("there are two blanks, or another space, between words; write one blank")
        start = len(self._text) + len(gap) if self._text else 0
        self._text += (gap if self._text else "") + words
        for each in annotations:
            span = cut(self._text, start + each.start, start + each.end)
            self._mentions.append(ExerciseMention(span, each.ids, each.named))
            self._mention_lines.append(self._number)
        return Span(start, len(self._text), words)

    def _take_claim(self, line: str) -> None:
        parts = _CLAIM.fullmatch(line)
        if parts is None:
            raise UsageError(f"this is no claim; write it as {_CLAIM_FORM}")
        number, type_, subjects, objects, words, nth, modality, speakers, day, debatable = parts.groups()
        if type_ not in self._types:
            raise UsageError(f"there is no event type {type_!r}; use one of the ontology")
        sentence = self._sentences.get(int(number))
        if sentence is None:
            raise UsageError(f"there is no sentence {number}; name the one that states the claim (0 is the title)")
        claim = ExerciseClaim(
            type=type_,
            modality=_member(Modality, modality, "modality"),
            sentence=sentence,
            trigger=_find_trigger(sentence, words, int(nth or 1)),
            subjects=self._declared(subjects),
            objects=self._declared(objects),
            speakers=self._declared(speakers or _NOBODY),
            date=_day(day + _FIRST_DAY[len(day) :]) if day else None,
            date_precision=_PRECISIONS[len(day)] if day else None,
            debatable=bool(debatable),
        )
        if claim in self._claims:
            raise UsageError("the exercise has this claim already; leave one")
        self._claims.append(claim)

    def _declared(self, ids: str) -> tuple[str, ...]:
        keys = () if ids == _NOBODY else tuple(ids.split(","))
        for key, count in Counter(keys).items():
            if key not in self._entities:
                raise UsageError(f"{key!r} is no entity of the exercise; add a line 'E {key} KIND Name'")
            if count > 1:
                raise UsageError(f"{key!r} is named twice in one place; name it once")
        return keys

    def _finish(self) -> Exercise:
        if not any(number != _TITLE for number in self._sentences):
            raise UsageError(f"exercise {self._draft.id!r} has no sentence; write '1 ' and the first one")
        if self._breaks:
            raise UsageError(f"exercise {self._draft.id!r} ends with P; write P only between two sentences")
        self._check_entities()
        return Exercise(
            id=self._draft.id,
            title=self._sentences[_TITLE].text if _TITLE in self._sentences else "",
            published=self._published,
            style=self._headers.get("style"),
            text=self._text,
            paragraphs=tuple(self._paragraphs),
            sentences=tuple(span for number, span in self._sentences.items() if number != _TITLE),
            entities=tuple(self._entities.values()),
            mentions=tuple(self._mentions),
            claims=tuple(self._claims),
        )

    def _check_entities(self) -> None:
        """Every mention means an entity that there is, and every entity is mentioned or takes part in something."""
        used = {key for claim in self._claims for key in (*claim.subjects, *claim.objects, *claim.speakers)}
        for mention, line in zip(self._mentions, self._mention_lines, strict=True):
            for key in mention.entity_ids:
                if key not in self._entities:
                    self._number = line
                    raise UsageError(f"{mention.span.text!r} means {key!r}, which is no entity; add a line 'E {key} KIND Name'")
            used.update(mention.entity_ids)
        for key, line in self._entity_lines.items():
            if key not in used:
                self._number = line
                raise UsageError(f"entity {key!r} is nowhere mentioned; mark where it is, or take it out")


def _member(kind: type[_E], value: str, what: str) -> _E:
    try:
        return kind(value)
    except ValueError:
        raise UsageError(f"there is no {what} {value!r}; use one of {', '.join(kind)}") from None


def _day(value: str) -> date:
    try:
        # Alone, fromisoformat takes weeks and dates without hyphens too.
        return date.fromisoformat(value if _DATE.fullmatch(value) else "")
    except ValueError:
        raise UsageError(f"there is no day {value!r}; write a date as 2024-04-07") from None


def _find_trigger(sentence: Span, words: str, nth: int) -> Span:
    """Where `words` stand in a sentence as words of their own, for the `nth` time."""
    # Looking ahead finds also what overlaps: "no" twice in "no no no" stands there for two times.
    starts = [match.start() for match in re.finditer(rf"(?<!\w)(?={re.escape(words)}(?!\w))", sentence.text)]
    if len(starts) < nth:
        times = f" {nth} times" if nth > 1 else ""
        raise UsageError(f"the trigger {words!r} does not stand in its sentence{times}; copy it word for word")
    start = sentence.start + starts[nth - 1]
    return Span(start, start + len(words), words)
