"""When a seat of government or a capital stands for its country."""

from __future__ import annotations

from collections.abc import Container

from kb.domain.entity import EntityKind
from kb.domain.gazetteer import Candidate, Gazetteer, NameUse
from kb.domain.mention import NameMention, Usage


def stands_for_country(name: NameMention, gazetteer: Gazetteer, people: Container[str]) -> Candidate | None:
    """The country that `name` means: for a capital only where it acts, for a seat of power ("the Kremlin") wherever it stands.

    `people` are the surnames of whom the article names in full.
    """
    metonyms = [c for c in name.candidates if c.use is NameUse.METONYM and gazetteer.entities[c.key].kind is EntityKind.COUNTRY]
    if len(metonyms) != 1:
        return None
    has_place = any(gazetteer.entities[c.key].kind is EntityKind.REGION for c in name.candidates)
    if has_place and name.usage is Usage.PLACE:
        return None
    # The tagger takes many a capital that acts for a person ("Rabat ordered"); a person is whom the article names in full.
    if name.kind is EntityKind.PERSON and (not has_place or name.usage is not Usage.ACTS or name.text in people):
        return None
    return metonyms[0]
