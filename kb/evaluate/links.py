"""Where gold names somebody, and whom extraction takes the name for: what linking is measured by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.domain.entity import Entity, EntityKind, Mention, MentionForm
from kb.domain.extraction import Extraction
from kb.evaluate.gold import GoldArticle, GoldEntity
from kb.evaluate.names import fold

STRAIGHT: Final = str.maketrans("’‘`´\xa0‐‑", "'''' --")
"""Straight apostrophes, plain blanks and hyphens; one character for one, so that offsets stay what they are."""
_LEADING: Final = re.compile(r"the ", re.IGNORECASE)
_POSSESSIVE: Final = re.compile(r"'s?$")
# Gold was made before the apostrophes that some articles have lost were put back: its "Russias" is the text's "Russia's".
_LOST_APOSTROPHE: Final = re.compile(r"s(?!\w)")
_CONTEXT: Final = 60


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A place where gold names one entity, and the entity that the same words mean in the extraction.

    `cluster` is what the mentions of one real entity share over all articles; `entity_id` and `entity_name` are None where
    extraction found no name there.
    """

    gold_id: str
    kind: EntityKind
    cluster: str
    surface: str
    context: str
    entity_id: str | None
    entity_name: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """An entity with a Wikidata id that extraction and a gold entity with one that gold see in the same words.

    `entity_name` is the extracted one's; `surface` are the first such words.
    """

    gold_id: str
    kind: EntityKind
    right: bool
    entity_name: str
    surface: str
    context: str


@dataclass(frozen=True, slots=True)
class LinkComparison:
    """The links of one article; `wanted` are the ids and kinds of the gold entities that should be linked."""

    wanted: Mapping[str, EntityKind]
    links: tuple[Link, ...]
    mentions: tuple[GoldMention, ...]

    def hits(self) -> frozenset[str]:
        """Gold ids of the entities that are linked to their Wikidata id."""
        return frozenset(link.gold_id for link in self.links if link.right)


@dataclass(frozen=True, slots=True)
class _Place:
    """Characters `start` to `end`, and whom gold says that they name: several where it gives two entities the same name."""

    start: int
    end: int
    meant: tuple[GoldEntity, ...]


def name_clusters(gold: Iterable[GoldArticle]) -> dict[tuple[EntityKind, str], str]:
    """The Wikidata id by kind and folded canonical name, for names that only one id of that kind bears in all of `gold`.

    What one annotator looked up holds for an article whose annotator did not.
    """
    ids: dict[tuple[EntityKind, str], set[str]] = {}
    for entity in (entity for article in gold for entity in article.entities):
        if entity.wikidata_id:
            ids.setdefault((entity.kind, fold(entity.names[0])), set()).add(entity.wikidata_id)
    return {key: next(iter(found)) for key, found in ids.items() if len(found) == 1}


def compare_links(
    gold: GoldArticle,
    extraction: Extraction | None,
    entities: Mapping[str, Entity],
    clusters: Mapping[tuple[EntityKind, str], str],
) -> LinkComparison:
    """The links of `gold` in `extraction`; `entities` has, by id, the entity that stands for each in the knowledge base.

    Only names count, for pronouns and roles are no matter of linking. Gold lists the names of an entity, not where they stand:
    each is looked for in the text, the longest first, whole words only, and no character is taken twice. A name of the
    extraction is the same mention where it covers the same words, a leading "the" and a possessive aside; where gold names a
    person, it may begin earlier or later ("Mr Putin", "Vladimir Putin" and "Putin"). What overlaps otherwise is another name.

    Links are counted by article, not by mention, as GERBIL's C2KB does: an entity that a text names forty times is linked once.
    An extracted entity with a Wikidata id and a gold entity with one that share a mention are a link, which is right where the
    ids are equal; if one of forty mentions is taken for somebody else, that makes a second, wrong link. Wanted are the gold
    entities that have a Wikidata id and a name in the article, whether or not anything was found there. Left out: extracted
    entities where gold names nobody or somebody without an id, as nobody knows whether they are right; what gold holds for
    debatable. Where gold gives a name to two entities ("Washington"), it means whichever the extraction took it for, and it is
    no mention of `mentions`, since its cluster is unknown.
    """
    wanted = {e.id: e.kind for e in gold.entities if e.wikidata_id and e.surfaces and not e.debatable}
    if extraction is None:
        return LinkComparison(wanted, (), ())
    text = extraction.article.text.translate(STRAIGHT)
    names = [m for m in extraction.mentions if m.form is MentionForm.NAME]
    links: dict[tuple[str, str], Link] = {}
    mentions: list[GoldMention] = []
    for place in _find_places(text, gold.entities):
        found = _find_mention(text, place, names)
        context = _cut_context(text, place)
        surface = text[place.start : place.end]
        entity = entities[found.entity_id] if found else None
        gold_entity = _choose(place.meant, entity)
        if gold_entity is not None and entity is not None and entity.wikidata_id:
            right = entity.wikidata_id == gold_entity.wikidata_id
            link = Link(gold_entity.id, gold_entity.kind, right, entity.name, surface, context)
            links.setdefault((gold_entity.id, entity.id), link)
        if len(place.meant) == 1 and not place.meant[0].debatable:
            meant = place.meant[0]
            found_as = (entity.id, entity.name) if entity else (None, None)
            mentions.append(GoldMention(meant.id, meant.kind, _cluster(meant, clusters), surface, context, *found_as))
    return LinkComparison(wanted, tuple(links.values()), tuple(mentions))


def _cluster(entity: GoldEntity, clusters: Mapping[tuple[EntityKind, str], str]) -> str:
    key = (entity.kind, fold(entity.names[0]))
    return entity.wikidata_id or clusters.get(key) or " ".join(key)


def _choose(meant: Sequence[GoldEntity], entity: Entity | None) -> GoldEntity | None:
    """The gold entity that a link of `entity` is measured by; None where gold does not say what is right."""
    if any(each.debatable or not each.wikidata_id for each in meant):
        return None
    return next((each for each in meant if entity and each.wikidata_id == entity.wikidata_id), meant[0])


def _find_places(text: str, entities: Iterable[GoldEntity]) -> Iterator[_Place]:
    """Every place that has a name of the gold, in the order of the text."""
    bearers: dict[str, dict[str, GoldEntity]] = {}
    for entity in entities:
        for surface in entity.surfaces:
            bearers.setdefault(surface.translate(STRAIGHT), {})[entity.id] = entity
    longest_first = sorted(filter(None, bearers), key=lambda surface: (-len(surface), surface))
    if not longest_first:
        return
    # One group each tells which of them it was.
    names = "|".join("(" + _LOST_APOSTROPHE.sub("'?s", re.escape(surface)) + ")" for surface in longest_first)
    for match in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text):
        yield _Place(match.start(), match.end(), tuple(bearers[longest_first[(match.lastindex or 1) - 1]].values()))


def _find_mention(text: str, place: _Place, names: Iterable[Mention]) -> Mention | None:
    """The name of the extraction that is the mention at `place`, the longest where there are several."""
    is_person = any(entity.kind is EntityKind.PERSON for entity in place.meant)
    own = (place.start, place.end)
    found = [name for name in names if is_same_name(text, own, (name.start, name.end), person=is_person)]
    return max(found, key=lambda name: name.end - name.start, default=None)


def is_same_name(text: str, one: tuple[int, int], other: tuple[int, int], *, person: bool) -> bool:
    """Whether two stretches [start, end) of `text`, which has straight apostrophes, are one mention, as `compare_links` says."""
    if one[0] >= other[1] or other[0] >= one[1]:
        return False
    start, end = _trim(text, *one)
    other_start, other_end = _trim(text, *other)
    return end == other_end and (start == other_start or person)


def _cut_context(text: str, place: _Place) -> str:
    """The words around `place`, of its own line."""
    before = text[: place.start].rpartition("\n")[2][-_CONTEXT:]
    after = text[place.end :].partition("\n")[0][:_CONTEXT]
    return before + text[place.start : place.end] + after


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The characters of a name without a leading "the" and a possessive."""
    words = text[start:end]
    leading = _LEADING.match(words)
    rest = _POSSESSIVE.sub("", words)
    return start + (leading.end() if leading else 0), start + len(rest)
