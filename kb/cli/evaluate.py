"""`kb eval`: extraction measured against a gold standard."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.output import say, write_json
from kb.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from kb.domain.article import RawDocument
    from kb.domain.extraction import Extraction
    from kb.evaluate.gold import GoldArticle
    from kb.evaluate.part import Part
    from kb.settings import Settings


def evaluate(
    gold_dir: Annotated[
        Path, typer.Argument(metavar="GOLD_DIR", help="Folder of gold files, one .yaml an article, or of .exercises files.")
    ],
    articles: Annotated[
        Path | None, typer.Option(help="Folder of the articles (default: GOLD_DIR/articles, else the seed articles).")
    ] = None,
    floors: Annotated[
        Path | None,
        typer.Option(help="File of floors (default: floors.READER.yaml or floors.yaml in GOLD_DIR or beside it)."),
    ] = None,
    *,
    part: Annotated[
        str, typer.Option(metavar="I/N", help="Only every N-th article from the I-th on: 1/2 and 2/2 are the halves.")
    ] = "1/1",
    counts: Annotated[bool, typer.Option("--counts", help="Extract nothing; count what a folder of exercises holds.")] = False,
    misses: Annotated[bool, typer.Option("--misses", help="Count and list what was missed or is not in the gold.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON on stdout.")] = False,
) -> None:
    """Extract the articles of a gold standard and print how good that was; nothing is read from or written to the database.

    Precision is the share of what was found that gold has, recall the share of gold that was found, value their harmonic mean,
    error its standard error. Links are those to Wikidata; mention_b3_f1 says how well the names of all articles are put together
    into entities. Exit code 1 says that a figure is below its floor or that an article could not be read.
    """
    from kb.evaluate.compare import compare_articles
    from kb.evaluate.gate import list_shortfalls, lookup_floors_file, read_floors
    from kb.evaluate.misses import count_classes, list_misses
    from kb.evaluate.part import parse_part
    from kb.evaluate.report import Evaluation, to_json, write_tables
    from kb.evaluate.score import score
    from kb.ontology.loader import load_ontology
    from kb.registry.groupers import open_groupers
    from kb.settings import read_settings

    settings = read_settings()
    ontology = load_ontology()
    chosen = parse_part(part)
    if counts:
        _count(gold_dir, chosen, ontology.event_types, as_json=as_json)
        return
    gold, documents = _open(gold_dir, articles, chosen, ontology.event_types, settings)
    floors_file = floors or lookup_floors_file(gold_dir, settings.reader)
    least = read_floors(floors_file) if floors_file else {}
    extractions, unread = _extract(documents, settings)
    claims = [dated for extraction in extractions for dated in extraction.dated_claims()]
    events = open_groupers(settings).events.group_claims(claims)
    comparisons = compare_articles(gold, extractions, events, ontology)
    figures = score(comparisons)
    evaluation = Evaluation(
        articles=len(gold),
        figures=figures,
        floors=least,
        shortfalls=list_shortfalls(figures, least),
        unread=tuple(unread),
        classes=count_classes(comparisons) if misses else None,
        misses=list_misses(comparisons) if misses else None,
    )
    if as_json:
        write_json(to_json(evaluation))
    else:
        write_tables(evaluation, sys.stdout)
    for error in unread:
        say(f"not read: {error.message}")
    for shortfall in evaluation.shortfalls:
        say(f"{shortfall} ({floors_file})")
    if unread or evaluation.shortfalls:
        raise typer.Exit(1)


def _open(
    gold_dir: Path, articles: Path | None, part: Part, types: Collection[str], settings: Settings
) -> tuple[Sequence[GoldArticle], Sequence[RawDocument | DocumentError]]:
    """What should be found, and the documents to find it in."""
    from kb.evaluate.drill import to_document, to_gold
    from kb.evaluate.exercises import list_exercise_files, read_exercises
    from kb.evaluate.gold import list_gold_files, read_gold

    files = list_exercise_files(gold_dir)
    if not files:
        gold = part.take(read_gold(gold_dir, types))
        return gold, _read(articles or _find_articles(gold_dir, settings), gold, settings)
    if list_gold_files(gold_dir):
        raise UsageError(f"{gold_dir} holds gold files and exercises; keep them in a folder each")
    if articles is not None:
        raise UsageError(f"{gold_dir} holds exercises, which are their own articles; leave out --articles")
    exercises = part.take(read_exercises(files, types))
    return list(map(to_gold, exercises)), list(map(to_document, exercises))


def _count(gold_dir: Path, part: Part, types: Collection[str], *, as_json: bool) -> None:
    """Print how much a folder of exercises holds; raises UsageError where it holds none, or one that is wrong."""
    from kb.evaluate.counts import count_exercises
    from kb.evaluate.exercises import SUFFIX, list_exercise_files, read_exercises
    from kb.evaluate.report import tallies_to_json, write_tallies

    files = list_exercise_files(gold_dir)
    if not files:
        raise UsageError(f"{gold_dir} holds no exercises to count; name a folder of {SUFFIX} files")
    tallies = count_exercises(part.take(read_exercises(files, types)), types)
    if as_json:
        write_json(tallies_to_json(tallies))
    else:
        write_tallies(tallies, sys.stdout)


def _find_articles(gold_dir: Path, settings: Settings) -> Path:
    """The folder of the articles where nobody names one: in the gold's, or that of the seeds."""
    own = gold_dir / "articles"
    return own if own.is_dir() else settings.data_dir / "seeds" / "articles"


def _read(folder: Path, gold: Iterable[GoldArticle], settings: Settings) -> list[RawDocument | DocumentError]:
    """The documents that `gold` is about, in the order of `folder`; raises UsageError where one is not there."""
    from kb.evaluate.compare import file_key
    from kb.sources.files import read_documents

    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}; say with --articles where the gold's articles are")
    wanted = {article.file for article in gold}
    documents: dict[str, RawDocument | DocumentError] = {}
    for document in read_documents([folder], max_bytes=settings.max_document_bytes):
        key = file_key(document.origin if isinstance(document, DocumentError) else document.file)
        if key in wanted:
            documents[key] = document
    missing = sorted(wanted - documents.keys())
    if missing:
        more = f" and {len(missing) - 1} more of the gold's articles" if len(missing) > 1 else ""
        raise UsageError(f"{folder} lacks article {missing[0]}{more}; say with --articles where they are")
    return list(documents.values())


def _extract(
    documents: Sequence[RawDocument | DocumentError], settings: Settings
) -> tuple[list[Extraction], list[DocumentError]]:
    """What the documents yield, and those that could not be read."""
    from kb.ingest.engines import InProcess, open_extractor
    from kb.ingest.progress import show_progress

    unread = [document for document in documents if isinstance(document, DocumentError)]
    extractions = []
    with show_progress() as advance:
        readable = (document for document in documents if not isinstance(document, DocumentError))
        for outcome in InProcess(open_extractor, settings).extract_all(readable):
            if isinstance(outcome, DocumentError):
                unread.append(outcome)
                advance(outcome.origin)
            else:
                extractions.append(outcome)
                advance(outcome.article.file)
    return extractions, unread
