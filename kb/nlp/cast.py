"""Everybody an article speaks of, while it is read: referents, where they are mentioned, and who was mentioned last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from spacy.tokens import Doc, Token

from kb.domain.entity import EntityKind, MentionForm
from kb.domain.gazetteer import Gazetteer
from kb.domain.mention import Referent, ResolvedMention
from kb.nlp.lexicon import Roles
from kb.nlp.pipeline import ParsedArticle

_QUOTES: Final = {"“": 1, "„": 1, "«": 1, "”": -1, "»": -1, "``": 1, "''": -1}

HYPHENS: Final = frozenset({"-", "‐", "‑"})
MODIFIERS: Final = frozenset({"compound", "amod", "nmod", "poss", "npadvmod"})
"""Dependencies of the words before a noun that say which one it is."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A mention as pronouns look back at it: who, at which word of which sentence of the article, and how."""

    referents: tuple[int, ...]
    paragraph: int
    token: Token
    sentence: int
    form: MentionForm
    quoted: bool
    demonym: bool = False


class Cast:
    """One article's referents. Grows while nominals and pronouns are resolved; one instance an article.

    `at` leads from (paragraph, token) to the mention that covers the token; `recent` lists (referent, was subject) in the
    order of mention, the latest last.
    """

    def __init__(
        self,
        parsed: ParsedArticle,
        referents: Sequence[Referent],
        names: Sequence[ResolvedMention],
        gazetteer: Gazetteer,
        roles: Roles,
    ) -> None:
        self.parsed = parsed
        self.gazetteer = gazetteer
        self.roles = roles
        self.referents = list(referents)
        self.names = tuple(names)
        self.at = {(m.paragraph, i): m for m in self.names for i in range(m.first, m.last)}
        self.recent: list[tuple[int, bool]] = []
        self.spots: list[Spot] = []
        self.named_so_far: Counter[int] = Counter()
        self._genders: dict[int, str] = {}
        self._names_of: dict[int, list[ResolvedMention]] = {}
        for name in self.names:
            self._names_of.setdefault(name.paragraph, []).append(name)
        self._places = list(_number_sentences(parsed))
        self.by_key = {r.key: r.number for r in self.referents if r.key}
        self.plural: set[int] = set()
        self.frequency = Counter(r for m in self.names for r in m.referents)

    def kind(self, number: int) -> EntityKind:
        """What a referent is."""
        return self.referents[number].kind

    def names_of(self, paragraph: int) -> Sequence[ResolvedMention]:
        """The names in a paragraph, in the order of the text."""
        return self._names_of.get(paragraph, ())

    def gender(self, person: int) -> str:
        """What a person's first names, honorifics and roles say: "female", "male", or "a" and "unknown" by how the name ends."""
        if person not in self._genders:
            self._genders[person] = self._find_gender(person)
        return self._genders[person]

    def _find_gender(self, person: int) -> str:
        referent = self.referents[person]
        beside = Counter(w for name in self.names if person in name.referents for w in self._words_beside(name))
        female = sum(beside[w] for w in self.roles.female_words)
        male = sum(beside[w] for w in self.roles.male_words)
        if female != male:
            return "female" if female > male else "male"
        first = [w for surface in (referent.name, *referent.surfaces) if len(w := surface.split()) > 1]
        for name in (w[0] for w in first):
            if name in self.roles.female_names:
                return "female"
            if name in self.roles.male_names:
                return "male"
        return "a" if any(w[0].endswith(("a", "ia")) for w in first) else "unknown"

    def _words_beside(self, name: ResolvedMention) -> set[str]:
        doc = self.parsed.paragraphs[name.paragraph].doc
        head = doc[name.first : name.last].root
        near = [*doc[max(0, name.first - 2) : name.first], *(c for c in head.children if c.dep_ in {"appos", "compound"})]
        near += [head.head] if head.dep_ == "appos" else []
        return {t.lower_.rstrip(".") for t in near} | {doc[name.first].lower_.rstrip(".")}

    def place(self, paragraph: int, token: Token) -> tuple[int, bool]:
        """Which sentence of the article `token` stands in, from 0 (a title's), and whether in quotes."""
        return self._places[paragraph][token.i]

    def at_token(self, paragraph: int, token: Token) -> tuple[int, ...]:
        """The referents mentioned at `token`; empty where none is."""
        mention = self.at.get((paragraph, token.i))
        return mention.referents if mention is not None else ()

    def latest(self, *kinds: EntityKind) -> list[int]:
        """Referents of one of `kinds`, the latest mentioned first, each once."""
        return list(dict.fromkeys(r for r, _ in reversed(self.recent) if self.kind(r) in kinds))

    def add_known(self, key: str, reason: str) -> int:
        """The referent of a reference entity, new where the article hasn't named it."""
        if key not in self.by_key:
            entity = self.gazetteer.entities[key]
            self.by_key[key] = len(self.referents)
            self.referents.append(Referent(len(self.referents), entity.kind, entity.name, key, (), 0.8, reason))
        return self.by_key[key]

    def add_nameless(self, kind: EntityKind, phrase: str, *, plural: bool) -> int:
        """A new referent without a name; `plural` decides which pronouns can mean it."""
        number = len(self.referents)
        if plural:
            self.plural.add(number)
        self.referents.append(Referent(number, kind, phrase, None, (phrase,), 0.4, "an actor without a name", nameless=True))
        return number

    def add_surfaces(self, number: int, surfaces: Iterable[str]) -> None:
        """Remember what else a nameless referent is called."""
        referent = self.referents[number]
        merged = tuple(dict.fromkeys((*referent.surfaces, *surfaces)))
        self.referents[number] = replace(referent, surfaces=merged)

    def note(self, mention: ResolvedMention, token: Token) -> None:
        """Put a mention that ends at `token` on record."""
        self.at.update({(mention.paragraph, i): mention for i in range(mention.first, mention.last)})
        self.remember(mention, token)

    def remember(self, mention: ResolvedMention, token: Token) -> None:
        """Put who is meant at `token` last in `recent`."""
        if not mention.demonym:
            self.recent.extend((r, token.dep_ in {"nsubj", "nsubjpass"}) for r in mention.referents)
        self._note_spot(mention, token)

    def _note_spot(self, mention: ResolvedMention, token: Token) -> None:
        sentence, quoted = self.place(mention.paragraph, token)
        if mention.form is MentionForm.NAME:
            self.named_so_far.update(mention.referents)
            token = token.doc[mention.first : mention.last].root
        self.spots.append(Spot(mention.referents, mention.paragraph, token, sentence, mention.form, quoted, mention.demonym))
        joined = [r for t in _coordinated(token) for r in self.at_token(mention.paragraph, t)]
        together = tuple(dict.fromkeys((*joined, *mention.referents)))
        if joined and len(together) > 1 and len({self.kind(r) is EntityKind.PERSON for r in together}) == 1:
            first = next(t for t in _coordinated(token) if self.at_token(mention.paragraph, t))
            self.spots.append(Spot(tuple(sorted(together)), mention.paragraph, first, sentence, mention.form, quoted))

    def mention(
        self, paragraph: int, doc: Doc, first: int, last: int, form: MentionForm, referents: Iterable[int]
    ) -> ResolvedMention:
        """A mention of `referents` over tokens [first, last)."""
        base = self.parsed.paragraphs[paragraph].start
        span = doc[first:last]
        start, end = base + span.start_char, base + span.end_char
        return ResolvedMention(paragraph, first, last, start, end, span.text, form, tuple(dict.fromkeys(referents)))

    def nominal(
        self, paragraph: int, token: Token, referents: Iterable[int], first: int | None = None, last: int | None = None
    ) -> ResolvedMention:
        """A nominal mention that ends at `token`, or before `last`, and starts with its modifiers and determiner."""
        start = phrase_start(token, token.i if first is None else first)
        return self.mention(paragraph, token.doc, start, last or token.i + 1, MentionForm.NOMINAL, referents)


def _coordinated(token: Token) -> list[Token]:
    """The words before `token` that it is joined to by "and": for C of "A, B and C" A and B."""
    found: list[Token] = []
    while token.dep_ == "conj" and token.head.i < token.i:
        token = token.head
        found.insert(0, token)
    return found


def _number_sentences(parsed: ParsedArticle) -> Iterator[list[tuple[int, bool]]]:
    """For each paragraph: for each token its sentence in the article, from 0, and whether it stands in quotes."""
    sentence = -1
    for paragraph in parsed.paragraphs:
        places: list[tuple[int, bool]] = []
        quoted = False
        for token in paragraph.doc:
            sentence += bool(token.is_sent_start)
            if token.text == '"':
                quoted = not quoted
            elif token.text in _QUOTES:
                quoted = _QUOTES[token.text] > 0
            places.append((sentence, quoted))
        yield places


def phrase_start(token: Token, first: int) -> int:
    """Where the noun phrase of `token` starts, modifiers and determiner included; `first` at the latest."""
    start = min((t.i for t in token.lefts if t.dep_ in MODIFIERS | {"det", "nummod"}), default=first)
    start = min(start, first)
    doc = token.doc
    while start > 1 and doc[start - 1].text in HYPHENS and not doc[start - 1].whitespace_ and not doc[start - 2].whitespace_:
        # "Russian-backed separatists": the parser hangs all before the last hyphen on the word behind it.
        start -= 2
    return start


def modifiers(token: Token) -> list[Token]:
    """Words that say whose `token` is, coordinated ones included ("European and U.S. leaders")."""
    found = [child for child in token.lefts if child.dep_ in MODIFIERS]
    for child in list(found):
        found.extend(t for t in child.subtree if t.dep_ == "conj")
        found.extend(t for t in child.lefts if t.dep_ in {"nmod", "compound", "amod"})
    return found


def is_definite(token: Token) -> bool:
    """Whether "the" or "this" stands before the phrase, also where `token` is its first noun ("the alliance chief")."""
    determiners = [*token.children, *(token.head.children if token.dep_ == "compound" else ())]
    return any(child.lower_ in {"the", "this", "these", "those", "that"} for child in determiners)
