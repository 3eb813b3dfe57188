"""What was missed, and what was found that is not there, by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.evaluate.compare import ArticleComparison
from kb.evaluate.triples import Triple


class Fault(StrEnum):
    """What is wrong."""

    MISSED = "missed"
    EXTRA = "extra"


class Noun(StrEnum):
    """What it is wrong with."""

    ENTITY = "entity"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Miss:
    """One entity or triple that gold and extraction do not share.

    `label` is its class: kind of entity or event type. `subject` and `object` are gold ids (`?` and a name where gold has no such
    entity); a missed entity is its own subject. `sentence` tells it; `near` is what it was perhaps taken for, or "".
    """

    article: str
    fault: Fault
    noun: Noun
    label: str
    subject: str | None
    object: str | None
    sentence: str
    near: str


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How often a class went wrong one way, out of `of` that were wanted (missed) or found (extra)."""

    noun: Noun
    fault: Fault
    label: str
    count: int
    of: int


def list_misses(comparisons: Iterable[ArticleComparison]) -> tuple[Miss, ...]:
    """All of them: by article, entities before claims, missed before extra, then by class and participants."""
    return tuple(miss for article in comparisons for miss in (*_list_entities(article), *_list_claims(article)))


def _list_entities(article: ArticleComparison) -> list[Miss]:
    misses = []
    for fault, ours, theirs in (
        (Fault.MISSED, article.wanted_entities, article.found_entities),
        (Fault.EXTRA, article.found_entities, article.wanted_entities),
    ):
        for name, kind in sorted(ours - theirs, key=lambda pair: (pair[1], pair[0])):
            near = ", ".join(sorted(other for called, other in theirs if called == name))
            misses.append(Miss(article.name, fault, Noun.ENTITY, kind.value, name, None, "", near))
    return misses


def _list_claims(article: ArticleComparison) -> list[Miss]:
    wanted, found = article.claims.wanted, article.claims.found
    missed = {triple: next(iter(wanted[triple][0].evidence), "") for triple in wanted.keys() - found.keys()}
    extra = {triple: found[triple][0].sentence for triple in found.keys() - wanted.keys()}
    return [
        Miss(article.name, fault, Noun.CLAIM, *triple, sentence=sentences[triple], near=_find_near(triple, others))
        for fault, sentences, others in ((Fault.MISSED, missed, extra), (Fault.EXTRA, extra, missed))
        for triple in sorted(sentences, key=lambda triple: tuple(map(str, triple)))
    ]


def _find_near(triple: Triple, others: Collection[Triple]) -> str:
    """In which one point others differ from `triple`: direction, type, object or subject, the first there is; "" where none."""
    label, subject, object_ = triple
    if subject != object_ and Triple(label, object_, subject) in others:
        return "the other way round"
    for point, near in (
        ("type", [other.label for other in others if other[1:] == triple[1:]]),
        ("object", [other.object for other in others if other[:2] == triple[:2]]),
        ("subject", [other.subject for other in others if (other.label, other.object) == (label, object_)]),
    ):
        if near:
            return f"{point} {', '.join(sorted(each or 'nobody' for each in near))}"
    return ""


def count_classes(comparisons: Sequence[ArticleComparison]) -> tuple[ClassCount, ...]:
    """How many misses each class has; entities before claims, then the most frequent first. Classes without one are left out."""
    whole: Counter[tuple[Noun, Fault, str]] = Counter()
    for article in comparisons:
        whole.update((Noun.ENTITY, Fault.MISSED, kind.value) for _, kind in article.wanted_entities)
        whole.update((Noun.ENTITY, Fault.EXTRA, kind.value) for _, kind in article.found_entities)
        whole.update((Noun.CLAIM, Fault.MISSED, triple.label) for triple in article.claims.wanted)
        whole.update((Noun.CLAIM, Fault.EXTRA, triple.label) for triple in article.claims.found)
    wrong = Counter((miss.noun, miss.fault, miss.label) for miss in list_misses(comparisons))
    rows = [ClassCount(*key, count=count, of=whole[key]) for key, count in wrong.items()]
    return tuple(sorted(rows, key=lambda row: (row.noun is Noun.CLAIM, -row.count, row.label, row.fault)))
