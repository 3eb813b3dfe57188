"""`kb eval`: extraction measured against a gold standard."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.output import say, write_json
from kb.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from kb.domain.article import RawDocument
    from kb.domain.extraction import Extraction
    from kb.evaluate.gold import GoldArticle
    from kb.settings import Settings


def evaluate(
    gold_dir: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="Folder of gold files, one .yaml an article.")],
    articles: Annotated[
        Path | None, typer.Option(help="Folder of the articles (default: GOLD_DIR/articles, else the seed articles).")
    ] = None,
    floors: Annotated[
        Path | None, typer.Option(help="File of floors (default: floors.yaml in GOLD_DIR or beside it, where there is one).")
    ] = None,
    *,
    misses: Annotated[bool, typer.Option("--misses", help="Count and list what was missed or is not in the gold.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON on stdout.")] = False,
) -> None:
    """Extract the articles of a gold standard and print how good that was; nothing is read from or written to the database.

    Precision is the share of what was found that gold has, recall the share of gold that was found, value their harmonic mean,
    error its standard error. Exit code 1 says that a figure is below its floor or that an article could not be read.
    """
    from kb.evaluate.compare import compare_articles
    from kb.evaluate.gate import list_shortfalls, lookup_floors_file, read_floors
    from kb.evaluate.gold import read_gold
    from kb.evaluate.misses import count_classes, list_misses
    from kb.evaluate.report import Evaluation, to_json, write_tables
    from kb.evaluate.score import score
    from kb.ingest.groupers import open_groupers
    from kb.ontology.loader import load_ontology
    from kb.settings import read_settings

    settings = read_settings()
    ontology = load_ontology()
    gold = read_gold(gold_dir, ontology.event_types)
    floors_file = floors or lookup_floors_file(gold_dir)
    least = read_floors(floors_file) if floors_file else {}
    folder = articles or _find_articles(gold_dir, settings)
    extractions, unread = _extract(_read(folder, gold, settings), settings)
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
