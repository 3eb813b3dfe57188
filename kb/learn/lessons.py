"""Reads what there is to learn from: files of exercises, and gold files whose events carry spans."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kb.domain.article import Article, RawDocument
from kb.domain.claim import Modality
from kb.domain.exercise import Exercise, ExerciseClaim
from kb.errors import UsageError
from kb.evaluate.drill import to_document, to_gold
from kb.evaluate.exercises import list_exercise_files, read_exercises
from kb.evaluate.gold import list_gold_files, read_gold, read_mapping
from kb.learn.marked import MarkedArticle, MarkedClaim, MarkedMention, MarkedSide
from kb.sources.clean import to_article
from kb.sources.plain import read_plain

_ARTICLES: Final = "articles"


def read_lessons(
    folders: Sequence[Path], types: Collection[str], known_names: Collection[str], elsewhere: Path | None = None
) -> tuple[MarkedArticle, ...]:
    """All annotated articles of the folders, in their order; raises UsageError where a folder has none.

    `elsewhere` lie the articles of gold files that have no folder of articles beside them.
    """
    found: list[MarkedArticle] = []
    for folder in folders:
        exercises = list_exercise_files(folder)
        if exercises:
            found.extend(_of_exercise(e, known_names) for e in read_exercises(exercises, types))
        elif list_gold_files(folder):
            found.extend(_of_gold(folder, types, known_names, elsewhere))
        else:
            raise UsageError(f"{folder} holds nothing to learn from; name a folder with .exercises or gold files")
    return tuple(found)


def _of_exercise(exercise: Exercise, known_names: Collection[str]) -> MarkedArticle:
    article = to_article(to_document(exercise), known_names)
    place = _placer(exercise.text, article.text)
    mentions = tuple(
        MarkedMention(start, end, frozenset(m.entity_ids), m.named)
        for m in exercise.mentions
        for start, end in place(m.span.start, m.span.end)
    )
    claims = tuple(
        _claim_of(claim, trigger) for claim in exercise.claims for trigger in place(claim.trigger.start, claim.trigger.end)
    )
    return MarkedArticle(to_gold(exercise), article, mentions, claims)


def _claim_of(claim: ExerciseClaim, trigger: tuple[int, int]) -> MarkedClaim:
    subjects, objects, speakers = (
        tuple(MarkedSide(key, None) for key in keys) for keys in (claim.subjects, claim.objects, claim.speakers)
    )
    return MarkedClaim(claim.type, claim.modality, trigger, subjects, objects, speakers, claim.debatable)


def _placer(written: str, cleaned: str) -> Callable[[int, int], Iterator[tuple[int, int]]]:
    """Leads from offsets in a written text to those in its cleaned form; by letters and digits, which repair leaves alone."""
    if written == cleaned:
        return lambda start, end: iter(((start, end),))
    before = [n for n, letter in enumerate(written) if letter.isalnum()]
    after = [n for n, letter in enumerate(cleaned) if letter.isalnum()]
    numbers = {position: n for n, position in enumerate(before)}
    same = [written[n] for n in before] == [cleaned[n] for n in after]

    def place(start: int, end: int) -> Iterator[tuple[int, int]]:
        letters = [numbers[n] for n in range(start, end) if n in numbers]
        if same and letters:
            yield after[letters[0]], after[letters[-1]] + 1

    return place


def _of_gold(
    folder: Path, types: Collection[str], known_names: Collection[str], elsewhere: Path | None
) -> Iterator[MarkedArticle]:
    articles = folder / _ARTICLES
    if elsewhere is not None and not articles.is_dir():
        articles = elsewhere
    for gold, path in zip(read_gold(folder, types), list_gold_files(folder), strict=True):
        file = articles / f"{gold.file}.txt"
        try:
            document: RawDocument = read_plain(file.read_text(encoding="utf-8"), file.name, file.name)
        except OSError as error:
            raise UsageError(f"cannot read {file}: {error.strerror}; gold to learn from needs its articles beside it") from error
        article = to_article(document, known_names)
        content = read_mapping(path)
        claims = tuple(
            claim
            for event in content["events"] or []
            for span in event.get("spans") or []
            if (claim := _gold_claim(event, span, article)) is not None
        )
        yield MarkedArticle(gold, article, tuple(_gold_mentions(content["entities"] or [], article.text)), claims)


def _gold_mentions(entities: Sequence[Mapping[str, Any]], text: str) -> Iterator[MarkedMention]:
    """Where the names and nominals of the file stand, longer ones first; what two entities are called is left out."""
    taken = [False] * len(text)
    for field, named in (("mentions", True), ("nominals", False)):
        owners: dict[str, set[str]] = defaultdict(set)
        for entity in entities:
            for name in entity.get(field) or ():
                owners[str(name)].add(str(entity["id"]))
        for name in sorted(owners, key=lambda n: (-len(n), n)):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                span = slice(match.start(), match.end())
                if not all(taken[span]) and not (named and any(taken[span])) and len(owners[name]) == 1:
                    yield MarkedMention(match.start(), match.end(), frozenset(owners[name]), named)
                if named:
                    taken[span] = [True] * (match.end() - match.start())


def _gold_claim(event: Mapping[str, Any], span: Mapping[str, Any], article: Article) -> MarkedClaim | None:
    """The claim as one of its spans states it; None where its sentence or trigger isn't in the text."""
    sentence = _find(str(span["sentence"]), article.text, 0, len(article.text))
    trigger = _find(str(span["trigger"] or ""), article.text, *sentence) if sentence else None
    if sentence is None or trigger is None:
        return None

    def sides(keys: Sequence[str], words: Sequence[str | None]) -> tuple[MarkedSide, ...]:
        padded = [*words, *[None] * len(keys)]
        return tuple(
            MarkedSide(str(k), _find(str(w), article.text, *sentence) if w else None) for k, w in zip(keys, padded, strict=False)
        )

    speakers = event.get("attributed_to") or ()
    return MarkedClaim(
        event["type"],
        None if event.get("modality_also") else Modality(event["modality"]),
        trigger,
        sides(event["subject"] or (), span.get("subject") or ()),
        sides(event["object"] or (), span.get("object") or ()),
        sides(speakers, [span.get("attribution")] * len(speakers)),
        event.get("certainty") == "debatable",
    )


def _find(words: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where `words` stand between two offsets as words of their own; white space may differ."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    if not pattern:
        return None
    for edge in (r"(?<!\w)", ""):
        match = re.compile(edge + pattern + edge.replace("<", ""), re.IGNORECASE).search(text, start, end)
        if match:
            return match.start(), match.end()
    return None
