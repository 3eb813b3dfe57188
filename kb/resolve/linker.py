"""Decides whom each name of an article means: a known entity, or one that nobody knows yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse
from kb.domain.mention import NameMention, Referent, ResolvedMention, Usage
from kb.domain.reference import ReferenceEntity
from kb.resolve.candidates import Match, find_candidates
from kb.resolve.context import Context, country_of
from kb.resolve.metonymy import stands_for_country
from kb.resolve.names import fold_name
from kb.resolve.scorer import FULL, LEAST, MARGIN, Parts, Scorer


@dataclass(frozen=True, slots=True)
class _Link:
    """Whom a name means and why; `key` is None for whom nobody knows, `ambiguous` where somebody known came close."""

    key: str | None
    score: float
    reason: str
    parts: Parts = ()
    ambiguous: bool = False


# How sure it is that somebody is meant whom nobody knows, and that a word of a longer name means its bearer.
_NOBODY: Final = 0.5
_SHORT: Final = 0.7


@dataclass(slots=True)
class _Group:
    """Mentions that mean the same, while they are being collected."""

    kind: EntityKind
    name: str
    link: _Link
    country: str | None = None
    scoped: bool = False
    surfaces: Counter[str] = field(default_factory=Counter)


def resolve_names(
    names: Sequence[NameMention], gazetteer: Gazetteer, published_on: date | None, text: str = ""
) -> tuple[tuple[Referent, ...], tuple[ResolvedMention, ...]]:
    """The article's referents and a mention of one for each name, in the order of the text.

    A function of one article's names, of its day and of `text`, in which they stand; without the text, places are told apart
    with less certainty.
    """
    linker = _Linker(names, gazetteer, published_on, text)
    linked = [linker.link(name) for name in names]
    referents = tuple(
        Referent(
            number=number,
            kind=group.kind,
            name=group.name,
            key=group.link.key,
            surfaces=tuple(group.surfaces),
            score=group.link.score,
            reason=group.link.reason,
            country=group.country,
            parts=group.link.parts,
            scoped=group.scoped,
        )
        for number, group in enumerate(linker.groups)
    )
    mentions = tuple(
        ResolvedMention(
            paragraph=name.paragraph,
            first=name.first,
            last=name.last,
            start=name.start,
            end=name.end,
            text=name.text,
            form=MentionForm.NAME,
            referents=(number,),
            # "Europeans" are spoken of, "European" only says of what kind something is.
            demonym=not name.text.endswith("s") and any(c.use is NameUse.DEMONYM for c in name.candidates),
            score=link.score,
            reason=link.reason,
            parts=link.parts,
        )
        for name, (number, link) in zip(names, linked, strict=True)
    )
    return referents, mentions


class _Linker:
    def __init__(self, names: Sequence[NameMention], gazetteer: Gazetteer, published_on: date | None, text: str) -> None:
        self.gazetteer = gazetteer
        self.context = Context(names, gazetteer, text)
        self.scorer = Scorer(gazetteer, self.context, published_on)
        self.groups: list[_Group] = []
        self.by_key: dict[str, int] = {}
        self.by_name: dict[tuple[EntityKind, str], int] = {}
        self.initials = _organisations_by_initials(names)
        self.chosen: dict[tuple[object, ...], _Link] = {}

    def link(self, name: NameMention) -> tuple[int, _Link]:
        """The number of the group that `name` belongs to, and why it does."""
        if name.usage is not Usage.PLACE and self.context.is_base(name):
            name = replace(name, usage=Usage.PLACE)
        whole = self._person_meant(name) or self._body_meant(name)
        link = self._choose(whole or name)
        if link.key is None and whole is None and name.kind is EntityKind.PERSON and " " not in name.text:
            # Known people are called by their first name alone ("Hillary"); of others it may be another who is not named in full.
            bearer = self.context.person_with_forename(name)
            if bearer is not None and (known := self._choose(bearer)).key is not None:
                whole, link = bearer, known
        if whole is not None:
            link = replace(link, reason=f"{name.text!r} is short for {whole.text!r}; {link.reason}")
        number = self._group_for_key(link) if link.key is not None else self._group_for_unknown(name, whole, link)
        group = self.groups[number]
        group.surfaces[name.text] += 1
        if name.styled is not None and group.kind is EntityKind.PERSON:
            group.surfaces[name.styled] += 1
        return number, link

    def _person_meant(self, name: NameMention) -> NameMention | None:
        """The person named in full whom a single word means as his surname.

        What is no person's name to the tagger is a person's where it acts and nothing else in the article is of the place that
        it could be: "Jordan scored" behind "Michael Jordan". Who is known by one word comes after who is named in full.
        """
        if " " in name.text:
            return None
        person = self.context.person_called(name)
        if person is None and any(self._is_person_by_one_word(candidate) for candidate in name.candidates):
            person = self.context.person_with_forename(name)
        if name.kind is EntityKind.PERSON:
            return person
        if person is None or person.start > name.start or name.usage is Usage.PLACE or not name.candidates:
            return None
        entities = (self.gazetteer.entities[c.key] for c in name.candidates if c.use is not NameUse.SURNAME)
        countries = {country_of(entity) for entity in entities if entity.kind is not EntityKind.PERSON}
        return None if any(c is not None and self.context.is_spoken_of(c, name.text) for c in countries) else person

    def _is_person_by_one_word(self, candidate: Candidate) -> bool:
        """Whether a single word is somebody's name as it stands: "Saddam"."""
        return candidate.use is NameUse.NAME and self.gazetteer.entities[candidate.key].kind is EntityKind.PERSON

    def _body_meant(self, name: NameMention) -> NameMention | None:
        """The body named by a longer name before that a part of the name means, where the part alone is not one body's name."""
        if name.kind not in (None, EntityKind.ORGANISATION) or name.country is not None:
            return None
        return self.context.longer_form(name) if not name.candidates or self.scorer.is_generic(name.text) else None

    def _choose(self, name: NameMention) -> _Link:
        # Names that look the same in the same use mean the same.
        key = (name.text, name.kind, name.usage, name.candidates, name.styled, self._is_state(name))
        link = self.chosen.get(key)
        if link is None:
            link = self.chosen[key] = self._decide(name)
        return link

    def _is_state(self, name: NameMention) -> bool:
        """Whether a name that a capital shares with a region is the region's: "Oregon and Washington", "Washington Governor"."""
        if len(name.candidates) < 2:
            return False
        entities = (self.gazetteer.entities[c.key] for c in name.candidates if c.use is NameUse.NAME)
        regions = [entity.country for entity in entities if entity.kind is EntityKind.REGION]
        if len(regions) > 1 and self.context.is_governed(name.text):
            return True
        return len(regions) > 1 and any(c is not None and self.context.stands_among_regions(name, c) for c in set(regions))

    def _decide(self, name: NameMention) -> _Link:
        country = stands_for_country(name, self.gazetteer, self.context.surnames)
        is_state = self._is_state(name)
        if country is not None and not is_state:
            return _Link(country.key, 1.0, f"{name.text!r} stands for the country", (("stands for its country", FULL),))
        matches = find_candidates(name, self.gazetteer)
        if is_state:
            matches = tuple(match for match in matches if match.candidate.use is not NameUse.METONYM)
        if not matches:
            whole = self.context.country_in(name)
            if whole is None:
                return _Link(None, _NOBODY, f"no known entity is called {name.text!r}")
            return _Link(whole, _SHORT, f"{name.text!r} is short for {_show(self.gazetteer.entities[whole])}")
        alone = len(matches) == 1
        weighed = [(match, self.scorer.weigh(name, match, alone=alone)) for match in matches]
        scored = sorted(
            ((sum(value for _, value in parts), -i, match, parts) for i, (match, parts) in enumerate(weighed)),
            key=lambda entry: entry[:2],
            reverse=True,
        )
        score, _, best, parts = scored[0]
        entity = self.gazetteer.entities[best.candidate.key]
        if score < LEAST:
            return _Link(None, _NOBODY, f"too little speaks for {name.text!r} being {_show(entity)}", parts, ambiguous=True)
        if len(scored) > 1 and score - scored[1][0] < MARGIN and not _belong_together(best, scored[1][2]):
            other = self.gazetteer.entities[scored[1][2].candidate.key]
            reason = f"{name.text!r} can be {_show(entity)} or {_show(other)}"
            return _Link(None, _NOBODY, reason, parts, ambiguous=True)
        reason = f"{name.text!r} is a {best.candidate.use.value} of {_show(entity)}"
        return _Link(entity.key, min(1.0, score / FULL), reason, parts)

    def _group_for_key(self, link: _Link) -> int:
        entity = self.gazetteer.entities[link.key or ""]
        number = self.by_key.get(entity.key)
        if number is None:
            number = self._new(_Group(entity.kind, entity.name, link, _acts_for(entity)))
            self.by_key[entity.key] = number
        return number

    def _group_for_unknown(self, name: NameMention, whole: NameMention | None, link: _Link) -> int:
        kind = (whole.kind if whole else None) or name.kind or EntityKind.ORGANISATION
        spelled = whole.text if whole else self.initials.get(name.text, name.text)
        folded = fold_name(spelled)
        number = self.by_name.get((kind, folded))
        if number is None:
            is_short = " " not in spelled
            scoped = is_short and (kind is EntityKind.PERSON or link.ambiguous)
            number = self._new(_Group(kind, _tidy(spelled), link, (whole or name).country, scoped))
            self.by_name[kind, folded] = number
        return number

    def _new(self, group: _Group) -> int:
        self.groups.append(group)
        return len(self.groups) - 1


def _belong_together(match: Match, other: Match) -> bool:
    """Whether the two are a place and whom it stands for, so that either is right."""
    return NameUse.METONYM in (match.candidate.use, other.candidate.use)


def _show(entity: ReferenceEntity) -> str:
    return f"{entity.name} ({entity.wikidata_id or entity.key})"


def _acts_for(entity: ReferenceEntity) -> str | None:
    """The key of the country or body that a known entity acts for: that of its latest office, else its own."""
    return entity.offices[-1].of if entity.offices else entity.country


def _tidy(name: str) -> str:
    return re.sub(r"\s+", " ", name).replace("’", "'")


def _organisations_by_initials(names: Sequence[NameMention]) -> dict[str, str]:
    """Full names of unknown organisations by the acronym that their capitals make."""
    found: dict[str, str] = {}
    for name in names:
        if name.kind is not EntityKind.ORGANISATION or name.candidates:
            continue
        capitals = "".join(word[0] for word in name.text.split() if word[0].isupper())
        if len(capitals) > 2:
            found.setdefault(capitals, name.text)
    return found
