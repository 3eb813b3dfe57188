"""Titles beside names: who bears which office of which country or body, by the article itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from kb.domain.entity import EntityKind
from kb.domain.mention import Referent, ResolvedMention
from kb.nlp.lexicon import Roles
from kb.nlp.pipeline import ParsedArticle

_TITLE_TOKENS = (4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Office:
    """A title that the article gives a person, and of which country or body."""

    person: int
    title: str
    of: int | None


class Titles:
    """Reads titles of one article. `at` leads from (paragraph, token) to the mention there and may grow while it is read."""

    def __init__(
        self,
        parsed: ParsedArticle,
        names: Sequence[ResolvedMention],
        referents: Sequence[Referent],
        at: Mapping[tuple[int, int], ResolvedMention],
        roles: Roles,
    ) -> None:
        self.parsed = parsed
        self.referents = referents
        self.at = at
        self.roles = roles
        self.offices = self._find_offices(names)

    def _find_offices(self, names: Sequence[ResolvedMention]) -> list[Office]:
        """Titles before or in apposition to names: "Russian President Vladimir Putin", "Macron, the French president"."""
        found = []
        for name in names:
            if self.referents[name.referents[0]].kind is not EntityKind.PERSON:
                continue
            doc = self.parsed.paragraphs[name.paragraph].doc
            head = doc[name.first : name.last].root
            before = doc[name.first - 1] if name.first else None
            near = [before] if before is not None and before.pos_ in {"NOUN", "PROPN"} else []
            near += [
                child
                for child in head.children
                if child.dep_ in {"appos", "compound", "nmod"} and child.i not in range(name.first, name.last)
            ]
            near += [head.head] if head.dep_ == "appos" else []
            for token in near:
                title, _ = self.find_title(token)
                if title is not None:
                    found.append(Office(name.referents[0], title, self.find_owner(name.paragraph, token, name)))
        return found

    def find_title(self, token: Token) -> tuple[str | None, int]:
        """The office that a phrase ending in `token` names, and the phrase's first token."""
        doc = token.doc
        word = token.lemma_.lower() if token.tag_ in {"NNS", "NNPS"} else token.lower_
        if doc[token.i : token.i + 3].text.lower() in self.roles.titles:
            return self.roles.titles[doc[token.i : token.i + 3].text.lower()], token.i
        for length in _TITLE_TOKENS:
            first = token.i - length + 1
            if first < 0:
                continue
            phrase = (doc[first : token.i].text_with_ws + word).lower().replace("’", "'") if length > 1 else word
            if phrase in self.roles.titles:
                return self.roles.titles[phrase], first
        return None, token.i

    def find_owner(self, number: int, token: Token, person: ResolvedMention) -> int | None:
        """The country or body that stands with a title: before it, owning it, or after "of" or "to"."""
        candidates = [t for t in token.subtree if person.first > t.i or t.i >= person.last]
        start = token.i
        while start > 0 and token.doc[start - 1].pos_ in {"ADJ", "PROPN", "NOUN", "PART", "PUNCT"} and token.i - start < 6:
            start -= 1
            candidates.append(token.doc[start])
        for candidate in candidates:
            mention = self.at.get((number, candidate.i))
            if mention is not None and mention is not person:
                referent = self.referents[mention.referents[0]]
                if referent.kind is not EntityKind.PERSON:
                    return referent.number
        return None

    def names_person(self, number: int, token: Token) -> bool:
        """Whether a person is named at `token`."""
        mention = self.at.get((number, token.i))
        return mention is not None and self.referents[mention.referents[0]].kind is EntityKind.PERSON
