"""How fast articles become rows, against spaCy's own `nlp.pipe` over the same text with the same model.

    python -m benchmarks.ingest [FOLDER] [--articles N] [--rounds N] [--json]

FOLDER holds articles (.txt) or exercises (.exercises; the longer ones are taken as articles): `training/` where it is there, else
the seeds' articles, their paragraphs shuffled into as many different articles as are wanted.

What is measured, each in every round, one after the other, and given as the median of the rounds in words a second:

`spacy`        `nlp.pipe` of the model's package as it comes: its own matrix kernels (BLIS), all pipes it enables, its batch size,
               whole articles as texts. It gets the clean text for nothing: reading, repair and storage are not its job.
`process`      the whole ingestion in this one process: files are read, repaired, parsed, their claims found, linked and grouped,
               and everything is committed to a fresh SQLite file.
`one worker`   the same as `kb ingest --workers 1` does it: the worker reads, this process saves.
`two workers`  the same with `--workers 2`.

Starting interpreters and loading the model and the reference set count for neither side: workers wait for each other when they
are ready, and the clock starts then. Everybody has one BLAS thread. CPU seconds are shown beside, as a busy machine stretches the
clock: for `process` and `spacy` they are this process's, so that their ratio holds even then. Limits are those of wall clocks.
Memory is the highest resident size (VmHWM) of the largest worker; where there is no /proc, it is not measured.

Exit code 1 where a limit is missed, 2 where there is nothing to read.
"""

from __future__ import annotations

import os

# Before NumPy is imported: one process is to be one core.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1")

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Final

from spacy.language import Language

from kb.domain.article import RawDocument
from kb.errors import DocumentError, KbError, UsageError
from kb.evaluate.drill import to_document
from kb.evaluate.exercises import list_exercise_files, read_exercises
from kb.ingest.engines import Engine, Extracts, InProcess, Opener, Pool, open_extractor
from kb.ingest.pipeline import ingest
from kb.nlp.pipeline import choose_model, load_model
from kb.ontology.loader import load_ontology
from kb.registry.groupers import Groupers, open_groupers
from kb.settings import Settings, read_settings
from kb.sources.clean import to_article
from kb.sources.files import read_documents
from kb.storage.session import Database

TRAINING: Final = Path("training")
SEEDS: Final = Path("seeds/articles")
# Sentences given alone are no articles.
_FEWEST_WORDS: Final = 150
_LEAST_OF_SPACY: Final = 1.2
_LEAST_OF_ONE: Final = 1.6
_MOST_MEMORY_MB: Final = 600.0
_WARM: Final = 3


@dataclass(frozen=True, slots=True)
class Lap:
    """One measurement: seconds by the clock and of this process's CPU, and the peak memory in MB of the largest worker."""

    seconds: float
    cpu: float
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure and what it has to be; one that could not be measured is met."""

    name: str
    value: float | None
    wanted: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the figure is on the right side."""
        return self.value is None or (self.value >= self.wanted if self.at_least else self.value < self.wanted)


def list_texts(folder: Path | None, wanted: int) -> tuple[str, ...]:
    """At most `wanted` articles as files would hold them; raises UsageError where there are none."""
    chosen = folder or (TRAINING if list_exercise_files(TRAINING) else SEEDS)
    exercises = read_exercises(list_exercise_files(chosen), load_ontology().event_types)
    texts = [document.original for each in exercises if len((document := to_document(each)).body.split()) >= _FEWEST_WORDS]
    texts += [path.read_text("utf-8") for path in sorted(chosen.rglob("*.txt"))]
    if not texts:
        raise UsageError(f"{chosen} holds no articles; name a folder with .txt or .exercises files")
    if folder is None and chosen == SEEDS:
        return tuple(vary(texts, wanted))
    random.Random(1).shuffle(texts)
    return tuple(texts[:wanted])


def vary(texts: Sequence[str], wanted: int) -> list[str]:
    """`wanted` articles, each with the header of one of the texts and paragraphs drawn from all of them; always the same."""
    split = [text.split("\n\n", 1) for text in texts]
    paragraphs = [paragraph for _, body in split for paragraph in re.split(r"\n+", body) if paragraph.strip()]
    size = max(2, len(paragraphs) // len(texts) // 2)
    draw = random.Random(1)
    heads = islice(cycle(head for head, _ in split), wanted)
    return ["\n\n".join((head, *draw.sample(paragraphs, size))) + "\n" for head in heads]


def _open_together(opener: Opener, folder: str, crew: int, settings: Settings) -> Extracts:
    """What `opener` opens, warm, as soon as all the crew have theirs; each leaves a file, named by its process id."""
    extractor = opener(settings)
    for document in islice(read_documents([Path(folder) / "warm"], max_bytes=settings.max_document_bytes), _WARM):
        if not isinstance(document, DocumentError):
            extractor.extract(to_article(document, extractor.known_names))
    ready = Path(folder) / "ready"
    (ready / str(os.getpid())).touch()
    while len(list(ready.iterdir())) < crew:
        time.sleep(0.005)
    (Path(folder) / f"start-{os.getpid()}").write_text(repr(time.monotonic()))
    return extractor


class Course:
    """The articles as files, and all that is loaded once, ready to be run over them."""

    def __init__(self, texts: Sequence[str], folder: Path, settings: Settings) -> None:
        self._settings = settings
        self._folder = folder
        for name, some in (("articles", texts), ("warm", texts[:_WARM])):
            (folder / name).mkdir()
            for number, text in enumerate(some):
                (folder / name / f"{number:05}.txt").write_text(text, "utf-8")
        self._groupers: Groupers = open_groupers(settings)
        self._extractor: Extracts = open_extractor(settings)
        self._spacy: Language = load_model(choose_model(settings.spacy_model))
        articles = [
            to_article(each, self._extractor.known_names) for each in self._documents() if not isinstance(each, DocumentError)
        ]
        self._clean = [article.text for article in articles]
        self.articles = len(articles)
        self.reader = settings.reader
        self.words = sum(len(text.split()) for text in self._clean)
        for article in articles[:_WARM]:
            self._extractor.extract(article)
        list(self._spacy.pipe(self._clean[:_WARM]))

    def _documents(self) -> Iterator[RawDocument | DocumentError]:
        return read_documents([self._folder / "articles"], max_bytes=self._settings.max_document_bytes)

    def run_spacy(self) -> Lap:
        """spaCy alone."""
        start, cpu = time.perf_counter(), time.process_time()
        for _ in self._spacy.pipe(self._clean):
            pass
        return Lap(time.perf_counter() - start, time.process_time() - cpu)

    def run_process(self) -> Lap:
        """The whole ingestion in this process."""
        return self._ingest(InProcess(lambda _: self._extractor, self._settings), lambda: 0.0, lambda: None)

    def run_workers(self, crew: int) -> Lap:
        """The whole ingestion with so many worker processes."""
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            (folder / "ready").mkdir()
            (folder / "warm").symlink_to(self._folder / "warm")
            opener = partial(_open_together, open_extractor, name, crew)
            peaks: dict[str, float] = {}

            def watch() -> None:
                for each in (folder / "ready").iterdir():
                    peaks[each.name] = max(peaks.get(each.name, 0.0), _read_peak(each.name))

            lap = self._ingest(
                Pool(opener, self._settings, crew),
                lambda: max(float(each.read_text()) for each in folder.glob("start-*")),
                watch,
            )
            return Lap(lap.seconds, lap.cpu, max(peaks.values(), default=0.0) or None)

    def _ingest(self, engine: Engine, started: Callable[[], float], watch: Callable[[], None]) -> Lap:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            database = Database.open(f"sqlite:///{folder}/kb.db")
            try:
                database.upgrade()
                start, cpu = time.monotonic(), time.process_time()
                report = ingest(database, self._documents(), engine, lambda: self._groupers, lambda _: watch())
                end = time.monotonic()
            finally:
                database.dispose()
            if report.counts.articles_saved != self.articles:
                raise UsageError(f"{report.counts.articles_saved} of {self.articles} articles were saved; give different ones")
            return Lap(end - max(start, started()), time.process_time() - cpu)


def _read_peak(process: str) -> float:
    """The highest resident size of a process so far, in MB; 0 where that is not told."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc", process, "status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def measure(course: Course, rounds: int) -> dict[str, list[Lap]]:
    """The laps of each side, in the order of the rounds."""
    sides: Mapping[str, Callable[[], Lap]] = {
        "spacy": course.run_spacy,
        "process": course.run_process,
        "one worker": partial(course.run_workers, 1),
        "two workers": partial(course.run_workers, 2),
    }
    laps: dict[str, list[Lap]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            laps[name].append(run())
    return laps


def list_limits(laps: Mapping[str, Sequence[Lap]]) -> tuple[Limit, ...]:
    """The figures that have to be reached. Ratios are those of the medians."""
    seconds = {name: median(lap.seconds for lap in of) for name, of in laps.items()}
    memory = [lap.memory for of in laps.values() for lap in of if lap.memory is not None]
    return (
        Limit("one process / spaCy", seconds["spacy"] / seconds["process"], _LEAST_OF_SPACY, at_least=True),
        Limit("two workers / one worker", seconds["one worker"] / seconds["two workers"], _LEAST_OF_ONE, at_least=True),
        Limit("peak memory of a worker, MB", max(memory, default=None), _MOST_MEMORY_MB, at_least=False),
    )


def _write_tables(course: Course, laps: Mapping[str, Sequence[Lap]], limits: Sequence[Limit]) -> None:
    print(f"{course.articles} articles, {course.words} words, {len(laps['spacy'])} rounds, {course.reader} reader\n")
    print(f"{'':12} {'words/s':>8} {'seconds':>8} {'CPU s':>7} {'MB':>5}")
    for name, of in laps.items():
        seconds, cpu = median(lap.seconds for lap in of), median(lap.cpu for lap in of)
        memory = max((lap.memory for lap in of if lap.memory is not None), default=None)
        peak = "" if memory is None else f"{memory:.0f}"
        print(f"{name:12} {course.words / seconds:8.0f} {seconds:8.2f} {cpu:7.2f} {peak:>5}")
    print()
    for limit in limits:
        value = "not measured" if limit.value is None else f"{limit.value:.2f}"
        sign = "at least" if limit.at_least else "below"
        print(f"{limit.name:28} {value:>8}   {sign} {limit.wanted:g}: {'yes' if limit.met else 'NO'}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where a limit is missed, 2 where there is nothing to read."""
    parser = argparse.ArgumentParser(prog="benchmarks.ingest", description="Measure ingestion against spaCy alone.")
    parser.add_argument("folder", type=Path, nargs="?", help="where the articles or exercises are")
    parser.add_argument("--articles", type=int, default=400, help="how many articles at most")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side is measured")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            course = Course(list_texts(options.folder, options.articles), Path(folder), read_settings())
            laps = measure(course, options.rounds)
    except KbError as error:
        print(error, file=sys.stderr)
        return 2
    limits = list_limits(laps)
    if options.json:
        sides = {name: [asdict(lap) for lap in of] for name, of in laps.items()}
        asked = [asdict(each) | {"met": each.met} for each in limits]
        what = {"articles": course.articles, "words": course.words, "reader": course.reader}
        print(json.dumps({**what, "laps": sides, "limits": asked}, indent=2))
    else:
        _write_tables(course, laps, limits)
    return 0 if all(limit.met for limit in limits) else 1


if __name__ == "__main__":
    sys.exit(main())
