"""Whom roles, nominals and pronouns mean. Small and replaceable: what it gets right is counted on GUM's news (issue 3)."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Token

from kb.domain.entity import MentionForm
from kb.domain.gazetteer import Gazetteer
from kb.domain.mention import Referent, ResolvedMention
from kb.nlp.cast import Cast
from kb.nlp.lexicon import Roles
from kb.nlp.nominals import Nominals
from kb.nlp.pipeline import ParsedArticle
from kb.nlp.pronouns import Pronouns
from kb.nlp.titles import Titles


def resolve_references(
    parsed: ParsedArticle,
    referents: Sequence[Referent],
    names: Sequence[ResolvedMention],
    gazetteer: Gazetteer,
    roles: Roles,
) -> tuple[tuple[Referent, ...], tuple[ResolvedMention, ...]]:
    """All referents, those without a name included, and all mentions in the order of the text."""
    cast = Cast(parsed, referents, names, gazetteer, roles)
    titles = Titles(cast)
    nominals = Nominals(cast, titles)
    pronouns = Pronouns(cast)
    mentions = list(names)
    for number, paragraph in enumerate(parsed.paragraphs):
        for token in paragraph.doc:
            name = cast.at.get((number, token.i))
            if name is not None:
                if token.i == name.last - 1:
                    cast.remember(name, token)
                continue
            mention = _resolve(number, token, cast, titles, nominals, pronouns)
            if mention is not None:
                mentions.append(mention)
                cast.note(mention, token)
    return tuple(cast.referents), tuple(sorted(mentions, key=lambda m: (m.start, m.end)))


def _resolve(
    number: int, token: Token, cast: Cast, titles: Titles, nominals: Nominals, pronouns: Pronouns
) -> ResolvedMention | None:
    """What a token that no name covers means: a pronoun by agreement, a noun as a title, else as a nominal."""
    if (token.pos_ == "PRON" and token.lower_ != "both") or (token.dep_ == "poss" and token.tag_ == "PRP$"):
        found = pronouns.resolve(number, token)
        return cast.mention(number, token.doc, token.i, token.i + 1, MentionForm.PRONOUN, found) if found else None
    if token.lower_ in {"both", "two"}:
        return nominals.resolve_pair(number, token)
    if token.pos_ not in {"NOUN", "PROPN"}:
        return None
    if titles.is_part_of_name(number, token):
        return None
    return titles.resolve(number, token) or nominals.resolve(number, token)
