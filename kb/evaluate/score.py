"""The figures: how much of the gold was found, how much of what was found is in the gold, and how sure that is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import stdev
from typing import Final, TypeAlias

from kb.domain.claim import Modality
from kb.evaluate.compare import ArticleComparison, FoundClaim, TripleComparison
from kb.evaluate.gold import GoldEvent
from kb.evaluate.links import GoldMention

_RESAMPLES: Final = 1000
_SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Count:
    """What a figure is made of. The hits are one number, but for links, where two found may hit one wanted, and for B-cubed,
    where each claim or mention is a hit by parts."""

    precise: float
    found: int
    recalled: float
    wanted: int

    @property
    def precision(self) -> float:
        """From 0 to 1; 0 where nothing was found."""
        return self.precise / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """From 0 to 1; 0 where nothing was wanted."""
        return self.recalled / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 where both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. A share (of matched claims) has `wanted` equal to `found`, so that its F1 is the share itself.

    `value` is rounded to the three digits that are shown, and so are the others. `standard_error` comes from drawing the articles
    again; None where there are fewer than two.
    """

    name: str
    value: float
    precision: float
    recall: float
    hits: float
    found: int
    wanted: int
    standard_error: float | None


def score(comparisons: Sequence[ArticleComparison]) -> tuple[Figure, ...]:
    """All figures, micro-averaged over the articles: entities, links, claims, family, the shares, mention_b3_f1, story_b3_f1."""
    counts: dict[str, Sequence[Count]] = {name: [count(c) for c in comparisons] for name, count in _COUNTERS.items()}
    counts["mention_b3_f1"] = _count_mentions([c.links.mentions for c in comparisons])
    counts["story_b3_f1"] = _count_stories([_list_stories(c.claims) for c in comparisons])
    errors = _standard_errors(counts, len(comparisons))
    return tuple(_figure(name, _total(parts), errors.get(name)) for name, parts in counts.items())


def _figure(name: str, count: Count, error: float | None) -> Figure:
    return Figure(
        name=name,
        value=round(count.f1, 3),
        precision=round(count.precision, 3),
        recall=round(count.recall, 3),
        hits=round(count.precise, 3),
        found=count.found,
        wanted=count.wanted,
        standard_error=None if error is None else round(error, 3),
    )


def _total(counts: Iterable[Count]) -> Count:
    rows = [(c.precise, c.found, c.recalled, c.wanted) for c in counts]
    precise, found, recalled, wanted = (sum(column) for column in zip(*rows, strict=True)) if rows else (0.0, 0, 0.0, 0)
    return Count(precise, int(found), recalled, int(wanted))


def _standard_errors(counts: Mapping[str, Sequence[Count]], articles: int) -> dict[str, float]:
    """By figure, how far it scatters over sets of as many articles drawn with replacement from these.

    Sentences of an article stand and fall together, so articles are drawn, not claims. A claim's own share of B-cubed stays what
    it is among all articles: drawn twice, a claim would otherwise agree with itself.
    """
    if articles < 2:
        return {}
    draw = random.Random(_SEED)  # noqa: S311  the same report for the same articles
    values: dict[str, list[float]] = {name: [] for name in counts}
    for _ in range(_RESAMPLES):
        drawn = draw.choices(range(articles), k=articles)
        for name, parts in counts.items():
            values[name].append(_total(parts[i] for i in drawn).f1)
    return {name: stdev(each) for name, each in values.items()}


def _overlap(wanted: int, found: int, hits: int) -> Count:
    return Count(hits, found, hits, wanted)


def _share(verdicts: Iterable[bool]) -> Count:
    every = list(verdicts)
    return _overlap(len(every), len(every), sum(every))


def has_right_modality(gold: Iterable[GoldEvent], claims: Iterable[FoundClaim]) -> bool:
    """Whether one of the claims has a modality that one of the gold events allows."""
    allowed = frozenset[Modality]().union(*(event.modalities for event in gold))
    return any(claim.modality in allowed for claim in claims)


def has_right_speakers(gold: Iterable[GoldEvent], claims: Iterable[FoundClaim]) -> bool:
    """Whether one of the claims is put down to exactly those whom one of the gold events is put down to."""
    allowed = {tuple(sorted(event.speakers)) for event in gold}
    return any(claim.speakers in allowed for claim in claims)


def _count_entities(article: ArticleComparison) -> Count:
    hits = article.wanted_entities & article.found_entities
    return _overlap(len(article.wanted_entities), len(article.found_entities), len(hits))


def _count_links(article: ArticleComparison) -> Count:
    links = article.links
    return Count(sum(link.right for link in links.links), len(links.links), len(links.hits()), len(links.wanted))


def _count_triples(triples: TripleComparison) -> Count:
    return _overlap(len(triples.wanted), len(triples.found), len(triples.hits()))


_Matched: TypeAlias = tuple[tuple[GoldEvent, ...], tuple[FoundClaim, ...]]


def _matched(article: ArticleComparison) -> list[_Matched]:
    return [(article.claims.wanted[triple], article.claims.found[triple]) for triple in article.claims.hits()]


def _is_marked(gold: Iterable[GoldEvent]) -> bool:
    """Whether nothing among the gold events may be taken for plainly happening."""
    return all(Modality.ACTUAL not in event.modalities for event in gold)


def _is_spoken(gold: Iterable[GoldEvent]) -> bool:
    """Whether all gold events are somebody's words."""
    return all(event.speakers for event in gold)


_COUNTERS: Final[Mapping[str, Callable[[ArticleComparison], Count]]] = {
    "entities": _count_entities,
    "links": _count_links,
    "claims": lambda article: _count_triples(article.claims),
    "family": lambda article: _count_triples(article.families),
    "modality": lambda article: _share(has_right_modality(gold, found) for gold, found in _matched(article)),
    "attribution": lambda article: _share(has_right_speakers(gold, found) for gold, found in _matched(article)),
    "modality_marked": lambda article: _share(has_right_modality(g, found) for g, found in _matched(article) if _is_marked(g)),
    "attribution_spoken": lambda article: _share(has_right_speakers(g, found) for g, found in _matched(article) if _is_spoken(g)),
}


def _list_stories(claims: TripleComparison) -> list[tuple[str, str]]:
    """(event it was put into, real event) of each matched triple of which gold says what it is about."""
    pairs = []
    for triple in claims.hits():
        story = next((event.story for event in claims.wanted[triple] if event.story), None)
        if story is not None:
            pairs.append((claims.found[triple][0].event_id, story))
    return pairs


def _count_stories(articles: Sequence[Sequence[tuple[str, str]]]) -> list[Count]:
    """B-cubed by article: of those that share an item's event, how many share its story, and the other way round."""
    both = Counter(pair for pairs in articles for pair in pairs)
    in_event: Counter[str] = Counter()
    in_story: Counter[str] = Counter()
    for (event, story), number in both.items():
        in_event[event] += number
        in_story[story] += number
    return [
        Count(
            precise=sum(both[pair] / in_event[pair[0]] for pair in pairs),
            found=len(pairs),
            recalled=sum(both[pair] / in_story[pair[1]] for pair in pairs),
            wanted=len(pairs),
        )
        for pairs in articles
    ]


def _count_mentions(articles: Sequence[Sequence[GoldMention]]) -> list[Count]:
    """B-cubed of the names in all articles, by article: a mention agrees with those that are the same entity in gold and found.

    A mention that was not found is alone on the found side: it is recalled as one of its cluster, and has no part in precision
    (so do Cai and Strube, 2010, with what a system lacks). What was found where gold names nobody is in neither.
    """
    every = [mention for mentions in articles for mention in mentions]
    # A name that was not found is an entity of its own, which nothing else is.
    both = Counter((m.entity_id, m.cluster) for m in every if m.entity_id is not None)
    of_entity = Counter(m.entity_id for m in every)
    of_cluster = Counter(m.cluster for m in every)
    counts = []
    for mentions in articles:
        found = [(m.entity_id, m.cluster) for m in mentions if m.entity_id is not None]
        missed = [m.cluster for m in mentions if m.entity_id is None]
        recalled = sum(both[pair] / of_cluster[pair[1]] for pair in found) + sum(1 / of_cluster[cluster] for cluster in missed)
        counts.append(Count(sum(both[pair] / of_entity[pair[0]] for pair in found), len(found), recalled, len(mentions)))
    return counts
