"""What was missed, and what was found that is not there, by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.evaluate.compare import ArticleComparison
from kb.evaluate.triples import Triple


class Fault(StrEnum):
    """What is wrong. A name is split from others of its entity, or merged with those of another."""

    MISSED = "missed"
    EXTRA = "extra"
    WRONG = "wrong"
    SPLIT = "split"
    MERGED = "merged"


class Noun(StrEnum):
    """What it is wrong with."""

    ENTITY = "entity"
    LINK = "link"
    NAME = "name"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Miss:
    """One entity, link, name or triple that gold and extraction do not share.

    `label` is its class: kind of entity or event type. `subject` and `object` are gold ids (`?` and a name where gold has no such
    entity); a missed entity is its own subject. `sentence` tells it; `near` is what it was perhaps taken for, or "". Of a link
    and a name, `object` is the name in the text and `near` the extracted entity, for a name that which it should be with, or not.
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
    """How often a class went wrong one way, out of `of` that were wanted (missed) or found (otherwise)."""

    noun: Noun
    fault: Fault
    label: str
    count: int
    of: int


def list_misses(comparisons: Sequence[ArticleComparison]) -> tuple[Miss, ...]:
    """All of them: by article, in the order of nouns and faults, then by class and participants, links and names by the text."""
    usual = _Usual.of(comparisons)
    return tuple(
        miss
        for article in comparisons
        for miss in (*_list_entities(article), *_list_links(article), *_list_names(article, usual), *_list_claims(article))
    )


@dataclass(frozen=True, slots=True)
class _Usual:
    """What most names of a cluster are taken for, and whose most names of an extracted entity are."""

    entity: Mapping[str, str]
    cluster: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, comparisons: Iterable[ArticleComparison]) -> _Usual:
        """Where several are as frequent, the one that comes first."""
        pairs: Counter[tuple[str, str]] = Counter()
        names: dict[str, str] = {}
        for mention in (mention for article in comparisons for mention in article.links.mentions):
            names.setdefault(mention.cluster, mention.gold_id)
            if mention.entity_id is not None and mention.entity_name is not None:
                pairs[mention.entity_id, mention.cluster] += 1
                names.setdefault(mention.entity_id, mention.entity_name)
        entity: dict[str, str] = {}
        cluster: dict[str, str] = {}
        for (entity_id, key), _ in pairs.most_common():
            entity.setdefault(key, entity_id)
            cluster.setdefault(entity_id, key)
        return cls(entity, cluster, names)


def _list_links(article: ArticleComparison) -> list[Miss]:
    links = article.links
    shown = {mention.gold_id: mention for mention in reversed(links.mentions)}
    misses = []
    for gold_id in (each for each in links.wanted if each not in links.hits()):
        mention = shown.get(gold_id)
        words, near, context = (mention.surface, mention.entity_name or "", mention.context) if mention else (None, "", "")
        misses.append(Miss(article.name, Fault.MISSED, Noun.LINK, links.wanted[gold_id].value, gold_id, words, context, near))
    wrong = [link for link in links.links if not link.right]
    return misses + [
        Miss(article.name, Fault.WRONG, Noun.LINK, x.kind.value, x.gold_id, x.surface, x.context, x.entity_name) for x in wrong
    ]


def _list_names(article: ArticleComparison, usual: _Usual) -> list[Miss]:
    misses = []
    for name in article.links.mentions:
        if name.entity_id is None:
            faults = [(Fault.MISSED, "")]
        else:
            entity, cluster = usual.entity[name.cluster], usual.cluster[name.entity_id]
            faults = [(Fault.SPLIT, usual.names[entity])] if entity != name.entity_id else []
            faults += [(Fault.MERGED, usual.names[cluster])] if cluster != name.cluster else []
        for fault, near in faults:
            misses.append(Miss(article.name, fault, Noun.NAME, name.kind.value, name.gold_id, name.surface, name.context, near))
    return sorted(misses, key=lambda miss: list(Fault).index(miss.fault))


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
    """How many misses each class has; in the order of nouns, then the most frequent first. Classes without one are left out."""
    whole: Counter[tuple[Noun, Fault, str]] = Counter()
    for article in comparisons:
        whole.update((Noun.ENTITY, Fault.MISSED, kind.value) for _, kind in article.wanted_entities)
        whole.update((Noun.ENTITY, Fault.EXTRA, kind.value) for _, kind in article.found_entities)
        whole.update((Noun.LINK, Fault.MISSED, kind.value) for kind in article.links.wanted.values())
        whole.update((Noun.LINK, Fault.WRONG, link.kind.value) for link in article.links.links)
        for name in article.links.mentions:
            faults = (Fault.MISSED,) if name.entity_id is None else (Fault.MISSED, Fault.SPLIT, Fault.MERGED)
            whole.update((Noun.NAME, fault, name.kind.value) for fault in faults)
        whole.update((Noun.CLAIM, Fault.MISSED, triple.label) for triple in article.claims.wanted)
        whole.update((Noun.CLAIM, Fault.EXTRA, triple.label) for triple in article.claims.found)
    wrong = Counter((miss.noun, miss.fault, miss.label) for miss in list_misses(comparisons))
    rows = [ClassCount(*key, count=count, of=whole[key]) for key, count in wrong.items()]
    return tuple(sorted(rows, key=lambda row: (list(Noun).index(row.noun), -row.count, row.label, row.fault)))
