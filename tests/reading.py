"""Has the real extractor read a short text, and says in names what it read: what the tests of extraction share."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache

import pytest

from kb.domain.article import Article, OffsetMap
from kb.domain.claim import Claim, Role
from kb.domain.extraction import Extraction
from kb.domain.ids import article_id
from kb.ingest.extract import Extractor
from kb.nlp.reader.stage import Stage, set_stage
from kb.settings import RULES, is_base_installed, read_settings

DAY = date(2022, 2, 24)
"""A Thursday: when the articles of these tests come out, where they do not say otherwise."""


@cache
def open_extractor() -> Extractor:
    """The extractor by rules alone, so that a test sees the rule it is about and not how the network weighs it; opened once."""
    return Extractor.open(replace(read_settings(), reader=RULES))


def expect_base() -> None:
    """Skips the test where the accurate reader's base model is not installed (`make accurate`); with CI=true it fails."""
    if not is_base_installed():
        reason = "no base model for KB_READER=accurate: make accurate"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def make_article(text: str, published: date | None = DAY, publisher: str | None = None) -> Article:
    """`text` as an article; each line is a paragraph."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    return Article(
        id=article_id(text),
        file="article.txt",
        title=lines[0],
        text=text,
        original=text,
        paragraphs=tuple((start, start + len(line)) for start, line in zip(starts, lines, strict=True)),
        offsets=OffsetMap((0,), (0,), (len(text),)),
        publisher=publisher,
        published_at=datetime.combine(published, time(12), UTC) if published else None,
    )


def lay(text: str) -> Stage:
    """The stage of a text, with entities found by rules."""
    extractor = open_extractor()
    found = extractor.resolve(make_article(text))
    return set_stage(found.parsed, found.names, found.referents, found.mentions, extractor.lexicon, extractor.ontology)


def read(text: str, published: date | None = DAY, publisher: str | None = None) -> Extraction:
    """Everything that is read from `text`."""
    return open_extractor().extract(make_article(text, published, publisher))


@dataclass(frozen=True, slots=True)
class Told:
    """A claim in names. Several names of one role are joined by " + " in alphabetical order."""

    subject: str
    type: str
    object: str
    modality: str
    speaker: str
    claim: Claim

    @property
    def triple(self) -> tuple[str, str, str]:
        """(subject, type, object)"""
        return self.subject, self.type, self.object


def told(extraction: Extraction) -> list[Told]:
    """The claims in the order of the text."""
    names = {entity.id: entity.name for entity in extraction.entities}

    def joined(claim: Claim, role: Role) -> str:
        return " + ".join(sorted(names[e] for e in claim.entity_ids(role)))

    return [
        Told(
            joined(claim, Role.SUBJECT),
            claim.type,
            joined(claim, Role.OBJECT),
            claim.modality.value,
            joined(claim, Role.SPEAKER),
            claim,
        )
        for claim in extraction.claims
    ]


def triples(text: str, published: date | None = DAY) -> set[tuple[str, str, str]]:
    """What `text` claims, as (subject, type, object) in names."""
    return {item.triple for item in told(read(text, published))}


def claim_of(type_: str, items: Iterable[Told]) -> Told:
    """The one claim of a type; fails where there is none or more than one."""
    (found,) = [item for item in items if item.type == type_]
    return found


def meant(extraction: Extraction) -> set[tuple[str, str]]:
    """(text of a mention, name of the entity it refers to) for every mention."""
    names = {entity.id: entity.name for entity in extraction.entities}
    return {(mention.text, names[mention.entity_id]) for mention in extraction.mentions}
